"""Pictures on their way: from a question's addresses to its message, and from a chat's messages to a provider."""

import re
from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from quartet.chats import files
from quartet.chats.errors import BadQuestion, FileNotFound
from quartet.chats.files import COLUMNS, File
from quartet.chats.models import Message
from quartet.chats.storage import Storage
from quartet.core.database import Transaction
from quartet.core.rows import row_of
from quartet.llm.types import Image

_MOST = 8
# They are in memory for as long as the answer is written. In base64 a third longer: Anthropic takes 32 MB a request.
_MOST_BYTES = 15_000_000
_ADDRESS = re.compile(r"/api/files/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


async def sendable(tx: Transaction, user_id: UUID, chat_id: UUID, urls: Sequence[str]) -> list[File]:
    """Read and hold the files that a question names by their addresses. Raises `BadQuestion`.

    They are the asker's own, and were not sent in another chat.
    """
    if not urls:
        return []
    ids = list(dict.fromkeys(_id_of(url) for url in urls))
    if len(ids) > _MOST:
        raise BadQuestion(f"A message can have up to {_MOST} pictures. Send the others in the next one.")
    async with tx.cursor(row_factory=row_of(File)) as cursor:
        await cursor.execute(
            f"""SELECT {COLUMNS} FROM "File" f WHERE f."id" = ANY(%s) AND f."userId" = %s
                AND (f."messageId" IS NULL OR f."chatId" = %s) ORDER BY f."id" FOR NO KEY UPDATE""",
            [ids, user_id, chat_id],
        )
        found = {file.id: file for file in await cursor.fetchall()}
    if len(found) < len(ids):
        raise BadQuestion("A picture of this message is not there. Upload it again.")
    if sum(file.size for file in found.values()) > _MOST_BYTES:
        raise BadQuestion(
            f"The pictures of a message can have up to {_MOST_BYTES // 1_000_000} MB together. Send fewer."
        )
    return [found[id_] for id_ in ids]


async def attach(tx: Transaction, chat_id: UUID, message_id: UUID, sent: Sequence[File]) -> None:
    """Tie files to the message that they are sent with. What was sent in this chat before stays with that message."""
    if sent:
        await tx.execute(
            'UPDATE "File" SET "chatId" = %s, "messageId" = coalesce("messageId", %s) WHERE "id" = ANY(%s)',
            [chat_id, message_id, [file.id for file in sent]],
        )


async def shown(tx: Transaction, chat_id: UUID, said: Sequence[Message], storage: Storage) -> dict[str, Image]:
    """Read what a provider is shown of a chat's pictures, by their addresses: the newest, as many as may go at once."""
    urls = [
        url
        for message in reversed(said)
        if message.role == "user"
        for url in message.files()
        if _ADDRESS.fullmatch(url)
    ]
    newest = list(dict.fromkeys(urls))[:_MOST]
    if not newest:
        return {}
    async with tx.cursor(row_factory=row_of(File)) as cursor:
        await cursor.execute(
            f'SELECT {COLUMNS} FROM "File" f WHERE f."id" = ANY(%s) AND f."chatId" = %s',
            [[_id_of(url) for url in newest], chat_id],
        )
        found = {file.url: file for file in await cursor.fetchall()}
    images: dict[str, Image] = {}
    room = _MOST_BYTES
    for file in (found[url] for url in newest if url in found):
        room -= file.size
        if room < 0:
            break
        with suppress(FileNotFound):  # a chat goes on without a picture that was lost
            images[file.url] = Image(file.media_type, await files.content(tx, file, storage), file.width, file.height)
    return images


def _id_of(url: str) -> UUID:
    match = _ADDRESS.fullmatch(url)
    if match is None:
        raise BadQuestion("Pictures are uploaded to this server first, and sent by the address they get.")
    return UUID(match[1])
