"""What is spent, and what running turns hold: reserve before the provider is called, settle once at the end.

Everything is keyed by the answer's message id, so settling twice is settling once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from quartet.billing.errors import TokensSpent
from quartet.billing.periods import Period, period
from quartet.billing.plans import LOCAL, Plan
from quartet.billing.portions import portions
from quartet.core.database import Transaction
from quartet.core.metrics import CHECKPOINT_SECONDS

# An answer that could hold less than this is not worth starting.
_SMALLEST_ANSWER = 64


@dataclass(frozen=True, slots=True)
class Holder:
    """The turn that reserves: ids of the answer and its chat, who asks what model, what the answer replaces."""

    message_id: UUID
    chat_id: UUID
    user_id: UUID
    provider: str
    model: str
    replaces: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens of the current period: settled, and held by running turns."""

    used: int
    reserved: int
    period: Period


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A reservation whose process is gone, with what was said until its last checkpoint."""

    holder: Holder
    parts: list[dict[str, Any]]
    input_tokens: int


async def spent(tx: Transaction, user_id: UUID, plan: Plan) -> Spent:
    month = period(datetime.now(UTC).replace(tzinfo=None), plan.anchor)
    cursor = await tx.execute(
        """SELECT
             (SELECT coalesce(sum("inputTokens" + "outputTokens"), 0)::bigint FROM "Usage"
              WHERE "userId" = %(user)s AND "isMetered" AND "createdAt" >= %(start)s AND "createdAt" < %(end)s),
             (SELECT coalesce(sum("inputTokens" + "outputTokens"), 0)::bigint FROM "Reservation"
              WHERE "userId" = %(user)s AND "isMetered")""",
        {"user": user_id, "start": month.start, "end": month.end},
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - a SELECT of two sums has a row
    return Spent(row[0], row[1], month)


async def left(tx: Transaction, user_id: UUID, plan: Plan, provider: str) -> int | None:
    """Read how many tokens are left of the month; None where this provider's are not counted.

    Call it under `plans.lock`, or two turns are given the same ones.
    """
    if provider == LOCAL:
        return None
    account = await spent(tx, user_id, plan)
    return plan.limits.tokens_per_month - account.used - account.reserved


async def reserve(
    tx: Transaction,
    left: int | None,
    holder: Holder,
    parts: Sequence[Mapping[str, Any]],
    *,
    input_tokens: int,
    max_output: int,
    lease: timedelta,
) -> int:
    """Hold tokens for a turn, of those that are `left`; return the most its answer may have.

    Raises `TokensSpent` when they cannot carry the question and a short answer.
    """
    if left is not None:
        if left - input_tokens < _SMALLEST_ANSWER:
            raise TokensSpent
        max_output = min(max_output, left - input_tokens)
    await tx.execute(
        """INSERT INTO "Reservation" ("messageId", "chatId", "userId", "provider", "model",
             "inputTokens", "outputTokens", "isMetered", "parts", "replaces", "leaseUntil")
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, now() + %s)""",
        [
            holder.message_id,
            holder.chat_id,
            holder.user_id,
            holder.provider,
            holder.model,
            input_tokens,
            max_output,
            left is not None,
            Jsonb(parts),
            list(holder.replaces),
            lease,
        ],
    )
    return max_output


async def held(tx: Transaction, chat_id: UUID) -> list[UUID]:
    """Name the answers that are being written in a chat, on whichever process; a dead one's until it is settled."""
    cursor = await tx.execute(
        'SELECT "messageId" FROM "Reservation" WHERE "chatId" = %s ORDER BY "createdAt", "messageId"', [chat_id]
    )
    return [row[0] for row in await cursor.fetchall()]


async def is_held(tx: Transaction, message_id: UUID) -> bool:
    """Say whether this answer is still being written."""
    cursor = await tx.execute('SELECT 1 FROM "Reservation" WHERE "messageId" = %s', [message_id])
    return await cursor.fetchone() is not None


async def ask_to_stop(tx: Transaction, chat_id: UUID) -> bool:
    """Tell whichever process speaks in a chat to stop; False when none does."""
    cursor = await tx.execute('UPDATE "Reservation" SET "stopAsked" = true WHERE "chatId" = %s', [chat_id])
    return cursor.rowcount > 0


async def asked_to_stop(tx: Transaction, message_ids: list[UUID]) -> set[UUID]:
    """Name those of these answers that somebody on another process wants stopped."""
    cursor = await tx.execute(
        'SELECT "messageId" FROM "Reservation" WHERE "messageId" = ANY(%s) AND "stopAsked"', [message_ids]
    )
    return {row[0] for row in await cursor.fetchall()}


async def renew(tx: Transaction, parts: Mapping[UUID, Sequence[Mapping[str, Any]]], lease: timedelta) -> None:
    """Push the leases of these turns on and keep what they said so far; one statement for all of them."""
    # One document: psycopg escapes each element of an array in Python, and no stream is served meanwhile.
    said = msgspec.json.encode([{"messageId": id_, "parts": each} for id_, each in parts.items()])
    with CHECKPOINT_SECONDS.time():
        await tx.execute(
            """UPDATE "Reservation" r SET "parts" = n."parts", "leaseUntil" = now() + %s
               FROM jsonb_to_recordset(%s::jsonb) AS n("messageId" UUID, "parts" JSONB)
               WHERE r."messageId" = n."messageId" """,
            [lease, said.decode()],
        )


async def settle(tx: Transaction, holder: Holder, *, input_tokens: int, output_tokens: int) -> bool:
    """Turn a reservation into usage of the month it was made in; False when somebody already did."""
    cursor = await tx.execute(
        """DELETE FROM "Reservation" WHERE "messageId" = %s RETURNING "isMetered", "createdAt",
             jsonb_path_query_first("parts", '$[*] ? (@.type == "data-prompt").data')""",
        [holder.message_id],
    )
    released = await cursor.fetchone()
    if released is None:
        return False
    is_metered, created_at, receipt = released
    prompt = await portions(tx, receipt) if receipt else None
    cursor = await tx.execute(
        """INSERT INTO "Usage" ("messageId", "userId", "provider", "model",
             "inputTokens", "outputTokens", "isMetered", "createdAt", "prompt")
           VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING 1""",
        [
            holder.message_id,
            holder.user_id,
            holder.provider,
            holder.model,
            input_tokens,
            output_tokens,
            is_metered,
            created_at,
            Jsonb(prompt) if prompt else None,
        ],
    )
    return await cursor.fetchone() is not None


async def abandoned(tx: Transaction) -> Abandoned | None:
    """Take one reservation of a dead process, locked until the transaction ends; None when there is none."""
    cursor = await tx.execute(
        """SELECT "messageId", "chatId", "userId", "provider", "model", "replaces", "parts", "inputTokens"
           FROM "Reservation" WHERE "leaseUntil" < now() LIMIT 1 FOR UPDATE SKIP LOCKED"""
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    return Abandoned(Holder(row[0], row[1], row[2], row[3], row[4], tuple(row[5])), parts=row[6], input_tokens=row[7])
