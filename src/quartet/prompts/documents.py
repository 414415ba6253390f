"""A prompt library as one file: what we write, what we take, and what an import says before and after.

A `Document` is as the database has it, whatever rules were in force when it came there. An `ImportDocument` is one
that somebody sends: held to the rules of the library, and free to leave out all but types, names and contents.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, FailFast, Field, StringConstraints, model_validator

from quartet.core.wire import KEEPABLE, UtcTime, Wire
from quartet.prompts.compose import TYPES, ComponentType
from quartet.prompts.models import Content, Description, Name, Tags

MOST_ITEMS = 10_000
"""How many components, and how many presets, one import may make."""

_MOST_VERSIONS = 100_000

Kind = Literal["component", "preset"]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is too far from our time") from None


Moment = Annotated[UtcTime, AfterValidator(_in_utc)]
Key = Annotated[str, StringConstraints(max_length=100), KEEPABLE]
"""A name inside a document, by which its presets know its components. Empty: nobody does."""

# Far from the end of PostgreSQL's integers: both go on counting.
Uses = Annotated[int, Field(ge=0, le=2_000_000_000)]
Number = Annotated[int, Field(ge=1, le=1_000_000_000)]


class DocumentVersion(Wire):
    version: int
    name: str
    content: str
    description: str | None
    tags: list[str]
    created_at: UtcTime | None


class DocumentComponent(Wire):
    """`versions` holds every text it had, the oldest first and the present one last."""

    id: str
    type: ComponentType
    name: str
    content: str
    description: str | None
    tags: list[str]
    usage_count: int
    created_at: UtcTime | None
    updated_at: UtcTime | None
    versions: tuple[DocumentVersion, ...]


class DocumentLoss(Wire):
    """What a preset had until it was deleted."""

    type: ComponentType
    name: str
    content: str
    description: str | None
    tags: list[str]


class DocumentPreset(Wire):
    """A choice of the document's components, by their ids in it."""

    id: str
    name: str
    description: str | None
    role_id: str | None
    style_id: str | None
    context_id: str | None
    mode_id: str | None
    lost: tuple[DocumentLoss, ...]
    usage_count: int
    last_used_at: UtcTime | None
    created_at: UtcTime | None
    updated_at: UtcTime | None

    def slots(self) -> dict[ComponentType, str]:
        """Return what the filled slots name."""
        named = {type_: getattr(self, f"{type_}_id") for type_ in TYPES}
        return {type_: id_ for type_, id_ in named.items() if id_}


class Document(Wire):
    format: Literal["quartet-prompts"] = "quartet-prompts"
    version: Literal[1] = 1
    exported_at: UtcTime | None
    components: tuple[DocumentComponent, ...]
    presets: tuple[DocumentPreset, ...]


class ImportVersion(DocumentVersion):
    version: Number
    name: Name
    content: Content
    description: Description | None = None
    tags: Tags = Field(default_factory=list)
    created_at: Moment | None = None


class ImportComponent(DocumentComponent):
    id: Key = ""
    name: Name = Field(examples=["Marketing Expert"])
    content: Content = Field(examples=["You are a social media marketing expert."])
    description: Description | None = None
    tags: Tags = Field(default_factory=list)
    usage_count: Uses = 0
    created_at: Moment | None = None
    updated_at: Moment | None = None
    versions: Annotated[tuple[ImportVersion, ...], Field(max_length=_MOST_VERSIONS), FailFast()] = ()

    @model_validator(mode="after")
    def _every_number_once(self) -> "ImportComponent":
        if len({each.version for each in self.versions}) < len(self.versions):
            raise ValueError("versions: a number stands there twice")
        return self


class ImportLoss(DocumentLoss):
    name: Name
    content: Content
    description: Description | None = None
    tags: Tags = Field(default_factory=list)


class ImportPreset(DocumentPreset):
    id: Key = ""
    name: Name = Field(examples=["LinkedIn Pro"])
    description: Description | None = None
    role_id: Key | None = None
    style_id: Key | None = None
    context_id: Key | None = None
    mode_id: Key | None = None
    lost: Annotated[tuple[ImportLoss, ...], Field(max_length=len(TYPES))] = ()
    usage_count: Uses = 0
    last_used_at: Moment | None = None
    created_at: Moment | None = None
    updated_at: Moment | None = None

    @model_validator(mode="after")
    def _every_type_once(self) -> "ImportPreset":
        if len({each.type for each in self.lost}) < len(self.lost):
            raise ValueError("lost: a type stands there twice")
        return self


class ImportDocument(Document):
    """Everything but `format`, `version`, and each item's `type`, `name` and `content` may be left out.

    An id is only a name inside the document. A component's `type` decides which slot it fills, whichever slot of a
    preset names it: so a type that was guessed wrong can be changed in one place.
    """

    format: Literal["quartet-prompts"]
    version: Literal[1]
    exported_at: Moment | None = None
    # The first fault is enough: ten thousand would be an answer of megabytes.
    components: Annotated[tuple[ImportComponent, ...], Field(max_length=MOST_ITEMS), FailFast()] = ()
    presets: Annotated[tuple[ImportPreset, ...], Field(max_length=MOST_ITEMS), FailFast()] = ()

    @model_validator(mode="after")
    def _not_too_many_versions(self) -> "ImportDocument":
        if sum(len(each.versions) for each in self.components) > _MOST_VERSIONS:
            raise ValueError(f"more than {_MOST_VERSIONS} versions of components")
        return self


class Ref(Wire):
    """Something the user has; its id is the database's."""

    id: UUID
    name: str


class ImportItem(Wire):
    """What will become of one component or preset of a plan's document; `id` is its id there.

    guessed: its type was guessed from its text. refused: why it cannot be imported; its content is empty then.
    """

    id: str
    guessed: bool
    duplicate_of: Ref | None
    notes: list[str]
    refused: str | None


class Room(Wire):
    """How many more the plan keeps; null: any number."""

    components: int | None
    presets: int | None


class ImportPlan(Wire):
    """What a file holds and what an import would make of it. `document` is what to send back, changed as wished."""

    format: str = Field(examples=["prompts-chat"])
    format_name: str = Field(examples=["prompts.chat CSV"])
    document: Document
    items: list[ImportItem]
    notes: list[str]
    room: Room


class Imported(Wire):
    id: UUID
    name: str
    kind: Kind


class Skipped(Wire):
    name: str
    kind: Kind
    why: str


class ImportReport(Wire):
    """What an import did. merged: the user had it already, under this id."""

    made: list[Imported]
    merged: list[Imported]
    skipped: list[Skipped]
