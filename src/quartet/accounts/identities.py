"""Who our users are elsewhere: linked by a provider's issuer and subject, never by an e-mail address."""

import secrets
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from quartet.accounts import users
from quartet.accounts.current import CurrentUser
from quartet.accounts.errors import IdentityNotFound, LastWayIn
from quartet.accounts.models import Email
from quartet.accounts.oauth.profile import Profile
from quartet.accounts.users import User
from quartet.core.database import Transaction, become
from quartet.core.rows import row_of
from quartet.core.wire import Row, UtcTime

_EMAIL = TypeAdapter[str](Email)
_COLUMNS = """"id", "provider", "email", "createdAt" AT TIME ZONE 'UTC' AS "createdAt",
    "lastUsedAt" AT TIME ZONE 'UTC' AS "lastUsedAt" """


class Identity(Row):
    """A linked sign-in. `email` is what the provider said when it was linked."""

    id: UUID
    provider: str
    email: str | None
    created_at: UtcTime
    last_used_at: UtcTime


class IdentityTaken(Exception):
    """It is linked to another account."""


async def owner(tx: Transaction, profile: Profile) -> User | None:
    """Find whose this is; until the end of the transaction nobody else links it."""
    await tx.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('identity:' || %s || ' ' || %s, 0))",
        [profile.issuer, profile.subject],
    )
    cursor = await tx.execute(
        """UPDATE "UserIdentity" SET "lastUsedAt" = now() WHERE "issuer" = %s AND "subject" = %s
           RETURNING "userId" """,
        [profile.issuer, profile.subject],
    )
    row = await cursor.fetchone()
    return await users.find(tx, row[0]) if row else None


async def make_account(tx: Transaction, provider: str, profile: Profile, guest: CurrentUser | None) -> User:
    """Make an account without a password, of a guest's things where there is a guest; raises `EmailTaken`.

    That an account has this address already says nothing about whose it is: it is not linked, but refused.
    """
    email = _fitting(profile.email) or f"{provider}-{secrets.token_hex(6)}@accounts.invalid"
    user = await (users.adopt_guest(tx, guest, email, None) if guest else users.create(tx, email, None))
    await become(tx, user.id)
    await link(tx, user.id, provider, profile)
    return user


async def link(tx: Transaction, user_id: UUID, provider: str, profile: Profile) -> None:
    """Link to an account, once; call it after `owner`. Raises `IdentityTaken`."""
    cursor = await tx.execute(
        """INSERT INTO "UserIdentity" AS i ("userId", "provider", "issuer", "subject", "email")
           VALUES (%s, %s, %s, %s, %s)
           ON CONFLICT ("issuer", "subject") DO UPDATE SET "lastUsedAt" = now()
             WHERE i."userId" = EXCLUDED."userId" """,
        [user_id, provider, profile.issuer, profile.subject, profile.email],
    )
    if cursor.rowcount == 0:
        raise IdentityTaken


async def of_user(tx: Transaction, user_id: UUID) -> list[Identity]:
    """List a user's linked sign-ins, the oldest first."""
    async with tx.cursor(row_factory=row_of(Identity)) as cursor:
        await cursor.execute(
            f'SELECT {_COLUMNS} FROM "UserIdentity" i WHERE "userId" = %s ORDER BY i."createdAt", "id"', [user_id]
        )
        return await cursor.fetchall()


async def unlink(tx: Transaction, user_id: UUID, identity_id: UUID) -> Identity:
    """Take one away; raises `IdentityNotFound`, or `LastWayIn` when nothing would be left to sign in with."""
    await users.lock(tx, user_id)
    user = await users.find(tx, user_id)
    linked = await of_user(tx, user_id)
    gone = next((each for each in linked if each.id == identity_id), None)
    if gone is None:
        raise IdentityNotFound
    if len(linked) == 1 and (user is None or user.password is None):
        raise LastWayIn
    await tx.execute('DELETE FROM "UserIdentity" WHERE "id" = %s AND "userId" = %s', [identity_id, user_id])
    return gone


def _fitting(email: str | None) -> str | None:
    """Return an address that an account can have."""
    try:
        return _EMAIL.validate_python(email)
    except ValidationError:
        return None
