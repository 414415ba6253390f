"""Polar's customers: whose they are, and when Polar is to be asked about them again.

A user may have several over time (one that was deleted at Polar is never used again); a customer has one user.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from quartet.core.database import Transaction

_AT_ONCE = 20
_DAILY = "interval '1 day'"
# A renewal takes Polar some minutes, the payment included.
_SETTLED = "interval '10 minutes'"


class Disputed(Exception):
    """A customer that two users could claim. Nothing may be given to either."""


@dataclass(frozen=True, slots=True)
class Check:
    """A customer that Polar is to be asked about; `due` (naive UTC) is our claim on it, unless it changes meanwhile."""

    customer_id: str
    due: datetime


async def owner(tx: Transaction, customer_id: str, claims: list[str]) -> UUID | None:
    """Find whose customer this is, by our own records and what Polar says; None for nobody we know.

    Raises `Disputed` when they disagree. Never by e-mail: a checkout goes to whoever has the address that was typed.
    """
    cursor = await tx.execute(
        """SELECT "userId" FROM "PolarCustomer" WHERE "id" = %(id)s
           UNION SELECT "userId" FROM "Subscription" WHERE "polarCustomerId" = %(id)s""",
        {"id": customer_id},
    )
    named = {row[0] for row in await cursor.fetchall()} | {_normal(claim) for claim in claims}
    if len(named) > 1:
        raise Disputed
    cursor = await tx.execute('SELECT "id" FROM "User" WHERE "id" = ANY(%s)', [[id_ for id_ in named if id_]])
    row = await cursor.fetchone()
    return row[0] if row else None


def _normal(claim: str) -> UUID | None:
    """Read a user's id; None for anybody else's idea of one, which then disagrees with ours."""
    try:
        return UUID(claim)
    except ValueError:
        return None


async def remember(tx: Transaction, customer_id: str, user_id: UUID) -> None:
    """Keep whose customer this is; raises `Disputed` when somebody else was quicker."""
    await tx.execute(
        'INSERT INTO "PolarCustomer" ("id", "userId") VALUES (%s, %s) ON CONFLICT DO NOTHING', [customer_id, user_id]
    )
    cursor = await tx.execute('SELECT 1 FROM "PolarCustomer" WHERE "id" = %s AND "userId" = %s', [customer_id, user_id])
    if await cursor.fetchone() is None:
        raise Disputed


async def current(tx: Transaction, user_id: UUID) -> str | None:
    """Return the customer that this user buys as; None before the first purchase, or when Polar deleted it."""
    cursor = await tx.execute(
        """SELECT s."polarCustomerId" FROM "Subscription" s LEFT JOIN "PolarCustomer" c ON c."id" = s."polarCustomerId"
           WHERE s."userId" = %s AND c."deletedAt" IS NULL""",
        [user_id],
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def forget(tx: Transaction, customer_id: str) -> None:
    """Note that Polar has deleted it; what it bought counts no more."""
    await tx.execute(
        """UPDATE "PolarCustomer" SET "deletedAt" = now(), "dueAt" = 'infinity'
           WHERE "id" = %s AND "deletedAt" IS NULL""",
        [customer_id],
    )


async def hint(tx: Transaction, customer_id: str) -> None:
    """Have Polar asked in a minute: by then most of what it has to tell has come by itself."""
    await _plan(tx, customer_id, "now() + interval '1 minute'")


async def watch(tx: Transaction, customer_id: str, period_end: datetime | None) -> None:
    """Have Polar asked soon after the end (naive UTC) of what is paid for, and within a day anyway.

    Where the end has passed already, in ten minutes: at once, we would ask about a late renewal again and again.
    """
    end = "greatest(coalesce(%(end)s::timestamp, 'infinity'), now()::timestamp)"
    await _plan(tx, customer_id, f"least({end} + {_SETTLED}, now() + {_DAILY})", period_end)


async def _plan(tx: Transaction, customer_id: str, at: str, end: datetime | None = None) -> None:
    """Bring the next check forward to `at`, an SQL expression; never put it off."""
    await tx.execute(
        f"""UPDATE "PolarCustomer" SET "dueAt" = least("dueAt", ({at})::timestamp)
            WHERE "id" = %(id)s AND "deletedAt" IS NULL""",
        {"id": customer_id, "end": end},
    )


async def due(tx: Transaction) -> list[Check]:
    """Claim the customers whose time has come; one process gets each. Unanswered, it comes again in 5 minutes."""
    cursor = await tx.execute(
        f"""UPDATE "PolarCustomer" SET "dueAt" = now() + interval '5 minutes'
            WHERE "id" IN (SELECT "id" FROM "PolarCustomer" WHERE "dueAt" <= now() ORDER BY "dueAt"
                           LIMIT {_AT_ONCE} FOR UPDATE SKIP LOCKED)
            RETURNING "id", "dueAt" """
    )
    return [Check(*row) for row in await cursor.fetchall()]


async def due_now(tx: Transaction, user_id: UUID) -> list[Check]:
    """Claim a user's own customers, unless Polar was asked about them in the last two seconds."""
    cursor = await tx.execute(
        """UPDATE "PolarCustomer" SET "dueAt" = now() + interval '5 minutes', "checkedAt" = now()
           WHERE "userId" = %s AND "deletedAt" IS NULL
             AND ("checkedAt" IS NULL OR "checkedAt" < now() - interval '2 seconds')
           RETURNING "id", "dueAt" """,
        [user_id],
    )
    return [Check(*row) for row in await cursor.fetchall()]


async def checked(tx: Transaction, check: Check) -> None:
    """Plan the next time: soon after the period of what is paid for, and daily; never where nothing is paid for.

    Whoever wanted a check since this one was claimed still gets it.
    """
    await tx.execute(
        f"""UPDATE "PolarCustomer" c SET "checkedAt" = now(), "dueAt" = coalesce(
             (SELECT least(now()::timestamp + {_DAILY},
                           min(CASE WHEN p."currentPeriodEnd" > now() THEN p."currentPeriodEnd" + {_SETTLED} END))
              FROM "PolarSubscription" p
              WHERE p."polarCustomerId" = c."id" AND p."status" IN ('active', 'trialing', 'past_due')
              HAVING count(*) > 0), 'infinity')
           WHERE c."id" = %s AND c."dueAt" = %s""",
        [check.customer_id, check.due],
    )
