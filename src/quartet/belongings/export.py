"""Everything that is somebody's, as one JSON document, written as it is read: no more than a batch is in memory."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

import msgspec

from quartet.belongings.sections import CHATS, FILES, LISTS, MESSAGES, Open, batches
from quartet.chats.storage import Storage

_FORMAT = "quartet-account"
_VERSION = 1
_PIECE_BYTES = 64_000

# All that the table has, whichever Chat SDK made it: a newer one keeps a name and a picture there.
_ACCOUNT = """SELECT (to_jsonb(u) - 'password')::text FROM "User" u WHERE u."id" = %s"""


async def export(open_: Open, storage: Storage, user_id: UUID) -> AsyncIterator[bytes]:
    """Yield the document in pieces; a failure in the middle leaves it without its end."""
    piece = bytearray()
    async for part in _document(open_, storage, user_id):
        piece += part
        if len(piece) >= _PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


async def _document(open_: Open, storage: Storage, user_id: UUID) -> AsyncIterator[bytes]:
    async with open_() as tx:
        cursor = await tx.execute(_ACCOUNT, [user_id])
        row = await cursor.fetchone()
    head = {
        "format": _FORMAT,
        "version": _VERSION,
        "exportedAt": datetime.now(UTC),
        "account": msgspec.Raw(row[0].encode()) if row else None,
    }
    yield _json(head)[:-1]
    for section in LISTS:
        yield b',"%s":' % section.name.encode()
        async for part in _list(_rows(batches(open_, section, user=user_id))):
            yield part
    yield b',"chats":'
    async for part in _chats(open_, user_id):
        yield part
    yield b',"files":'
    async for part in _list(_files(open_, storage, user_id)):
        yield part
    yield b"}"


async def _chats(open_: Open, user_id: UUID) -> AsyncIterator[bytes]:
    """Write the chats, each with what was said in it: both are read by the ids of a batch of chats."""
    opening = b"["
    async for batch in batches(open_, CHATS, user=user_id):
        chats = sorted(batch, key=itemgetter("id"))
        said = _rows(batches(open_, MESSAGES, chats=[chat["id"] for chat in chats]))
        message = await anext(said, None)
        for chat in chats:
            yield opening + _json(chat)[:-1] + b',"messages":['
            opening, between = b",", b""
            while message is not None and message["chatId"] == chat["id"]:
                yield between + _json(message)
                between, message = b",", await anext(said, None)
            yield b"]}"
    yield b"]" if opening == b"," else b"[]"


async def _files(open_: Open, storage: Storage, user_id: UUID) -> AsyncIterator[dict[str, Any]]:
    """Read the pictures with their contents; null for one that the folder has lost."""
    async for file in _rows(batches(open_, FILES, user=user_id)):
        if file["content"] is None:
            file["content"] = await storage.read(file["id"])
        yield file


async def _rows(read: AsyncIterator[list[dict[str, Any]]]) -> AsyncIterator[dict[str, Any]]:
    async for batch in read:
        for row in batch:
            yield row


async def _list(items: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    opening = b"["
    async for item in items:
        yield opening + _json(item)
        opening = b","
    yield b"]" if opening == b"," else b"[]"


def _json(value: object) -> bytes:
    """Write JSON; bytes become Base64."""
    return msgspec.json.encode(value)
