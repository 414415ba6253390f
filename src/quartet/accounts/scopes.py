"""What an API key may do. The one place that decides it, by method and path."""

from typing import Literal

from quartet.accounts.errors import KeyForbidden, KeyNotValid, ScopeMissing
from quartet.core.database import DatabaseOffline
from quartet.core.errors import Refusal

Scope = Literal["read", "chat", "write"]

# Whatever changes who may get in, what is paid, or everything at once is a person's own: only a session does it.
_IN_PERSON = ("/api/account", "/api/billing", "/api/auth")
_WHO_AM_I = "/api/auth/session"
_TURNS = frozenset({"/api/chat", "/api/comparisons"})
# They take a body and so are POST, and keep nothing.
_ASKED_BY_POST = frozenset({"/api/prompt/preview", "/api/prompts/import/read"})
_ASKS_NOBODY = frozenset({"/api/auth/providers", "/api/auth/oauth/{provider}"})
_SIGNED = "/api/webhooks/"
_CHAT = ("/api/chat/", "/api/comparisons/", "/api/files/upload")


def needed(method: str, path: str) -> Scope | None:
    """Return the scope that a key must have for this; None: no key may do it."""
    if path == _WHO_AM_I:
        return "read"
    if path.startswith(_IN_PERSON):
        return None
    if method in {"GET", "HEAD"} or path in _ASKED_BY_POST:
        return "read"
    if method == "POST" and (path in _TURNS or path.startswith(_CHAT)):
        return "chat"
    return "write"


def refused_before(method: str, path: str) -> tuple[type[Refusal], ...]:
    """Say how an operation may refuse before it knows who is asking; `path` is its template."""
    if path in _ASKS_NOBODY:
        return ()
    if path.startswith(_SIGNED):
        return (DatabaseOffline,)
    return (KeyNotValid, ScopeMissing if needed(method, path) else KeyForbidden, DatabaseOffline)


def is_turn(method: str, path: str) -> bool:
    """Say whether this asks a model something."""
    return method == "POST" and path in _TURNS
