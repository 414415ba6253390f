import type { Billing } from "@/api/billing";
import { PLAN_NAMES } from "@/components/plan-limits";
import { on, until } from "./dates";

/** How the plan stands, in words. */
export interface Standing {
  badge: string | null;
  isWarning: boolean;
  told: string;
  /** What a person can do about it in the portal, and the button for it. */
  todo: string | null;
  act: string | null;
  /** Whether limits fall, or fell: it is then worth a word that nothing is deleted. */
  loses: boolean;
}

const PLAIN: Standing = { badge: null, isWarning: false, told: "", todo: null, act: null, loses: false };

export function standingOf(billing: Billing): Standing {
  if (billing.plan === "free") return ended(billing);
  const name = PLAN_NAMES[billing.plan];
  if (billing.status === "past_due") {
    return {
      badge: "Payment failed",
      isWarning: true,
      told: `A payment failed${on(billing.pastDue?.since)}. ${name} goes on${until(billing.pastDue?.until)}, while it is tried again.`,
      todo: `To keep ${name}, check your card in the customer portal.`,
      act: "Check your card",
      loses: false,
    };
  }
  if (billing.cancelAtPeriodEnd || billing.status === "cancelled") {
    return {
      badge: "Cancelled",
      isWarning: true,
      told: `${name} ends${on(billing.endsAt)}. Until then all of it is yours; after that the limits of Free count.`,
      todo: null,
      act: billing.cancelAtPeriodEnd ? `Keep ${name}` : null,
      loses: true,
    };
  }
  if (billing.source === "given") {
    return { ...PLAIN, badge: "Active", told: "It was given to you by whoever runs this server." };
  }
  const renews = billing.period?.end ? `It renews${on(billing.period.end)}.` : "It renews by itself.";
  return { ...PLAIN, badge: "Active", told: renews };
}

function ended({ status, pastDue }: Billing): Standing {
  if (status === "past_due") {
    return {
      ...PLAIN,
      badge: "Payment failed",
      isWarning: true,
      told: `A payment failed${on(pastDue?.since)} and could not be made again, so your plan has ended.`,
      todo: "Check your card in the customer portal to have it back.",
      act: "Check your card",
      loses: true,
    };
  }
  if (status === "cancelled") return { ...PLAIN, told: "Your paid plan has ended.", loses: true };
  return { ...PLAIN, told: "It costs nothing and does not end." };
}
