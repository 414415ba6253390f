"""What a chat speaks with: a preset, free components, or a preset overlaid by components."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from quartet.core.database import Transaction
from quartet.llm import tokens
from quartet.llm.catalogue import Model
from quartet.prompts import components, presets
from quartet.prompts.compose import TYPES, ComponentType, compose, compose_part
from quartet.prompts.errors import PresetNotFound, WrongType
from quartet.prompts.models import Component, Preset, Preview, PreviewPart, Receipt, ReceiptPart, Slots

CUSTOM = "Custom"
"""The name of a mix without a preset, as `presetHistory` and receipts write it."""


@dataclass(frozen=True, slots=True)
class Selection:
    """The effective choice of a chat: components by slot, and the preset they started from."""

    preset_id: UUID | None = None
    preset_name: str = CUSTOM
    parts: dict[ComponentType, Component] = field(default_factory=dict)
    changed: tuple[ComponentType, ...] = ()

    @property
    def text(self) -> str:
        """The composed system prompt; empty when no slot is filled."""
        return compose((type_, component.content) for type_, component in self.parts.items())

    @property
    def hash(self) -> str:
        """The SHA-256 of the composed text, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def slots(self) -> dict[ComponentType, UUID]:
        return {type_: component.id for type_, component in self.parts.items()}

    def receipt(self, model: Model | None) -> Receipt:
        return Receipt(
            preset_id=self.preset_id,
            preset_name=self.preset_name,
            components=[
                ReceiptPart(id=part.id, type=type_, name=part.name, version=part.version)
                for type_, part in self.parts.items()
            ],
            tokens=tokens.count(self.text, model).tokens,
            hash=self.hash,
        )

    def preview(self, model: Model | None, drafts: dict[ComponentType, str] | None = None) -> Preview:
        """Compose, with `drafts` in place of the components of their slots; a blank draft fills none."""
        drafts = drafts or {}
        contents = {type_: component.content for type_, component in self.parts.items()} | drafts
        written = [(type_, contents[type_]) for type_ in TYPES if contents.get(type_, "").strip()]
        text = compose(written)
        counted = tokens.count(text, model)
        return Preview(
            text=text,
            tokens=counted.tokens,
            estimate=not counted.exact,
            parts=[self._part(type_, content, model, kept=type_ not in drafts) for type_, content in written],
        )

    def _part(self, type_: ComponentType, content: str, model: Model | None, *, kept: bool) -> PreviewPart:
        component = self.parts[type_] if kept else None
        return PreviewPart(
            type=type_,
            component_id=component.id if component else None,
            name=component.name if component else None,
            version=component.version if component else None,
            tokens=tokens.count(compose_part(type_, content), model).tokens,
        )


async def resolve(tx: Transaction, user_id: UUID, preset_id: UUID | None, overlay: Slots) -> Selection:
    """Read what is chosen now; raises `PresetNotFound`, `ComponentNotFound` or `WrongType`."""
    preset = await presets.get(tx, user_id, preset_id) if preset_id else None
    given = overlay.given()
    wanted = [id_ for id_ in given.values() if id_]
    found = await components.get_many(tx, user_id, wanted) if wanted else {}
    for type_, id_ in given.items():
        if id_ and found[id_].type != type_:
            raise WrongType(f"components.{type_}Id", found[id_].type)
    return _overlay(preset, {type_: found[id_] if id_ else None for type_, id_ in given.items()})


async def restore(
    tx: Transaction, user_id: UUID, preset_id: UUID | None, slots: Slots, changed: Collection[ComponentType]
) -> Selection:
    """Read what a chat chose earlier: `slots`, of which those `changed` departed from the preset.

    The preset speaks as it is now. What is gone since is left out: a deletion never breaks a chat, and a deleted
    preset's components go on as a mix.
    """
    try:
        preset = await presets.get(tx, user_id, preset_id) if preset_id else None
    except PresetNotFound:
        preset = None
    given = {type_: getattr(slots, f"{type_}_id") for type_ in (changed if preset else TYPES)}
    wanted = [id_ for id_ in given.values() if id_]
    found = await components.find_by_ids(tx, user_id, wanted) if wanted else {}
    return _overlay(preset, {type_: found.get(id_) if id_ else None for type_, id_ in given.items()})


def _overlay(preset: Preset | None, given: dict[ComponentType, Component | None]) -> Selection:
    base = preset.components() if preset else {}
    chosen = {type_: given.get(type_, base.get(type_)) for type_ in TYPES}
    parts = {type_: component for type_, component in chosen.items() if component}
    if preset is None:
        return Selection(parts=parts)
    changed = tuple(type_ for type_ in TYPES if _id(parts, type_) != _id(base, type_))
    return Selection(preset.id, preset.name, parts, changed)


def _id(parts: dict[ComponentType, Component], type_: ComponentType) -> UUID | None:
    component = parts.get(type_)
    return component.id if component else None
