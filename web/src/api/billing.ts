import { type QueryClient, queryOptions, useMutation } from "@tanstack/react-query";
import { read, write } from "@/lib/storage";
import { api, body, type Schemas } from "./client";

export type Billing = Schemas["BillingView"];
export type PlanName = Billing["plan"];
export type Limits = Schemas["LimitsView"];
export type Offer = Schemas["Offer"];
export type Price = Schemas["Price"];
export type Usage = Schemas["UsageView"];
export type UsageReport = Schemas["UsageReport"];
export type DayUsage = Schemas["DayUsage"];
export type ModelUsage = Schemas["ModelUsage"];

export const billingQuery = queryOptions({
  queryKey: ["billing"],
  queryFn: () => body(api.GET("/api/billing")),
});

export const usageQuery = queryOptions({
  queryKey: ["usage"],
  queryFn: () => body(api.GET("/api/usage")),
});

/** Offline, an act fails and says so: nobody should be led to a pay page later, out of the blue. */
const NOW = { networkMode: "always" } as const;

const LEFT = "left-for-portal";

/** Begins to buy a plan: leads to the page to pay on. */
export function useCheckout() {
  return useMutation({
    ...NOW,
    mutationFn: (plan: "pro" | "business") => body(api.POST("/api/billing/checkout", { body: { plan } })),
    onSuccess: ({ url }) => location.assign(url),
  });
}

/** Leads to the seller's own page: invoices, card, change of plan, cancel. */
export function usePortal() {
  return useMutation({
    ...NOW,
    mutationFn: () => body(api.POST("/api/billing/portal")),
    onSuccess: ({ url }) => {
      write(LEFT, "yes");
      location.assign(url);
    },
  });
}

/** Whether the person comes from the portal, asked once. */
export function wasInPortal(): boolean {
  const left = read(LEFT) !== null;
  if (left) write(LEFT, null);
  return left;
}

/**
 * Has the server ask the seller, and keeps what the plan is then. A seller that cannot be reached is no failure: its
 * event may have arrived all the same.
 */
export async function catchUp(client: QueryClient): Promise<Billing> {
  await api.POST("/api/billing/refresh").catch(() => undefined);
  // A look that began before the seller was asked must not have the last word.
  await client.cancelQueries({ queryKey: billingQuery.queryKey });
  return client.fetchQuery({ ...billingQuery, staleTime: 0 });
}

/** Asks again for everything that a change of plan changes, but for the billing itself. */
export function refreshForPlan(client: QueryClient) {
  for (const key of ["session", "models", "usage"]) void client.invalidateQueries({ queryKey: [key] });
}
