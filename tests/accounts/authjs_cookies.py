"""Cookies of Auth.js, made as its documentation says: by nothing of ours."""

import base64
import hashlib
import json
import time
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.jwk import OctKey

PLAIN, SECURE = "authjs.session-token", "__Secure-authjs.session-token"
SECRET, OLD_SECRET = "the secret of both", "the one before"


def claims(user_id: str, **members: Any) -> dict[str, Any]:
    now = int(time.time())
    who = {"sub": user_id, "id": user_id, "type": "regular", "jti": str(uuid4())}
    return {**who, "iat": now, "exp": now + 3600} | members


def key(secret: str, name: str, size: int) -> bytes:
    info = f"Auth.js Generated Encryption Key ({name})".encode()
    return HKDF(SHA256(), size, salt=name.encode(), info=info).derive(secret.encode())


def kid_of(raw: bytes) -> str:
    k = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    digest = hashlib.sha512 if len(raw) == 64 else hashlib.sha256
    return base64.urlsafe_b64encode(digest(f'{{"k":"{k}","kty":"oct"}}'.encode()).digest()).rstrip(b"=").decode()


def sealed(
    told: dict[str, Any], *, secret: str = SECRET, name: str = PLAIN, enc: str = "A256CBC-HS512", **header: Any
) -> str:
    """Encrypt claims; `kid=None` leaves it out, as older versions do."""
    raw = key(secret, name, 32 if enc == "A256GCM" else 64)
    protected = {"alg": "dir", "enc": enc, "kid": kid_of(raw)} | header
    protected = {member: value for member, value in protected.items() if value is not None}
    return jwe.encrypt_compact(protected, json.dumps(told), OctKey.import_key(raw), algorithms=["dir", enc, "DEF"])


def opened(token: str, *, secret: str = SECRET, name: str = PLAIN) -> dict[str, Any]:
    read = jwe.decrypt_compact(token, OctKey.import_key(key(secret, name, 64)), algorithms=["dir", "A256CBC-HS512"])
    assert read.protected["kid"] == kid_of(key(secret, name, 64))
    return json.loads(read.plaintext or b"")


def flipped(token: str, part: int) -> str:
    """Change one bit of one of the five parts."""
    parts = token.split(".")
    middle = len(parts[part]) // 2
    changed = "B" if parts[part][middle] == "A" else "A"
    parts[part] = parts[part][:middle] + changed + parts[part][middle + 1 :]
    return ".".join(parts)
