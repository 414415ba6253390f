"""A Chat SDK on the same database: what it keeps of a chat, and how it deletes one. Written from its behaviour."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from psycopg.types.json import Json

from quartet.core.database import Database, Transaction

Part = dict[str, Any]

QUESTION: list[Part] = [
    {"type": "file", "mediaType": "image/png", "name": "cat.png", "url": "https://blob.example/cat.png"},
    {"type": "text", "text": "What is the weather, and write it down?"},
]


def answer(document: str) -> list[Part]:
    """Every kind of part that one of its answers may hold."""
    return [
        {"type": "step-start"},
        {"type": "reasoning", "text": "Let me look.", "providerMetadata": {"x": {"y": 1}}, "state": "done"},
        {"type": "text", "text": "Looking outside.", "state": "done"},
        {
            "type": "tool-getWeather",
            "toolCallId": "call_1",
            "state": "output-available",
            "input": {"latitude": 52.5, "longitude": 13.4},
            "output": {"current": {"temperature_2m": 7}},
        },
        {
            "type": "tool-createDocument",
            "toolCallId": "call_2",
            "state": "output-available",
            "input": {"title": "The weather", "kind": "text"},
            "output": {"id": document, "title": "The weather", "kind": "text", "content": "It was shown."},
        },
        {"type": "tool-getWeather", "toolCallId": "call_3", "state": "output-error", "input": {}, "errorText": "No."},
        {"type": "dynamic-tool", "toolName": "search", "toolCallId": "call_4", "state": "input-available", "input": {}},
        {"type": "source-url", "sourceId": "1", "url": "https://example.com/w", "title": "Weather"},
        {"type": "source-document", "sourceId": "2", "mediaType": "text/plain", "title": "Almanac"},
        {"type": "step-start"},
        {"type": "text", "text": "It is 7 degrees.", "state": "done"},
        {"type": "data-usage", "data": {"inputTokens": 5, "outputTokens": 6, "totalTokens": 11}},
        {"type": "data-chat-title", "data": "Weather"},
    ]


@dataclass
class Written:
    """Ids of what was written."""

    chat: str = field(default_factory=lambda: str(uuid4()))
    question: str = field(default_factory=lambda: str(uuid4()))
    answer: str = field(default_factory=lambda: str(uuid4()))
    document: str = field(default_factory=lambda: str(uuid4()))


async def write(database: Database, user: str, visibility: str = "private") -> Written:
    """Leave a row in each of its tables."""
    it = Written()
    async with database.system() as tx:
        await tx.execute(
            """INSERT INTO "Chat" ("id", "createdAt", "title", "userId", "visibility")
               VALUES (%s, now(), 'Weather', %s, %s)""",
            [it.chat, user, visibility],
        )
        for number, (id_, role, parts) in enumerate(
            ((it.question, "user", QUESTION), (it.answer, "assistant", answer(it.document)))
        ):
            await tx.execute(
                """INSERT INTO "Message_v2" ("id", "chatId", "role", "parts", "attachments", "createdAt")
                   VALUES (%s, %s, %s, %s, '[]', now() - interval '1 minute' + make_interval(secs => %s))""",
                [id_, it.chat, role, Json(parts), number],
            )
        old = str(uuid4())
        for statement, values in (
            ('INSERT INTO "Vote_v2" ("chatId", "messageId", "isUpvoted") VALUES (%s, %s, true)', [it.chat, it.answer]),
            ('INSERT INTO "Stream" ("id", "chatId", "createdAt") VALUES (%s, %s, now())', [str(uuid4()), it.chat]),
            (
                """INSERT INTO "Message" ("id", "chatId", "role", "content", "createdAt")
                   VALUES (%s, %s, 'user', '"old"', now())""",
                [old, it.chat],
            ),
            ('INSERT INTO "Vote" ("chatId", "messageId", "isUpvoted") VALUES (%s, %s, true)', [it.chat, old]),
        ):
            await tx.execute(statement, values)
        await _document(tx, it.document, user)
    return it


async def _document(tx: Transaction, document: str, user: str) -> None:
    for moment, content in (("2026-01-02 03:04:05.678", "It rains."), ("2026-01-02 03:05:06", "It snows.")):
        await tx.execute(
            """INSERT INTO "Document" ("id", "createdAt", "title", "content", "text", "userId")
               VALUES (%s, %s, 'The weather', %s, 'text', %s)""",
            [document, moment, content, user],
        )
    await tx.execute(
        """INSERT INTO "Suggestion" ("documentId", "documentCreatedAt", "originalText", "suggestedText", "description",
             "userId", "createdAt")
           VALUES (%s, '2026-01-02 03:05:06', 'snows', 'is snowing', 'More vivid.', %s, '2026-01-02 03:06:07')""",
        [document, user],
    )


async def delete_chat(database: Database, chat: str) -> None:
    """Delete as its `deleteChatById` does: each in a statement of its own, and no transaction around them."""
    for table in ("Vote_v2", "Message_v2", "Stream"):
        async with database.system() as tx:
            await tx.execute(f'DELETE FROM "{table}" WHERE "chatId" = %s', [chat])
    async with database.system() as tx:
        cursor = await tx.execute('DELETE FROM "Chat" WHERE "id" = %s', [chat])
        assert cursor.rowcount == 1


async def left(database: Database, *ids: str) -> list[str]:
    """Name the Chat SDK's tables, and ours that refer to them, in which one of these ids is left."""
    found = []
    async with database.system() as tx:
        for table in (
            *("Chat", "Message_v2", "Vote_v2", "Stream", "Message", "Vote", "Document", "Suggestion"),
            *("Comparison", "Candidate", "File", "Reservation"),
        ):
            cursor = await tx.execute(
                f'SELECT count(*) FROM "{table}" t WHERE to_json(t)::text LIKE ANY(%s)', [[f"%{id_}%" for id_ in ids]]
            )
            row = await cursor.fetchone()
            found += [table] if row and row[0] else []
    return found
