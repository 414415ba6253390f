import type { Billing, Limits, Offer, UsageReport } from "@/api/billing";

const MONTH = { periodStart: "2026-11-01T00:00:00Z", periodEnd: "2026-12-01T00:00:00Z" };

export const LIMITS: Record<Billing["plan"], Limits> = {
  free: { maxPresets: 5, maxComponents: 20, tokensPerMonth: 50_000, providers: ["local", "openai"] },
  pro: {
    maxPresets: null,
    maxComponents: null,
    tokensPerMonth: 500_000,
    providers: ["anthropic", "local", "openai"],
  },
  business: {
    maxPresets: null,
    maxComponents: null,
    tokensPerMonth: 2_000_000,
    providers: ["anthropic", "local", "openai"],
  },
};

const offer = (plan: Billing["plan"], amount?: number): Offer => ({
  plan,
  limits: LIMITS[plan],
  isForSale: amount !== undefined,
  prices: amount === undefined ? [] : [{ amount, currency: "usd", interval: "month", intervalCount: 1 }],
});

export const OFFERS = [offer("free"), offer("pro", 2000), offer("business", 6000)];
export const NOT_SOLD = [offer("free"), offer("pro"), offer("business")];

/** A plan in good order, with little used; bought where it is not free. */
export function aBilling(given: Partial<Billing> = {}): Billing {
  const { plan = "free" } = given;
  const isPaid = plan !== "free";
  return {
    plan,
    status: "active",
    source: isPaid ? "bought" : null,
    limits: LIMITS[plan],
    counts: { components: 2, presets: 1 },
    usage: { ...MONTH, used: 1_000, reserved: 0, limit: LIMITS[plan].tokensPerMonth },
    period: isPaid ? { start: "2026-11-10T12:00:00Z", end: "2026-12-10T12:00:00Z" } : null,
    cancelAtPeriodEnd: false,
    endsAt: null,
    pastDue: null,
    hasPortal: isPaid,
    isConfigured: true,
    offers: OFFERS,
    ...given,
  };
}

export function aReport(given: Partial<UsageReport> = {}): UsageReport {
  const days = Array.from({ length: 30 }, (_, number) => ({
    date: `2026-11-${String(number + 1).padStart(2, "0")}`,
    used: 0,
    local: 0,
  }));
  return {
    ...MONTH,
    used: 0,
    reserved: 0,
    limit: 50_000,
    days,
    models: [],
    presets: [],
    components: [],
    ...given,
  };
}
