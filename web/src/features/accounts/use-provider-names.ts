import { useQuery } from "@tanstack/react-query";
import { providersQuery } from "@/api/entry";
import type { Names } from "./audit-words";

// Of those that this server no longer knows.
const FORMER: Record<string, string> = { github: "GitHub", google: "Google", oidc: "OpenID Connect" };

export function useProviderNames(): Names {
  const { data } = useQuery(providersQuery);
  return (id) => data?.items.find((provider) => provider.id === id)?.name ?? FORMER[id] ?? id;
}
