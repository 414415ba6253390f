"""The Chat SDK's tables, version by version: facts about its schema, by commit.

Its package.json has said 3.1.0 since July 2025, which tells nothing. Looked up at 5f9e231 (the spec's version, the same
from f2320bf, 2025-09-09, on), 9d5d8a3 (2026-01-15) and c2f8235 (2026-07-08, the same from f9652b4, 2026-03-20, on).
"""

from dataclasses import dataclass
from typing import NamedTuple


class Column(NamedTuple):
    """`type` and `default` as PostgreSQL writes them (`format_type`, `pg_get_expr`)."""

    type: str
    is_required: bool = False
    default: str | None = None


class Key(NamedTuple):
    """A foreign key: none of them cascades."""

    columns: tuple[str, ...]
    table: str
    referred: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    columns: dict[str, Column]
    primary: tuple[str, ...]
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    name: str
    commit: str
    title: str
    tables: dict[str, Table]

    def __str__(self) -> str:
        return f"{self.title} ({self.commit})"


_ID = Column("uuid", is_required=True, default="gen_random_uuid()")
_REF = Column("uuid", is_required=True)
_AT = Column("timestamp without time zone", is_required=True)
_NOW = Column("timestamp without time zone", is_required=True, default="now()")
_TEXT = Column("text", is_required=True)
_WORD = Column("character varying", is_required=True)
_JSON = Column("json", is_required=True)
_NO = Column("boolean", is_required=True, default="false")

_USER = {
    "id": _ID,
    "email": Column("character varying(64)", is_required=True),
    "password": Column("character varying(64)"),
}
_CHAT = {
    "id": _ID,
    "createdAt": _AT,
    "title": _TEXT,
    "userId": _REF,
    "visibility": _WORD._replace(default="'private'::character varying"),
}

LAST_CONTEXT = Column("jsonb")
SIX = {
    "name": Column("text"),
    "emailVerified": _NO,
    "image": Column("text"),
    "isAnonymous": _NO,
    "createdAt": _NOW,
    "updatedAt": _NOW,
}
"""The columns of "User" that the newest version reads, and that its squashed migration adds to no existing database."""

_OF_USER = Key(("userId",), "User", ("id",))
_OF_CHAT = Key(("chatId",), "Chat", ("id",))

_OTHERS = {
    "Message_v2": Table(
        {"id": _ID, "chatId": _REF, "role": _WORD, "parts": _JSON, "attachments": _JSON, "createdAt": _AT},
        ("id",),
        (_OF_CHAT,),
    ),
    "Vote_v2": Table(
        {"chatId": _REF, "messageId": _REF, "isUpvoted": Column("boolean", is_required=True)},
        ("chatId", "messageId"),
        (_OF_CHAT, Key(("messageId",), "Message_v2", ("id",))),
    ),
    "Document": Table(
        {
            "id": _ID,
            "createdAt": _AT,
            "title": _TEXT,
            "content": Column("text"),
            "text": _WORD._replace(default="'text'::character varying"),
            "userId": _REF,
        },
        ("id", "createdAt"),
        (_OF_USER,),
    ),
    "Suggestion": Table(
        {
            "id": _ID,
            "documentId": _REF,
            "documentCreatedAt": _AT,
            "originalText": _TEXT,
            "suggestedText": _TEXT,
            "description": Column("text"),
            "isResolved": _NO,
            "userId": _REF,
            "createdAt": _AT,
        },
        ("id",),
        (_OF_USER, Key(("documentId", "documentCreatedAt"), "Document", ("id", "createdAt"))),
    ),
    "Stream": Table({"id": _ID, "chatId": _REF, "createdAt": _AT}, ("id",), (_OF_CHAT,)),
}
_DEPRECATED = {
    "Message": Table(
        {"id": _ID, "chatId": _REF, "role": _WORD, "content": _JSON, "createdAt": _AT}, ("id",), (_OF_CHAT,)
    ),
    "Vote": Table(
        {"chatId": _REF, "messageId": _REF, "isUpvoted": Column("boolean", is_required=True)},
        ("chatId", "messageId"),
        (_OF_CHAT, Key(("messageId",), "Message", ("id",))),
    ),
}


def _tables(user: dict[str, Column], chat: dict[str, Column], *, is_old: bool) -> dict[str, Table]:
    own = {"User": Table(user, ("id",)), "Chat": Table(chat, ("id",), (_OF_USER,))}
    return own | _OTHERS | (_DEPRECATED if is_old else {})


SPEC = Version(
    "spec",
    "5f9e231",
    "September to December 2025",
    _tables(_USER, _CHAT | {"lastContext": LAST_CONTEXT}, is_old=True),
)
JANUARY = Version("january", "9d5d8a3", "January 2026", _tables(_USER, _CHAT, is_old=True))
NEWEST = Version("newest", "c2f8235", "March 2026 or later", _tables(_USER | SIX, _CHAT, is_old=False))
VERSIONS = (SPEC, JANUARY, NEWEST)
READY = Version(
    "ready",
    "5f9e231",
    "September to December 2025, ready for March 2026 or later",
    _tables(_USER | SIX, _CHAT | {"lastContext": LAST_CONTEXT}, is_old=True),
)
"""What `quartet db check --fix` makes of the oldest: it serves both."""

TABLES = tuple(SPEC.tables)
DEPRECATED = frozenset(_DEPRECATED)
"""Made by the Chat SDK's migrations until January 2026; a database that was begun later has none."""

SQUASHED_AT = 1710000000000
LAST_CONTEXT_ADDED_AT = 1757362773211
LAST_CONTEXT_DROPPED_AT = 1768479010084
"""`when` of its migrations 0000_initial, 0007 and 0008: the `created_at` in its journal."""
