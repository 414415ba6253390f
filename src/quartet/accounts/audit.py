"""What changed who may do what, and whose things are. Each entry is written in the transaction of what it tells."""

from typing import Any, Literal, get_args
from uuid import UUID

from psycopg.types.json import Jsonb
from pydantic import Field

from quartet.accounts.current import Source
from quartet.core.cursors import Order, moment, next_cursor
from quartet.core.database import Transaction
from quartet.core.rows import row_of
from quartet.core.wire import Body, Page, Row, UtcTime

KEPT_DAYS = 180

Action = Literal[
    "session.started",
    "session.failed",
    "session.ended",
    "sessions.ended",
    "confirmation.failed",
    "password.changed",
    "second_factor.enabled",
    "second_factor.disabled",
    "second_factor.failed",
    "recovery_codes.made",
    "identity.linked",
    "identity.unlinked",
    "key.made",
    "key.revoked",
    "account.exported",
    "account.deleted",
    "plan.changed",
    "chat.deleted",
    "chats.deleted",
    "chat.published",
    "chat.withdrawn",
    "component.deleted",
    "preset.deleted",
    "trash.emptied",
    "library.exported",
    "library.imported",
]
"""What may stand in an entry. The page has a sentence for each: who adds one adds it there."""

ACTIONS: tuple[Action, ...] = get_args(Action)

_NEWEST = Order('a."at"', 'a."id"', "%(key)s::timestamp", moment)


class AuditEntry(Row):
    """`address`, `userAgent` are null where the server acted by itself; `keyId` is the API key that was used."""

    id: UUID
    action: str
    at: UtcTime
    address: str | None
    user_agent: str | None
    key_id: UUID | None
    details: dict[str, Any]


class AuditQuery(Body):
    limit: int = Field(default=50, ge=1, le=100)
    cursor: str | None = Field(default=None, max_length=1000)


async def note(
    tx: Transaction, user_id: UUID | None, action: Action, source: Source | None = None, **details: str | int | None
) -> UUID:
    """Write an entry of a user's; `source` None: the server did it. Details hold names and ids, never a secret."""
    cursor = await tx.execute(
        """INSERT INTO "AuditEntry" ("userId", "action", "address", "userAgent", "keyId", "details")
           VALUES (%s, %s, %s, %s, %s, %s) RETURNING "id" """,
        [
            user_id,
            action,
            source.address if source else None,
            source.user_agent if source else None,
            source.key_id if source else None,
            Jsonb(details),
        ],
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - an INSERT that does not raise returns its row
    entry_id: UUID = row[0]
    return entry_id


async def note_failure(tx: Transaction, user_id: UUID | None, action: Action, source: Source) -> None:
    """Write that somebody failed to sign in. Where there is no account it costs the same and leaves nothing."""
    entry_id = await note(tx, user_id, action, source)
    if user_id is None:
        await tx.execute('DELETE FROM "AuditEntry" WHERE "id" = %s', [entry_id])


async def history(tx: Transaction, user_id: UUID, query: AuditQuery) -> Page[AuditEntry]:
    """List a user's entries, the newest first."""
    values: dict[str, Any] = {"user": user_id, "limit": query.limit + 1}
    clause = _NEWEST.clause(query.cursor, values)
    async with tx.cursor(row_factory=row_of(AuditEntry)) as cursor:
        await cursor.execute(
            f"""SELECT a."id", a."action", a."at" AT TIME ZONE 'UTC' AS "at", a."address", a."userAgent", a."keyId",
                  a."details"
                FROM "AuditEntry" a WHERE a."userId" = %(user)s {clause}""",
            values,
        )
        found = await cursor.fetchall()
    last = found[query.limit - 1] if len(found) > query.limit else None
    return Page(items=found[: query.limit], next_cursor=next_cursor(last.at, last.id) if last else None)


async def forget_old(tx: Transaction) -> int:
    """Delete entries older than 180 days; return how many there were."""
    cursor = await tx.execute(f"""DELETE FROM "AuditEntry" WHERE "at" < now() - interval '{KEPT_DAYS} days'""")
    return cursor.rowcount
