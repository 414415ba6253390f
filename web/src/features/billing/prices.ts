import type { Price } from "@/api/billing";

/** An amount in the smallest unit of its currency: "$20", "¥2,000". */
export function money({ amount, currency }: Pick<Price, "amount" | "currency">): string {
  const style = { style: "currency", currency: currency.toUpperCase() } as const;
  const digits = new Intl.NumberFormat(undefined, style).resolvedOptions().maximumFractionDigits ?? 2;
  const value = amount / 10 ** digits;
  const shown = Number.isInteger(value) ? { minimumFractionDigits: 0, maximumFractionDigits: 0 } : {};
  return new Intl.NumberFormat(undefined, { ...style, ...shown }).format(value);
}

/** "$20 a month", "$50 every 3 months". */
export function priceWords(price: Price): string {
  const { interval, intervalCount } = price;
  const every = intervalCount === 1 ? `a ${interval}` : `every ${intervalCount} ${interval}s`;
  return `${money(price)} ${every}`;
}
