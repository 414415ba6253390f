"""Signed-in browsers. The cookie holds a random token; the database only its hash, keyed with our secret."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from quartet.core.database import Transaction

LIFETIME = timedelta(days=30)


def hash_token(secret: bytes, token: str) -> bytes:
    """Keyed BLAKE2b: a token has 256 random bits, so nothing slower is needed; the key makes a stolen table useless.

    One of the few things that every request does: HMAC through OpenSSL takes 20 µs, this 1.
    """
    key = hashlib.blake2b(secret).digest()
    return hashlib.blake2b(token.encode(errors="replace"), key=key, digest_size=32).digest()


async def start(tx: Transaction, secret: bytes, user_id: UUID, user_agent: str = "") -> str:
    """Sign a browser in; return the token for its cookie."""
    token = secrets.token_urlsafe(32)
    await tx.execute(
        'INSERT INTO "UserSession" ("tokenHash", "userId", "userAgent", "expiresAt") VALUES (%s, %s, %s, now() + %s)',
        [hash_token(secret, token), user_id, user_agent.replace("\x00", "")[:300], LIFETIME],
    )
    return token


async def resume(tx: Transaction, secret: bytes, token: str) -> tuple[UUID, str] | None:
    """Say whose token this is (id, e-mail) and, in a transaction, that the rest of it is theirs."""
    cursor = await tx.execute(
        """SELECT u."id", u."email", set_config('app.user_id', u."id"::text, true)
           FROM "UserSession" s JOIN "User" u ON u."id" = s."userId"
           WHERE s."tokenHash" = %s AND s."expiresAt" > now()""",
        [hash_token(secret, token)],
    )
    row = await cursor.fetchone()
    return (row[0], row[1]) if row else None


async def end(tx: Transaction, secret: bytes, token: str) -> None:
    await tx.execute('DELETE FROM "UserSession" WHERE "tokenHash" = %s', [hash_token(secret, token)])


async def end_expired(tx: Transaction) -> int:
    """Delete everybody's that are over; return how many there were."""
    cursor = await tx.execute('DELETE FROM "UserSession" WHERE "expiresAt" < now()')
    return cursor.rowcount
