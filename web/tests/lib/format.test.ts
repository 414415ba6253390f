import { expect, test } from "vitest";
import { fromNow, moment } from "@/lib/format";

const NOW = new Date(2026, 2, 1, 23, 50, 10);
const clock = (hours: number, minutes: number) =>
  new Intl.DateTimeFormat(undefined, { timeStyle: "short" }).format(new Date(2026, 2, 1, hours, minutes));

test("a short wait is told in seconds, a longer one as the time of day", () => {
  expect(fromNow(1, NOW)).toBe("in 1 second");
  expect(fromNow(40.2, NOW)).toBe("in 41 seconds");
  expect(fromNow(120, NOW)).toBe(`at ${clock(23, 53)}`);
});

test("a wait past midnight names the day", () => {
  expect(fromNow(3600, NOW)).toMatch(/^at .+ on .*2.*2026/);
});

test("a moment has its day and its time", () => {
  expect(moment("2026-03-01T10:00:00Z")).toMatch(/2026.*\d:00/);
});
