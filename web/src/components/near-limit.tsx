import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { billingQuery } from "@/api/billing";
import { count } from "@/lib/format";
import classes from "./near-limit.module.css";
import { allowance, fillOf, PLAN_NAMES, upgradeFor } from "./plan-limits";

const WORDS = { presets: "presets", components: "parts" };

/** Says that a limit is near, and what an upgrade changes, before the wall is hit; else nothing. */
export function NearLimit({ of }: { of: keyof typeof WORDS }) {
  const { data: billing } = useQuery(billingQuery);
  if (!billing) return null;
  const { used, limit, state } = fillOf(billing, of);
  if (limit === null || state === "fine") return null;
  const upgrade = upgradeFor(billing, of);
  return (
    <p className={classes.near}>
      <IconAlertTriangle size={17} aria-hidden="true" />
      <span>
        You have {count(used)} of the {count(limit)} {WORDS[of]} of the {PLAN_NAMES[billing.plan]} plan
        {state === "full" ? ": nothing new can be made" : null}.{" "}
        {upgrade ? `${PLAN_NAMES[upgrade.plan]} keeps ${allowance(upgrade.limits, of)}. ` : null}
        <Link to="/plan">{upgrade ? "See the plans" : "See your plan"}</Link>
      </span>
    </p>
  );
}
