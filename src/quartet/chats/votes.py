"""What people think of answers: the Chat SDK's "Vote_v2", and the same by the parts that made them."""

from collections.abc import Iterable
from uuid import UUID

from quartet.chats.models import Message, PartVotes, Vote
from quartet.chats.receipts import receipt_of
from quartet.core.database import Transaction
from quartet.core.rows import row_of


async def of_chat(tx: Transaction, chat_id: UUID) -> list[Vote]:
    async with tx.cursor(row_factory=row_of(Vote)) as cursor:
        await cursor.execute(
            'SELECT "chatId", "messageId", "isUpvoted" FROM "Vote_v2" WHERE "chatId" = %s ORDER BY "messageId"',
            [chat_id],
        )
        return await cursor.fetchall()


async def cast(tx: Transaction, user_id: UUID, answer: Message, *, is_upvoted: bool) -> None:
    """Vote for an answer, or change one's mind; it counts for every part of its prompt."""
    await tx.execute(
        """INSERT INTO "Vote_v2" ("chatId", "messageId", "isUpvoted") VALUES (%s, %s, %s)
           ON CONFLICT ("chatId", "messageId") DO UPDATE SET "isUpvoted" = EXCLUDED."isUpvoted" """,
        [answer.chat_id, answer.id, is_upvoted],
    )
    receipt = receipt_of(answer.parts)
    if receipt:
        parts = (part.id for part in receipt.components)
        await count_for_parts(tx, user_id, answer.id, parts, is_upvoted=is_upvoted)


async def count_for_parts(
    tx: Transaction, user_id: UUID, message_id: UUID, parts: Iterable[UUID], *, is_upvoted: bool
) -> None:
    """Count a vote for components, once an answer."""
    await tx.execute(
        """INSERT INTO "PartVote" ("messageId", "componentId", "userId", "isUpvoted")
           SELECT %s, part, %s, %s FROM unnest(%s::uuid[]) part
           ON CONFLICT ("messageId", "componentId") DO UPDATE SET "isUpvoted" = EXCLUDED."isUpvoted" """,
        [message_id, user_id, is_upvoted, list(parts)],
    )


async def of_part(tx: Transaction, user_id: UUID, component_id: UUID) -> PartVotes:
    """Count the user's votes for answers that a component had a part in."""
    cursor = await tx.execute(
        """SELECT count(*) FILTER (WHERE "isUpvoted"), count(*) FILTER (WHERE NOT "isUpvoted")
           FROM "PartVote" WHERE "userId" = %s AND "componentId" = %s""",
        [user_id, component_id],
    )
    row = await cursor.fetchone()
    return PartVotes(up=row[0], down=row[1]) if row else PartVotes(up=0, down=0)
