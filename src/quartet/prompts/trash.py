"""Deleted components and presets, for 30 days: gone from their own tables, kept whole in one of ours."""

from typing import Any
from uuid import UUID

from psycopg.rows import scalar_row

from quartet.billing import plans
from quartet.core.cursors import Order, moment, next_cursor
from quartet.core.database import Transaction
from quartet.core.rows import row_of
from quartet.core.wire import Page
from quartet.prompts import components, presets, versions
from quartet.prompts.compose import ComponentType
from quartet.prompts.errors import ComponentNotFound, LossNotFound, PresetNotFound, TrashNotFound
from quartet.prompts.models import Preset, PresetRef, Restored, Trashed, TrashQuery

_DAYS = 30

_TRASHED = f"""SELECT "id", "kind", "type"::text AS "type", "name",
    "deletedAt" AT TIME ZONE 'UTC' AS "deletedAt",
    ("deletedAt" + interval '{_DAYS} days') AT TIME ZONE 'UTC' AS "goneAt"
  FROM "Trash" WHERE "userId" = %(user)s"""

_NEWEST = Order('"deletedAt"', '"id"', "%(key)s::timestamp", moment)

_KEEP_COMPONENT = """INSERT INTO "Trash" ("id", "userId", "kind", "type", "name", "kept")
  SELECT c."id", c."userId", 'component', c."type", c."name", jsonb_build_object(
    'component', to_jsonb(c),
    'versions', (SELECT jsonb_agg(to_jsonb(v) ORDER BY v."version")
                 FROM "ComponentVersion" v WHERE v."componentId" = c."id"))
  FROM "Component" c WHERE c."id" = %s AND c."userId" = %s"""

# A preset is kept with the text of every part it has or had: some may be gone when it comes back.
_KEEP_PRESET = """INSERT INTO "Trash" ("id", "userId", "kind", "name", "kept")
  SELECT p."id", p."userId", 'preset', p."name", jsonb_build_object(
    'preset', to_jsonb(p),
    'parts', (SELECT coalesce(jsonb_agg(part), '[]') FROM (
       SELECT c."id" AS "componentId", c."type", c."name", c."content", c."description", c."tags", now() AS "lostAt"
       FROM "Component" c WHERE c."id" IN (p."roleId", p."styleId", p."contextId", p."modeId")
       UNION ALL
       SELECT l."componentId", l."type", l."name", l."content", l."description", l."tags", l."lostAt"
       FROM "PresetLoss" l WHERE l."presetId" = p."id") part))
  FROM "Preset" p WHERE p."id" = %s AND p."userId" = %s"""

_MAKE_COMPONENT = """INSERT INTO "Component" ("id", "userId", "type", "name", "content", "description", "tags",
    "usageCount", "createdAt", "updatedAt")
  SELECT c."id", t."userId", c."type", c."name", c."content", c."description", c."tags",
    c."usageCount", c."createdAt", c."updatedAt"
  FROM "Trash" t, jsonb_populate_record(NULL::"Component", t."kept" -> 'component') c
  WHERE t."id" = %s AND t."userId" = %s"""

_MAKE_VERSIONS = """INSERT INTO "ComponentVersion" ("componentId", "version", "userId", "name", "content",
    "description", "tags", "createdAt")
  SELECT t."id", v."version", t."userId", v."name", v."content", v."description", v."tags", v."createdAt"
  FROM "Trash" t, jsonb_populate_recordset(NULL::"ComponentVersion", t."kept" -> 'versions') v
  WHERE t."id" = %s AND t."userId" = %s"""

_MAKE_PRESET = """INSERT INTO "Preset" ("id", "userId", "name", "description", "usageCount", "lastUsedAt",
    "createdAt", "updatedAt")
  SELECT p."id", t."userId", p."name", p."description", p."usageCount", p."lastUsedAt", p."createdAt", p."updatedAt"
  FROM "Trash" t, jsonb_populate_record(NULL::"Preset", t."kept" -> 'preset') p
  WHERE t."id" = %s AND t."userId" = %s"""

# First everything is lost; then what is still there is put back, and its loss is forgotten by a trigger.
_MAKE_LOSSES = """INSERT INTO "PresetLoss" ("presetId", "type", "userId", "componentId", "name", "content",
    "description", "tags", "lostAt")
  SELECT t."id", l."type", t."userId", l."componentId", l."name", l."content", l."description", l."tags", l."lostAt"
  FROM "Trash" t, jsonb_populate_recordset(NULL::"PresetLoss", t."kept" -> 'parts') l
  WHERE t."id" = %s AND t."userId" = %s"""

_MAKE_LOST = """INSERT INTO "Component" ("id", "userId", "type", "name", "content", "description", "tags")
  SELECT "componentId", "userId", "type", "name", "content", "description", "tags"
  FROM "PresetLoss" WHERE "presetId" = %(preset)s AND "userId" = %(user)s AND "type"::text = %(type)s"""

_GIVE_TO_CHATS = """UPDATE "Chat" SET "currentPresetId" = %(id)s
  WHERE "userId" = %(user)s AND "currentPresetId" IS NULL AND "presetHistory" -> -1 ->> 'presetId' = %(id)s::text"""


async def discard_component(tx: Transaction, user_id: UUID, component_id: UUID) -> list[PresetRef]:
    """Delete a component; return the presets that lost it. They stay, and remember what they lost by a trigger.

    Raises `ComponentNotFound`.
    """
    # Held first: what is kept must be what is deleted, also beside an editor who saves just now.
    await tx.execute('SELECT 1 FROM "Component" WHERE "id" = %s AND "userId" = %s FOR UPDATE', [component_id, user_id])
    lost_by = await components.presets_with(tx, user_id, component_id)
    kept = await tx.execute(_KEEP_COMPONENT, [component_id, user_id])
    if kept.rowcount == 0:
        raise ComponentNotFound
    await tx.execute('DELETE FROM "Component" WHERE "id" = %s AND "userId" = %s', [component_id, user_id])
    return lost_by


async def discard_preset(tx: Transaction, user_id: UUID, preset_id: UUID) -> None:
    """Delete a preset; its chats stay, without it. Raises `PresetNotFound`."""
    await tx.execute('SELECT 1 FROM "Preset" WHERE "id" = %s AND "userId" = %s FOR UPDATE', [preset_id, user_id])
    kept = await tx.execute(_KEEP_PRESET, [preset_id, user_id])
    if kept.rowcount == 0:
        raise PresetNotFound
    await tx.execute('DELETE FROM "Preset" WHERE "id" = %s AND "userId" = %s', [preset_id, user_id])


async def find_many(tx: Transaction, user_id: UUID, asked: TrashQuery) -> Page[Trashed]:
    """List what the user may bring back, the last deleted first."""
    values: dict[str, Any] = {"user": user_id, "limit": asked.limit + 1}
    async with tx.cursor(row_factory=row_of(Trashed)) as cursor:
        await cursor.execute(_TRASHED + _NEWEST.clause(asked.cursor, values), values)
        found = await cursor.fetchall()
    if len(found) <= asked.limit:
        return Page(items=found)
    last = found[asked.limit - 1]
    return Page(items=found[: asked.limit], next_cursor=next_cursor(last.deleted_at, last.id))


async def restore(tx: Transaction, user_id: UUID, trash_id: UUID) -> Restored:
    """Bring one back under its own id; raises `TrashNotFound`, or the refusal of the plan's limit."""
    async with tx.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute(
            'SELECT "kind" FROM "Trash" WHERE "id" = %s AND "userId" = %s FOR UPDATE', [trash_id, user_id]
        )
        kind = await cursor.fetchone()
    if kind is None:
        raise TrashNotFound
    restored = await (_restore_component if kind == "component" else _restore_preset)(tx, user_id, trash_id)
    await forget(tx, user_id, trash_id)
    return restored


async def recover(tx: Transaction, user_id: UUID, preset_id: UUID, type_: ComponentType) -> Preset:
    """Bring back what a preset lost, for every preset that lost it: whole from the trash, else its last text.

    Raises `PresetNotFound`, `LossNotFound`, or the refusal of the plan's limit.
    """
    await plans.hold(tx, user_id)
    lost = next((loss for loss in (await presets.get(tx, user_id, preset_id)).lost if loss.type == type_), None)
    if lost is None:
        raise LossNotFound
    try:
        await restore(tx, user_id, lost.component_id)
    except TrashNotFound:
        await components.ensure_room(tx, user_id)
        await tx.execute(_MAKE_LOST, {"preset": preset_id, "user": user_id, "type": type_})
        await presets.refill(tx, user_id, lost.component_id)
    return await presets.get(tx, user_id, preset_id)


async def forget(tx: Transaction, user_id: UUID, trash_id: UUID) -> None:
    """Delete one for good; raises `TrashNotFound`."""
    cursor = await tx.execute('DELETE FROM "Trash" WHERE "id" = %s AND "userId" = %s', [trash_id, user_id])
    if cursor.rowcount == 0:
        raise TrashNotFound


async def empty(tx: Transaction, user_id: UUID) -> int:
    """Delete all of the user's for good; return how many there were."""
    cursor = await tx.execute('DELETE FROM "Trash" WHERE "userId" = %s', [user_id])
    return cursor.rowcount


async def empty_old(tx: Transaction) -> int:
    """Delete everybody's whose 30 days are over; return how many there were."""
    cursor = await tx.execute(f"""DELETE FROM "Trash" WHERE "deletedAt" < now() - interval '{_DAYS} days'""")
    return cursor.rowcount


async def _restore_component(tx: Transaction, user_id: UUID, component_id: UUID) -> Restored:
    await components.ensure_room(tx, user_id)
    await tx.execute(_MAKE_COMPONENT, [component_id, user_id])
    await versions.clear(tx, user_id, [component_id])
    await tx.execute(_MAKE_VERSIONS, [component_id, user_id])
    returned = await presets.refill(tx, user_id, component_id)
    component = await components.get(tx, user_id, component_id)
    return Restored(kind="component", component=component, preset=None, presets=returned)


async def _restore_preset(tx: Transaction, user_id: UUID, preset_id: UUID) -> Restored:
    await presets.ensure_room(tx, user_id)
    for statement in (_MAKE_PRESET, _MAKE_LOSSES):
        await tx.execute(statement, [preset_id, user_id])
    await presets.refill(tx, user_id, preset_id)
    await tx.execute(_GIVE_TO_CHATS, {"id": preset_id, "user": user_id})
    return Restored(kind="preset", component=None, preset=await presets.get(tx, user_id, preset_id), presets=[])
