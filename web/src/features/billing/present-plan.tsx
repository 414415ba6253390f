import { Button } from "@mantine/core";
import { IconExternalLink } from "@tabler/icons-react";
import type { Billing } from "@/api/billing";
import { explain } from "@/api/client";
import { PLAN_NAMES } from "@/components/plan-limits";
import { Meters } from "./meters";
import classes from "./plan.module.css";
import { type Standing, standingOf } from "./standing";

const KEPT = "Nothing is deleted; what is over the limits stays, and only new things are refused.";

const PORTAL =
  "Invoices, payment card, change and cancel are in the seller’s customer portal, under “Manage”.";

/** The plan that counts now: how it stands, and what there is to do about it. */
export function PresentPlan(props: {
  billing: Billing;
  onManage: () => void;
  isLeaving: boolean;
  error: unknown;
}) {
  const { billing, onManage, isLeaving } = props;
  const standing = standingOf(billing);
  const act = billing.hasPortal ? standing.act : null;
  return (
    <section className={classes.box} aria-labelledby="present-plan">
      <div className={classes.top}>
        <h2 id="present-plan">{PLAN_NAMES[billing.plan]} plan</h2>
        {standing.badge ? (
          <span className={classes.badge} data-warn={standing.isWarning || undefined}>
            {standing.badge}
          </span>
        ) : null}
        {billing.hasPortal ? (
          <div className={classes.actions}>
            {act ? (
              <Button size="sm" onClick={onManage} loading={isLeaving}>
                {act}
              </Button>
            ) : null}
            <Button
              size="sm"
              variant="default"
              rightSection={<IconExternalLink size={15} aria-hidden="true" />}
              onClick={onManage}
              loading={isLeaving}
            >
              Manage
            </Button>
          </div>
        ) : null}
      </div>
      {props.error ? (
        <p className={classes.trouble} role="alert">
          {explain(props.error)}
        </p>
      ) : null}
      <Told standing={standing} hasPortal={billing.hasPortal} />
      <Meters billing={billing} />
    </section>
  );
}

function Told({ standing, hasPortal }: { standing: Standing; hasPortal: boolean }) {
  return (
    <div className={standing.isWarning ? classes.warning : classes.told}>
      <p>
        {standing.told}
        {hasPortal && !standing.isWarning ? ` ${PORTAL}` : null}
      </p>
      {standing.todo && hasPortal ? <p>{standing.todo}</p> : null}
      {standing.loses ? <p>{KEPT}</p> : null}
    </div>
  );
}
