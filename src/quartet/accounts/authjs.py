"""The session cookie of Auth.js v5, which a Chat SDK signs its people in with: read and made, as `@auth/core` does.

A compact JWE: `dir`, with a key derived from AUTH_SECRET and the cookie's own name. Whoever has the secret may say who
somebody is; nobody else can read or change it.
"""

import base64
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, thumbprint

LIFETIME_SECONDS = 30 * 86_400
_PLAIN, _SECURE = "authjs.session-token", "__Secure-authjs.session-token"
_KEY_BYTES = {"A256CBC-HS512": 64, "A256GCM": 32}
_OURS = "A256CBC-HS512"
_LEEWAY_SECONDS = 15
# What Auth.js leaves of a browser's 4096 bytes for a cookie's name and attributes.
_CHUNK = 3936
_MOST_CHUNKS = 20
_LONGEST_HEADER = 1024
_NEVER = 1e11


@dataclass(frozen=True, slots=True)
class Claims:
    """What a cookie says. `members` are all of it; Auth.js takes them over whenever it renews a cookie.

    `at`: seconds since 1970 of the sign-in, as well as it is known. `iat` is the moment of the last renewal; our own
    `auth_time` survives renewals. `session_id` is our session that goes with it (`sid`), where there is one.
    """

    user_id: UUID
    at: float
    session_id: UUID | None
    members: Mapping[str, Any]


@dataclass(frozen=True)
class AuthJs:
    """The cookies of a deployment's secrets: the first makes them, all are read."""

    secrets: Sequence[str]

    def read(self, cookies: Mapping[str, str], *, is_https: bool) -> Claims | None:
        """Return what a browser's cookie says; None where there is none, or none that holds.

        Over HTTPS only the `__Secure-` one counts: the other can be planted from a neighbouring host.
        """
        for name in (_SECURE,) if is_https else (_SECURE, _PLAIN):
            if token := _joined(cookies, name):
                return self._claims(name, token)
        return None

    def issue(self, members: Mapping[str, Any], sent: Mapping[str, str], *, is_https: bool) -> dict[str, str | None]:
        """Make a cookie of these members for 30 days; return what to set, by name, and what to delete (None).

        `sent` are the browser's present cookies: chunks that are left over would spoil the new one.
        """
        name, now = _SECURE if is_https else _PLAIN, int(time.time())
        claims = {**members, "iat": now, "exp": now + LIFETIME_SECONDS, "jti": str(uuid4())}
        kid, key = self._keys[name, _OURS][0]
        header = {"alg": "dir", "enc": _OURS, "kid": kid}
        token = jwe.encrypt_compact(header, json.dumps(claims), key, algorithms=["dir", _OURS])
        pieces = [token[start : start + _CHUNK] for start in range(0, len(token), _CHUNK)]
        made = {name: token} if len(pieces) == 1 else {f"{name}.{n}": piece for n, piece in enumerate(pieces)}
        return {**forget(sent), **made}

    @cached_property
    def _keys(self) -> dict[tuple[str, str], list[tuple[str, OctKey]]]:
        """Each secret's key and the key's id, by the cookie's name and the encryption."""
        return {
            (name, encryption): [_key(secret, name, size) for secret in self.secrets]
            for name in (_PLAIN, _SECURE)
            for encryption, size in _KEY_BYTES.items()
        }

    def _claims(self, name: str, token: str) -> Claims | None:
        try:
            return _checked(json.loads(self._open(name, token)))
        except (JoseError, ValueError):  # ValueError: not JSON, not Base64, or not what Auth.js puts there
            return None

    def _open(self, name: str, token: str) -> bytes:
        header = _header(token)
        encryption, kid = header.get("enc"), header.get("kid")
        if header.get("alg") != "dir" or encryption not in _KEY_BYTES:
            raise ValueError("an algorithm that Auth.js does not use")
        for known, key in self._keys[name, encryption]:
            if kid is not None and kid != known:
                continue
            try:
                opened = jwe.decrypt_compact(token, key, algorithms=["dir", encryption])
            except JoseError:
                continue
            return opened.plaintext or b""
        raise ValueError("no secret of ours made it")


def forget(sent: Mapping[str, str]) -> dict[str, str | None]:
    """Return the cookies of Auth.js that a browser has, all to be deleted."""
    return {each: None for each in sent if each.startswith((_PLAIN, _SECURE))}


def _joined(cookies: Mapping[str, str], name: str) -> str:
    if whole := cookies.get(name):
        return whole
    pieces: list[str] = []
    while len(pieces) < _MOST_CHUNKS and (piece := cookies.get(f"{name}.{len(pieces)}")):
        pieces.append(piece)
    return "".join(pieces)


def _header(token: str) -> dict[str, Any]:
    encoded = token.partition(".")[0]
    if len(encoded) > _LONGEST_HEADER:
        raise ValueError("a header that Auth.js does not make")
    header = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    if not isinstance(header, dict):
        raise ValueError("no header")  # noqa: TRY004 - one kind of error for all that strangers send
    return header


def _checked(members: Any) -> Claims:
    """Read what was decrypted. Raises ValueError for what is over, not begun, or names nobody."""
    now = time.time()
    if not isinstance(members, dict):
        raise ValueError("no claims")  # noqa: TRY004
    issued, expires = _moment(members.get("iat")), _moment(members.get("exp"))
    if expires < now - _LEEWAY_SECONDS or issued > now + _LEEWAY_SECONDS:
        raise ValueError("expired, or from the future")
    signed_in = members.get("auth_time")
    session = members.get("sid")
    return Claims(
        user_id=UUID(str(members.get("id") or members.get("sub"))),
        at=issued if signed_in is None else _moment(signed_in),
        session_id=UUID(str(session)) if session else None,
        members=members,
    )


def _moment(value: Any) -> float:
    if not isinstance(value, int | float) or not 0 <= value < _NEVER:
        raise ValueError("no moment")
    return float(value)


def _key(secret: str, name: str, size: int) -> tuple[str, OctKey]:
    info = f"Auth.js Generated Encryption Key ({name})"
    raw = HKDF(SHA256(), size, salt=name.encode(), info=info.encode()).derive(secret.encode())
    members = {"k": base64.urlsafe_b64encode(raw).rstrip(b"=").decode(), "kty": "oct"}
    # The hash that is as long as the key.
    return thumbprint(members, "sha512" if size == _KEY_BYTES[_OURS] else "sha256"), OctKey.import_key(raw)
