"""Who exists: rows of the Chat SDK's "User" table, and the rules that the table itself does not hold."""

import re
import time
from dataclasses import dataclass
from datetime import timedelta
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

    def current(self) -> CurrentUser:
        return CurrentUser(self.id, self.email, self.is_guest)


def is_guest(email: str) -> bool:
    """Say whether this is a guest's made-up address (`guest-<ms>`, as the Chat SDK makes them)."""
    return _GUEST.fullmatch(email) is not None


async def find_by_email(tx: Transaction, email: str) -> User | None:
    """Find the account of an e-mail, compared without case; where a Chat SDK made two, the one that is spelt so."""
    return await _one(
        tx,
        """SELECT "id", "email", "password" FROM "User" WHERE lower("email") = lower(%(email)s)
           ORDER BY "email" = %(email)s DESC, "id" LIMIT 1""",
        {"email": email},
    )


async def find(tx: Transaction, user_id: UUID) -> User | None:
    return await _one(tx, 'SELECT "id", "email", "password" FROM "User" WHERE "id" = %s', [user_id])


async def lock(tx: Transaction, user_id: UUID) -> bool:
    """Make whoever counts what this user has wait for the end of this transaction; False when there is no such user.

    A statement of its own: `billing.plans.lock` tells why.
    """
    cursor = await tx.execute('SELECT 1 FROM "User" WHERE "id" = %s FOR NO KEY UPDATE', [user_id])
    return await cursor.fetchone() is not None


async def change_password(tx: Transaction, user: User, password_hash: str) -> bool:
    """Give another password; False when somebody was quicker."""
    cursor = await tx.execute(
        'UPDATE "User" SET "password" = %s WHERE "id" = %s AND "password" IS NOT DISTINCT FROM %s',
        [password_hash, user.id, user.password],
    )
    return cursor.rowcount == 1


async def create(tx: Transaction, email: str, password_hash: str | None) -> User:
    """Make an account; raises `EmailTaken`. Without a password, another provider says who it is."""
    await _claim(tx, email)
    return await _insert(tx, email, password_hash)


async def create_guest(tx: Transaction) -> User:
    return await _insert(tx, f"guest-{time.time_ns() // 1_000_000}", None)


async def old_guests(tx: Transaction, days: int, at_most: int) -> list[UUID]:
    """Hold some guests of ours who asked nothing and were not seen for so long.

    A Chat SDK gives its guests a password, ours have none: its guests are left to it. When a guest was made stands
    in the address. Whoever pays, or was given a plan, is no passing guest.
    """
    cursor = await tx.execute(
        """SELECT u."id" FROM "User" u
           WHERE u."password" IS NULL AND u."email" ~ '^guest-[0-9]{13}$'
             AND to_timestamp(substr(u."email", 7)::bigint / 1000) < now() - %(old)s
             AND NOT EXISTS (SELECT 1 FROM "UserSession" s WHERE s."userId" = u."id" AND s."seenAt" > now() - %(old)s)
             AND NOT EXISTS (SELECT 1 FROM "Subscription" p WHERE p."userId" = u."id")
             AND NOT EXISTS (SELECT 1 FROM "Chat" c WHERE c."userId" = u."id" AND (c."createdAt" > now() - %(old)s
               OR EXISTS (SELECT 1 FROM "Message_v2" m WHERE m."chatId" = c."id" AND m."createdAt" > now() - %(old)s)))
           ORDER BY u."email" LIMIT %(most)s FOR UPDATE SKIP LOCKED""",
        {"old": timedelta(days=days), "most": at_most},
    )
    return [row[0] for row in await cursor.fetchall()]


async def adopt_guest(tx: Transaction, guest: CurrentUser, email: str, password_hash: str | None) -> User:
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


async def _one(tx: Transaction, query: str, values: list[Any] | dict[str, Any]) -> User | None:
    async with tx.cursor(row_factory=class_row(User)) as cursor:
        await cursor.execute(query, values)
        return await cursor.fetchone()
