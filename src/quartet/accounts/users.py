"""Who exists: rows of the Chat SDK's "User" table, and the rules that the table itself does not hold."""

import re
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.rows import class_row

from quartet.accounts.current import CurrentUser
from quartet.accounts.errors import EmailTaken
from quartet.core.database import Transaction

_GUEST = re.compile(r"guest-\d+(-\d+)?")


@dataclass(frozen=True, slots=True)
class User:
    id: UUID
    email: str
    password: str | None

    @property
    def is_guest(self) -> bool:
        return is_guest(self.email)


def is_guest(email: str) -> bool:
    """Say whether this is a guest's made-up address (`guest-<ms>`, as the Chat SDK makes them)."""
    return _GUEST.fullmatch(email) is not None


async def find_by_email(tx: Transaction, email: str) -> User | None:
    """Find the account of an e-mail, compared without case; the oldest where a foreign table has two."""
    return await _one(
        tx,
        'SELECT "id", "email", "password" FROM "User" WHERE lower("email") = lower(%s) ORDER BY "id" LIMIT 1',
        [email],
    )


async def create(tx: Transaction, email: str, password_hash: str) -> User:
    """Make an account; raises `EmailTaken`."""
    await _claim(tx, email)
    return await _insert(tx, email, password_hash)


async def create_guest(tx: Transaction, password_hash: str | None = None) -> User:
    return await _insert(tx, f"guest-{time.time_ns() // 1_000_000}", password_hash)


async def adopt_guest(tx: Transaction, guest: CurrentUser, email: str, password_hash: str) -> User:
    """Turn a guest into an account that keeps everything; raises `EmailTaken`, also if it is an account by now."""
    await _claim(tx, email)
    user = await _one(
        tx,
        """UPDATE "User" SET "email" = %s, "password" = %s WHERE "id" = %s AND "email" = %s
           RETURNING "id", "email", "password" """,
        [email, password_hash, guest.id, guest.email],
    )
    if user is None:
        raise EmailTaken
    return user


async def _claim(tx: Transaction, email: str) -> None:
    # The base table has no unique constraint, so two registrations of one address wait for each other here.
    await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('email:' || lower(%s), 0))", [email])
    if await find_by_email(tx, email):
        raise EmailTaken


async def _insert(tx: Transaction, email: str, password_hash: str | None) -> User:
    user = await _one(
        tx,
        'INSERT INTO "User" ("email", "password") VALUES (%s, %s) RETURNING "id", "email", "password"',
        [email, password_hash],
    )
    assert user is not None  # noqa: S101 - an INSERT that does not raise returns its row
    return user


async def _one(tx: Transaction, query: str, values: list[Any]) -> User | None:
    async with tx.cursor(row_factory=class_row(User)) as cursor:
        await cursor.execute(query, values)
        return await cursor.fetchone()
