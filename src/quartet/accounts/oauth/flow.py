"""A sign-in that is under way at a provider. The browser keeps it, sealed, so that nobody else's can end in it."""

import base64
import binascii
import secrets
import time
from uuid import UUID

import msgspec

from quartet.accounts import sealing

LIFETIME_SECONDS = 600
_PURPOSE = "sign-in at a provider"


class Flow(msgspec.Struct, frozen=True):
    """`user_id`: whose account it shall be linked to; None signs in. `started` is a Unix time."""

    provider: str
    next: str
    user_id: UUID | None
    state: str
    nonce: str
    verifier: str
    started: float

    @property
    def is_over(self) -> bool:
        return time.time() > self.started + LIFETIME_SECONDS


def begin(provider: str, next_: str, user_id: UUID | None = None) -> Flow:
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Flow(provider, next_, user_id, state, nonce, verifier, time.time())


def seal(secret: bytes, flow: Flow) -> str:
    return base64.urlsafe_b64encode(sealing.seal(secret, _PURPOSE, msgspec.json.encode(flow))).decode()


def unseal(secret: bytes, sealed: str) -> Flow | None:
    """Read what the browser kept; None when it is not ours, or too old."""
    try:
        content = sealing.unseal(secret, _PURPOSE, base64.urlsafe_b64decode(sealed.encode()))
        flow = msgspec.json.decode(content, type=Flow)
    except (sealing.Unsealable, binascii.Error, ValueError):
        return None
    return None if flow.is_over else flow
