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
