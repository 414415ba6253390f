"""The components a user owns. Every function takes the transaction and the user, and sees only theirs."""

from typing import Any
from uuid import UUID

from psycopg.rows import dict_row

from quartet.billing import plans
from quartet.core.cursors import Order, integer, moment, next_cursor, words
from quartet.core.database import Transaction
from quartet.core.rows import row_of
from quartet.prompts.errors import (
    ComponentChanged,
    ComponentLimitReached,
    ComponentNotFound,
    ComponentTypeFixed,
)
from quartet.prompts.models import Component, ComponentChange, ComponentQuery, NewComponent, PresetRef, changes

COMPONENT = """SELECT c."id", c."userId", c."type"::text AS "type", c."name", c."content", c."description",
    coalesce(c."tags", '{}') AS "tags", c."usageCount",
    coalesce((SELECT max(v."version") FROM "ComponentVersion" v WHERE v."componentId" = c."id"), 1) AS "version",
    c."createdAt" AT TIME ZONE 'UTC' AS "createdAt", c."updatedAt" AT TIME ZONE 'UTC' AS "updatedAt"
  FROM "Component" c"""
"""A component as `models.Component` wants it."""


_ORDERS = {
    "usage": Order('c."usageCount"', 'c."id"', "%(key)s::int", integer),
    "recent": Order('c."updatedAt"', 'c."id"', "%(key)s::timestamp", moment),
    "name": Order('lower(c."name")', 'c."id"', "lower(%(key)s)", words, "ASC"),
}


_KEYS = {"usage": "usageCount", "recent": "updatedAt", "name": "name"}


async def find_many(tx: Transaction, user_id: UUID, asked: ComponentQuery) -> dict[str, Any]:
    """List the user's components, a `Page[Component]` at a time, as JSON will have it (see `core.http.Rows`)."""
    query = f'{COMPONENT} WHERE c."userId" = %(user)s'
    values: dict[str, Any] = {"user": user_id, "limit": asked.limit + 1}
    if asked.type:
        query += ' AND c."type" = %(type)s::component_type'
        values["type"] = asked.type
    if asked.q:
        query += ' AND concat_ws(chr(10), c."name", c."content", c."description") ILIKE %(q)s'
        values["q"] = pattern(asked.q)
    query += _ORDERS[asked.sort].clause(asked.cursor, values)
    async with tx.cursor(row_factory=dict_row) as rows:
        await rows.execute(query, values)
        found = await rows.fetchall()
    if len(found) <= asked.limit:
        return {"items": found, "nextCursor": None}
    last = found[asked.limit - 1]
    return {"items": found[: asked.limit], "nextCursor": next_cursor(last[_KEYS[asked.sort]], last["id"])}


async def get(tx: Transaction, user_id: UUID, component_id: UUID) -> Component:
    """Read one; raises `ComponentNotFound`, also for somebody else's."""
    found = await get_many(tx, user_id, [component_id])
    return found[component_id]


async def get_many(tx: Transaction, user_id: UUID, ids: list[UUID]) -> dict[UUID, Component]:
    """Read all of `ids`; raises `ComponentNotFound` when one is not the user's."""
    found = await find_by_ids(tx, user_id, ids)
    if missing := set(ids) - found.keys():
        raise ComponentNotFound(f"There is no component {min(missing)}.")
    return found


async def find_by_ids(tx: Transaction, user_id: UUID, ids: list[UUID]) -> dict[UUID, Component]:
    """Read those of `ids` that are the user's."""
    async with tx.cursor(row_factory=row_of(Component)) as cursor:
        await cursor.execute(f'{COMPONENT} WHERE c."userId" = %s AND c."id" = ANY(%s)', [user_id, ids])
        return {component.id: component for component in await cursor.fetchall()}


async def create(tx: Transaction, user_id: UUID, new: NewComponent) -> Component:
    """Make one; raises `ComponentLimitReached` at the plan's limit, exact under concurrent creates."""
    plan = await plans.hold(tx, user_id)
    await _refuse_over_limit(tx, user_id, plan.limits.max_components)
    cursor = await tx.execute(
        """INSERT INTO "Component" ("userId", "type", "name", "content", "description", "tags")
           VALUES (%s, %s::component_type, %s, %s, %s, %s) RETURNING "id" """,
        [user_id, new.type, new.name, new.content, new.description, new.tags],
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101 - an INSERT that does not raise returns its row
    return await get(tx, user_id, row[0])


async def change(
    tx: Transaction, user_id: UUID, component_id: UUID, body: ComponentChange, if_version: int | None
) -> Component:
    """Change what `body` names.

    Raises `ComponentNotFound`, `ComponentChanged` when it is not `if_version` any more, or `ComponentTypeFixed`.
    """
    # Locked by a statement of its own: one that waits for another editor goes on with what it saw before.
    await tx.execute('SELECT 1 FROM "Component" WHERE "id" = %s AND "userId" = %s FOR UPDATE', [component_id, user_id])
    present = await get(tx, user_id, component_id)
    if if_version is not None and if_version != present.version:
        raise ComponentChanged
    if body.type is not None and body.type != present.type:
        raise ComponentTypeFixed
    values = changes(body, ("name", "content", "description", "tags"))
    assignments = "".join(f'"{field}" = %({field})s, ' for field in values)
    await tx.execute(
        f"""UPDATE "Component" SET {assignments} "updatedAt" = now() WHERE "id" = %(id)s AND "userId" = %(user)s""",
        {**values, "id": component_id, "user": user_id},
    )
    return await get(tx, user_id, component_id)


async def delete(tx: Transaction, user_id: UUID, component_id: UUID) -> list[PresetRef]:
    """Delete one; return the presets that lost it. They stay, and remember what they lost (a trigger sees to it)."""
    async with tx.cursor(row_factory=row_of(PresetRef)) as cursor:
        await cursor.execute(
            """SELECT "id", "name" FROM "Preset"
               WHERE "userId" = %s AND %s IN ("roleId", "styleId", "contextId", "modeId") ORDER BY "name" """,
            [user_id, component_id],
        )
        presets = await cursor.fetchall()
        await cursor.execute('DELETE FROM "Component" WHERE "id" = %s AND "userId" = %s', [component_id, user_id])
        if cursor.rowcount == 0:
            raise ComponentNotFound
    return presets


async def count_use(tx: Transaction, user_id: UUID, ids: list[UUID]) -> None:
    """Count one use of each, as the spec's query does."""
    await tx.execute(
        """UPDATE "Component" SET "usageCount" = "usageCount" + 1, "updatedAt" = now()
           WHERE "userId" = %s AND "id" = ANY(%s)""",
        [user_id, ids],
    )


def pattern(text: str) -> str:
    """Return the LIKE pattern that finds `text` anywhere, taken literally."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


async def _refuse_over_limit(tx: Transaction, user_id: UUID, limit: int | None) -> None:
    if limit is None:
        return
    cursor = await tx.execute('SELECT count(*) FROM "Component" WHERE "userId" = %s', [user_id])
    row = await cursor.fetchone()
    if row and row[0] >= limit:
        raise ComponentLimitReached(f"Your plan keeps {limit} components. Delete one, or upgrade.")
