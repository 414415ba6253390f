"""Sign-ins that are over before they end by themselves: a cookie of Auth.js lives in no table that it could leave."""

from datetime import UTC, datetime
from uuid import UUID

from quartet.accounts.authjs import Claims
from quartet.core.database import Transaction, become

_MOST_ENDED = 200


async def recognise(tx: Transaction, claims: Claims) -> str | None:
    """Return the e-mail of whom a cookie names and make the rest of the transaction theirs.

    None, and nobody's: there is no such user, or this sign-in was ended; or it happened in a Chat SDK, which asks for
    no second factor, and this user has one.
    """
    await become(tx, claims.user_id)
    cursor = await tx.execute(
        """SELECT u."email" FROM "User" u LEFT JOIN "SignInCutoff" c ON c."userId" = u."id"
           WHERE u."id" = %(user)s AND (c."userId" IS NULL OR NOT (
               c."validAfter" > %(at)s OR coalesce(%(session)s::uuid = ANY(c."endedSessions"), false)))
             AND (%(session)s::uuid IS NOT NULL OR NOT EXISTS (
               SELECT FROM "SecondFactor" f WHERE f."userId" = u."id" AND f."confirmedAt" IS NOT NULL))""",
        {"user": claims.user_id, "at": _naive(claims.at), "session": claims.session_id},
    )
    if row := await cursor.fetchone():
        return str(row[0])
    await tx.execute("SELECT set_config('app.user_id', '', true)")
    return None


async def end_all(tx: Transaction, user_id: UUID, before: float) -> None:
    """Refuse whatever signed in before a moment, in seconds since 1970."""
    await tx.execute(
        """INSERT INTO "SignInCutoff" ("userId", "validAfter") VALUES (%s, %s)
           ON CONFLICT ("userId") DO UPDATE SET "validAfter" = EXCLUDED."validAfter", "endedSessions" = '{}'
             WHERE "SignInCutoff"."validAfter" < EXCLUDED."validAfter" """,
        [user_id, _naive(before)],
    )


async def end_one(tx: Transaction, user_id: UUID, session_id: UUID) -> None:
    """Refuse the sign-in that a session of ours goes with. Of very many, the oldest are forgotten."""
    await tx.execute(
        f"""INSERT INTO "SignInCutoff" AS c ("userId", "endedSessions") VALUES (%s, ARRAY[%s])
            ON CONFLICT ("userId") DO UPDATE SET
              "endedSessions" = (EXCLUDED."endedSessions" || c."endedSessions")[:{_MOST_ENDED}]""",
        [user_id, session_id],
    )


def _naive(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC).replace(tzinfo=None)
