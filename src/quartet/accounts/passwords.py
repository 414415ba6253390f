"""bcrypt, as the Chat SDK hashes (cost 10; 60 characters fit its varchar(64)), away from the event loop."""

import bcrypt
from anyio import CapacityLimiter, to_thread

from quartet.accounts.models import MAX_PASSWORD_BYTES

_COST = 10
# One hash takes some 80 ms of a core: two at a time leave the server responsive.
_AT_ONCE = CapacityLimiter(2)
# Verified where there is no account, so that a missing one takes as long as a wrong password.
_DUMMY = bcrypt.hashpw(b"no such account", bcrypt.gensalt(_COST))


async def hash_password(password: str) -> str:
    """Hash at most 72 bytes of UTF-8; more is a ValueError."""
    hashed = await to_thread.run_sync(bcrypt.hashpw, password.encode(), bcrypt.gensalt(_COST), limiter=_AT_ONCE)
    return hashed.decode()


async def verify(password: str, hashed: str | None) -> bool:
    """Compare; `hashed` None (no account, or one without a password) takes as long and is never right.

    Longer passwords are cut to 72 bytes here, because Node's bcrypt-ts cut them when it made the hash.
    """
    given = password.encode()[:MAX_PASSWORD_BYTES]
    return await to_thread.run_sync(_matches, given, hashed, limiter=_AT_ONCE)


def _matches(given: bytes, hashed: str | None) -> bool:
    try:
        same = bcrypt.checkpw(given, hashed.encode() if hashed else _DUMMY)
    except ValueError:  # not a bcrypt hash: an account of another login system
        bcrypt.checkpw(given, _DUMMY)
        return False
    return same and hashed is not None
