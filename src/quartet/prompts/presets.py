"""The presets a user owns, always with their components: one query, however many slots are filled."""

from typing import Any
from uuid import UUID, uuid4

from psycopg.errors import ForeignKeyViolation

from quartet.billing import plans
from quartet.core.cursors import Order, integer, moment, next_cursor, words
from quartet.core.database import Read, Transaction, reader, together
from quartet.core.rows import row_of
from quartet.core.wire import Page
from quartet.prompts import components
from quartet.prompts.compose import TYPES, ComponentType
from quartet.prompts.errors import (
    ComponentNotFound,
    PresetEmpty,
    PresetLimitReached,
    PresetNotFound,
    WrongType,
)
from quartet.prompts.models import NewPreset, Preset, PresetChange, PresetQuery, PresetRef, changes

_PRESET = f"""SELECT p."id", p."userId", p."name", p."description",
    p."roleId", p."styleId", p."contextId", p."modeId",
    to_jsonb(r) AS "role", to_jsonb(s) AS "style", to_jsonb(x) AS "context", to_jsonb(m) AS "mode",
    l."lost", l."missing", cardinality(l."missing") > 0 AS "isIncomplete",
    p."usageCount", p."lastUsedAt" AT TIME ZONE 'UTC' AS "lastUsedAt",
    p."createdAt" AT TIME ZONE 'UTC' AS "createdAt", p."updatedAt" AT TIME ZONE 'UTC' AS "updatedAt"
  FROM "Preset" p
  LEFT JOIN ({components.COMPONENT}) r ON r."id" = p."roleId"
  LEFT JOIN ({components.COMPONENT}) s ON s."id" = p."styleId"
  LEFT JOIN ({components.COMPONENT}) x ON x."id" = p."contextId"
  LEFT JOIN ({components.COMPONENT}) m ON m."id" = p."modeId"
  CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(lost."type"::text ORDER BY lost."type"), '{{}}') AS "missing",
      coalesce(jsonb_agg(
        jsonb_build_object('type', lost."type", 'componentId', lost."componentId", 'name', lost."name")
        ORDER BY lost."type"), '[]') AS "lost"
    FROM "PresetLoss" lost WHERE lost."presetId" = p."id"
  ) l"""

_REFILL = """WITH "back" AS (
    SELECT l."presetId",
      (array_agg(c."id") FILTER (WHERE c."type" = 'role'))[1] AS "roleId",
      (array_agg(c."id") FILTER (WHERE c."type" = 'style'))[1] AS "styleId",
      (array_agg(c."id") FILTER (WHERE c."type" = 'context'))[1] AS "contextId",
      (array_agg(c."id") FILTER (WHERE c."type" = 'mode'))[1] AS "modeId"
    FROM "PresetLoss" l
    JOIN "Component" c ON c."id" = l."componentId" AND c."userId" = l."userId" AND c."type" = l."type"
    WHERE l."userId" = %(user)s AND %(lost)s IN (l."presetId", l."componentId")
    GROUP BY l."presetId")
  UPDATE "Preset" p SET "roleId" = coalesce(p."roleId", b."roleId"), "styleId" = coalesce(p."styleId", b."styleId"),
    "contextId" = coalesce(p."contextId", b."contextId"), "modeId" = coalesce(p."modeId", b."modeId")
  FROM "back" b WHERE p."id" = b."presetId" AND p."userId" = %(user)s
  RETURNING p."id", p."name" """

_ORDERS = {
    "popular": Order('p."usageCount"', 'p."id"', "%(key)s::int", integer),
    "recent": Order('coalesce(p."lastUsedAt", p."createdAt")', 'p."id"', "%(key)s::timestamp", moment),
    "name": Order('quartet_fold(p."name") COLLATE "C"', 'p."id"', "quartet_fold(%(key)s)", words, "ASC"),
}


async def find_many(read: Read, asked: PresetQuery) -> Page[Preset]:
    """List presets, a page at a time."""
    query = f'{_PRESET} WHERE p."userId" = %(user)s'
    values: dict[str, Any] = {"limit": asked.limit + 1}
    if asked.q:
        query += """ AND quartet_fold(concat_ws(chr(10), p."name", p."description"))
                         LIKE '%%' || quartet_literal(%(q)s) || '%%'"""
        values["q"] = asked.q
    rows = await read(query + _ORDERS[asked.sort].clause(asked.cursor, values), values)
    found = [Preset.model_validate(row) for row in rows]
    if len(found) <= asked.limit:
        return Page(items=found)
    last = found[asked.limit - 1]
    return Page(items=found[: asked.limit], next_cursor=next_cursor(_key(last, asked.sort), last.id))


async def get(tx: Transaction, user_id: UUID, preset_id: UUID) -> Preset:
    """Read one with its components; raises `PresetNotFound`, also for somebody else's."""
    return await one(reader(tx, user_id), preset_id)


async def one(read: Read, preset_id: UUID) -> Preset:
    """Read one by itself; raises as `get` does."""
    found = await read(f'{_PRESET} WHERE p."id" = %(id)s AND p."userId" = %(user)s', {"id": preset_id})
    if not found:
        raise PresetNotFound
    return Preset.model_validate(found[0])


async def create(tx: Transaction, user_id: UUID, new: NewPreset) -> Preset:
    """Make one; raises `PresetEmpty`, `WrongType`, `ComponentNotFound`, or `PresetLimitReached` (exact)."""
    await plans.lock(tx, user_id)
    slots = {type_: getattr(new, f"{type_}_id") for type_ in TYPES}
    plan, count, _ = await together(plans.current(tx, user_id), _count(tx, user_id), _check(tx, user_id, slots))
    _refuse(plan, count + 1)
    preset_id = uuid4()
    try:
        await tx.execute(
            """INSERT INTO "Preset" ("id", "userId", "name", "description", "roleId", "styleId", "contextId", "modeId")
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s)""",
            [preset_id, user_id, new.name, new.description, *(slots[type_] for type_ in TYPES)],
        )
        return await get(tx, user_id, preset_id)
    except ForeignKeyViolation:  # a component was deleted since it was checked
        raise ComponentNotFound from None


async def change(tx: Transaction, user_id: UUID, preset_id: UUID, body: PresetChange) -> Preset:
    """Change what `body` names; null empties a slot, but never the last one (`PresetEmpty`)."""
    await tx.execute('SELECT 1 FROM "Preset" WHERE "id" = %s AND "userId" = %s FOR UPDATE', [preset_id, user_id])
    present = await get(tx, user_id, preset_id)
    given = body.given()
    if given:
        await _check(tx, user_id, {type_: getattr(present, f"{type_}_id") for type_ in TYPES} | given)
    # A slot that is emptied on purpose has lost nothing; one that is filled forgets its loss by a trigger.
    dismissed = [type_ for type_, id_ in given.items() if id_ is None]
    await tx.execute(
        'DELETE FROM "PresetLoss" WHERE "presetId" = %s AND "userId" = %s AND "type"::text = ANY(%s)',
        [preset_id, user_id, dismissed],
    )
    values = changes(body, ("name", "description")) | {f"{type_}Id": id_ for type_, id_ in given.items()}
    assignments = "".join(f'"{column}" = %({column})s, ' for column in values)
    try:
        await tx.execute(
            f"""UPDATE "Preset" SET {assignments} "updatedAt" = now()
                WHERE "id" = %(id)s AND "userId" = %(user)s""",
            {**values, "id": preset_id, "user": user_id},
        )
        return await get(tx, user_id, preset_id)
    except ForeignKeyViolation:  # a component was deleted since it was checked
        raise ComponentNotFound from None


async def duplicate(tx: Transaction, user_id: UUID, preset_id: UUID) -> Preset:
    """Make another with the same components; raises `PresetNotFound`, `PresetEmpty` or `PresetLimitReached`."""
    present = await get(tx, user_id, preset_id)
    copied = {"description": present.description} | {f"{type_}_id": getattr(present, f"{type_}_id") for type_ in TYPES}
    name = components.name_of_copy(present.name)
    return await create(tx, user_id, NewPreset.model_construct(name=name, **copied))


async def refill(tx: Transaction, user_id: UUID, lost: UUID) -> list[PresetRef]:
    """Put back what is there again; `lost` is a component that presets lost, or a preset that lost components.

    Returns the presets that changed. A trigger forgets their losses.
    """
    async with tx.cursor(row_factory=row_of(PresetRef)) as cursor:
        await cursor.execute(_REFILL, {"user": user_id, "lost": lost})
        return await cursor.fetchall()


async def count_use(tx: Transaction, user_id: UUID, preset_id: UUID) -> None:
    """Count one use, as the spec's query does."""
    await tx.execute(
        """UPDATE "Preset" SET "usageCount" = "usageCount" + 1, "lastUsedAt" = now(), "updatedAt" = now()
           WHERE "id" = %s AND "userId" = %s""",
        [preset_id, user_id],
    )


async def ensure_room(tx: Transaction, user_id: UUID) -> None:
    """Hold the user, so that nobody else counts meanwhile; raises `PresetLimitReached` at the plan's limit."""
    plan = await plans.hold(tx, user_id)
    _refuse(plan, await _count(tx, user_id) + 1)


async def _count(tx: Transaction, user_id: UUID) -> int:
    """Count the user's, no further than it takes to pass any plan's limit."""
    cursor = await tx.execute(
        'SELECT count(*) FROM (SELECT FROM "Preset" WHERE "userId" = %s LIMIT %s) p',
        [user_id, plans.LARGEST_LIMIT + 1],
    )
    row = await cursor.fetchone()
    return row[0] if row else 0


def _refuse(plan: plans.Plan, count: int) -> None:
    limit = plan.limits.max_presets
    if limit is not None and count > limit:
        raise PresetLimitReached(f"Your plan keeps {limit} presets. Delete one, or upgrade.")


async def _check(tx: Transaction, user_id: UUID, slots: dict[ComponentType, UUID | None]) -> None:
    filled = {type_: id_ for type_, id_ in slots.items() if id_ is not None}
    if not filled:
        raise PresetEmpty
    found = await components.get_many(tx, user_id, list(filled.values()))
    for type_, id_ in filled.items():
        if found[id_].type != type_:
            raise WrongType(f"{type_}Id", found[id_].type)


def _key(last: Preset, sort: str) -> object:
    used = last.last_used_at or last.created_at
    return {"popular": last.usage_count, "recent": used, "name": last.name}[sort]
