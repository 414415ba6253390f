import { Button } from "@mantine/core";
import { IconArrowUpRight, IconCheck, IconExternalLink } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Billing, Limits, Offer } from "@/api/billing";
import { explain } from "@/api/client";
import { allowance, limitOf, METERED, type Metered, PLAN_NAMES } from "@/components/plan-limits";
import { count } from "@/lib/format";
import classes from "./plan.module.css";
import { priceWords } from "./prices";

interface Props {
  billing: Billing;
  isGuest: boolean;
  isPaying: boolean;
  /** The plan whose pay page is being opened. */
  buying: string | null | undefined;
  error: unknown;
  onBuy: (plan: "pro" | "business") => void;
  onManage: () => void;
}

/** The plans side by side, and the ways from this one to another. */
export function PlanCards(props: Props) {
  const { billing } = props;
  return (
    <section aria-labelledby="plans">
      <h2 id="plans" className={classes.heading}>
        Plans
      </h2>
      {billing.isConfigured ? null : (
        <p className={classes.notice}>
          Plans are not sold on this server: whoever runs it has not set up billing. Everything works within
          the limits of your plan.
        </p>
      )}
      {props.error ? (
        <p className={classes.trouble} role="alert">
          {explain(props.error)}
        </p>
      ) : null}
      <ul className={classes.cards}>
        {billing.offers.map((offer) => (
          <li key={offer.plan}>
            <Card {...props} offer={offer} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Card(props: Props & { offer: Offer }) {
  const { billing, offer } = props;
  const isPresent = offer.plan === billing.plan;
  return (
    <article
      className={classes.card}
      data-present={isPresent || undefined}
      aria-labelledby={`plan-${offer.plan}`}
    >
      <div className={classes.head}>
        <h3 id={`plan-${offer.plan}`}>{PLAN_NAMES[offer.plan]}</h3>
        {isPresent ? <span className={classes.badge}>Your plan</span> : null}
      </div>
      <Prices offer={offer} />
      <ul className={classes.limits}>
        {METERED.map((what) => (
          <Line
            key={what}
            more={isPresent ? null : moreOf(what, offer.limits, billing.limits)}
            text={capital(allowance(offer.limits, what))}
          />
        ))}
        <Line
          more={isPresent ? null : newModels(offer.limits, billing.limits)}
          text={`Models: ${vendors(offer.limits).join(", ")}`}
        />
        <Line more={null} text="The local model, free" />
      </ul>
      <div className={classes.foot}>
        <Way {...props} />
      </div>
    </article>
  );
}

function Prices({ offer }: { offer: Offer }) {
  const [first, ...others] = offer.prices.map(priceWords);
  if (offer.plan === "free") return <p className={classes.price}>Free of charge</p>;
  if (!first) return offer.isForSale ? <p className={classes.price}>Price on the next page</p> : null;
  return (
    <p className={classes.price}>
      {first}
      {others.length > 0 ? <span className={classes.small}> or {others.join(" or ")}</span> : null}
    </p>
  );
}

/** `more`: what a change to this plan brings here; an arrow marks it. */
function Line({ more, text }: { more: string | null; text: string }) {
  const Icon = more ? IconArrowUpRight : IconCheck;
  return (
    <li data-more={more ? true : undefined}>
      <Icon size={16} aria-hidden="true" />
      <span>
        {text}
        {more ? <span className={classes.more}>{more}</span> : null}
      </span>
    </li>
  );
}

const PORTAL = <IconExternalLink size={15} aria-hidden="true" />;

/** The way from the present plan to this one, if there is one. */
function Way({ billing, offer, isGuest, isPaying, buying, onBuy, onManage }: Props & { offer: Offer }) {
  const name = PLAN_NAMES[offer.plan];
  const { plan } = offer;
  if (plan === billing.plan) return null;
  if (billing.plan !== "free") {
    if (!billing.hasPortal) return null;
    if (plan === "free") {
      return billing.cancelAtPeriodEnd ? (
        <p className={classes.small}>Comes when {PLAN_NAMES[billing.plan]} ends.</p>
      ) : (
        <Button fullWidth variant="default" rightSection={PORTAL} onClick={onManage}>
          Cancel {PLAN_NAMES[billing.plan]}
        </Button>
      );
    }
    return offer.isForSale ? (
      <Button fullWidth variant="default" rightSection={PORTAL} onClick={onManage}>
        Change to {name}
      </Button>
    ) : null;
  }
  if (plan === "free") return null;
  if (!offer.isForSale) return billing.isConfigured ? <p className={classes.small}>Not sold here.</p> : null;
  if (isGuest) {
    return (
      <Button
        fullWidth
        variant="default"
        renderRoot={(rest) => <Link to="/register" search={{ next: "/plan" }} {...rest} />}
      >
        Create an account to choose {name}
      </Button>
    );
  }
  return (
    <Button
      fullWidth
      variant={plan === "pro" ? "filled" : "default"}
      loading={buying === plan}
      disabled={isPaying || (Boolean(buying) && buying !== plan)}
      onClick={() => onBuy(plan)}
    >
      Choose {name}
    </Button>
  );
}

const VENDORS: Record<string, string> = { openai: "OpenAI", anthropic: "Anthropic" };

const vendors = ({ providers }: Limits): string[] =>
  Object.keys(VENDORS).flatMap((id) => (providers.includes(id) ? [VENDORS[id] ?? id] : []));

/** What the change brings, against what there is now; null where it brings no more. */
function moreOf(what: Metered, there: Limits, here: Limits): string | null {
  const [then, now] = [limitOf(there, what), limitOf(here, what)];
  if (now === null || (then !== null && then <= now)) return null;
  if (then === null) return `${count(now)} now`;
  const times = then / now;
  return Number.isInteger(times) ? `${count(times)} times what you have now` : `${count(now)} now`;
}

function newModels(there: Limits, here: Limits): string | null {
  const fresh = vendors(there).filter((name) => !vendors(here).includes(name));
  return fresh.length > 0 ? `new: ${fresh.join(", ")}` : null;
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
