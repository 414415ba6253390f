import { expect, test } from "vitest";
import { group, groupOf } from "@/features/chats/history-groups";

// Local times on purpose: the groups are the calendar of whoever looks.
const now = new Date(2026, 2, 10, 0, 30);
const local = (day: number, hour = 12, minute = 0, month = 2) =>
  new Date(2026, month, day, hour, minute).toISOString();

test.each([
  [local(10, 0, 0), "Today"],
  [local(9, 23, 59), "Yesterday"],
  [local(9, 0, 0), "Yesterday"],
  [local(8, 23, 59), "Last 7 days"],
  [local(3, 0, 0), "Last 7 days"],
  [local(2, 23, 59), "Last 30 days"],
  [local(8, 0, 0, 1), "Last 30 days"],
  [local(7, 23, 59, 1), "Older"],
])("%s is %s", (when, name) => {
  expect(groupOf(when, now)).toBe(name);
});

test("a clock that runs behind the server's still says today", () => {
  expect(groupOf(local(10, 0, 31), now)).toBe("Today");
});

test("empty groups are left out and order is kept", () => {
  const chats = [
    { id: "a", createdAt: local(10) },
    { id: "b", createdAt: local(10, 0, 1) },
    { id: "c", createdAt: local(1, 12, 0, 0) },
  ];
  expect(group(chats, now)).toEqual([
    { name: "Today", chats: [chats[0], chats[1]] },
    { name: "Older", chats: [chats[2]] },
  ]);
});
