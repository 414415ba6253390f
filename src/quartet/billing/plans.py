"""What each plan allows: the spec's PLAN_LIMITS, and the one lock that makes every limit exact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from quartet.core.database import Transaction

PlanName = Literal["free", "pro", "business"]
Status = Literal["active", "cancelled", "past_due"]


@dataclass(frozen=True, slots=True)
class Limits:
    """None: no limit."""

    max_presets: int | None
    max_components: int | None
    tokens_per_month: int
    providers: frozenset[str]


# The local provider runs on the operator's own machine: it belongs to every plan and its tokens count nothing.
LOCAL = "local"

PLANS: dict[PlanName, Limits] = {
    "free": Limits(5, 20, 50_000, frozenset({LOCAL, "openai"})),
    "pro": Limits(None, None, 500_000, frozenset({LOCAL, "openai", "anthropic"})),
    "business": Limits(None, None, 2_000_000, frozenset({LOCAL, "openai", "anthropic"})),
}

LARGEST_LIMIT = max(limit or 0 for each in PLANS.values() for limit in (each.max_components, each.max_presets))
"""Whoever counts to refuse need not count beyond one more: a paid library may have very many."""

# A renewal is told within the hour; should that be lost, a paid plan outlives its period by so much and no more.
LATE_DAYS = 3
# Polar tries a failed payment again after 2, 7, 14 and 21 days; then it ends the subscription.
PAST_DUE_DAYS = 21


@dataclass(frozen=True, slots=True)
class Bought:
    """What the row in "Subscription" says, whether it still counts or not.

    Moments are naive UTC. `until` is when the plan ends by itself; None: never. `subscription_id` is Polar's; None
    where nobody pays: a plan that was given, or one that is only about to be bought.
    """

    plan: PlanName
    customer_id: str
    subscription_id: str | None
    period_start: datetime | None
    period_end: datetime | None
    cancels: bool
    past_due_since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a user has now. `anchor` is the day the paid month counts from; None counts calendar months."""

    name: PlanName
    limits: Limits
    status: Status = "active"
    anchor: datetime | None = None
    bought: Bought | None = None

    @property
    def renews(self) -> bool:
        """Whether somebody will be charged again unless they cancel."""
        paid = self.bought is not None and self.bought.subscription_id is not None and not self.bought.cancels
        return paid and self.name != "free"


@dataclass(frozen=True, slots=True)
class Kept:
    """How many of what is limited a user has."""

    components: int
    presets: int


# A lost event must not give service for ever, so the end of the period is looked at here as well.
_BOUGHT = f"""SELECT b.*, coalesce(b."until" > now(), b."status" <> 'cancelled') AND b."plan" <> 'free'
  FROM (
    SELECT s."plan", s."polarCustomerId", s."polarSubscriptionId", s."currentPeriodStart", s."currentPeriodEnd",
      s."cancelAtPeriodEnd", CASE s."status" WHEN 'past_due' THEN coalesce(p."pastDueAt", s."currentPeriodStart") END,
      CASE
        WHEN s."status" = 'past_due'
          THEN coalesce(p."pastDueAt", s."currentPeriodStart") + interval '{PAST_DUE_DAYS} days'
        WHEN s."status" = 'active' AND NOT s."cancelAtPeriodEnd"
          THEN s."currentPeriodEnd" + interval '{LATE_DAYS} days'
        ELSE s."currentPeriodEnd"
      END AS "until",
      s."status", coalesce(p."anchorAt", s."currentPeriodStart") AS "anchor"
    FROM "Subscription" s LEFT JOIN "PolarSubscription" p ON p."id" = s."polarSubscriptionId"
    WHERE s."userId" = %s
  ) b"""


async def current(tx: Transaction, user_id: UUID) -> Plan:
    """Read the plan: no row is free, and so is one whose paid time is over, whatever it says."""
    cursor = await tx.execute(_BOUGHT, [user_id])
    row = await cursor.fetchone()
    if row is None:
        return Plan("free", PLANS["free"])
    *members, status, anchor, counts = row
    bought = Bought(*members)
    if counts:
        return Plan(bought.plan, PLANS[bought.plan], status, anchor, bought)
    over: Status = "cancelled" if bought.plan != "free" and status == "active" else status
    return Plan("free", PLANS["free"], over, bought=bought)


async def lock(tx: Transaction, user_id: UUID) -> None:
    """Make whoever counts or changes what this user may do wait for the end of this transaction.

    The lock is a statement of its own: PostgreSQL takes a statement's snapshot before it waits, so a lock and a
    count in one statement let 40 concurrent creates of 5 allowed all pass. NO KEY leaves foreign key checks of the
    user's other work alone.
    """
    await tx.execute('SELECT 1 FROM "User" WHERE "id" = %s FOR NO KEY UPDATE', [user_id])


async def hold(tx: Transaction, user_id: UUID) -> Plan:
    """Lock the user against a second count, then read the plan; count what is limited only after this."""
    await lock(tx, user_id)
    return await current(tx, user_id)


async def kept(tx: Transaction, user_id: UUID) -> Kept:
    cursor = await tx.execute(
        """SELECT (SELECT count(*) FROM "Component" WHERE "userId" = %(user)s),
                  (SELECT count(*) FROM "Preset" WHERE "userId" = %(user)s)""",
        {"user": user_id},
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - a SELECT of two counts has a row
    return Kept(*row)
