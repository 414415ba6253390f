import { Skeleton } from "@mantine/core";
import { useNetwork } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect } from "react";
import { type Billing, billingQuery, catchUp, refreshForPlan, useCheckout, usePortal } from "@/api/billing";
import { isRefusal } from "@/api/client";
import { sessionQuery } from "@/api/session";
import { Page } from "@/components/shell";
import { EmptyState, ErrorState } from "@/components/states";
import { ComingBack } from "./coming-back";
import classes from "./plan.module.css";
import { PlanCards } from "./plan-cards";
import { PresentPlan } from "./present-plan";
import { useBackFromPortal, usePurchase } from "./use-coming-back";
import { WhereTokensWent } from "./where-tokens-went";

/** An open page sees a plan begin or end within this time. */
const AGAIN_MS = 30_000;

/** The plan, what it allows, what of it is used, and the plans on offer. */
export function PlanPage({ checkoutId }: { checkoutId: string | undefined }) {
  const { online } = useNetwork();
  const billing = useQuery({ ...billingQuery, refetchInterval: AGAIN_MS, refetchOnMount: "always" });
  const purchase = usePurchase(checkoutId, billing.data);
  useFollowPlan(billing.data);
  return (
    <Page title="Plan">
      <ComingBack purchase={purchase} />
      {billing.data ? <Contents billing={billing.data} isPaying={purchase.state === "waiting"} /> : null}
      {billing.isPending && online ? <Loading /> : null}
      {billing.isPending && !online ? <EmptyState title="Your plan comes when you are online again" /> : null}
      {billing.isError && !billing.data ? (
        <ErrorState
          title="Your plan did not load"
          error={billing.error}
          retry={() => void billing.refetch()}
        />
      ) : null}
    </Page>
  );
}

/** `isPaying`: a purchase is being confirmed, and nothing is to be bought twice. */
function Contents({ billing, isPaying }: { billing: Billing; isPaying: boolean }) {
  const client = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  const checkout = useCheckout();
  const portal = usePortal();
  const resetCheckout = checkout.reset;
  const resetPortal = portal.reset;
  useBackFromPortal(
    useCallback(() => {
      resetCheckout();
      resetPortal();
    }, [resetCheckout, resetPortal]),
  );

  function buy(plan: "pro" | "business") {
    portal.reset();
    checkout.mutate(plan, {
      // A plan that the seller knows of and we do not yet.
      onError: (error) => isRefusal(error, 409) && void catchUp(client).catch(() => undefined),
    });
  }

  function manage() {
    checkout.reset();
    portal.mutate();
  }

  return (
    <div className={classes.parts}>
      <PresentPlan
        billing={billing}
        onManage={manage}
        isLeaving={portal.isPending || portal.isSuccess}
        error={portal.error}
      />
      <PlanCards
        billing={billing}
        isPaying={isPaying}
        isGuest={session?.user?.isGuest ?? false}
        buying={checkout.isPending || checkout.isSuccess ? checkout.variables : null}
        error={checkout.error}
        onBuy={buy}
        onManage={manage}
      />
      <WhereTokensWent />
    </div>
  );
}

/** What else shows the plan must not lag behind this page: the account menu, the models, the month. */
function useFollowPlan(billing: Billing | undefined) {
  const client = useQueryClient();
  const { data: session } = useQuery(sessionQuery);
  const isBehind = Boolean(billing && session?.user && session.plan !== billing.plan);
  useEffect(() => {
    if (isBehind) refreshForPlan(client);
  }, [isBehind, client]);
}

function Loading() {
  return (
    <div className={classes.parts} role="status" aria-label="Loading your plan">
      <Skeleton h={190} radius="lg" />
      <div className={classes.cards}>
        {[0, 1, 2].map((place) => (
          <Skeleton key={place} h={250} radius="lg" />
        ))}
      </div>
    </div>
  );
}
