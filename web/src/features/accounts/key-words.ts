import type { ApiKey, Scope } from "@/api/account";
import { ago, day } from "@/lib/format";

export const SCOPES: { scope: Scope; name: string; what: string }[] = [
  { scope: "read", name: "Read", what: "See your chats, parts, presets and usage" },
  { scope: "chat", name: "Chat", what: "Ask, stop and compare answers, upload pictures" },
  { scope: "write", name: "Write", what: "Make, change and delete all of these" },
];

export const LIFETIMES = [7, 30, 90, 365] as const;

const DAY_MS = 86_400_000;

/** When a key ends that is made now. */
export const endOf = (days: number, now = Date.now()): string =>
  day(new Date(now + days * DAY_MS).toISOString());

export const isOver = ({ expiresAt }: ApiKey, now = Date.now()): boolean =>
  expiresAt !== null && new Date(expiresAt).getTime() <= now;

/** What a key may do, whether it is used, and how long it lasts. */
export function factsOf(key: ApiKey): string {
  const may = SCOPES.filter(({ scope }) => key.scopes.includes(scope)).map(({ name }) => name.toLowerCase());
  const used = key.lastUsedAt ? `last used ${ago(key.lastUsedAt)}` : "never used";
  const ends = key.expiresAt ? `${isOver(key) ? "ended" : "ends"} ${day(key.expiresAt)}` : "does not end";
  return [may.join(", "), used, ends].join(" · ");
}
