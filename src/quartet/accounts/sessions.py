"""Signed-in browsers. The cookie holds a random token; the database only its hash, keyed with our secret."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from quartet.accounts import tokens
from quartet.accounts.current import Source
from quartet.accounts.errors import SessionNotFound
from quartet.core.database import Transaction
from quartet.core.rows import row_of
from quartet.core.wire import Row, UtcTime

LIFETIME = timedelta(days=30)
IDLE = timedelta(days=14)
_SEEN_EVERY = "interval '1 hour'"
_LIVE = f""""expiresAt" > now() AND "seenAt" > now() - interval '{IDLE.days} days'"""
# Who just signed in has shown who they are: that stands in for the password of whoever has none.
_FRESH = "interval '10 minutes'"
_MOST_LISTED = 100


class Resumed(NamedTuple):
    """Whose session it is; `is_due`: it is time to write down that it was seen."""

    user_id: UUID
    email: str
    id: UUID
    is_due: bool


class Started(NamedTuple):
    """A new session, and the token for its cookie."""

    id: UUID
    token: str


class Session(Row):
    """A signed-in browser. `address` and `userAgent` are those of the sign-in."""

    id: UUID
    address: str | None
    user_agent: str
    created_at: UtcTime
    last_seen_at: UtcTime
    expires_at: UtcTime
    is_current: bool


async def start(
    tx: Transaction, secret: bytes, user_id: UUID, source: Source, *, is_continued: bool = False
) -> Started:
    """Sign a browser in. `is_continued`: it was signed in elsewhere, so nobody has just shown who they are."""
    token = tokens.new()
    cursor = await tx.execute(
        """INSERT INTO "UserSession" ("tokenHash", "userId", "userAgent", "address", "expiresAt", "isContinued")
           VALUES (%s, %s, %s, %s, now() + %s, %s) RETURNING "id" """,
        [tokens.hash_token(secret, token), user_id, source.user_agent, source.address, LIFETIME, is_continued],
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - an INSERT that does not raise returns its row
    return Started(row[0], token)


async def resume(tx: Transaction, secret: bytes, token: str) -> Resumed | None:
    """Say whose token this is and make the rest of the transaction theirs."""
    cursor = await tx.execute(*looking(secret, token))
    row = await cursor.fetchone()
    return Resumed(*row[:4]) if row else None


def looking(secret: bytes, token: str) -> tuple[str, dict[str, bytes]]:
    """Return the statement that finds a session and makes the rest of the transaction its user's."""
    query = f"""SELECT "userId", "email", "id", "seenAt" < now() - {_SEEN_EVERY} AS "isDue",
                  set_config('app.user_id', "userId"::text, true)
                FROM quartet_session(%(hash)s) WHERE {_LIVE}"""
    return query, {"hash": tokens.hash_token(secret, token)}


async def see(tx: Transaction, session_id: UUID) -> None:
    """Write down that a session is used, unless another request is just doing so."""
    await tx.execute(
        f"""UPDATE "UserSession" SET "seenAt" = now() WHERE "id" IN
              (SELECT "id" FROM "UserSession" WHERE "id" = %s AND "seenAt" < now() - {_SEEN_EVERY}
               FOR NO KEY UPDATE SKIP LOCKED)""",
        [session_id],
    )


async def of_user(tx: Transaction, user_id: UUID, current: UUID) -> list[Session]:
    """List a user's sessions, the last used first."""
    async with tx.cursor(row_factory=row_of(Session)) as cursor:
        await cursor.execute(
            f"""SELECT "id", "address", "userAgent", "createdAt" AT TIME ZONE 'UTC' AS "createdAt",
                  "seenAt" AT TIME ZONE 'UTC' AS "lastSeenAt", "expiresAt" AT TIME ZONE 'UTC' AS "expiresAt",
                  "id" = %(current)s AS "isCurrent"
                FROM "UserSession" WHERE "userId" = %(user)s AND {_LIVE}
                ORDER BY "id" = %(current)s DESC, "seenAt" DESC, "id" LIMIT {_MOST_LISTED}""",
            {"user": user_id, "current": current},
        )
        return await cursor.fetchall()


async def is_fresh(tx: Transaction, session_id: UUID) -> bool:
    cursor = await tx.execute(
        f"""SELECT 1 FROM "UserSession" WHERE "id" = %s AND "createdAt" > now() - {_FRESH} AND NOT "isContinued" """,
        [session_id],
    )
    return await cursor.fetchone() is not None


async def end(tx: Transaction, secret: bytes, token: str) -> UUID | None:
    """End the session of a token; return whose it was."""
    cursor = await tx.execute(
        'DELETE FROM "UserSession" WHERE "tokenHash" = %s RETURNING "userId"', [tokens.hash_token(secret, token)]
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def end_one(tx: Transaction, user_id: UUID, session_id: UUID) -> None:
    """End one of a user's sessions; raises `SessionNotFound`."""
    cursor = await tx.execute('DELETE FROM "UserSession" WHERE "id" = %s AND "userId" = %s', [session_id, user_id])
    if cursor.rowcount == 0:
        raise SessionNotFound


async def end_others(tx: Transaction, user_id: UUID, current: UUID) -> int:
    """End all sessions of a user but one; return how many there were."""
    cursor = await tx.execute('DELETE FROM "UserSession" WHERE "userId" = %s AND "id" <> %s', [user_id, current])
    return cursor.rowcount


async def end_expired(tx: Transaction) -> int:
    """Delete everybody's that are over; return how many there were."""
    cursor = await tx.execute(f'DELETE FROM "UserSession" WHERE NOT ({_LIVE})')
    return cursor.rowcount
