"""Which of a user's components, in what order: by type, tag and words, a page at a time."""

from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from quartet.core.cursors import Order, integer, moment, next_cursor, words
from quartet.core.database import Transaction
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

_STARTS = """f."name" LIKE quartet_literal(%(q)s) || '%%'"""
_HAS = """f."name" LIKE '%%' || quartet_literal(%(q)s) || '%%'"""
_SAYS = """f."text" LIKE '%%' || quartet_literal(%(q)s) || '%%'"""

_TIERS = (_STARTS, f"{_HAS} AND NOT {_STARTS}", f"{_SAYS} AND NOT {_HAS}")
"""Best first: the name starts with the words, has them, or only the content or the description does."""


async def find_many(tx: Transaction, user_id: UUID, asked: ComponentQuery) -> dict[str, Any]:
    """List the user's components, a `Page[Component]` at a time, as JSON will have it (see `core.http.Rows`).

    A tier is asked only where those before it did not fill the page: that is one statement for most searches, and
    the first tiers are the cheap ones.
    """
    tier, cursor = _place(asked)
    found: list[tuple[int, dict[str, Any]]] = []
    while len(found) <= asked.limit and tier < (len(_TIERS) if asked.q else 1):
        query, values = statement(user_id, asked, tier=tier, cursor=cursor, limit=asked.limit + 1 - len(found))
        async with tx.cursor(row_factory=dict_row) as rows:
            # A plan made for anybody would fit nobody: words are worth an index only where somebody keeps very many.
            await rows.execute(query, values, prepare=False if asked.q or asked.tag else None)
            found += [(tier, row) for row in await rows.fetchall()]
        tier, cursor = tier + 1, None
    items = [row for _, row in found[: asked.limit]]
    if len(found) <= asked.limit:
        return {"items": items, "nextCursor": None}
    tier, last = found[asked.limit - 1]
    return {"items": items, "nextCursor": f"{tier}.{next_cursor(last[_KEYS[asked.sort]], last['id'])}"}


def statement(
    user_id: UUID, asked: ComponentQuery, *, tier: int = 0, cursor: str | None = None, limit: int
) -> tuple[str, dict[str, Any]]:
    """Return the query for one tier of a list, and its values."""
    values: dict[str, Any] = {"user": user_id, "limit": limit}
    query, conditions = COMPONENT, ['c."userId" = %(user)s']
    if asked.q or asked.tag or asked.sort == "name":
        query += ' JOIN "ComponentSearch" f ON f."componentId" = c."id"'
        # The planner takes it for two conditions and expects few rows. Words and tags do leave few; the order by name
        # leaves all, and is read from its index only where many are expected.
        conditions = ['f."userId" = %(user)s', *(conditions if asked.q or asked.tag else [])]
    if asked.type:
        conditions.append('c."type" = %(type)s::component_type')
        values["type"] = asked.type
    if asked.tag:
        conditions.append('f."tags" @> ARRAY[%(tag)s]')
        values["tag"] = asked.tag
    if asked.q:
        conditions.append(_TIERS[tier])
        values["q"] = asked.q
    return f"{query} WHERE {' AND '.join(conditions)}{_ORDERS[asked.sort].clause(cursor, values)}", values


async def tags(tx: Transaction, user_id: UUID) -> list[TagCount]:
    """Count the tags on the user's components, the most used first, at most 200."""
    async with tx.cursor(row_factory=row_of(TagCount)) as cursor:
        await cursor.execute(
            """SELECT "tag", count(*) AS "count" FROM "ComponentSearch", unnest("tags") AS "tag"
               WHERE "userId" = %s GROUP BY "tag" ORDER BY "count" DESC, "tag" LIMIT 200""",
            [user_id],
        )
        return await cursor.fetchall()


def _place(asked: ComponentQuery) -> tuple[int, str | None]:
    """Read in which tier a page starts, and after which of its items."""
    if asked.cursor is None:
        return 0, None
    tier, dot, rest = asked.cursor.partition(".")
    if not dot or tier not in map(str, range(len(_TIERS))):
        raise NotValid("query.cursor", "is not a cursor of this list")
    return int(tier), rest
