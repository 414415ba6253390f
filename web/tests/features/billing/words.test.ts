import { expect, test } from "vitest";
import { fillOf, percent, upgradeFor } from "@/components/plan-limits";
import { span } from "@/features/billing/dates";
import { money, priceWords } from "@/features/billing/prices";
import { ceiling } from "@/features/billing/scale";
import { standingOf } from "@/features/billing/standing";
import { aBilling, LIMITS, NOT_SOLD } from "./make";

test.each([
  [{ amount: 2000, currency: "usd" }, "$20"],
  [{ amount: 1950, currency: "usd" }, "$19.50"],
  [{ amount: 2000, currency: "jpy" }, "¥2,000"],
])("%o is %s", (price, words) => {
  expect(money(price)).toBe(words);
});

test("a price says for how long", () => {
  const price = { amount: 2000, currency: "usd", interval: "month" } as const;
  expect(priceWords({ ...price, intervalCount: 1 })).toBe("$20 a month");
  expect(priceWords({ ...price, intervalCount: 3 })).toBe("$20 every 3 months");
});

test.each([
  [0, "0 %"],
  [0.0004, "less than 1 %"],
  [0.09, "9 %"],
  [0.999, "99 %"],
  [1, "100 %"],
  [1.4, "140 %"],
])("%d is %s", (part, words) => {
  expect(percent(part)).toBe(words);
});

test.each([
  [0, 10],
  [7, 10],
  [1_000, 1_000],
  [1_001, 2_000],
  [4_500, 6_000],
  [81_000, 100_000],
])("bars up to %d stand under %d", (most, top) => {
  expect(ceiling(most)).toBe(top);
});

test("a month ends on its last day, whatever the reader's clock says", () => {
  expect(span("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")).toMatch(/^Nov 1\s–\s30, 2026$/);
});

test("a limit is near from 80 % on, full at its end, and over it after a smaller plan came", () => {
  const presets = (count: number) =>
    fillOf(aBilling({ counts: { components: 0, presets: count } }), "presets");
  expect([3, 4, 5, 7].map((count) => presets(count).state)).toEqual(["fine", "near", "full", "full"]);
  expect(fillOf(aBilling({ plan: "pro", counts: { components: 0, presets: 900 } }), "presets")).toMatchObject(
    {
      state: "fine",
      limit: null,
    },
  );
});

test("only a plan that allows more of it and is sold here is an upgrade", () => {
  expect(upgradeFor(aBilling(), "presets")?.plan).toBe("pro");
  expect(upgradeFor(aBilling({ plan: "pro" }), "presets")).toBeUndefined();
  expect(upgradeFor(aBilling({ plan: "pro" }), "tokens")?.plan).toBe("business");
  expect(upgradeFor(aBilling({ offers: NOT_SOLD, isConfigured: false }), "presets")).toBeUndefined();
});

test("how a plan stands", () => {
  expect(standingOf(aBilling({ plan: "pro" }))).toMatchObject({ badge: "Active", act: null, loses: false });
  const given = standingOf(aBilling({ plan: "pro", source: "given", period: null, hasPortal: false }));
  expect(given.told).toContain("given to you");
  const cancelled = { plan: "pro", cancelAtPeriodEnd: true, endsAt: "2026-12-10T12:00:00Z" } as const;
  expect(standingOf(aBilling(cancelled))).toMatchObject({
    badge: "Cancelled",
    act: "Keep Pro",
    loses: true,
    told: expect.stringContaining("Pro ends on Dec 10, 2026."),
  });
  const pastDue = { since: "2026-11-10T12:00:00Z", until: "2026-12-01T12:00:00Z" };
  expect(standingOf(aBilling({ plan: "pro", status: "past_due", pastDue }))).toMatchObject({
    act: "Check your card",
    told: "A payment failed on Nov 10, 2026. Pro goes on until Dec 1, 2026, while it is tried again.",
  });
  expect(standingOf(aBilling({ status: "past_due", pastDue, limits: LIMITS.free }))).toMatchObject({
    loses: true,
  });
  expect(standingOf(aBilling({ status: "cancelled" })).told).toBe("Your paid plan has ended.");
});
