"""Which of a user's components, in what order: by type, tag and words, a page at a time."""

from typing import Any
from uuid import UUID

from quartet.core.cursors import Order, integer, moment, next_cursor, words
from quartet.core.database import Read, Transaction, reader
from quartet.core.errors import NotValid
from quartet.core.rows import row_of
from quartet.prompts.components import COMPONENT
from quartet.prompts.models import ComponentQuery, TagCount

_ORDERS = {
    "usage": Order('c."usageCount"', 'c."id"', "%(key)s::int", integer),
    "recent": Order('c."updatedAt"', 'c."id"', "%(key)s::timestamp", moment),
    "name": Order('f."name"', 'f."componentId"', "quartet_fold(%(key)s)", words, "ASC"),
}

_KEYS = {"usage": "usageCount", "recent": "updatedAt", "name": "name"}

# Best first: the name starts with the words, has them, or only the content or the description does.
# Folded once by a select of its own: a plan that is kept for any words would fold them again for every row.
_WORDS = "(SELECT quartet_literal(%(q)s))"
_TIER = f"""CASE WHEN f."name" LIKE {_WORDS} || '%%' THEN 0
             WHEN f."name" LIKE '%%' || {_WORDS} || '%%' THEN 1 ELSE 2 END"""
_TIERS = ("0", "1", "2")

# Up to here reading all of a person's texts is faster than asking the index, which knows everybody's: at 20,000 people
# 3 ms instead of 12.
_MANY = 1000
_FEW = f"""SELECT f."componentId", f."name", {_TIER} AS "tier" FROM "ComponentSearch" f
  WHERE f."userId" = %(user)s AND (f."name" LIKE '%%' || {_WORDS} || '%%' OR f."text" LIKE '%%' || {_WORDS} || '%%')"""
# All that the order asks for comes with what is found: only the page itself is read from "Component".
_OF_MANY = f"""(SELECT f.*, {_TIER} AS "tier" FROM quartet_component_search(%(q)s) f) f
  CROSS JOIN LATERAL (SELECT f."componentId" AS "id", f."type"::component_type, f."usageCount", f."updatedAt") c"""

_TAGGED = """c."id" IN (
    SELECT t."componentId" FROM "ComponentTag" t WHERE t."userId" = %(user)s AND t."tag" = %(tag)s)"""
# Row by row, in the order of the names' index. Joined as two tables of the same owner, the planner takes the owner for
# two conditions, expects few rows, and reads and sorts them all.
_IN_ORDER = """"ComponentSearch" f
  CROSS JOIN LATERAL (SELECT * FROM "Component" c WHERE c."id" = f."componentId" OFFSET 0) c"""

Found = list[tuple[int, dict[str, Any]]]
"""Rows with the tier that each was found in."""


async def find_many(read: Read, asked: ComponentQuery) -> dict[str, Any]:
    """List components without looking for words: a `Page[Component]` as JSON will have it (see `core.http.Rows`)."""
    _, cursor = _place(asked)
    query, values = statement(asked, cursor=cursor, limit=asked.limit + 1)
    return _page(asked, [(0, row) for row in await read(query, values)])


async def find_words(tx: Transaction, user_id: UUID, asked: ComponentQuery) -> dict[str, Any]:
    """List the user's components that say `asked.q`, in the same form."""
    many = await _keeps_many(tx, user_id)
    tier, cursor = _place(asked)
    query, values = statement_for_words(asked, many=many, tier=tier, cursor=cursor, limit=asked.limit + 1)
    found = await reader(tx, user_id)(query, values)
    return _page(asked, [(row.pop("tier"), row) for row in found])


def _page(asked: ComponentQuery, found: Found) -> dict[str, Any]:
    items = [row for _, row in found[: asked.limit]]
    if len(found) <= asked.limit:
        return {"items": items, "nextCursor": None}
    tier, last = found[asked.limit - 1]
    return {"items": items, "nextCursor": f"{tier}.{next_cursor(last[_KEYS[asked.sort]], last['id'])}"}


def statement(asked: ComponentQuery, *, cursor: str | None = None, limit: int) -> tuple[str, dict[str, Any]]:
    """Return the query for a list without words, and its values, `user` not among them."""
    values: dict[str, Any] = {"limit": limit}
    query, conditions = COMPONENT, ['c."userId" = %(user)s']
    if asked.sort == "name":
        query = COMPONENT.replace('"Component" c', _IN_ORDER)
        conditions.append('f."userId" = %(user)s')
    conditions += _narrowed(asked, values)
    return f"{query} WHERE {' AND '.join(conditions)}{_ORDERS[asked.sort].clause(cursor, values)}", values


def statement_for_words(
    asked: ComponentQuery, *, many: bool, tier: int = 0, cursor: str | None = None, limit: int
) -> tuple[str, dict[str, Any]]:
    """Return the query for all tiers of a search at once, and its values; `many`: it is worth asking the index."""
    values: dict[str, Any] = {"limit": limit, "q": asked.q}
    order = _ORDERS[asked.sort]
    conditions = _narrowed(asked, values)
    if cursor is not None:
        values["tier"] = tier
        beyond = order.beyond(cursor, values)
        conditions.append(f'(f."tier" > %(tier)s OR f."tier" = %(tier)s AND {beyond})')
    mine, place = 'c."userId" = %(user)s', f'ORDER BY f."tier", {order.by}'
    query = COMPONENT.replace("SELECT", 'SELECT f."tier",', 1)
    if many:
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        page = f"SELECT f.* FROM {_OF_MANY} {where} {place} LIMIT %(limit)s"
        return f'{query} JOIN ({page}) f ON f."componentId" = c."id" WHERE {mine} {place}', values
    where = " AND ".join([mine, *conditions])
    return f'{query} JOIN ({_FEW}) f ON f."componentId" = c."id" WHERE {where} {place} LIMIT %(limit)s', values


def _narrowed(asked: ComponentQuery, values: dict[str, Any]) -> list[str]:
    conditions = []
    if asked.type:
        conditions.append('c."type" = %(type)s::component_type')
        values["type"] = asked.type
    if asked.tag:
        conditions.append(_TAGGED)
        values["tag"] = asked.tag
    return conditions


async def _keeps_many(tx: Transaction, user_id: UUID) -> bool:
    cursor = await tx.execute(
        f'SELECT count(*) > {_MANY} FROM (SELECT FROM "Component" WHERE "userId" = %s LIMIT {_MANY + 1}) c', [user_id]
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def tags(tx: Transaction, user_id: UUID) -> list[TagCount]:
    """Count the tags on the user's components, the most used first, at most 200."""
    async with tx.cursor(row_factory=row_of(TagCount)) as cursor:
        await cursor.execute(
            """SELECT "tag", count(*) AS "count" FROM "ComponentTag"
               WHERE "userId" = %s GROUP BY "tag" ORDER BY "count" DESC, "tag" LIMIT 200""",
            [user_id],
        )
        return await cursor.fetchall()


def _place(asked: ComponentQuery) -> tuple[int, str | None]:
    """Read in which tier a page starts, and after which of its items."""
    if asked.cursor is None:
        return 0, None
    tier, dot, rest = asked.cursor.partition(".")
    if not dot or tier not in _TIERS:
        raise NotValid("query.cursor", "is not a cursor of this list")
    return int(tier), rest
