"""Encryption of the few things that must be read again: AES-256-GCM with keys made of the server's secret."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class Unsealable(Exception):
    """Made with another secret, for another purpose or context, or changed since."""


def seal(secret: bytes, purpose: str, content: bytes, context: bytes = b"") -> bytes:
    """Encrypt; only the same secret, purpose and context open it again."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + _cipher(secret, purpose).encrypt(nonce, content, context)


def unseal(secret: bytes, purpose: str, sealed: bytes, context: bytes = b"") -> bytes:
    """Decrypt; raises `Unsealable`."""
    try:
        return _cipher(secret, purpose).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], context)
    except (InvalidTag, ValueError):  # ValueError: too short to be one of ours
        raise Unsealable from None


def _cipher(secret: bytes, purpose: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=f"quartet {purpose}".encode()).derive(secret))
