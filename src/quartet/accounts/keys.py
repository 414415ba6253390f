"""API keys: what programs show instead of a cookie. Shown once; we keep a keyed hash, and a hint to tell them apart."""

import secrets
import string
import zlib
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from quartet.accounts import tokens, users
from quartet.accounts.errors import KeyNotFound, TooManyKeys
from quartet.accounts.scopes import Scope
from quartet.core.database import Transaction
from quartet.core.rows import row_of
from quartet.core.wire import KEEPABLE, Body, Row, UtcTime, Wire

# A fixed beginning and a checksum let a scanner of leaked secrets know one without asking us.
PREFIX = "qk_"
_ALPHABET = string.digits + string.ascii_letters
_RANDOM = 40  # of base62: 238 bits
_CHECKSUM = 6
_PURPOSE = b"api key"
_MOST = 20
_USED_EVERY = "interval '1 minute'"
# What expired stays in the list for a while: it tells why a program stopped working.
_KEPT_AFTER_DAYS = 30

_COLUMNS = """"id", "name", "hint", "scopes", "createdAt" AT TIME ZONE 'UTC' AS "createdAt",
    "expiresAt" AT TIME ZONE 'UTC' AS "expiresAt", "lastUsedAt" AT TIME ZONE 'UTC' AS "lastUsedAt" """


class ApiKey(Row):
    """`hint` is how the key begins and ends. `lastUsedAt` is true to the minute."""

    id: UUID
    name: str
    hint: str
    scopes: list[Scope]
    created_at: UtcTime
    expires_at: UtcTime | None
    last_used_at: UtcTime | None


class NewKey(Body):
    """`expiresInDays` null: it does not expire."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), KEEPABLE] = Field(
        examples=["My editor"]
    )
    scopes: Annotated[list[Scope], Field(min_length=1), AfterValidator(lambda given: sorted(set(given)))]
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = 90


class MadeKey(Wire):
    """`key` is the secret itself: it is shown here and never again."""

    key: str
    item: ApiKey


class Shown(NamedTuple):
    """Whose key was shown; `is_due`: it is time to write down that it is used."""

    user_id: UUID
    email: str
    id: UUID
    scopes: list[Scope]
    is_due: bool


def generate() -> str:
    body = PREFIX + "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return body + _checksum(body)


def is_well_formed(key: str) -> bool:
    """Say whether this could be a key of ours: what was mistyped or cut off needs no look into the database."""
    body, checksum = key[:-_CHECKSUM], key[-_CHECKSUM:]
    return key.startswith(PREFIX) and len(key) == len(PREFIX) + _RANDOM + _CHECKSUM and checksum == _checksum(body)


async def create(tx: Transaction, secret: bytes, user_id: UUID, wanted: NewKey) -> MadeKey:
    """Make a key; raises `TooManyKeys`."""
    await users.lock(tx, user_id)
    cursor = await tx.execute('SELECT count(*) FROM "ApiKey" WHERE "userId" = %s', [user_id])
    counted = await cursor.fetchone()
    if counted and counted[0] >= _MOST:
        raise TooManyKeys
    key = generate()
    async with tx.cursor(row_factory=row_of(ApiKey)) as made:
        await made.execute(
            f"""INSERT INTO "ApiKey" ("userId", "hash", "hint", "name", "scopes", "expiresAt")
                VALUES (%s, %s, %s, %s, %s, now() + make_interval(days => %s)) RETURNING {_COLUMNS}""",
            [
                user_id,
                tokens.hash_token(secret, key, _PURPOSE),
                f"{key[: len(PREFIX) + 4]}…{key[-4:]}",
                wanted.name,
                wanted.scopes,
                wanted.expires_in_days,
            ],
        )
        item = await made.fetchone()
    assert item is not None  # noqa: S101 - an INSERT that does not raise returns its row
    return MadeKey(key=key, item=item)


async def resume(tx: Transaction, secret: bytes, key: str) -> Shown | None:
    """Say whose key this is and make the rest of the transaction theirs."""
    if not is_well_formed(key):
        return None
    cursor = await tx.execute(
        f"""SELECT "userId", "email", "id", "scopes", coalesce("lastUsedAt" < now() - {_USED_EVERY}, true),
              set_config('app.user_id', "userId"::text, true)
            FROM quartet_api_key(%s) WHERE "expiresAt" IS NULL OR "expiresAt" > now()""",
        [tokens.hash_token(secret, key, _PURPOSE)],
    )
    row = await cursor.fetchone()
    return Shown(*row[:5]) if row else None


async def see(tx: Transaction, key_id: UUID) -> None:
    """Write down that a key is used, unless another request is just doing so."""
    await tx.execute(
        f"""UPDATE "ApiKey" SET "lastUsedAt" = now() WHERE "id" IN
              (SELECT "id" FROM "ApiKey" WHERE "id" = %s
                 AND ("lastUsedAt" IS NULL OR "lastUsedAt" < now() - {_USED_EVERY})
               FOR NO KEY UPDATE SKIP LOCKED)""",
        [key_id],
    )


async def of_user(tx: Transaction, user_id: UUID) -> list[ApiKey]:
    """List a user's keys, the newest first."""
    async with tx.cursor(row_factory=row_of(ApiKey)) as cursor:
        await cursor.execute(
            f'SELECT {_COLUMNS} FROM "ApiKey" WHERE "userId" = %s ORDER BY "ApiKey"."createdAt" DESC, "id"', [user_id]
        )
        return await cursor.fetchall()


async def revoke(tx: Transaction, user_id: UUID, key_id: UUID) -> ApiKey:
    """Delete one of a user's keys; raises `KeyNotFound`."""
    async with tx.cursor(row_factory=row_of(ApiKey)) as cursor:
        await cursor.execute(
            f'DELETE FROM "ApiKey" WHERE "id" = %s AND "userId" = %s RETURNING {_COLUMNS}', [key_id, user_id]
        )
        gone = await cursor.fetchone()
    if gone is None:
        raise KeyNotFound
    return gone


async def forget_expired(tx: Transaction) -> int:
    """Delete what expired a while ago; return how many there were."""
    cursor = await tx.execute(
        f"""DELETE FROM "ApiKey" WHERE "expiresAt" < now() - interval '{_KEPT_AFTER_DAYS} days'"""
    )
    return cursor.rowcount


def _checksum(text: str) -> str:
    rest, digits = zlib.crc32(text.encode()), ""
    for _ in range(_CHECKSUM):
        rest, digit = divmod(rest, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
