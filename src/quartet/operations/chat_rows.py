"""All that belongs to a chat, as rows of text: PostgreSQL's own writing of a value loses nothing, whatever its type."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from quartet.core.database import Transaction

Row = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Belonging:
    """A table whose rows belong to chats. `at_once`: how many of them may be in memory."""

    table: str
    key: tuple[str, ...]
    chat: LiteralString = 't."chatId"'
    join: LiteralString = ""
    at_once: int = 500


CHAT = Belonging("Chat", ("id",), chat='t."id"')
FILE = Belonging("File", ("id",), at_once=1)  # 5 MB each
BELONGINGS = (
    CHAT,
    Belonging("Message_v2", ("createdAt", "id")),
    Belonging("Vote_v2", ("messageId",)),
    Belonging("Message", ("createdAt", "id")),
    Belonging("Vote", ("messageId",)),
    Belonging("Stream", ("id",)),
    Belonging("Comparison", ("id",)),
    Belonging("Candidate", ("messageId",), 'q."chatId"', 'JOIN "Comparison" q ON q."id" = t."comparisonId"'),
    FILE,
)
"""Those that others refer to come first."""

# Ours go with the chat, the Chat SDK's own do not.
_DELETED = ("Vote_v2", "Vote", "Message_v2", "Message", "Stream")

# The newest message of each chat is asked of an index; as NOT EXISTS, all messages of the table would be read for each
# batch (0.5 s with 800,000).
_OLD = """"Chat" c WHERE c."createdAt" < %(before)s
  AND coalesce((SELECT max(m."createdAt") FROM "Message_v2" m WHERE m."chatId" = c."id") < %(before)s, true)
  AND coalesce((SELECT max(m."createdAt") FROM "Message" m WHERE m."chatId" = c."id") < %(before)s, true)
  AND NOT EXISTS (SELECT FROM "Reservation" r WHERE r."chatId" = c."id")"""
_COUNT = f"""WITH old AS MATERIALIZED (SELECT c."id", c."userId" FROM {_OLD})
  SELECT count(*), count(DISTINCT "userId"),
         (SELECT count(*) FROM "Message_v2" m WHERE m."chatId" IN (SELECT "id" FROM old)) FROM old"""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: LiteralString


async def count_old(tx: Transaction, before: datetime) -> tuple[int, int, int]:
    """Count the chats in which nothing happened since, the people whose they are, and the messages in them."""
    cursor = await tx.execute(_COUNT, {"before": before})
    [(chats, people, messages)] = await cursor.fetchall()
    return chats, people, messages


async def old(tx: Transaction, before: datetime, after: UUID, limit: int) -> list[UUID]:
    """Name the next chats, by their ids, in which nothing happened since and nothing is happening."""
    cursor = await tx.execute(
        f'SELECT c."id" FROM {_OLD} AND c."id" > %(after)s ORDER BY c."id" LIMIT %(limit)s',
        {"before": before, "after": after, "limit": limit},
    )
    return [row[0] for row in await cursor.fetchall()]


async def columns(tx: Transaction) -> dict[str, list[Column]]:
    """Read which columns these tables have: they differ from one Chat SDK to the next."""
    cursor = await tx.execute(
        """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
           FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
           WHERE c.oid = ANY(SELECT to_regclass(quote_ident(name)) FROM unnest(%s::text[]) AS name)
             AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY c.relname, a.attnum""",
        [[each.table for each in BELONGINGS]],
    )
    found: dict[str, list[Column]] = {}
    for table, name, kind in await cursor.fetchall():
        found.setdefault(table, []).append(Column(name, kind))
    return found


async def read(
    tx: Transaction, belonging: Belonging, known: list[Column], chats: list[UUID], *, lock: bool = False
) -> AsyncIterator[tuple[str, Row]]:
    """Yield (chat, row) of these chats, a few in memory at a time; `lock`: nobody changes them until the end."""
    values = sql.SQL(", ").join(sql.SQL("t.{}::text").format(sql.Identifier(each.name)) for each in known)
    key = sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(name)) for name in belonging.key)
    chat, join = sql.SQL(belonging.chat), sql.SQL(belonging.join)
    query = sql.SQL("SELECT {}::text, {} FROM {} t {} WHERE {} = ANY(%s) ORDER BY {}, {} {}").format(
        chat,
        values,
        sql.Identifier(belonging.table),
        join,
        chat,
        chat,
        key,
        sql.SQL("FOR UPDATE OF t" if lock else ""),
    )
    async with tx.cursor(name="belongings") as cursor:
        cursor.itersize = belonging.at_once
        await cursor.execute(query, [chats])
        async for found in cursor:
            yield found[0], dict(zip((each.name for each in known), found[1:], strict=True))


async def delete(tx: Transaction, chats: list[UUID]) -> None:
    for table in _DELETED:
        await tx.execute(f'DELETE FROM "{table}" WHERE "chatId" = ANY(%s)', [chats])
    await tx.execute('DELETE FROM "Chat" WHERE "id" = ANY(%s)', [chats])


async def insert(tx: Transaction, table: str, known: list[Column], rows: list[Row]) -> None:
    """Insert rows, all with the same columns; what the table no longer has is left out, what is there stays."""
    named = [each for each in known if rows and each.name in rows[0]]
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(each.name) for each in named),
        sql.SQL(", ").join(sql.SQL("%s::{}").format(sql.SQL(each.type)) for each in named),
    )
    async with tx.cursor() as cursor:
        await cursor.executemany(query, [[row[each.name] for each in named] for row in rows])
