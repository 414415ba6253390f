import { Button, Loader } from "@mantine/core";
import { IconCircleCheck, IconClock } from "@tabler/icons-react";
import { PLAN_NAMES } from "@/components/plan-limits";
import classes from "./plan.module.css";
import type { Purchase } from "./use-coming-back";

/** Tells a buyer who comes back how far the purchase is. */
export function ComingBack({ purchase }: { purchase: Purchase }) {
  return (
    <div role="status">
      {purchase.state === "none" ? null : (
        <div className={classes.notice} data-good={purchase.state === "arrived" || undefined}>
          <Words purchase={purchase} />
        </div>
      )}
    </div>
  );
}

function Words({ purchase }: { purchase: Purchase }) {
  if (purchase.state === "arrived") {
    return (
      <>
        <IconCircleCheck className={classes.sign} size={20} aria-hidden="true" />
        <p>Thank you. You have {PLAN_NAMES[purchase.plan]} now, and its limits count from this moment.</p>
      </>
    );
  }
  if (purchase.state === "late") {
    return (
      <>
        <IconClock size={20} aria-hidden="true" />
        <p>
          No payment has been confirmed yet. If you paid, nothing is lost: your plan begins as soon as the
          seller confirms it, and this page will show it.
        </p>
        <Button size="xs" variant="default" loading={purchase.isAsking} onClick={purchase.again}>
          Check again
        </Button>
      </>
    );
  }
  return (
    <>
      <Loader size={18} aria-hidden="true" />
      <p>Your payment is being confirmed. That takes a few seconds; your limits rise by themselves.</p>
    </>
  );
}
