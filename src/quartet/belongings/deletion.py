"""Everybody's things go with them. The Chat SDK's foreign keys do not cascade, ours do."""

from uuid import UUID

from quartet.accounts import users
from quartet.chats import chats
from quartet.core.database import Transaction

SWEPT_AT_ONCE = 200
_GUESTS_KEPT_DAYS = 30

# Whoever's suggestions stand beside a document go with it, as the foreign key demands.
_WRITTEN = (
    """DELETE FROM "Suggestion" s USING "Document" d
       WHERE d."userId" = %s AND d."id" = s."documentId" AND d."createdAt" = s."documentCreatedAt" """,
    'DELETE FROM "Suggestion" WHERE "userId" = %s',
    'DELETE FROM "Document" WHERE "userId" = %s',
)


async def delete_user(tx: Transaction, user_id: UUID) -> bool:
    """Delete an account with all that is its own; False when it is gone already."""
    await chats.delete(tx, user_id)
    for statement in _WRITTEN:
        await tx.execute(statement, [user_id])
    cursor = await tx.execute('DELETE FROM "User" WHERE "id" = %s', [user_id])
    return cursor.rowcount == 1


async def sweep_guests(tx: Transaction) -> int:
    """Delete some guests who were not here and asked nothing for 30 days; return how many.

    Their sessions are over by then, so nobody can come back to what they left.
    """
    guests = await users.old_guests(tx, _GUESTS_KEPT_DAYS, SWEPT_AT_ONCE)
    for guest in guests:
        await delete_user(tx, guest)
    return len(guests)
