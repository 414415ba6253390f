import { Link } from "@tanstack/react-router";
import type { Billing } from "@/api/billing";
import {
  allowance,
  fillOf,
  METERED,
  type Metered,
  PLAN_NAMES,
  percent,
  upgradeFor,
} from "@/components/plan-limits";
import { count } from "@/lib/format";
import { span, utcDay } from "./dates";
import classes from "./plan.module.css";

const NAMES: Record<Metered, string> = { tokens: "Tokens", presets: "Presets", components: "Parts" };

/** What is used of each limit. */
export function Meters({ billing }: { billing: Billing }) {
  return (
    <ul className={classes.meters} aria-label="What you use">
      {METERED.map((what) => (
        <Meter key={what} what={what} billing={billing} />
      ))}
    </ul>
  );
}

function Meter({ what, billing }: { what: Metered; billing: Billing }) {
  const { used, reserved, limit, part, state } = fillOf(billing, what);
  const words = limit === null ? `${count(used)}, no limit` : `${count(used)} of ${count(limit)}`;
  const held = reserved > 0 ? `${count(reserved)} more reserved for answers being written` : null;
  return (
    <li className={classes.meter} data-state={state}>
      <div className={classes.line}>
        <Name what={what} />
        <span className={classes.figure}>{words}</span>
      </div>
      {limit === null ? null : (
        <div
          className={classes.bar}
          role="meter"
          aria-label={NAMES[what]}
          aria-valuemin={0}
          aria-valuemax={limit}
          aria-valuenow={Math.min(used, limit)}
          aria-valuetext={held ? `${words}, ${held}` : words}
        >
          <span className={classes.used} style={{ width: `${Math.min(part, 1) * 100}%` }} />
          {reserved > 0 ? (
            <span
              className={classes.reserved}
              style={{ width: `${Math.min(reserved / limit, Math.max(0, 1 - part)) * 100}%` }}
            />
          ) : null}
        </div>
      )}
      {held ? <p className={classes.small}>{held}</p> : null}
      {state === "fine" ? null : <p className={classes.near}>{warning(billing, what)}</p>}
      {what === "tokens" ? <Month usage={billing.usage} /> : null}
    </li>
  );
}

/** What is counted, and where it is kept. */
function Name({ what }: { what: Metered }) {
  if (what === "presets") return <Link to="/presets">{NAMES[what]}</Link>;
  if (what === "components") return <Link to="/library/{-$type}">{NAMES[what]}</Link>;
  return <span>{NAMES[what]}</span>;
}

function Month({ usage: { periodStart, periodEnd } }: { usage: Billing["usage"] }) {
  return (
    <p className={classes.small}>
      {span(periodStart, periodEnd)}; new ones on {utcDay(periodEnd)}. The local model’s are free.
    </p>
  );
}

/** How near the wall is, and what an upgrade changes. */
function warning(billing: Billing, what: Metered): string {
  const upgrade = upgradeFor(billing, what);
  const better = upgrade ? ` ${PLAN_NAMES[upgrade.plan]} has ${allowance(upgrade.limits, what)}.` : "";
  const { used, limit, part, state } = fillOf(billing, what);
  if (what === "tokens") {
    const said = "All are spent: until new ones come, only the local model answers.";
    return (state === "full" ? said : `${percent(part)} are spent.`) + better;
  }
  const room = (limit ?? 0) - used;
  if (room > 0) return `Room for ${count(room)} more.${better}`;
  const over =
    room < 0 ? `${count(-room)} more than the plan allows: they stay, but nothing new` : "Nothing new";
  return `${over} can be made.${better}`;
}
