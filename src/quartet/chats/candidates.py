"""Two answers to one question, side by side, until one of them is picked: rows of our "Comparison" and "Candidate"."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from quartet.chats.models import CandidateRow, Comparison, Side
from quartet.core.database import Transaction
from quartet.core.rows import row_of
from quartet.prompts.selection import Selection


async def open_one(tx: Transaction, user_id: UUID, chat_id: UUID, question_id: UUID) -> UUID:
    cursor = await tx.execute(
        'INSERT INTO "Comparison" ("userId", "chatId", "questionId") VALUES (%s, %s, %s) RETURNING "id"',
        [user_id, chat_id, question_id],
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - an INSERT that does not raise returns its row
    comparison_id: UUID = row[0]
    return comparison_id


async def add(
    tx: Transaction, user_id: UUID, comparison_id: UUID, message_id: UUID, side: Side, chosen: Selection
) -> None:
    slots = {f"{type_}Id": str(id_) for type_, id_ in chosen.slots().items()}
    await tx.execute(
        """INSERT INTO "Candidate" ("messageId", "comparisonId", "userId", "side", "presetId", "slots")
           VALUES (%s, %s, %s, %s, %s, %s)""",
        [message_id, comparison_id, user_id, side, chosen.preset_id, Jsonb(slots)],
    )


async def keep(tx: Transaction, message_id: UUID, parts: list[dict[str, Any]]) -> bool:
    """Keep what a candidate said; False when this answer is no candidate."""
    cursor = await tx.execute(
        'UPDATE "Candidate" SET "parts" = %s WHERE "messageId" = %s RETURNING 1', [Jsonb(parts), message_id]
    )
    return await cursor.fetchone() is not None


async def find(tx: Transaction, user_id: UUID, comparison_id: UUID, *, lock: bool = False) -> Comparison | None:
    """Read one with both its answers; `lock` keeps others from deciding it meanwhile."""
    return await _one(tx, f'c."userId" = %s AND c."id" = %s {"FOR UPDATE" if lock else ""}', [user_id, comparison_id])


async def open_in(tx: Transaction, user_id: UUID, chat_id: UUID, question_id: UUID) -> Comparison | None:
    """Read the comparison that waits for a pick at a question, the latest if there are several."""
    return await _one(
        tx,
        """c."userId" = %s AND c."chatId" = %s AND c."questionId" = %s AND c."pickedId" IS NULL
           ORDER BY c."createdAt" DESC LIMIT 1""",
        [user_id, chat_id, question_id],
    )


async def close(tx: Transaction, comparison_id: UUID, picked: UUID) -> None:
    await tx.execute('UPDATE "Comparison" SET "pickedId" = %s WHERE "id" = %s', [picked, comparison_id])


async def _one(tx: Transaction, condition: str, values: list[Any]) -> Comparison | None:
    cursor = await tx.execute(
        f'SELECT c."id", c."chatId", c."questionId", c."pickedId" FROM "Comparison" c WHERE {condition}', values
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    async with tx.cursor(row_factory=row_of(CandidateRow)) as candidates:
        await candidates.execute(
            """SELECT "messageId", "side", "presetId", "slots", "parts" FROM "Candidate"
               WHERE "comparisonId" = %s ORDER BY "side" """,
            [row[0]],
        )
        sides = await candidates.fetchall()
    return Comparison(id=row[0], chat_id=row[1], question_id=row[2], picked_id=row[3], sides=sides)
