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


@dataclass(frozen=True, slots=True)
class Plan:
    """What a user has now. `anchor` is the day the paid month counts from; None counts calendar months."""

    name: PlanName
    limits: Limits
    status: Status = "active"
    anchor: datetime | None = None


async def current(tx: Transaction, user_id: UUID) -> Plan:
    """Read the plan: no row is free, and so is a cancelled plan whose paid period is over."""
    cursor = await tx.execute(
        """SELECT "plan", "status", "currentPeriodStart" FROM "Subscription"
           WHERE "userId" = %s AND "plan" <> 'free'
             AND ("status" <> 'cancelled' OR "currentPeriodEnd" > now())""",
        [user_id],
    )
    row = await cursor.fetchone()
    if row is None:
        return Plan("free", PLANS["free"])
    name, status, anchor = row
    return Plan(name, PLANS[name], status, anchor)


async def hold(tx: Transaction, user_id: UUID) -> Plan:
    """Lock the user against a second count, then read the plan; count what is limited only after this.

    The lock is a statement of its own: PostgreSQL takes a statement's snapshot before it waits, so a lock and a
    count in one statement let 40 concurrent creates of 5 allowed all pass. NO KEY leaves foreign key checks of the
    user's other work alone.
    """
    await tx.execute('SELECT 1 FROM "User" WHERE "id" = %s FOR NO KEY UPDATE', [user_id])
    return await current(tx, user_id)
