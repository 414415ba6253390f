"""A user's library out of the database and into it: whole, with histories, uses and dates."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from quartet.billing import plans
from quartet.billing.plans import Limits
from quartet.core.database import Transaction
from quartet.prompts import arrivals, matching, versions
from quartet.prompts.compose import TYPES
from quartet.prompts.documents import (
    Document,
    ImportDocument,
    Imported,
    ImportItem,
    ImportPlan,
    ImportReport,
    Ref,
    Room,
)
from quartet.prompts.formats.proposal import Reading
from quartet.prompts.matching import Library, Misplaced, component_key, preset_key

# One statement, so that everything is of one moment.
_ALL = f"""SELECT 'components', c."createdAt", c."id", json_build_object('id', c."id", 'type', c."type",
    'name', c."name", 'content', c."content", 'description', c."description", 'tags', coalesce(c."tags", '{{}}'),
    'usageCount', c."usageCount", 'createdAt', c."createdAt" AT TIME ZONE 'UTC',
    'updatedAt', c."updatedAt" AT TIME ZONE 'UTC',
    'versions', (SELECT coalesce(json_agg(json_build_object('version', v."version", 'name', v."name",
        'content', v."content", 'description', v."description", 'tags', v."tags",
        'createdAt', v."createdAt" AT TIME ZONE 'UTC') ORDER BY v."version"), '[]')
      FROM ({versions.TEXTS}) v WHERE v."componentId" = c."id"))
  FROM "Component" c WHERE c."userId" = %(user)s
  UNION ALL
  SELECT 'presets', p."createdAt", p."id", json_build_object('id', p."id", 'name', p."name",
    'description', p."description", 'roleId', p."roleId", 'styleId', p."styleId", 'contextId', p."contextId",
    'modeId', p."modeId", 'usageCount', p."usageCount", 'lastUsedAt', p."lastUsedAt" AT TIME ZONE 'UTC',
    'createdAt', p."createdAt" AT TIME ZONE 'UTC', 'updatedAt', p."updatedAt" AT TIME ZONE 'UTC',
    'lost', (SELECT coalesce(json_agg(json_build_object('type', l."type", 'name', l."name", 'content', l."content",
        'description', l."description", 'tags', coalesce(l."tags", '{{}}')) ORDER BY l."type"), '[]')
      FROM "PresetLoss" l WHERE l."presetId" = p."id"))
  FROM "Preset" p WHERE p."userId" = %(user)s
  ORDER BY 1, 2, 3"""

# Held, where they will be used, against being deleted before the presets that shall have them are there.
_SAME_COMPONENTS = """SELECT c."id", c."type"::text, c."name", sha256(convert_to(c."content", 'UTF8'))
  FROM "Component" c WHERE c."userId" = %s AND c."name" = ANY(%s::text[]) ORDER BY c."createdAt", c."id" """

_SAME_PRESETS = """SELECT p."id", p."name", p."roleId", p."styleId", p."contextId", p."modeId",
    (SELECT coalesce(json_agg(json_build_array(l."type", l."name", l."content")), '[]')
     FROM "PresetLoss" l WHERE l."presetId" = p."id")
  FROM "Preset" p WHERE p."userId" = %s AND p."name" = ANY(%s::text[]) ORDER BY p."createdAt", p."id" """

_COUNTS = """SELECT (SELECT count(*) FROM "Component" WHERE "userId" = %(user)s),
    (SELECT count(*) FROM "Preset" WHERE "userId" = %(user)s)"""


async def take(tx: Transaction, user_id: UUID) -> Document:
    """Read everything that the user keeps, the oldest first."""
    cursor = await tx.execute(_ALL, {"user": user_id})
    items: dict[str, list[Any]] = {"components": [], "presets": []}
    async for kind, _, _, item in cursor:
        items[kind].append(item)
    return Document.model_validate({"exportedAt": datetime.now(UTC), **items})


async def plan(tx: Transaction, user_id: UUID, reading: Reading) -> ImportPlan:
    """Say what an import would make of what was read: what the user has already, and what there is room for."""
    document, remarks = reading.document, reading.remarks
    library = await _library(tx, user_id, document)
    own = {
        component.id: library.meet(component)
        for component in document.components
        if remarks[component.id].refused is None
    }
    types = {component.id: component.type for component in document.components}
    for preset in document.presets:
        try:
            slots = {type_: own.get(id_) for type_, id_ in matching.place(preset, types).items()}
        except Misplaced as fault:
            remarks[preset.id].refused = remarks[preset.id].refused or str(fault)
            continue
        have = {type_: id_ for type_, id_ in slots.items() if id_}
        if len(have) == len(slots):
            own[preset.id] = library.meet_preset(preset, have)
    names = {each.id: each.name for each in document.components} | {each.id: each.name for each in document.presets}
    items = [
        ImportItem(
            id=id_,
            guessed=remark.guessed,
            duplicate_of=Ref(id=same, name=names[id_]) if (same := own.get(id_)) else None,
            notes=remark.notes,
            refused=remark.refused,
        )
        for id_, remark in remarks.items()
    ]
    room = await _room(tx, user_id, (await plans.current(tx, user_id)).limits)
    return ImportPlan(
        format=reading.format,
        format_name=reading.format_name,
        document=document,
        items=items,
        notes=reading.notes,
        room=Room(components=room.components, presets=room.presets),
    )


async def bring(tx: Transaction, user_id: UUID, document: ImportDocument, *, everything: bool) -> ImportReport:
    """Import what the user has not and the plan has room for; with `everything`, all of it or nothing.

    Raises `NotValid` where the document contradicts itself, and with `everything` the refusals of the plan's limits.
    """
    held = await plans.hold(tx, user_id)
    library = await _library(tx, user_id, document, hold=True)
    room = await _room(tx, user_id, held.limits)
    decision = matching.decide(document, library, room, everything=everything)
    await arrivals.make(tx, user_id, decision)
    made = [Imported(id=id_, name=each.name, kind="component") for id_, each in decision.components.items()]
    made += [Imported(id=id_, name=each.name, kind="preset") for id_, (each, _) in decision.presets.items()]
    return ImportReport(made=made, merged=decision.merged, skipped=decision.skipped)


async def _library(tx: Transaction, user_id: UUID, document: Document, *, hold: bool = False) -> Library:
    """Read what the user has under the names that the document uses."""
    library = Library()
    names = sorted({component.name for component in document.components})
    cursor = await tx.execute(_SAME_COMPONENTS + "FOR KEY SHARE" * hold, [user_id, names])
    async for id_, type_, name, digest in cursor:
        library.components.setdefault((type_, name, digest), []).append(id_)
    names = sorted({preset.name for preset in document.presets})
    cursor = await tx.execute(_SAME_PRESETS, [user_id, names])
    async for id_, name, *slots, lost in cursor:
        filled = {type_: slot for type_, slot in zip(TYPES, slots, strict=True) if slot}
        key = preset_key(name, filled, (component_key(*loss) for loss in lost))
        library.presets.setdefault(key, []).append(id_)
    return library


async def _room(tx: Transaction, user_id: UUID, limits: Limits) -> matching.Room:
    cursor = await tx.execute(_COUNTS, {"user": user_id})
    counted = await cursor.fetchone()
    assert counted is not None  # noqa: S101 - counts are always one row
    components, presets = (
        None if limit is None else max(0, limit - count)
        for limit, count in zip((limits.max_components, limits.max_presets), counted, strict=True)
    )
    return matching.Room(limits, components, presets)
