"""What was said in a chat: rows of the Chat SDK's "Message_v2"."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Json

from quartet.chats.errors import MessageTaken, NothingToAnswer
from quartet.chats.models import Message
from quartet.core.database import Transaction
from quartet.core.rows import row_of

_MESSAGE = """SELECT m."id", m."chatId", m."role", m."parts", m."attachments",
    m."createdAt" AT TIME ZONE 'UTC' AS "createdAt"
  FROM "Message_v2" m"""


async def of_chat(tx: Transaction, chat_id: UUID) -> list[Message]:
    """Read a chat's messages, oldest first."""
    async with tx.cursor(row_factory=row_of(Message)) as cursor:
        await cursor.execute(f'{_MESSAGE} WHERE m."chatId" = %s ORDER BY m."createdAt", m."id"', [chat_id])
        return await cursor.fetchall()


async def find(tx: Transaction, message_id: UUID) -> Message | None:
    """Read any message; whose chat it is in is the caller's to look at."""
    async with tx.cursor(row_factory=row_of(Message)) as cursor:
        await cursor.execute(f'{_MESSAGE} WHERE m."id" = %s', [message_id])
        return await cursor.fetchone()


async def from_on(tx: Transaction, message: Message) -> list[UUID]:
    """Name a message and all after it in its chat."""
    said = [each.id for each in await of_chat(tx, message.chat_id)]
    return said[said.index(message.id) :]


async def ask(tx: Transaction, chat_id: UUID, message_id: UUID, parts: list[dict[str, Any]]) -> list[Message]:
    """Keep a question; return the whole transcript, the question last.

    The same question sent again (a client that saw no answer) is the same question, as long as it is the last
    message of the chat; anything else with a known id raises `MessageTaken`.
    """
    cursor = await tx.execute(
        """INSERT INTO "Message_v2" ("id", "chatId", "role", "parts", "attachments", "createdAt")
           VALUES (%s, %s, 'user', %s, '[]', clock_timestamp()) ON CONFLICT DO NOTHING""",
        [message_id, chat_id, Json(parts)],
    )
    transcript = await of_chat(tx, chat_id)
    if cursor.rowcount == 0 and (not transcript or transcript[-1].id != message_id):
        raise MessageTaken
    return transcript


async def ask_again(tx: Transaction, chat_id: UUID) -> tuple[list[Message], tuple[UUID, ...]]:
    """Return the transcript up to the last question, and what came after it. Raises `NothingToAnswer`."""
    transcript = await of_chat(tx, chat_id)
    last = next((n for n in reversed(range(len(transcript))) if transcript[n].role == "user"), None)
    if last is None:
        raise NothingToAnswer
    return transcript[: last + 1], tuple(message.id for message in transcript[last + 1 :])


async def unanswered(tx: Transaction, chat_id: UUID) -> list[Message]:
    """Return the transcript of a chat whose last word is a question. Raises `NothingToAnswer`."""
    transcript = await of_chat(tx, chat_id)
    if not transcript or transcript[-1].role != "user":
        raise NothingToAnswer
    return transcript


async def keep_answer(tx: Transaction, chat_id: UUID, message_id: UUID, parts: list[dict[str, Any]]) -> None:
    """Keep an answer, unless its chat was deleted meanwhile."""
    await tx.execute(
        """INSERT INTO "Message_v2" ("id", "chatId", "role", "parts", "attachments", "createdAt")
           SELECT %s, "id", 'assistant', %s, '[]', clock_timestamp()
           FROM "Chat" WHERE "id" = %s FOR KEY SHARE""",
        [message_id, Json(parts), chat_id],
    )


async def correct(tx: Transaction, message_id: UUID, parts: list[dict[str, Any]]) -> None:
    """Give a kept answer its true parts; nothing happens where it is gone."""
    await tx.execute('UPDATE "Message_v2" SET "parts" = %s WHERE "id" = %s', [Json(parts), message_id])


async def delete(tx: Transaction, message_ids: list[UUID]) -> None:
    for query in (
        'DELETE FROM "Vote_v2" WHERE "messageId" = ANY(%s)',
        'DELETE FROM "Message_v2" WHERE "id" = ANY(%s)',
    ):
        await tx.execute(query, [message_ids])


def shareable(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what a reader of a public chat may see: what was said, not the owner's prompts and costs."""
    return [part for part in parts if part.get("type") not in {"data-prompt", "data-usage"}]
