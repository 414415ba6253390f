from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from quartet.core.wire import KEEPABLE, Body, Row, Text, UtcTime, Wire
from quartet.prompts.compose import TYPES, ComponentType


def _trimmed_unique(tags: list[str]) -> list[str]:
    return list(dict.fromkeys(tags))


Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), KEEPABLE]
Content = Annotated[str, StringConstraints(min_length=1, max_length=5000, pattern=r"\S"), KEEPABLE]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), KEEPABLE]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), KEEPABLE]
Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(_trimmed_unique)]


class Component(Row):
    """One reusable piece of prompt text, of one type. `version` counts its edits and is its ETag."""

    id: UUID
    user_id: UUID
    type: ComponentType
    name: str
    content: str
    description: str | None
    tags: list[str]
    usage_count: int
    version: int
    created_at: UtcTime
    updated_at: UtcTime


class NewComponent(Body):
    type: ComponentType
    name: Name = Field(examples=["Marketing Expert"])
    content: Content = Field(examples=["You are a social media marketing expert."])
    description: Description | None = None
    tags: Tags = Field(default_factory=list)


class ComponentChange(Body):
    """Only what is given changes. `type` is here to be refused: it cannot."""

    type: ComponentType | None = None
    name: Name | None = None
    content: Content | None = None
    description: Description | None = None
    tags: Tags | None = None

    @model_validator(mode="after")
    def _no_empty_text(self) -> "ComponentChange":
        for field in ("name", "content"):
            if field in self.model_fields_set and getattr(self, field) is None:
                raise ValueError(f"{field} must not be null")
        return self


Limit = Annotated[int, Field(ge=1, le=100)]
Search = Annotated[Text, Field(max_length=200)]
Cursor = Annotated[str, Field(max_length=1000)]


class ComponentQuery(Body):
    """Which components, in what order, from where on. `q` is looked for in all their texts, in names first."""

    type: ComponentType | None = None
    q: Search | None = None
    tag: Tag | None = None
    sort: Literal["usage", "recent", "name"] = "usage"
    limit: Limit = 50
    cursor: Cursor | None = None


class PresetQuery(Body):
    """Which presets, in what order. `q` is looked for in name and description."""

    q: Search | None = None
    sort: Literal["popular", "recent", "name"] = "recent"
    limit: Limit = 50
    cursor: Cursor | None = None


class PresetRef(Row):
    id: UUID
    name: str


class Impact(Wire):
    """What a change of a component changes too: the presets that have it, and how many chats speak with it now."""

    presets: list[PresetRef]
    chats: int


class TagCount(Row):
    tag: str
    count: int


class Tagging(Wire):
    """The tags in use, the most used first."""

    items: list[TagCount]


class ComponentVersion(Row):
    """What a component said at one time. The highest version is what it says now."""

    version: int
    name: str
    content: str
    description: str | None
    tags: list[str]
    created_at: UtcTime


class VersionQuery(Body):
    limit: Limit = 50
    cursor: Cursor | None = None


class VersionToRestore(Body):
    version: Annotated[int, Field(ge=1, lt=2**31)]


class ComponentDeleted(Wire):
    """The presets that lost this component and are incomplete now."""

    presets: list[PresetRef]


class Slots(Body):
    """Which component stands in which slot. In a change, what is absent stays and null empties the slot."""

    role_id: UUID | None = None
    style_id: UUID | None = None
    context_id: UUID | None = None
    mode_id: UUID | None = None

    def given(self) -> dict[ComponentType, UUID | None]:
        """Return the slots that were named, empty ones included."""
        return {type_: getattr(self, f"{type_}_id") for type_ in TYPES if f"{type_}_id" in self.model_fields_set}


class Loss(Row):
    """A component that a preset had and that was deleted."""

    type: ComponentType
    component_id: UUID
    name: str


class LossToRecover(Body):
    type: ComponentType


class Preset(Row):
    """A named choice of components. `missing` lists the slots whose component was deleted, `lost` what it was."""

    id: UUID
    user_id: UUID
    name: str
    description: str | None
    role_id: UUID | None
    style_id: UUID | None
    context_id: UUID | None
    mode_id: UUID | None
    role: Component | None
    style: Component | None
    context: Component | None
    mode: Component | None
    is_incomplete: bool
    missing: list[ComponentType]
    lost: list[Loss]
    usage_count: int
    last_used_at: UtcTime | None
    created_at: UtcTime
    updated_at: UtcTime

    def components(self) -> dict[ComponentType, Component]:
        """Return the filled slots, in composing order."""
        filled = {type_: getattr(self, type_) for type_ in TYPES}
        return {type_: component for type_, component in filled.items() if component is not None}


class NewPreset(Slots):
    name: Name = Field(examples=["LinkedIn Pro"])
    description: Description | None = None


class PresetChange(Slots):
    name: Name | None = None
    description: Description | None = None

    @model_validator(mode="after")
    def _no_empty_name(self) -> "PresetChange":
        if "name" in self.model_fields_set and self.name is None:
            raise ValueError("name must not be null")
        return self


class ReceiptPart(Wire):
    id: UUID
    type: ComponentType
    name: str
    version: int


class Receipt(Wire):
    """Which prompt made an answer; `hash` is the SHA-256 of its text, in hex."""

    preset_id: UUID | None
    preset_name: str
    components: list[ReceiptPart]
    tokens: int
    hash: str | None = None


class TrashQuery(Body):
    limit: Limit = 50
    cursor: Cursor | None = None


class Trashed(Row):
    """Something deleted that may be brought back until `goneAt`; `id` is its own."""

    id: UUID
    kind: Literal["component", "preset"]
    type: ComponentType | None
    name: str
    deleted_at: UtcTime
    gone_at: UtcTime


class Restored(Wire):
    """What came back, and for a component the presets that have it again."""

    kind: Literal["component", "preset"]
    component: Component | None
    preset: Preset | None
    presets: list[PresetRef]


Draft = Annotated[str, Field(max_length=5000), KEEPABLE]


class Drafts(Body):
    """Text by slot that is being typed and not kept; blank text fills no slot."""

    role: Draft | None = None
    style: Draft | None = None
    context: Draft | None = None
    mode: Draft | None = None

    def given(self) -> dict[ComponentType, str]:
        """Return the texts that were sent."""
        return {type_: text for type_ in TYPES if (text := getattr(self, type_)) is not None}


class PreviewRequest(Body):
    """A preset, free components, or a preset overlaid by components; `texts` stand in for both.

    `model` decides how tokens are counted.
    """

    preset_id: UUID | None = None
    components: Slots = Slots()
    texts: Drafts = Drafts()
    model: Annotated[str, Field(max_length=200)] | None = None


class PreviewPart(Wire):
    """One part of the prompt. A text that is not kept yet has neither component, name nor version."""

    type: ComponentType
    component_id: UUID | None
    name: str | None
    version: int | None
    tokens: int


class Preview(Wire):
    """The system prompt as a provider would receive it. `estimate`: the tokens are another vendor's."""

    text: str
    tokens: int
    parts: list[PreviewPart]
    estimate: bool


def changes(body: ComponentChange | PresetChange, fields: tuple[str, ...]) -> dict[str, Any]:
    """Return those of `fields` that the client named, by their names in the database."""
    return {field: getattr(body, field) for field in fields if field in body.model_fields_set}
