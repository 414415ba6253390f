"""The components a user owns. Every function takes the transaction and the user, and sees only theirs."""

from typing import Any
from uuid import UUID, uuid4

from quartet.billing import plans
from quartet.core.database import Read, Transaction, together
from quartet.core.rows import row_of
from quartet.prompts.errors import (
    ComponentChanged,
    ComponentLimitReached,
    ComponentNotFound,
    ComponentTypeFixed,
)
from quartet.prompts.models import Component, ComponentChange, Impact, NewComponent, PresetRef, changes

# Asked for as a range, so that it is found among its owner's: by equal ids the planner takes the key, in which each
# part of a page is on a page of its own.
_VERSION = """coalesce((SELECT v."version" FROM "ComponentVersion" v
              WHERE v."userId" = c."userId" AND (v."componentId", v."version") >= (c."id", 0)
                AND (v."componentId", v."version") <= (c."id", 2147483647)
              ORDER BY v."componentId" DESC, v."version" DESC LIMIT 1), 1)"""

COMPONENT = f"""SELECT c."id", c."userId", c."type"::text AS "type", c."name", c."content", c."description",
    coalesce(c."tags", '{{}}') AS "tags", c."usageCount", {_VERSION} AS "version",
    c."createdAt" AT TIME ZONE 'UTC' AS "createdAt", c."updatedAt" AT TIME ZONE 'UTC' AS "updatedAt"
  FROM "Component" c"""
"""A component as `models.Component` wants it."""

_COPY = " copy"


async def get(tx: Transaction, user_id: UUID, component_id: UUID) -> Component:
    """Read one; raises `ComponentNotFound`, also for somebody else's."""
    found = await get_many(tx, user_id, [component_id])
    return found[component_id]


async def one(read: Read, component_id: UUID) -> dict[str, Any]:
    """Read one by itself, as JSON will have it (see `core.http.Rows`); raises `ComponentNotFound` as `get` does."""
    found = await read(f'{COMPONENT} WHERE c."userId" = %(user)s AND c."id" = %(id)s', {"id": component_id})
    if not found:
        raise ComponentNotFound(f"There is no component {component_id}.")
    return found[0]


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
    # Counted once it is made, so that nothing waits for an answer before; a refusal takes it back.
    await plans.lock(tx, user_id)
    component_id = uuid4()
    await tx.execute(
        """INSERT INTO "Component" ("id", "userId", "type", "name", "content", "description", "tags")
           VALUES (%s, %s, %s::component_type, %s, %s, %s, %s)""",
        [component_id, user_id, new.type, new.name, new.content, new.description, new.tags],
    )
    made, plan, count = await together(get(tx, user_id, component_id), plans.current(tx, user_id), _count(tx, user_id))
    _refuse(plan, count)
    return made


async def duplicate(tx: Transaction, user_id: UUID, component_id: UUID) -> Component:
    """Make another with the same texts; raises `ComponentNotFound` or `ComponentLimitReached`."""
    present = await get(tx, user_id, component_id)
    copied = {field: getattr(present, field) for field in ("type", "content", "description", "tags")}
    return await create(tx, user_id, NewComponent.model_construct(name=name_of_copy(present.name), **copied))


async def change(
    tx: Transaction, user_id: UUID, component_id: UUID, body: ComponentChange, if_version: int | None
) -> Component:
    """Change what `body` names.

    Raises `ComponentNotFound`, `ComponentChanged` when it is not `if_version` any more, or `ComponentTypeFixed`.
    """
    # Locked by a statement of its own: one that waits for another editor goes on with what it saw before.
    await tx.execute('SELECT 1 FROM "Component" WHERE "id" = %s AND "userId" = %s FOR UPDATE', [component_id, user_id])
    values = changes(body, ("name", "content", "description", "tags"))
    assignments = "".join(f'"{field}" = %({field})s, ' for field in values)
    unchanged = "" if if_version is None else f"AND {_VERSION} = %(version)s"
    updated = await tx.execute(
        f"""UPDATE "Component" c SET {assignments} "updatedAt" = now()
            WHERE c."id" = %(id)s AND c."userId" = %(user)s {unchanged}""",
        {**values, "id": component_id, "user": user_id, "version": if_version},
    )
    # Looked at once it is changed, so that nothing waits for an answer before; a refusal takes the change back.
    changed = await get(tx, user_id, component_id)
    if updated.rowcount == 0:
        raise ComponentChanged
    if body.type is not None and body.type != changed.type:
        raise ComponentTypeFixed
    return changed


async def presets_with(tx: Transaction, user_id: UUID, component_id: UUID) -> list[PresetRef]:
    """Read which of the user's presets have it in a slot."""
    async with tx.cursor(row_factory=row_of(PresetRef)) as cursor:
        await cursor.execute(
            """SELECT "id", "name" FROM "Preset"
               WHERE "userId" = %s AND %s IN ("roleId", "styleId", "contextId", "modeId") ORDER BY "name", "id" """,
            [user_id, component_id],
        )
        return await cursor.fetchall()


async def impact(tx: Transaction, user_id: UUID, component_id: UUID) -> Impact:
    """Read what a change of it changes: presets, and chats that speak with it now; raises `ComponentNotFound`."""
    component = await get(tx, user_id, component_id)
    presets = await presets_with(tx, user_id, component_id)
    # A chat's last choice names its slots; where a slot did not depart from the preset, the preset decides.
    cursor = await tx.execute(
        """SELECT count(*) FROM "Chat" c, LATERAL (SELECT c."presetHistory" -> -1) AS h("last")
           WHERE c."userId" = %(user)s
             AND CASE WHEN c."currentPresetId" IS NULL OR coalesce(h."last" -> 'changedComponents', '[]') ? %(type)s
                      THEN h."last" -> 'components' ->> %(slot)s = %(id)s::text
                      ELSE c."currentPresetId" = ANY(%(presets)s) END""",
        {
            "user": user_id,
            "type": component.type,
            "slot": f"{component.type}Id",
            "id": component_id,
            "presets": [preset.id for preset in presets],
        },
    )
    row = await cursor.fetchone()
    return Impact(presets=presets, chats=row[0] if row else 0)


async def count_use(tx: Transaction, user_id: UUID, ids: list[UUID]) -> None:
    """Count one use of each, as the spec's query does."""
    await tx.execute(
        """UPDATE "Component" SET "usageCount" = "usageCount" + 1, "updatedAt" = now()
           WHERE "userId" = %s AND "id" = ANY(%s)""",
        [user_id, ids],
    )


async def ensure_room(tx: Transaction, user_id: UUID) -> None:
    """Hold the user, so that nobody else counts meanwhile; raises `ComponentLimitReached` at the plan's limit."""
    plan = await plans.hold(tx, user_id)
    _refuse(plan, await _count(tx, user_id) + 1)


def name_of_copy(name: str) -> str:
    """Say whose copy it is, in at most 100 characters."""
    return f"{name[: 100 - len(_COPY)]}{_COPY}"


async def _count(tx: Transaction, user_id: UUID) -> int:
    """Count the user's, no further than it takes to pass any plan's limit."""
    cursor = await tx.execute(
        'SELECT count(*) FROM (SELECT FROM "Component" WHERE "userId" = %s LIMIT %s) c',
        [user_id, plans.LARGEST_LIMIT + 1],
    )
    row = await cursor.fetchone()
    return row[0] if row else 0


def _refuse(plan: plans.Plan, count: int) -> None:
    limit = plan.limits.max_components
    if limit is not None and count > limit:
        raise ComponentLimitReached(f"Your plan keeps {limit} parts. Delete one, or upgrade.")
