import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type Billing, catchUp, type PlanName, wasInPortal } from "@/api/billing";

/** Seconds between one look and the next: about a minute in all, which a payment seldom needs. */
const PAUSES = [1, 1, 1, 2, 2, 3, 3, 5, 5, 8, 10, 10, 10];

export type Purchase =
  | { state: "none" }
  | { state: "waiting" }
  | { state: "late"; isAsking: boolean; again: () => void }
  | { state: "arrived"; plan: PlanName };

/** What became of the purchase that the buyer comes back from; asks until the plan is there, for a minute. */
export function usePurchase(checkoutId: string | undefined, billing: Billing | undefined): Purchase {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [bought, setBought] = useState<PlanName | null>(null);
  const plan = billing?.plan ?? "free";
  const waits = checkoutId !== undefined && plan === "free";
  const look = useQuery({
    queryKey: ["purchase", checkoutId],
    queryFn: () => catchUp(client),
    // Not before the page has what it shows: the seller may take seconds to answer.
    enabled: waits && billing !== undefined,
    retry: false,
    staleTime: 0,
    refetchInterval: ({ state }) => {
      const pause = PAUSES[state.dataUpdateCount + state.errorUpdateCount];
      return pause === undefined ? false : pause * 1000;
    },
  });
  useEffect(() => {
    if (checkoutId === undefined || plan === "free") return;
    setBought(plan);
    // Who reloads or keeps the address should not be thanked again.
    void navigate({ to: "/plan", search: {}, replace: true });
  }, [checkoutId, plan, navigate]);

  if (bought) return { state: "arrived", plan: bought };
  if (!waits) return { state: "none" };
  const looks = client.getQueryState(["purchase", checkoutId]);
  const isLate = (looks?.dataUpdateCount ?? 0) + (looks?.errorUpdateCount ?? 0) >= PAUSES.length;
  return isLate
    ? { state: "late", isAsking: look.isFetching, again: () => void look.refetch() }
    : { state: "waiting" };
}

/** Who comes back from the portal may have changed the plan there. `reset`: also when the browser kept the page. */
export function useBackFromPortal(reset: () => void) {
  const client = useQueryClient();
  useEffect(() => {
    const ask = () => {
      if (wasInPortal()) void catchUp(client).catch(() => undefined);
    };
    const shown = ({ persisted }: PageTransitionEvent) => {
      if (!persisted) return;
      reset();
      ask();
    };
    ask();
    addEventListener("pageshow", shown);
    return () => removeEventListener("pageshow", shown);
  }, [client, reset]);
}
