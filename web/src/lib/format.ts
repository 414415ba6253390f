const numbers = new Intl.NumberFormat();

export const count = (value: number): string => numbers.format(value);

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${numbers.format(value)} ${value === 1 ? one : many}`;
}

/** 131072 -> "131k", 1048576 -> "1M". */
export function short(value: number): string {
  if (value >= 1_000_000) return `${trim(value / 1_000_000)}M`;
  if (value >= 1_000) return `${trim(value / 1_000)}k`;
  return String(value);
}

function trim(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toFixed(1).replace(/\.0$/, "");
}

export function bytes(value: number): string {
  if (value >= 1e9) return `${trim(value / 1e9)} GB`;
  if (value >= 1e6) return `${Math.round(value / 1e6)} MB`;
  return `${Math.round(value / 1e3)} kB`;
}

const days = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

export const day = (iso: string): string => days.format(new Date(iso));

/** "today", "yesterday", else the date. */
export function ago(iso: string, now = new Date()): string {
  const then = new Date(iso);
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  if (then.getTime() >= midnight) return "today";
  if (then.getTime() >= midnight - 86_400_000) return "yesterday";
  return day(iso);
}

const moments = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The day and the time of day. */
export const moment = (iso: string): string => moments.format(new Date(iso));

const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

/** "in 40 seconds", else the time of day, to the next whole minute, with its day where that is not today. */
export function fromNow(seconds: number, now = new Date()): string {
  if (seconds < 100) return `in ${plural(Math.ceil(seconds), "second")}`;
  const then = new Date(Math.ceil((now.getTime() + seconds * 1000) / 60_000) * 60_000);
  const date = then.toDateString() === now.toDateString() ? "" : ` on ${days.format(then)}`;
  return `at ${clock.format(then)}${date}`;
}
