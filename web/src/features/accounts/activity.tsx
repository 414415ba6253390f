import { Button } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type AuditEntry, auditQuery, keysQuery } from "@/api/account";
import { EmptyState } from "@/components/states";
import { moment } from "@/lib/format";
import classes from "./account.module.css";
import { isFailure, told } from "./audit-words";
import { deviceOf } from "./devices";
import { Loaded } from "./loaded";
import { Row, Section } from "./section";
import { useProviderNames } from "./use-provider-names";

/** What changed who may do what, and what became of one's things. */
export function Activity() {
  const log = useInfiniteQuery({ ...auditQuery, refetchOnMount: "always" });
  return (
    <Section
      id="activity"
      title="Activity"
      lead="What concerns your account’s safety, and what was deleted or shared. Kept for 180 days. If something was not you, change your password."
    >
      <Loaded query={log} what="Your activity" rows={6}>
        {({ pages }) => <List entries={pages.flatMap(({ items }) => items)} />}
      </Loaded>
      {log.hasNextPage ? (
        <Button
          variant="default"
          fullWidth
          mt="xs"
          loading={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
        >
          Show more
        </Button>
      ) : null}
    </Section>
  );
}

function List({ entries }: { entries: AuditEntry[] }) {
  const names = useProviderNames();
  const keys = useQuery({ ...keysQuery, enabled: entries.some(({ keyId }) => keyId !== null) });
  const where = ({ keyId, address, userAgent }: AuditEntry): string => {
    const key = keyId && keys.data?.items.find(({ id }) => id === keyId);
    const how = key ? `with the API key “${key.name}”` : keyId ? "with an API key" : null;
    const from = address === null && userAgent === null ? "by the server" : deviceOf(userAgent);
    return [how ?? from, address].filter(Boolean).join(" · ");
  };
  if (entries.length === 0) return <EmptyState title="Nothing in the last 180 days" />;
  return (
    <ul className={classes.rows} aria-label="Activity">
      {entries.map((entry) => (
        <Row
          key={entry.id}
          name={
            <span className={classes.happened} data-failure={isFailure(entry) || undefined}>
              {isFailure(entry) ? <IconAlertTriangle size={16} aria-label="Failed:" /> : null}
              {told(entry, names)}
            </span>
          }
          note={`${moment(entry.at)} · ${where(entry)}`}
        />
      ))}
    </ul>
  );
}
