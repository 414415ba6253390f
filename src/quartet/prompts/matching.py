"""What of a document is new, what the user has already, and what there is room for. Pure: the database comes first."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID, uuid4

from quartet.billing.plans import Limits
from quartet.core.errors import NotValid
from quartet.prompts.compose import TYPES, ComponentType
from quartet.prompts.documents import (
    DocumentComponent,
    DocumentPreset,
    ImportComponent,
    ImportDocument,
    Imported,
    ImportPreset,
    Skipped,
)
from quartet.prompts.errors import ComponentLimitReached, PresetLimitReached

ComponentKey = tuple[str, str, bytes]
PresetKey = tuple[str, tuple[UUID | None, ...], frozenset[ComponentKey]]
Slots = dict[ComponentType, UUID]


class Misplaced(Exception):
    """A preset of a document that cannot be made, for what stands in one slot, or for nothing in any (None)."""

    def __init__(self, slot: ComponentType | None, why: str) -> None:
        super().__init__(f"Its {slot} {why}." if slot else f"It {why}.")
        self.member = f".{slot}Id" if slot else ""
        self.why = why


@dataclass(slots=True)
class Library:
    """What a user has by what makes it the same thing, the oldest first.

    A document's second of the same finds the user's second: so a library that holds twins meets itself again.
    """

    components: dict[ComponentKey, list[UUID]] = field(default_factory=dict)
    presets: dict[PresetKey, list[UUID]] = field(default_factory=dict)
    _met: Counter[ComponentKey | PresetKey] = field(default_factory=Counter)

    def meet(self, component: DocumentComponent) -> UUID | None:
        """Return the user's own component that says the same under the same name, if there is one."""
        key = component_key(component.type, component.name, component.content)
        return self._next(key, self.components.get(key, []))

    def meet_preset(self, preset: DocumentPreset, slots: Slots) -> UUID | None:
        """Return the user's own preset of the same name and slots, if there is one."""
        lost = (component_key(loss.type, loss.name, loss.content) for loss in preset.lost)
        key = preset_key(preset.name, slots, lost)
        return self._next(key, self.presets.get(key, []))

    def _next(self, key: ComponentKey | PresetKey, ids: list[UUID]) -> UUID | None:
        if not ids:
            return None
        nth = self._met[key]
        self._met[key] += 1
        return ids[min(nth, len(ids) - 1)]


@dataclass(slots=True)
class Room:
    """How many more a plan keeps, None for any number; `limits` are the plan's own."""

    limits: Limits
    components: int | None
    presets: int | None


@dataclass(slots=True)
class Decision:
    """What an import makes, under the ids it will have, and what it leaves."""

    components: dict[UUID, ImportComponent] = field(default_factory=dict)
    presets: dict[UUID, tuple[ImportPreset, Slots]] = field(default_factory=dict)
    merged: list[Imported] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def component_key(type_: str, name: str, content: str) -> ComponentKey:
    return type_, name, sha256(content.encode()).digest()


def preset_key(name: str, slots: Slots, lost: Iterable[ComponentKey]) -> PresetKey:
    # Losses tell presets apart only where nothing else does.
    return name, tuple(slots.get(type_) for type_ in TYPES), frozenset(() if slots else lost)


def place(preset: DocumentPreset, types: Mapping[str, ComponentType]) -> dict[ComponentType, str]:
    """Return which of the document's components stands in which slot: each in the one of its type.

    `types` are theirs, by their ids. Raises `Misplaced`.
    """
    placed: dict[ComponentType, str] = {}
    for slot, id_ in preset.slots().items():
        if id_ not in types:
            raise Misplaced(slot, "names no part of the document")
        if placed.setdefault(types[id_], id_) != id_:
            raise Misplaced(slot, f"is a second {types[id_]}; a preset holds one")
    if not placed and not preset.lost:
        raise Misplaced(None, "needs at least one part")
    return placed


def decide(document: ImportDocument, library: Library, room: Room, *, everything: bool) -> Decision:
    """Decide what becomes of each item, in the document's order.

    With `everything` nothing is skipped: raises `NotValid`, `ComponentLimitReached` or `PresetLimitReached`.
    """
    decision = Decision()
    ids = _decide_components(decision, document, library, room)
    if everything and decision.skipped:
        raise ComponentLimitReached(_too_many(room.limits.max_components, "parts", len(decision.skipped)))
    types = {component.id: component.type for component in document.components if component.id}
    too_many = 0
    for number, preset in enumerate(document.presets):
        try:
            placed = place(preset, types)
        except Misplaced as fault:
            if everything:
                raise NotValid(f"body.presets.{number}{fault.member}", fault.why) from None
            decision.skipped.append(Skipped(name=preset.name, kind="preset", why=str(fault)))
            continue
        slots = {type_: ids[id_] for type_, id_ in placed.items() if id_ in ids}
        if len(slots) < len(placed):
            why = "It needs parts that are not imported."
            decision.skipped.append(Skipped(name=preset.name, kind="preset", why=why))
        elif own := library.meet_preset(preset, slots):
            decision.merged.append(Imported(id=own, name=preset.name, kind="preset"))
        elif room.presets is None or len(decision.presets) < room.presets:
            decision.presets[uuid4()] = (preset, slots)
        else:
            too_many += 1
            why = f"Your plan keeps {room.limits.max_presets} presets."
            decision.skipped.append(Skipped(name=preset.name, kind="preset", why=why))
    if everything and too_many:
        raise PresetLimitReached(_too_many(room.limits.max_presets, "presets", too_many))
    return decision


def _decide_components(decision: Decision, document: ImportDocument, library: Library, room: Room) -> dict[str, UUID]:
    ids: dict[str, UUID] = {}
    known: set[str] = set()
    for number, component in enumerate(document.components):
        if component.id in known:
            raise NotValid(f"body.components.{number}.id", "stands in the document twice")
        known |= {component.id} - {""}
        if own := library.meet(component):
            decision.merged.append(Imported(id=own, name=component.name, kind="component"))
        elif room.components is None or len(decision.components) < room.components:
            own = uuid4()
            decision.components[own] = component
        else:
            why = f"Your plan keeps {room.limits.max_components} parts."
            decision.skipped.append(Skipped(name=component.name, kind="component", why=why))
            continue
        ids[component.id] = own
    return ids


def _too_many(limit: int | None, kind: str, number: int) -> str:
    return f"Your plan keeps {limit} {kind}: {number} too many. Nothing was imported."
