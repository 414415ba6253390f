"""What counts when it is read: a lost event gives no service for ever, and takes none away too soon."""

from datetime import UTC, datetime, timedelta

import pytest

from billing.selling import a_user
from quartet.billing import plans
from quartet.core.database import Database

NOW = datetime.now(UTC).replace(tzinfo=None)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def given(database: Database, plan: str, status: str, **members) -> str:
    user = await a_user(database)
    values = {"polarSubscriptionId": None, "start": None, "end": None, "cancels": False} | members
    async with database.system() as tx:
        await tx.execute(
            """INSERT INTO "Subscription" ("userId", "polarCustomerId", "polarSubscriptionId", "plan", "status",
                 "currentPeriodStart", "currentPeriodEnd", "cancelAtPeriodEnd")
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
            [user, f"cus-{user}", values["polarSubscriptionId"], plan, status]
            + [values[name] for name in ("start", "end", "cancels")],
        )
    return user


async def current(database: Database, user: str) -> plans.Plan:
    async with database.system() as tx:
        return await plans.current(tx, user)


async def test_no_row_is_the_free_plan(database: Database):
    plan = await current(database, await a_user(database))
    assert (plan.name, plan.status, plan.anchor, plan.bought) == ("free", "active", None, None)
    assert plan.limits == plans.Limits(5, 20, 50_000, frozenset({"local", "openai"}))


@pytest.mark.parametrize(
    ("status", "members", "expected"),
    [
        ("active", {}, ("pro", "active")),
        ("active", {"end": NOW + HOUR}, ("pro", "active")),
        # The renewal is late: three days, no more.
        ("active", {"end": NOW - 3 * DAY + HOUR}, ("pro", "active")),
        ("active", {"end": NOW - 3 * DAY - HOUR}, ("free", "cancelled")),
        # Nobody waits for the renewal of what was cancelled.
        ("active", {"end": NOW + HOUR, "cancels": True}, ("pro", "active")),
        ("active", {"end": NOW - HOUR, "cancels": True}, ("free", "cancelled")),
        # The period went on when the payment failed: it counts from its start.
        ("past_due", {"start": NOW - 21 * DAY + HOUR, "end": NOW + 9 * DAY}, ("pro", "past_due")),
        ("past_due", {"start": NOW - 21 * DAY - HOUR, "end": NOW + 9 * DAY}, ("free", "past_due")),
        ("past_due", {}, ("pro", "past_due")),
        # Written by somebody else than us: cancelled, but paid until the end.
        ("cancelled", {"end": NOW + HOUR}, ("pro", "cancelled")),
        ("cancelled", {"end": NOW - HOUR}, ("free", "cancelled")),
        ("cancelled", {}, ("free", "cancelled")),
    ],
)
async def test_the_end_of_what_was_paid_for(database: Database, status: str, members: dict, expected: tuple[str, str]):
    plan = await current(database, await given(database, "pro", status, **members))
    assert (plan.name, plan.status) == expected
    assert plan.limits is plans.PLANS[plan.name]
    assert plan.bought.plan == "pro"


async def test_a_free_row_stays_free(database: Database):
    plan = await current(database, await given(database, "free", "cancelled", end=NOW + DAY))
    assert (plan.name, plan.status) == ("free", "cancelled")


async def test_the_grace_counts_from_the_day_the_payment_failed(database: Database):
    for failed, name in ((NOW - 20 * DAY, "pro"), (NOW - 22 * DAY, "free")):
        user = await given(
            database, "pro", "past_due", start=NOW - 50 * DAY, end=NOW + DAY, polarSubscriptionId=f"sub-{failed}"
        )
        async with database.system() as tx:
            await tx.execute(
                """INSERT INTO "PolarSubscription" ("id", "userId", "polarCustomerId", "productId", "status",
                     "cancelAtPeriodEnd", "pastDueAt", "anchorAt", "createdAt", "modifiedAt", "eventAt")
                   VALUES (%s, %s, 'c', 'p', 'past_due', false, %s, %s, now(), now(), now())""",
                [f"sub-{failed}", user, failed, NOW - 80 * DAY],
            )
        plan = await current(database, user)
        assert plan.name == name
        assert plan.bought.past_due_since == failed
        assert plan.bought.until == failed + 21 * DAY
        assert plan.anchor == (NOW - 80 * DAY if name == "pro" else None)
