import type { Billing, Limits, Offer, PlanName } from "@/api/billing";
import { count } from "@/lib/format";

export const PLAN_NAMES: Record<PlanName, string> = { free: "Free", pro: "Pro", business: "Business" };

/** What a plan limits, in the order that it is shown. */
export const METERED = ["tokens", "presets", "components"] as const;
export type Metered = (typeof METERED)[number];

/** From here on a limit is worth a word. */
const NEAR = 0.8;

export interface Fill {
  used: number;
  /** Held by answers that are being written. */
  reserved: number;
  /** Null: no limit. */
  limit: number | null;
  /** 0 and more: over 1 where a smaller plan came after a greater one. */
  part: number;
  state: "fine" | "near" | "full";
}

export function limitOf(limits: Limits, what: Metered): number | null {
  if (what === "tokens") return limits.tokensPerMonth;
  return what === "presets" ? limits.maxPresets : limits.maxComponents;
}

export function fillOf({ limits, counts, usage }: Billing, what: Metered): Fill {
  const used = what === "tokens" ? usage.used : counts[what];
  const limit = limitOf(limits, what);
  const part = limit === null ? 0 : limit === 0 ? 1 : used / limit;
  const state = part >= 1 ? "full" : part >= NEAR ? "near" : "fine";
  return { used, reserved: what === "tokens" ? usage.reserved : 0, limit, part, state };
}

const isMore = (one: number | null, other: number | null): boolean =>
  other !== null && (one === null || one > other);

/** The smallest plan on offer here that allows more of it. */
export function upgradeFor({ limits, offers }: Billing, what: Metered): Offer | undefined {
  return offers.find(
    (offer) => offer.isForSale && isMore(limitOf(offer.limits, what), limitOf(limits, what)),
  );
}

const NOUNS: Record<Metered, string> = { tokens: "tokens a month", presets: "presets", components: "parts" };

/** "500,000 tokens a month", "as many presets as you like". */
export function allowance(limits: Limits, what: Metered): string {
  const limit = limitOf(limits, what);
  return limit === null ? `as many ${NOUNS[what]} as you like` : `${count(limit)} ${NOUNS[what]}`;
}

/** Of 100, never 100 before it is all. */
export function percent(part: number): string {
  if (part > 0 && part < 0.005) return "less than 1 %";
  return `${part < 1 ? Math.min(99, Math.round(part * 100)) : Math.round(part * 100)} %`;
}
