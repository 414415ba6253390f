"""Which of a user's components, in what order: by type, tag and words, a page at a time."""

from typing import Any
from uuid import UUID

from quartet.core.cursors import Order, integer, moment, next_cursor, words
from quartet.core.database import Read, Transaction
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

# Folded once by a select of its own: a plan that is kept for any words would fold them again for every row.
_START = "(SELECT quartet_literal(%(q)s)) || '%%'"
_ANYWHERE = f"'%%' || {_START}"
# Best first: the name starts with the words, has them, or only the content or the description does.
_TIERS = 3

# Up to 1,000 components, all of a person's texts are read: the index does not have them.
_OF_FEW = f"""SELECT f."componentId", f."name",
    CASE WHEN f."name" LIKE {_START} THEN 0 WHEN f."name" LIKE {_ANYWHERE} THEN 1 ELSE 2 END AS "tier"
  FROM "ComponentSearch" f
  WHERE f."userId" = %(user)s AND (f."name" LIKE {_ANYWHERE} OR f."text" LIKE {_ANYWHERE})"""
# In an order, so that it is looked up, and not searched for from the table's start on.
_KEEPS_MANY = """coalesce((SELECT s."isIndexed" FROM "ComponentSearch" s
    WHERE s."userId" = %(user)s ORDER BY s."name" LIMIT 1), false)"""
# All that the order asks for comes with what is found: only the page itself is read from "Component".
_OF_MANY = """quartet_component_tier(%(q)s, %(tier)s, {among}) f
  CROSS JOIN LATERAL (SELECT f."componentId" AS "id", f."type"::component_type, f."usageCount", f."updatedAt") c"""
# Words that are common fill a page from the first components of the order, where the index would bring a good part of
# all; words that are not leave the index little to bring.
_LOOKED_AT = 1000

_TAGGED = """c."id" IN (
    SELECT t."componentId" FROM "ComponentTag" t WHERE t."userId" = %(user)s AND t."tag" = %(tag)s)"""
# Row by row, in the order of the names' index. Joined as two tables of the same owner, the planner takes the owner for
# two conditions, expects few rows, and reads and sorts them all.
_COMPONENT_OF = """CROSS JOIN LATERAL (SELECT * FROM "Component" c WHERE c."id" = f."componentId" OFFSET 0) c"""

_NUMBERS = [str(tier) for tier in range(_TIERS)]

Found = list[tuple[int, dict[str, Any]]]
"""Rows with the tier that each was found in."""


async def find_many(read: Read, asked: ComponentQuery) -> dict[str, Any]:
    """List components without looking for words: a `Page[Component]` as JSON will have it (see `core.http.Rows`)."""
    _, cursor = _place(asked)
    query, values = statement(asked, cursor=cursor, limit=asked.limit + 1)
    return _page(asked, [(0, row) for row in await read(query, values)])


async def find_words(read: Read, asked: ComponentQuery) -> dict[str, Any]:
    """List components that say `asked.q`, in the same form."""
    tier, cursor = _place(asked)
    query, values = statement_for_few(asked, tier=tier, cursor=cursor, limit=asked.limit + 1)
    found = [(row.pop("tier"), row) for row in await read(query, values)]
    if not found and await _keeps_many(read):
        found = await _find_among_many(read, asked)
    return _page(asked, found)


async def _find_among_many(read: Read, asked: ComponentQuery) -> Found:
    """Fill a page tier by tier: from the first components of the order or, where those do not do, from the index."""
    found: Found = []
    tier, cursor = _place(asked)
    while len(found) <= asked.limit and tier < _TIERS:
        left = asked.limit + 1 - len(found)
        rows = await read(*statement_for_many(asked, tier=tier, common=True, cursor=cursor, limit=left))
        if len(rows) < left:
            rows = await read(*statement_for_many(asked, tier=tier, common=False, cursor=cursor, limit=left))
        found += [(tier, row) for row in rows]
        tier, cursor = tier + 1, None
    return found


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
        query = COMPONENT.replace('"Component" c', f'"ComponentSearch" f {_COMPONENT_OF}')
        conditions.append('f."userId" = %(user)s')
    conditions += _narrowed(asked, values)
    return f"{query} WHERE {' AND '.join(conditions)}{_ORDERS[asked.sort].clause(cursor, values)}", values


def statement_for_few(
    asked: ComponentQuery, *, tier: int, cursor: str | None, limit: int
) -> tuple[str, dict[str, Any]]:
    """Return the query for all tiers of a search at once, and its values; it finds nothing of who keeps many."""
    values: dict[str, Any] = {"limit": limit, "q": asked.q}
    order = _ORDERS[asked.sort]
    conditions = ['c."userId" = %(user)s', f"NOT {_KEEPS_MANY}", *_narrowed(asked, values)]
    if cursor is not None:
        values["tier"] = tier
        conditions.append(f'(f."tier" > %(tier)s OR f."tier" = %(tier)s AND {order.beyond(cursor, values)})')
    query = COMPONENT.replace("SELECT", 'SELECT f."tier",', 1)
    where, place = " AND ".join(conditions), f'f."tier", {order.by}'
    return (
        f'{query} JOIN ({_OF_FEW}) f ON f."componentId" = c."id" WHERE {where} ORDER BY {place} LIMIT %(limit)s',
        values,
    )


def statement_for_many(
    asked: ComponentQuery, *, tier: int, common: bool, cursor: str | None, limit: int
) -> tuple[str, dict[str, Any]]:
    """Return the query for one tier of a search, and its values.

    `common`: look among the first of the order alone, and not in the index.
    """
    values: dict[str, Any] = {"limit": limit, "q": asked.q, "tier": tier}
    order, conditions = _ORDERS[asked.sort], _narrowed(asked, values)
    beyond = [order.beyond(cursor, values)] if cursor is not None else []
    found = _OF_MANY.format(among=_first(asked, tier, beyond) if common else "NULL")
    where = f"WHERE {' AND '.join([*conditions, *beyond])}" if conditions or beyond else ""
    page = f"SELECT f.* FROM {found} {where} ORDER BY {order.by} LIMIT %(limit)s"
    query = COMPONENT.replace('"Component" c', f"({page}) f {_COMPONENT_OF}")
    return f'{query} WHERE c."userId" = %(user)s ORDER BY {order.by}', values


def _first(asked: ComponentQuery, tier: int, beyond: list[str]) -> str:
    """Return the first components of an order, as an array of their ids.

    By their keys: under row-level security the planner takes the names of their owner for few, and reads them for each.
    """
    id_, table = 'c."id"', '"Component" c'
    if asked.sort == "name":
        id_, table = 'f."componentId"', '"ComponentSearch" f'
        beyond = beyond or (['f."name" >= quartet_fold(%(q)s)'] if tier == 0 else [])
    where = " AND ".join([f'{table[-1]}."userId" = %(user)s', *beyond])
    return f"ARRAY(SELECT {id_} FROM {table} WHERE {where} ORDER BY {_ORDERS[asked.sort].by} LIMIT {_LOOKED_AT})"


def _narrowed(asked: ComponentQuery, values: dict[str, Any]) -> list[str]:
    conditions = []
    if asked.type:
        conditions.append('c."type" = %(type)s::component_type')
        values["type"] = asked.type
    if asked.tag:
        conditions.append(_TAGGED)
        values["tag"] = asked.tag
    return conditions


async def _keeps_many(read: Read) -> bool:
    rows = await read(f'SELECT {_KEEPS_MANY} AS "many"', {})
    return bool(rows[0]["many"])


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
    if not dot or tier not in _NUMBERS:
        raise NotValid("query.cursor", "is not a cursor of this list")
    return int(tier), rest
