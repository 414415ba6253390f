"""What users have bought: the newest snapshot of each of Polar's subscriptions, and one row per user derived from them.

Polar delivers twice, late and out of order. So nothing here acts on what an event is called: of two snapshots the one
that Polar changed later wins, and the user's row is a pure function of the snapshots. In whatever order they come, the
same ones end in the same row. docs/billing.md says more.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from quartet.accounts import audit
from quartet.billing import customers, plans
from quartet.billing.plans import PLANS, PlanName, Status
from quartet.billing.snapshots import Snapshot
from quartet.core.database import Transaction

_log = logging.getLogger(__name__)

Products = Mapping[str, PlanName]
"""Which plan a product of Polar's is, by its id."""

_STATUS: dict[str, Status] = {"active": "active", "trialing": "active", "past_due": "past_due"}
_RANK = {name: rank for rank, name in enumerate(PLANS)}

_KEEP = """INSERT INTO "PolarSubscription" AS s ("id", "userId", "polarCustomerId", "productId", "productPlan",
    "status", "currentPeriodStart", "currentPeriodEnd", "cancelAtPeriodEnd", "pastDueAt", "anchorAt",
    "createdAt", "modifiedAt", "eventAt")
  VALUES (%(id)s, %(user)s, %(customer)s, %(product)s, %(plan)s, %(status)s,
    %(start)s, %(end)s, %(cancels)s, %(past_due)s, %(start)s, %(created)s, %(modified)s, %(event)s)
  ON CONFLICT ("id") DO UPDATE SET "polarCustomerId" = EXCLUDED."polarCustomerId",
    "productId" = EXCLUDED."productId", "productPlan" = EXCLUDED."productPlan", "status" = EXCLUDED."status",
    "currentPeriodStart" = EXCLUDED."currentPeriodStart", "currentPeriodEnd" = EXCLUDED."currentPeriodEnd",
    "cancelAtPeriodEnd" = EXCLUDED."cancelAtPeriodEnd", "pastDueAt" = EXCLUDED."pastDueAt",
    "createdAt" = EXCLUDED."createdAt", "modifiedAt" = EXCLUDED."modifiedAt", "eventAt" = EXCLUDED."eventAt"
  WHERE (EXCLUDED."modifiedAt", EXCLUDED."eventAt") > (s."modifiedAt", s."eventAt")"""

# The earliest of a set is the earliest in whatever order it comes: the anchor moves apart from the snapshot.
_ANCHOR = """UPDATE "PolarSubscription" SET "anchorAt" = %(start)s
  WHERE "id" = %(id)s AND ("anchorAt" IS NULL OR "anchorAt" > %(start)s)"""

_OF_USER = """SELECT s."id", s."polarCustomerId" AS "customer_id", s."productId" AS "product_id",
    s."productPlan" AS "product_plan", s."createdAt" AS "created_at", s."currentPeriodStart" AS "period_start",
    s."currentPeriodEnd" AS "period_end", s."cancelAtPeriodEnd" AS "cancels",
    CASE WHEN c."deletedAt" IS NULL THEN s."status" ELSE 'canceled' END AS "status"
  FROM "PolarSubscription" s JOIN "PolarCustomer" c ON c."id" = s."polarCustomerId" WHERE s."userId" = %s"""

_DERIVE = """INSERT INTO "Subscription" AS s ("userId", "polarCustomerId", "polarSubscriptionId", "plan", "status",
    "currentPeriodStart", "currentPeriodEnd", "cancelAtPeriodEnd")
  VALUES (%(user)s, %(customer_id)s, %(subscription_id)s, %(plan)s, %(status)s,
    %(period_start)s, %(period_end)s, %(cancels)s)
  ON CONFLICT ("userId") DO UPDATE SET "polarCustomerId" = EXCLUDED."polarCustomerId",
    "polarSubscriptionId" = EXCLUDED."polarSubscriptionId", "plan" = EXCLUDED."plan", "status" = EXCLUDED."status",
    "currentPeriodStart" = EXCLUDED."currentPeriodStart", "currentPeriodEnd" = EXCLUDED."currentPeriodEnd",
    "cancelAtPeriodEnd" = EXCLUDED."cancelAtPeriodEnd", "updatedAt" = now()
  WHERE (s."polarCustomerId", s."polarSubscriptionId", s."plan", s."status",
         s."currentPeriodStart", s."currentPeriodEnd", s."cancelAtPeriodEnd")
    IS DISTINCT FROM (EXCLUDED."polarCustomerId", EXCLUDED."polarSubscriptionId", EXCLUDED."plan", EXCLUDED."status",
         EXCLUDED."currentPeriodStart", EXCLUDED."currentPeriodEnd", EXCLUDED."cancelAtPeriodEnd")
  RETURNING (SELECT b."plan" FROM "Subscription" b WHERE b."userId" = s."userId")"""


@dataclass(frozen=True, slots=True)
class Held:
    """One of a user's subscriptions in Polar's words, as far as the choice among them needs it."""

    id: str
    customer_id: str
    product_id: str
    product_plan: str | None
    status: str
    created_at: datetime
    period_start: datetime | None
    period_end: datetime | None
    cancels: bool

    @property
    def is_paid(self) -> bool:
        return self.status in _STATUS

    def plan(self, products: Products) -> PlanName:
        """Map the product: by our own table, else by what it says of itself; free for a product we do not know."""
        if not self.is_paid:
            return "free"
        return plan_of(self.product_id, self.product_plan, products) or "free"


@dataclass(frozen=True, slots=True)
class Derived:
    """The spec's row, as the snapshots want it."""

    customer_id: str
    subscription_id: str
    plan: PlanName
    status: Status
    period_start: datetime | None
    period_end: datetime | None
    cancels: bool


def plan_of(product_id: str, product_plan: str | None, products: Products) -> PlanName | None:
    known = products.get(product_id)
    return known or next((name for name in PLANS if name == product_plan and name != "free"), None)


def derive(held: Sequence[Held], products: Products) -> Derived | None:
    """Choose what counts: the paid one, of several the higher plan, then the newest. Pure.

    None: nothing was ever paid for, so nothing is written.
    """
    begun = [each for each in held if each.status != "incomplete"]
    if not begun:
        return None
    chosen = max(begun, key=lambda each: (each.is_paid, _RANK[each.plan(products)], each.created_at, each.id))
    return Derived(
        customer_id=chosen.customer_id,
        subscription_id=chosen.id,
        plan=chosen.plan(products),
        status=_STATUS.get(chosen.status, "cancelled"),
        period_start=chosen.period_start,
        period_end=chosen.period_end,
        cancels=chosen.cancels and chosen.is_paid,
    )


@dataclass(frozen=True, slots=True)
class Applied:
    """Whether a snapshot was newer than ours, and whether the user's row is another now."""

    is_newer: bool
    changed: bool


async def apply(tx: Transaction, owner: UUID, snapshot: Snapshot, told_at: datetime, products: Products) -> Applied:
    """Keep a snapshot, if it is newer than what we have, and bring the user's row up to it.

    `told_at` (naive UTC) decides between two of the same change. Raises `customers.Disputed`.
    """
    await plans.lock(tx, owner)
    await customers.remember(tx, snapshot.customer_id, owner)
    values = _values(owner, snapshot, told_at)
    cursor = await tx.execute(_KEEP, values)
    is_newer = cursor.rowcount == 1
    await tx.execute(_ANCHOR, values)
    if snapshot.status in _STATUS:
        await customers.watch(tx, snapshot.customer_id, snapshot.current_period_end)
    if is_newer and plan_of(snapshot.product_id, snapshot.product_plan, products) is None:
        _log.error("Polar's product %s is no plan of ours: add it to POLAR_PRODUCTS", snapshot.product_id)
    return Applied(is_newer, await refresh(tx, owner, products))


async def refresh(tx: Transaction, user_id: UUID, products: Products) -> bool:
    """Derive the user's row again; False when it is as it was. Call it under `plans.lock`."""
    async with tx.cursor(row_factory=class_row(Held)) as cursor:
        await cursor.execute(_OF_USER, [user_id])
        derived = derive(await cursor.fetchall(), products)
    if derived is None:
        return False
    values = {field: getattr(derived, field) for field in Derived.__slots__}
    row = await (await tx.execute(_DERIVE, {"user": user_id} | values)).fetchone()
    if row is None:
        return False
    # A statement sees the tables as they were before it: this is the plan of the row that was replaced.
    before: PlanName = row[0] or "free"
    if before != derived.plan:
        await audit.note(tx, user_id, "plan.changed", plan=derived.plan, before=before)
    return True


async def begin(tx: Transaction, user_id: UUID, customer_id: str) -> None:
    """Keep under which customer a user is about to buy; raises `customers.Disputed`."""
    await plans.lock(tx, user_id)
    await customers.owner(tx, customer_id, [str(user_id)])
    await customers.remember(tx, customer_id, user_id)
    await tx.execute(
        """INSERT INTO "Subscription" ("userId", "polarCustomerId") VALUES (%(user)s, %(customer)s)
           ON CONFLICT ("userId") DO UPDATE SET "polarCustomerId" = EXCLUDED."polarCustomerId", "updatedAt" = now()""",
        {"user": user_id, "customer": customer_id},
    )


def _values(owner: UUID, snapshot: Snapshot, told_at: datetime) -> dict[str, Any]:
    late = snapshot.past_due_at or snapshot.changed_at
    return {
        "id": snapshot.id,
        "user": owner,
        "customer": snapshot.customer_id,
        "product": snapshot.product_id,
        "plan": snapshot.product_plan,
        "status": snapshot.status,
        "start": snapshot.current_period_start,
        "end": snapshot.current_period_end,
        "cancels": snapshot.cancel_at_period_end,
        "past_due": late if snapshot.status == "past_due" else None,
        "created": snapshot.created_at,
        "modified": snapshot.changed_at,
        "event": told_at,
    }
