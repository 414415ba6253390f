"""Where the month's tokens went: by day, model, preset and component.

All of it from one row per answer ("Usage"), of which "prompt" says what the answer was made with: a month of 2,000
answers is read in 30 ms. A row per part would be read in half of that, but make every turn write twice as long; in the
messages alone it would take four times as long, and be lost with a deleted chat.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from quartet.billing.models import ComponentUsage, DayUsage, ModelUsage, PresetUsage
from quartet.billing.periods import Period
from quartet.core.database import Transaction

# A page of bars; what comes after is too small to see.
_MOST = 50

_MONTH = '"userId" = %(user)s AND "createdAt" >= %(start)s AND "createdAt" < %(end)s'
_TOKENS = '("inputTokens" + "outputTokens")'

_DAYS = f"""SELECT "createdAt"::date AS "date",
    coalesce(sum({_TOKENS}) FILTER (WHERE "isMetered"), 0)::bigint AS "used",
    coalesce(sum({_TOKENS}) FILTER (WHERE NOT "isMetered"), 0)::bigint AS "local"
  FROM "Usage" WHERE {_MONTH} GROUP BY 1"""

_MODELS = f"""SELECT "provider", "model", count(*) AS "answers", sum("inputTokens") AS "input_tokens",
    sum("outputTokens") AS "output_tokens", "isMetered" AS "is_metered"
  FROM "Usage" WHERE {_MONTH} GROUP BY "provider", "model", "isMetered"
  ORDER BY "isMetered" DESC, sum({_TOKENS}) DESC, "model" """

# A preset is called what it is called now, or what it was called last.
_PRESETS = f"""SELECT u."id", coalesce(p."name", u."name") AS "name", u."answers", u."tokens"
  FROM (
    SELECT ("prompt" ->> 'presetId')::uuid AS "id", count(*) AS "answers", sum({_TOKENS})::bigint AS "tokens",
      (array_agg("prompt" ->> 'presetName' ORDER BY "createdAt" DESC))[1] AS "name"
    FROM "Usage" WHERE {_MONTH} AND "isMetered" GROUP BY 1
  ) u LEFT JOIN "Preset" p ON p."id" = u."id" AND p."userId" = %(user)s
  ORDER BY u."tokens" DESC, u."id" LIMIT {_MOST}"""

_COMPONENTS = f"""SELECT u."id", u."type", coalesce(c."name", u."name") AS "name", c."id" IS NOT NULL AS "exists",
    u."answers", u."tokens"
  FROM (
    SELECT part."id", min(part."type") AS "type", count(*) AS "answers", sum(part."tokens")::bigint AS "tokens",
      (array_agg(part."name" ORDER BY "createdAt" DESC))[1] AS "name"
    FROM "Usage", jsonb_to_recordset("prompt" -> 'parts')
      AS part("id" uuid, "type" text, "name" text, "tokens" integer)
    WHERE {_MONTH} AND "isMetered" GROUP BY part."id"
  ) u LEFT JOIN "Component" c ON c."id" = u."id" AND c."userId" = %(user)s
  ORDER BY u."tokens" DESC, u."id" LIMIT {_MOST}"""


async def days(tx: Transaction, user_id: UUID, month: Period) -> list[DayUsage]:
    spent = {row["date"]: DayUsage(**row) for row in await _rows(tx, _DAYS, user_id, month)}
    first, last = month.start.date(), (month.end - timedelta(microseconds=1)).date()
    dates = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [spent.get(each, DayUsage(date=each, used=0, local=0)) for each in dates]


async def models(tx: Transaction, user_id: UUID, month: Period) -> list[ModelUsage]:
    return [ModelUsage(**row) for row in await _rows(tx, _MODELS, user_id, month)]


async def presets(tx: Transaction, user_id: UUID, month: Period, used: int) -> list[PresetUsage]:
    """List the presets by what their answers cost; `used` is the month's metered tokens."""
    rows = await _rows(tx, _PRESETS, user_id, month)
    return [PresetUsage(**row, share=_share(row["tokens"], used)) for row in rows]


async def components(tx: Transaction, user_id: UUID, month: Period, used: int) -> list[ComponentUsage]:
    """List the components by what their texts cost; `used` is the month's metered tokens."""
    rows = await _rows(tx, _COMPONENTS, user_id, month)
    return [ComponentUsage(**row, share=_share(row["tokens"], used)) for row in rows]


def _share(tokens: int, used: int) -> float:
    return round(tokens / used, 4) if used else 0.0


async def _rows(tx: Transaction, query: str, user_id: UUID, month: Period) -> list[dict[str, Any]]:
    async with tx.cursor(row_factory=dict_row) as cursor:
        values: dict[str, UUID | datetime] = {"user": user_id, "start": month.start, "end": month.end}
        await cursor.execute(query, values)
        return await cursor.fetchall()
