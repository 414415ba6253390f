"""The second factor of a password: codes of an authenticator app (TOTP, RFC 6238), and codes to recover with."""

import hmac
import logging
import secrets
import time
from typing import Literal, NamedTuple
from uuid import UUID

import pyotp
from pydantic import Field

from quartet.accounts import sealing, tokens
from quartet.accounts.errors import CodeRefused, SecondFactorOff, SecondFactorOn
from quartet.core.database import Transaction
from quartet.core.wire import Body, Text, UtcTime, Wire

_log = logging.getLogger(__name__)

ISSUER = "Quartet"
_STEP_SECONDS = 30
# One step before and after the present one: clocks differ, and people need time to type.
_STEPS = (-1, 0, 1)
_PURPOSE = "second factor"
_RECOVERY_PURPOSE = b"recovery code"
_RECOVERY_CODES = 10
# Without letters and digits that look alike; 28 of them are 138 bits.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
_RECOVERY_LENGTH, _RECOVERY_GROUP = 28, 7

Means = Literal["app", "recovery code"]


class Code(Body):
    """Six digits of the app, or a recovery code; spaces and hyphens do not matter."""

    code: Text = Field(min_length=1, max_length=40, examples=["123456"])


class SecondFactorBegun(Wire):
    """What an authenticator app must know: as a URI, to be shown as a QR code, and as a secret to be typed."""

    secret: str
    uri: str


class RecoveryCodes(Wire):
    """Each signs in once when the app is lost. They are shown here and never again."""

    recovery_codes: list[str]


class SecondFactorState(Wire):
    is_on: bool
    since: UtcTime | None
    recovery_codes_left: int


class _Kept(NamedTuple):
    secret: bytes
    is_confirmed: bool


async def state(tx: Transaction, user_id: UUID) -> SecondFactorState:
    cursor = await tx.execute(
        """SELECT f."confirmedAt" AT TIME ZONE 'UTC',
             (SELECT count(*) FROM "RecoveryCode" r WHERE r."userId" = f."userId")
           FROM "SecondFactor" f WHERE f."userId" = %s AND f."confirmedAt" IS NOT NULL""",
        [user_id],
    )
    row = await cursor.fetchone()
    since, left = row or (None, 0)
    return SecondFactorState(is_on=row is not None, since=since, recovery_codes_left=left)


async def is_on(tx: Transaction, user_id: UUID) -> bool:
    kept = await _kept(tx, user_id)
    return kept is not None and kept.is_confirmed


async def begin(tx: Transaction, secret: bytes, user_id: UUID, email: str) -> SecondFactorBegun:
    """Make a new secret that holds nothing up until `confirm`; raises `SecondFactorOn`."""
    shared = pyotp.random_base32()
    cursor = await tx.execute(
        """INSERT INTO "SecondFactor" AS f ("userId", "secret") VALUES (%s, %s)
           ON CONFLICT ("userId") DO UPDATE SET "secret" = EXCLUDED."secret", "createdAt" = now()
             WHERE f."confirmedAt" IS NULL""",
        [user_id, sealing.seal(secret, _PURPOSE, shared.encode(), user_id.bytes)],
    )
    if cursor.rowcount == 0:
        raise SecondFactorOn
    uri = pyotp.TOTP(shared).provisioning_uri(name=email, issuer_name=ISSUER)
    return SecondFactorBegun(secret=shared, uri=uri)


async def confirm(tx: Transaction, secret: bytes, user_id: UUID, code: str) -> list[str]:
    """Turn it on with a first code; return the recovery codes.

    Raises `SecondFactorOff` where it was not begun, `SecondFactorOn`, or `CodeRefused`.
    """
    kept = await _kept(tx, user_id, lock=True)
    if kept is None:
        raise SecondFactorOff("Begin to set up two-factor sign-in first.")
    if kept.is_confirmed:
        raise SecondFactorOn
    step = _step(secret, user_id, kept.secret, code)
    if step is None:
        raise CodeRefused
    await tx.execute(
        'UPDATE "SecondFactor" SET "confirmedAt" = now(), "lastStep" = %s WHERE "userId" = %s', [step, user_id]
    )
    return await renew_recovery_codes(tx, secret, user_id)


async def verify(tx: Transaction, secret: bytes, user_id: UUID, code: str) -> Means | None:
    """Take a code, which is then used up; None: it is wrong, or was used before."""
    kept = await _kept(tx, user_id, lock=True)
    if kept is None or not kept.is_confirmed:
        return None
    step = _step(secret, user_id, kept.secret, code)
    if step is not None:
        cursor = await tx.execute(
            'UPDATE "SecondFactor" SET "lastStep" = %(step)s WHERE "userId" = %(user)s AND "lastStep" < %(step)s',
            {"step": step, "user": user_id},
        )
        return "app" if cursor.rowcount else None
    cursor = await tx.execute(
        'DELETE FROM "RecoveryCode" WHERE "userId" = %s AND "hash" = %s', [user_id, _hash(secret, user_id, code)]
    )
    return "recovery code" if cursor.rowcount else None


async def renew_recovery_codes(tx: Transaction, secret: bytes, user_id: UUID) -> list[str]:
    """Make ten new codes; the old ones are worth nothing any more."""
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_LENGTH)) for _ in range(_RECOVERY_CODES)]
    await tx.execute('DELETE FROM "RecoveryCode" WHERE "userId" = %s', [user_id])
    await tx.execute(
        'INSERT INTO "RecoveryCode" ("userId", "hash") SELECT %s, unnest(%s::bytea[])',
        [user_id, [_hash(secret, user_id, code) for code in codes]],
    )
    return ["-".join(code[n : n + _RECOVERY_GROUP] for n in range(0, len(code), _RECOVERY_GROUP)) for code in codes]


async def turn_off(tx: Transaction, user_id: UUID) -> None:
    await tx.execute('DELETE FROM "SecondFactor" WHERE "userId" = %s', [user_id])


async def _kept(tx: Transaction, user_id: UUID, *, lock: bool = False) -> _Kept | None:
    cursor = await tx.execute(
        f"""SELECT "secret", "confirmedAt" IS NOT NULL FROM "SecondFactor" WHERE "userId" = %s
            {"FOR UPDATE" if lock else ""}""",
        [user_id],
    )
    row = await cursor.fetchone()
    return _Kept(*row) if row else None


def _step(secret: bytes, user_id: UUID, sealed: bytes, code: str) -> int | None:
    """Return the time step that a code is of, near the present one."""
    try:
        shared = sealing.unseal(secret, _PURPOSE, sealed, user_id.bytes).decode()
    except sealing.Unsealable:
        _log.error("the second factor of %s cannot be read: QUARTET_SECRET is not what it was", user_id)
        return None
    totp, now = pyotp.TOTP(shared), int(time.time()) // _STEP_SECONDS
    given = _plain(code).encode()
    for step in (now + offset for offset in _STEPS):
        if hmac.compare_digest(totp.generate_otp(step).encode(), given):
            return step
    return None


def _hash(secret: bytes, user_id: UUID, code: str) -> bytes:
    return tokens.hash_token(secret, f"{user_id}:{_plain(code)}", _RECOVERY_PURPOSE)


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()
