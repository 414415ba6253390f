"""The chats a user owns: rows of the Chat SDK's "Chat" table with the spec's columns beside them."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from quartet.chats.errors import ChatForbidden, ChatNotFound
from quartet.chats.models import Chat, FoundChat, History, Visibility
from quartet.core.database import Transaction
from quartet.core.rows import row_of

_ROW = """"id", "createdAt" AT TIME ZONE 'UTC' AS "createdAt", "title", "userId", "visibility" """
_CHAT = f"""SELECT {_ROW}, "currentPresetId", coalesce("presetHistory", '[]') AS "presetHistory",
    coalesce("totalTokens", 0) AS "totalTokens", "provider"
  FROM "Chat" """


_TITLED = """quartet_fold("title") LIKE '%%' || quartet_literal(%(q)s) || '%%'"""
_SAID = """quartet_fold(quartet_said(m."parts")) LIKE '%%' || quartet_literal(%(q)s) || '%%'"""
# Folding may change how long a text is (ß, ligatures): the place is only near, so the snippet is generous.
_SNIPPET = """regexp_replace(substr(quartet_said(m."parts"),
    greatest(position(quartet_fold(%(q)s) IN quartet_fold(quartet_said(m."parts"))) - 60, 1), 200), '\\s+', ' ', 'g')"""


async def find(tx: Transaction, chat_id: UUID, *, lock: bool = False) -> Chat | None:
    """Read one's own chat or, unless it is locked, a public one. `lock` keeps others from changing it meanwhile."""
    async with tx.cursor(row_factory=row_of(Chat)) as cursor:
        await cursor.execute(f'{_CHAT} WHERE "id" = %s {"FOR NO KEY UPDATE" if lock else ""}', [chat_id])
        return await cursor.fetchone()


async def readable(tx: Transaction, user_id: UUID | None, chat_id: UUID) -> Chat:
    """Read one's own or a public chat; raises `ChatNotFound`, or `ChatForbidden` for another's private one."""
    chat = await find(tx, chat_id)
    if chat is None or (chat.user_id != user_id and chat.visibility != "public"):
        raise await _missing(tx, chat_id)
    return chat


async def own(tx: Transaction, user_id: UUID, chat_id: UUID) -> Chat:
    """Read one's own chat and hold it; raises `ChatNotFound`, or `ChatForbidden` for another's."""
    chat = await find(tx, chat_id, lock=True)
    if chat is None or chat.user_id != user_id:
        raise await _missing(tx, chat_id)
    return chat


async def _missing(tx: Transaction, chat_id: UUID) -> ChatForbidden | ChatNotFound:
    # Row-level security hides what is another's; that it is there is told, as the Chat SDK does.
    cursor = await tx.execute("SELECT quartet_chat_exists(%s)", [chat_id])
    row = await cursor.fetchone()
    return ChatForbidden() if row and row[0] else ChatNotFound()


async def open_or_create(tx: Transaction, user_id: UUID, chat_id: UUID, *, title: str, visibility: Visibility) -> Chat:
    """Read and hold one's own chat, made now if it is new; raises `ChatForbidden` for another's."""
    await tx.execute(
        """INSERT INTO "Chat" ("id", "createdAt", "title", "userId", "visibility")
           VALUES (%s, now(), %s, %s, %s) ON CONFLICT DO NOTHING""",
        [chat_id, title, user_id, visibility],
    )
    return await own(tx, user_id, chat_id)


async def count_turn(
    tx: Transaction, chat_id: UUID, provider: str, total_tokens: int, last_context: dict[str, Any] | None
) -> None:
    """Add a turn's tokens. `last_context` None: the Chat SDK's newer versions dropped its column."""
    query = 'UPDATE "Chat" SET "totalTokens" = coalesce("totalTokens", 0) + %(tokens)s, "provider" = %(provider)s'
    if last_context is not None:
        query += ', "lastContext" = %(context)s'
    await tx.execute(
        f'{query} WHERE "id" = %(id)s',
        {"tokens": total_tokens, "provider": provider, "context": Jsonb(last_context), "id": chat_id},
    )


async def has_last_context(tx: Transaction) -> bool:
    """Say whether "Chat" has the Chat SDK's "lastContext" (versions from 2025-09 to 2026-01)."""
    cursor = await tx.execute(
        """SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = '"Chat"'::regclass
                          AND attname = 'lastContext' AND NOT attisdropped)"""
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def history(
    tx: Transaction,
    user_id: UUID,
    *,
    limit: int,
    newer_than: UUID | None = None,
    older_than: UUID | None = None,
    q: str | None = None,
) -> History:
    """List the user's chats, newest first, from a chat on; an unknown chat there raises `ChatNotFound`.

    `q` is looked for in titles and in what was said, without case and accents.
    """
    query, found_in = f'SELECT {_ROW} FROM "Chat" WHERE "userId" = %(user)s', ""
    if q:
        query = f"""SELECT {_ROW}, CASE WHEN {_TITLED} THEN NULL ELSE
                      (SELECT {_SNIPPET} FROM "Message_v2" m WHERE m."chatId" = "Chat"."id" AND {_SAID} LIMIT 1)
                    END AS "snippet"
                    FROM "Chat" WHERE "userId" = %(user)s
                      AND ({_TITLED} OR EXISTS (SELECT 1 FROM "Message_v2" m
                                                WHERE m."chatId" = "Chat"."id" AND {_SAID}))"""
    border = newer_than or older_than
    if border:
        known = await find(tx, border)
        if known is None or known.user_id != user_id:
            raise ChatNotFound
        found_in = f""" AND ("createdAt", "id") {">" if newer_than else "<"}
            (SELECT "createdAt", "id" FROM "Chat" WHERE "id" = %(border)s)"""
    query += found_in + ' ORDER BY "Chat"."createdAt" DESC, "id" DESC LIMIT %(limit)s'
    async with tx.cursor(row_factory=row_of(FoundChat)) as cursor:
        await cursor.execute(query, {"user": user_id, "limit": limit + 1, "border": border, "q": q})
        found = await cursor.fetchall()
    return History(chats=found[:limit], has_more=len(found) > limit)


async def busy(tx: Transaction, user_id: UUID) -> list[UUID]:
    """Name the user's chats in which an answer is being written."""
    cursor = await tx.execute('SELECT DISTINCT "chatId" FROM "Reservation" WHERE "userId" = %s', [user_id])
    return [row[0] for row in await cursor.fetchall()]


async def entitle(tx: Transaction, chat_id: UUID, title: str, *, instead_of: str) -> None:
    """Give a chat a better title, unless somebody gave it one since."""
    await tx.execute('UPDATE "Chat" SET "title" = %s WHERE "id" = %s AND "title" = %s', [title, chat_id, instead_of])


async def change(
    tx: Transaction, chat: Chat, *, title: str | None = None, visibility: Visibility | None = None
) -> None:
    await tx.execute(
        """UPDATE "Chat" SET "title" = coalesce(%s, "title"), "visibility" = coalesce(%s, "visibility")
           WHERE "id" = %s AND "userId" = %s""",
        [title, visibility, chat.id, chat.user_id],
    )


async def delete(tx: Transaction, user_id: UUID, chat_ids: list[UUID] | None = None) -> int:
    """Delete these of the user's chats, or all of them; return how many. The Chat SDK's tables do not cascade."""
    mine = """SELECT "id" FROM "Chat" WHERE "userId" = %(user)s
                AND (%(ids)s::uuid[] IS NULL OR "id" = ANY(%(ids)s::uuid[]))"""
    values = {"user": user_id, "ids": chat_ids}
    await tx.execute(f"{mine} FOR UPDATE", values)  # no turn may begin in them meanwhile
    for table in ("Vote_v2", "Vote", "Message_v2", "Message", "Stream"):
        await tx.execute(f'DELETE FROM "{table}" WHERE "chatId" IN ({mine})', values)
    cursor = await tx.execute(f'DELETE FROM "Chat" WHERE "id" IN ({mine})', values)
    return cursor.rowcount
