"""Everything a component ever said. Triggers write it, whoever changes a component."""

from typing import Any
from uuid import UUID

from quartet.core.cursors import Order, integer, next_cursor
from quartet.core.database import Transaction
from quartet.core.rows import row_of
from quartet.core.wire import Page
from quartet.prompts import components
from quartet.prompts.errors import VersionNotFound
from quartet.prompts.models import Component, ComponentChange, ComponentVersion, VersionQuery

# The present text stands in the component alone, until the next one takes its place.
TEXTS = """SELECT v."componentId", v."version", v."userId", coalesce(v."name", c."name") AS "name",
    coalesce(v."content", c."content") AS "content",
    CASE WHEN v."content" IS NULL THEN c."description" ELSE v."description" END AS "description",
    coalesce(CASE WHEN v."content" IS NULL THEN c."tags" ELSE v."tags" END, '{}') AS "tags", v."createdAt"
  FROM "ComponentVersion" v JOIN "Component" c ON c."id" = v."componentId" """
"""Every version with its texts, as a table."""

_VERSION = f"""SELECT v."version", v."name", v."content", v."description", v."tags",
    v."createdAt" AT TIME ZONE 'UTC' AS "createdAt"
  FROM ({TEXTS}) v WHERE v."componentId" = %(component)s AND v."userId" = %(user)s"""

_NEWEST = Order('v."version"', 'v."componentId"', "%(key)s::int", integer)


async def find_many(tx: Transaction, user_id: UUID, component_id: UUID, asked: VersionQuery) -> Page[ComponentVersion]:
    """List a component's versions, the present one first; raises `ComponentNotFound`."""
    await components.get(tx, user_id, component_id)
    values: dict[str, Any] = {"component": component_id, "user": user_id, "limit": asked.limit + 1}
    async with tx.cursor(row_factory=row_of(ComponentVersion)) as cursor:
        await cursor.execute(_VERSION + _NEWEST.clause(asked.cursor, values), values)
        found = await cursor.fetchall()
    if len(found) <= asked.limit:
        return Page(items=found)
    return Page(items=found[: asked.limit], next_cursor=next_cursor(found[asked.limit - 1].version, component_id))


async def clear(tx: Transaction, user_id: UUID, component_ids: list[UUID]) -> None:
    """Forget the first version that a trigger wrote of each: the history that it brings along takes its place."""
    await tx.execute(
        'DELETE FROM "ComponentVersion" WHERE "userId" = %s AND "componentId" = ANY(%s)', [user_id, component_ids]
    )


async def restore(
    tx: Transaction, user_id: UUID, component_id: UUID, version: int, if_version: int | None
) -> Component:
    """Let a component say again what it said: a new version.

    Raises `ComponentNotFound`, `VersionNotFound`, or `ComponentChanged` when it is not `if_version` any more.
    """
    await components.get(tx, user_id, component_id)
    async with tx.cursor(row_factory=row_of(ComponentVersion)) as cursor:
        await cursor.execute(
            f'{_VERSION} AND v."version" = %(version)s',
            {"component": component_id, "user": user_id, "version": version},
        )
        old = await cursor.fetchone()
    if old is None:
        raise VersionNotFound
    said = {field: getattr(old, field) for field in ("name", "content", "description", "tags")}
    return await components.change(tx, user_id, component_id, ComponentChange.model_construct(**said), if_version)
