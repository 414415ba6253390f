"""The rows of what an import makes: each kind in one statement, however many there are."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec

from quartet.core.database import Transaction
from quartet.prompts import versions
from quartet.prompts.compose import TYPES
from quartet.prompts.documents import DocumentComponent, DocumentLoss, DocumentVersion, ImportComponent, ImportPreset
from quartet.prompts.matching import Decision, Slots

Row = dict[str, Any]

_COMPONENTS = """INSERT INTO "Component" ("id", "userId", "type", "name", "content", "description", "tags",
    "usageCount", "createdAt", "updatedAt")
  SELECT "id", %(user)s, "type", "name", "content", "description", "tags", "usageCount", "createdAt", "updatedAt"
  FROM json_to_recordset(%(rows)s::json) AS c("id" UUID, "type" component_type, "name" TEXT, "content" TEXT,
    "description" TEXT, "tags" TEXT[], "usageCount" INTEGER, "createdAt" TIMESTAMP, "updatedAt" TIMESTAMP)"""

_VERSIONS = """INSERT INTO "ComponentVersion" ("componentId", "version", "userId", "name", "content",
    "description", "tags", "createdAt")
  SELECT "componentId", "version", %(user)s, "name", "content", "description", "tags", "createdAt"
  FROM json_to_recordset(%(rows)s::json) AS v("componentId" UUID, "version" INTEGER, "name" TEXT, "content" TEXT,
    "description" TEXT, "tags" TEXT[], "createdAt" TIMESTAMP)"""

_PRESETS = """INSERT INTO "Preset" ("id", "userId", "name", "description", "roleId", "styleId", "contextId",
    "modeId", "usageCount", "lastUsedAt", "createdAt", "updatedAt")
  SELECT "id", %(user)s, "name", "description", "roleId", "styleId", "contextId", "modeId", "usageCount",
    "lastUsedAt", "createdAt", "updatedAt"
  FROM json_to_recordset(%(rows)s::json) AS p("id" UUID, "name" TEXT, "description" TEXT, "roleId" UUID,
    "styleId" UUID, "contextId" UUID, "modeId" UUID, "usageCount" INTEGER, "lastUsedAt" TIMESTAMP,
    "createdAt" TIMESTAMP, "updatedAt" TIMESTAMP)"""

_LOSSES = """INSERT INTO "PresetLoss" ("presetId", "type", "userId", "componentId", "name", "content",
    "description", "tags")
  SELECT "presetId", "type", %(user)s, "componentId", "name", "content", "description", "tags"
  FROM json_to_recordset(%(rows)s::json) AS l("presetId" UUID, "type" component_type, "componentId" UUID,
    "name" TEXT, "content" TEXT, "description" TEXT, "tags" TEXT[])"""


async def make(tx: Transaction, user_id: UUID, decision: Decision) -> None:
    """Write what was decided, with the dates, uses, versions and losses that it brings along."""
    # What brings no date gets a moment of its own, the last one now, so that lists keep the document's order.
    number = len(decision.components) + len(decision.presets)
    now = datetime.now(UTC)
    moments = (now - timedelta(microseconds=left) for left in range(number, 0, -1))
    components, histories = [], []
    for id_, component in decision.components.items():
        row = _component(id_, component, next(moments))
        components.append(row)
        histories += _history(component, row)
    presets = [_preset(id_, each, slots, next(moments)) for id_, (each, slots) in decision.presets.items()]
    losses = list(_losses(decision.presets))
    await _insert(tx, user_id, _COMPONENTS, components)
    await versions.clear(tx, user_id, list(decision.components))
    await _insert(tx, user_id, _VERSIONS, histories)
    await _insert(tx, user_id, _PRESETS, presets)
    await _insert(tx, user_id, _LOSSES, losses)


async def _insert(tx: Transaction, user_id: UUID, statement: str, rows: list[Row]) -> None:
    if rows:
        await tx.execute(statement, {"user": user_id, "rows": msgspec.json.encode(rows).decode()})


def _component(id_: UUID, component: ImportComponent, moment: datetime) -> Row:
    created = component.created_at or moment
    return {
        "id": id_,
        "type": component.type,
        **_text(component),
        "usageCount": component.usage_count,
        "createdAt": created,
        "updatedAt": component.updated_at or created,
    }


def _history(component: ImportComponent, row: Row) -> list[Row]:
    """Return its history: the present text is its last version, whatever the document says, and is not kept twice."""
    earlier = [
        {
            "componentId": row["id"],
            "version": each.version,
            **_text(each),
            "createdAt": each.created_at or row["createdAt"],
        }
        for each in sorted(component.versions, key=lambda each: each.version)
    ]
    present = _text(component)
    number, moment = 1, row["createdAt"]
    if earlier:
        last = earlier[-1]
        number, moment = last["version"] + 1, row["updatedAt"]
        if {member: last[member] for member in present} == present:
            number, moment = last["version"], last["createdAt"]
            earlier.pop()
    unsaid = dict.fromkeys(present)
    return [*earlier, {"componentId": row["id"], "version": number, **unsaid, "createdAt": moment}]


def _preset(id_: UUID, preset: ImportPreset, slots: Slots, moment: datetime) -> Row:
    created = preset.created_at or moment
    return {
        "id": id_,
        "name": preset.name,
        "description": preset.description,
        **{f"{type_}Id": slots.get(type_) for type_ in TYPES},
        "usageCount": preset.usage_count,
        "lastUsedAt": preset.last_used_at,
        "createdAt": created,
        "updatedAt": preset.updated_at or created,
    }


def _losses(presets: dict[UUID, tuple[ImportPreset, Slots]]) -> Iterator[Row]:
    """Give what the presets lost; what several lost alike was one component, and comes back to all of them."""
    ids: dict[bytes, UUID] = {}
    for preset_id, (preset, slots) in presets.items():
        for loss in preset.lost:
            if loss.type not in slots:
                text = {"type": loss.type, **_text(loss)}
                id_ = ids.setdefault(msgspec.json.encode(text), uuid4())
                yield {"presetId": preset_id, "componentId": id_, **text}


def _text(item: DocumentComponent | DocumentVersion | DocumentLoss) -> Row:
    return {"name": item.name, "content": item.content, "description": item.description, "tags": item.tags}
