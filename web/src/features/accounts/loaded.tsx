import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { EmptyState, ErrorState } from "@/components/states";

/** What a query brings, or why it is not there: it is loading, the browser is offline, the server said no. */
export function Loaded<Data>(props: {
  query: UseQueryResult<Data>;
  /** As in "Your sessions": what did not load. */
  what: string;
  rows: number;
  children: (data: Data) => ReactNode;
}) {
  const { query, what } = props;
  if (query.data !== undefined) return props.children(query.data);
  if (query.isError) {
    return (
      <ErrorState title={`${what} did not load`} error={query.error} retry={() => void query.refetch()} />
    );
  }
  if (query.fetchStatus === "paused")
    return <EmptyState title={`${what} will load when you are online again`} />;
  return (
    <div role="status" aria-label={`Loading: ${what}`}>
      {Array.from({ length: props.rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same.
        <Skeleton key={row} h={60} mb={8} />
      ))}
    </div>
  );
}
