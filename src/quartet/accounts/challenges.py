"""Sign-ins half done: the password was right, the second factor is to come. Five minutes, five attempts."""

from uuid import UUID

from quartet.accounts import tokens
from quartet.core.database import Transaction

_PURPOSE = b"challenge"
_ATTEMPTS = 5
_LIFETIME = "interval '5 minutes'"


async def pose(tx: Transaction, secret: bytes, user_id: UUID) -> str:
    """Begin; return what must come back with the code."""
    challenge = tokens.new()
    await tx.execute(
        f"""INSERT INTO "SignInChallenge" ("hash", "userId", "attemptsLeft", "expiresAt")
            VALUES (%s, %s, {_ATTEMPTS}, now() + {_LIFETIME})""",
        [tokens.hash_token(secret, challenge, _PURPOSE), user_id],
    )
    return challenge


async def whose(tx: Transaction, secret: bytes, challenge: str) -> UUID | None:
    """Say whose it is; None when it is over or was never posed."""
    cursor = await tx.execute(
        'SELECT "userId" FROM "SignInChallenge" WHERE "hash" = %s AND "attemptsLeft" > 0 AND "expiresAt" > now()',
        [tokens.hash_token(secret, challenge, _PURPOSE)],
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def attempt(tx: Transaction, secret: bytes, challenge: str) -> UUID | None:
    """Use up one attempt; return whose it is, None when it is over or was never posed.

    It counts only if this transaction commits, also when the code turns out to be wrong.
    """
    cursor = await tx.execute(
        """UPDATE "SignInChallenge" SET "attemptsLeft" = "attemptsLeft" - 1
           WHERE "hash" = %s AND "attemptsLeft" > 0 AND "expiresAt" > now() RETURNING "userId" """,
        [tokens.hash_token(secret, challenge, _PURPOSE)],
    )
    row = await cursor.fetchone()
    return row[0] if row else None


async def end_all(tx: Transaction, user_id: UUID) -> None:
    """End a user's: one was met, or the password is another one now."""
    await tx.execute('DELETE FROM "SignInChallenge" WHERE "userId" = %s', [user_id])


async def end_expired(tx: Transaction) -> int:
    """Delete everybody's that are over; return how many there were."""
    cursor = await tx.execute('DELETE FROM "SignInChallenge" WHERE "expiresAt" < now()')
    return cursor.rowcount
