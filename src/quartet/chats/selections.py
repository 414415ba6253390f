"""What a chat speaks with: chosen, written into its `presetHistory`, taken up again."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from quartet.chats.models import Chat
from quartet.core.database import Transaction
from quartet.prompts import components, presets, selection
from quartet.prompts.compose import TYPES
from quartet.prompts.models import Slots
from quartet.prompts.selection import Selection


async def choose(tx: Transaction, chat: Chat, preset_id: UUID | None, overlay: Slots) -> Selection:
    """Let a chat speak with this from now on; where that is a change, write it down and count the uses.

    Raises `PresetNotFound`, `ComponentNotFound` or `WrongType`. Hold the chat first.
    """
    at = _now()
    chosen = await selection.resolve(tx, chat.user_id, preset_id, overlay)
    await _take(tx, chat, chosen, at)
    return chosen


async def current(tx: Transaction, chat: Chat) -> Selection:
    """Read what the chat speaks with now: its last choice, as far as that is still there."""
    if not chat.preset_history:
        return Selection()
    last = chat.preset_history[-1]
    return await selection.restore(tx, chat.user_id, last.preset_id, last.components, last.changed_components or [])


async def take_up(tx: Transaction, chat: Chat) -> Selection:
    """Go on with what the chat speaks with; a part that is gone since is a change, too."""
    at = _now()
    chosen = await current(tx, chat)
    if chat.preset_history:
        await _take(tx, chat, chosen, at)
    return chosen


async def adopt(tx: Transaction, chat: Chat, preset_id: UUID | None, slots: Slots) -> None:
    """Let a chat speak with what an answer was made of, as far as that is still there."""
    at = _now()
    await _take(tx, chat, await selection.restore(tx, chat.user_id, preset_id, slots, TYPES), at)


def _now() -> str:
    """Say when something is chosen: before it is read, for a question that is sent with it is kept meanwhile."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _take(tx: Transaction, chat: Chat, chosen: Selection, at: str) -> None:
    last = chat.preset_history[-1] if chat.preset_history else None
    before = last.components.given() if last else {}
    preset_before = last.preset_id if last else None
    slots = chosen.slots()
    if slots == before and chosen.preset_id == preset_before:
        return
    await tx.execute(
        """UPDATE "Chat" SET "currentPresetId" = %s,
             "presetHistory" = coalesce("presetHistory", '[]') || %s::jsonb
           WHERE "id" = %s AND "userId" = %s""",
        [chosen.preset_id, Jsonb([_entry(chosen, at)]), chat.id, chat.user_id],
    )
    # Components first: deleting one locks it and then its presets, and the same order cannot deadlock.
    if new := [id_ for type_, id_ in slots.items() if before.get(type_) != id_]:
        await components.count_use(tx, chat.user_id, new)
    if chosen.preset_id and chosen.preset_id != preset_before:
        await presets.count_use(tx, chat.user_id, chosen.preset_id)


def _entry(chosen: Selection, at: str) -> dict[str, Any]:
    """Compose a `presetHistory` entry: the spec's members, and the slots so that the mix can be restored."""
    written: dict[str, Any] = {
        "timestamp": at,
        "presetId": str(chosen.preset_id) if chosen.preset_id else None,
        "presetName": chosen.preset_name,
    }
    if chosen.changed:
        written["changedComponents"] = list(chosen.changed)
    written["components"] = {f"{type_}Id": str(id_) for type_, id_ in chosen.slots().items()}
    return written
