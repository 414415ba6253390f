import { day } from "@/lib/format";

// The server counts days in UTC, wherever the reader is.
const utc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(undefined, { ...options, timeZone: "UTC" });
const whole = utc({ dateStyle: "medium" });
const short = utc({ day: "numeric", month: "short" });

/** A day as in "2026-11-03", or a moment, as its day in UTC. */
export const utcDay = (iso: string): string => whole.format(new Date(iso));
export const shortDay = (iso: string): string => short.format(new Date(iso));

/** First to last day of a period whose end is the first moment after it. */
export function span(start: string, end: string): string {
  return whole.formatRange(new Date(start), new Date(new Date(end).getTime() - 1));
}

/** A moment that may not be known, in the reader's own days. */
export const on = (iso: string | null | undefined): string => (iso ? ` on ${day(iso)}` : "");
export const until = (iso: string | null | undefined): string => (iso ? ` until ${day(iso)}` : "");
