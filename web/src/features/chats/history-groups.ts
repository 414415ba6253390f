export const GROUPS = ["Today", "Yesterday", "Last 7 days", "Last 30 days", "Older"] as const;
export type GroupName = (typeof GROUPS)[number];

/** Which group a time falls in, by calendar days of the person looking, not by hours gone. */
export function groupOf(iso: string, now: Date): GroupName {
  const midnight = (daysBack: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBack).getTime();
  const then = new Date(iso).getTime();
  if (then >= midnight(0)) return "Today";
  if (then >= midnight(1)) return "Yesterday";
  if (then >= midnight(7)) return "Last 7 days";
  if (then >= midnight(30)) return "Last 30 days";
  return "Older";
}

/** The chats under their headings, newest heading first, empty headings left out, order kept within. */
export function group<T extends { createdAt: string }>(
  chats: T[],
  now: Date,
): { name: GroupName; chats: T[] }[] {
  return GROUPS.map((name) => ({
    name,
    chats: chats.filter((chat) => groupOf(chat.createdAt, now) === name),
  })).filter((entry) => entry.chats.length > 0);
}
