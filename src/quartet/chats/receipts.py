"""Which prompt made an answer, to the byte: the composed text is kept, whatever becomes of its parts."""

from typing import Any
from uuid import UUID

from psycopg.rows import scalar_row

from quartet.chats.models import Message, PromptOfAnswer, UsedPart
from quartet.core.database import Transaction
from quartet.prompts import components
from quartet.prompts.models import Receipt
from quartet.prompts.selection import Selection


async def keep_text(tx: Transaction, user_id: UUID, chosen: Selection) -> None:
    """Keep the composed text that receipts name by its hash."""
    if chosen.text:
        await tx.execute(
            """INSERT INTO "ComposedPrompt" ("userId", "hash", "text") VALUES (%s, %s, %s) ON CONFLICT DO NOTHING""",
            [user_id, bytes.fromhex(chosen.hash), chosen.text],
        )


async def of_answer(tx: Transaction, user_id: UUID, answer: Message, before: Message | None) -> PromptOfAnswer | None:
    """Read what made an answer, and the text behind the one `before` it; None for an answer without a receipt."""
    receipt = receipt_of(answer.parts)
    if receipt is None:
        return None
    now = await components.find_by_ids(tx, user_id, [part.id for part in receipt.components])
    earlier = receipt_of(before.parts) if before else None
    return PromptOfAnswer(
        receipt=receipt,
        text=await _text(tx, user_id, receipt),
        previous_text=await _text(tx, user_id, earlier) if earlier else None,
        parts=[
            UsedPart(
                id=part.id,
                type=part.type,
                name=part.name,
                version=part.version,
                version_now=now[part.id].version if part.id in now else None,
            )
            for part in receipt.components
        ],
    )


def receipt_of(parts: list[dict[str, Any]]) -> Receipt | None:
    """Return the receipt among an answer's parts; the Chat SDK's own answers have none."""
    for part in parts:
        if part.get("type") == "data-prompt":
            return Receipt.model_validate(part["data"])
    return None


async def _text(tx: Transaction, user_id: UUID, receipt: Receipt) -> str | None:
    if not receipt.components:
        return ""
    if receipt.hash is None:
        return None
    async with tx.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            'SELECT "text" FROM "ComposedPrompt" WHERE "userId" = %s AND "hash" = %s',
            [user_id, bytes.fromhex(receipt.hash)],
        )
        text: str | None = await cursor.fetchone()
    return text
