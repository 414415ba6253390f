"""From what a file holds to a document that keeps the library's rules, with a word on all that was changed."""

from dataclasses import dataclass, field
from itertools import count

from quartet.prompts.compose import ComponentType
from quartet.prompts.documents import MOST_ITEMS, Document, DocumentComponent, DocumentPreset
from quartet.prompts.formats import rules
from quartet.prompts.formats.counting import left_out
from quartet.prompts.formats.found import Found, FoundComponent, FoundPreset
from quartet.prompts.formats.guessing import guess_type
from quartet.prompts.formats.loading import ImportUnreadable, shown
from quartet.prompts.formats.splitting import MOST_IN_ONE, split

_REPEATED = ("text that says the same as another in the file", "texts that say the same as others in the file")
_MOST_CHARACTERS = 20_000_000


@dataclass(slots=True)
class Remark:
    """What there is to say about one item of a proposed document. What is refused has no content in it."""

    guessed: bool = False
    notes: list[str] = field(default_factory=list)
    refused: str | None = None


@dataclass(slots=True)
class Reading:
    """A file as an import would make it. `remarks` has one entry for each component and preset, by its id."""

    format: str
    format_name: str
    document: Document
    remarks: dict[str, Remark]
    notes: list[str]


class Proposal:
    """A document in the making. No two of its items have one id."""

    def __init__(self) -> None:
        self.remarks: dict[str, Remark] = {}
        self._components: dict[str, DocumentComponent] = {}
        self._presets: list[DocumentPreset] = []
        self._said: dict[tuple[ComponentType, str, str], list[str]] = {}
        self._repeated = 0
        self._characters = 0
        self._numbers = count(1)

    def add_all(self, found: Found) -> None:
        """Add what a reader found; of components that say the same only the first."""
        ids = {id(component): self.add(component, once=True) for component in found.components}
        for preset in found.presets:
            self._add_preset(preset, [ids[id(part)] for part in preset.parts])

    def reading(self, format_: str, format_name: str, notes: list[str]) -> Reading:
        """Finish; raises `ImportUnreadable` when there is nothing in it."""
        if not self.remarks:
            raise ImportUnreadable(" ".join([f"There is nothing to import in this {format_name}.", *notes]))
        if self._repeated:
            notes = [*notes, left_out(self._repeated, *_REPEATED)]
        document = Document(exported_at=None, components=tuple(self._components.values()), presets=tuple(self._presets))
        return Reading(format_, format_name, document, self.remarks, notes)

    def keep(self, component: DocumentComponent, remark: Remark) -> str:
        """Add a component as it is, under its own id where that is free; return the id."""
        self._characters += len(component.content)
        if len(self._components) >= MOST_ITEMS or self._characters > _MOST_CHARACTERS:
            raise ImportUnreadable(f"The file holds more than {MOST_ITEMS:,} parts, or too long ones. Divide it.")
        id_ = self._free(component.id, "c")
        self._components[id_] = component.model_copy(update={"id": id_})
        self.remarks[id_] = remark
        return id_

    def keep_preset(self, preset: DocumentPreset, remark: Remark) -> None:
        """Add a preset as it is, under its own id where that is free."""
        if len(self._presets) >= MOST_ITEMS:
            raise ImportUnreadable(f"The file holds more than {MOST_ITEMS:,} presets. Divide it.")
        id_ = self._free(preset.id, "p")
        self._presets.append(preset.model_copy(update={"id": id_}))
        self.remarks[id_] = remark

    def add(self, found: FoundComponent, *, once: bool = False) -> list[str]:
        """Add a component by the rules; return the ids of its parts, none of them when it is refused."""
        if refused := rules.reason(found):
            self.keep(_component(found, found.type or "role", ""), Remark(notes=found.notes, refused=refused))
            return []
        name = rules.name_of(found)
        type_ = found.type or guess_type(name, found.content)
        said = (type_, name, found.content)
        if once and said in self._said:
            self._repeated += 1
            return self._said[said]
        parts = split(found.content) if len(found.content) > MOST_IN_ONE else [found.content]
        ids = []
        for number, content in enumerate(parts, 1):
            remark = Remark(found.type is None, rules.notes_on(found, number, len(parts)))
            end = f" ({number}/{len(parts)})" if len(parts) > 1 else ""
            ids.append(self.keep(_component(found, type_, content, end), remark))
        self._said[said] = ids
        return ids

    def _add_preset(self, found: FoundPreset, parts: list[list[str]]) -> None:
        slots: dict[ComponentType, str] = {}
        notes = list(found.notes)
        for part, ids in zip(found.parts, parts, strict=True):
            if not ids:
                notes.append(f"“{shown(part.name)}” is refused and so is not in it.")
                continue
            if len(ids) > 1:
                notes.append(f"Only part 1 of {len(ids)} is in it: a preset holds one part of each type.")
            type_ = self._components[ids[0]].type
            if slots.setdefault(type_, ids[0]) != ids[0]:
                notes.append(f"“{shown(part.name)}” is not in it: a preset holds one {type_}.")
        name = found.name if found.name.strip() else rules.name_of(found.parts[0])
        name, description, changed = rules.named(name, found.description)
        refused = rules.text_fault(found.name + found.description)
        refused = refused or (None if slots else "None of its parts can be kept.")
        self.keep_preset(a_preset(name, description, slots), Remark(notes=notes + changed, refused=refused))

    def _free(self, wanted: str, letter: str) -> str:
        id_ = wanted
        while not id_ or id_ in self.remarks:
            id_ = f"{letter}{next(self._numbers)}"
        return id_


def a_preset(name: str, description: str, slots: dict[ComponentType, str]) -> DocumentPreset:
    """Make a preset that nobody used."""
    return DocumentPreset(
        id="",
        name=name,
        description=description or None,
        role_id=slots.get("role"),
        style_id=slots.get("style"),
        context_id=slots.get("context"),
        mode_id=slots.get("mode"),
        lost=(),
        usage_count=0,
        last_used_at=None,
        created_at=None,
        updated_at=None,
    )


def _component(found: FoundComponent, type_: ComponentType, content: str, end: str = "") -> DocumentComponent:
    name, description, _ = rules.named(rules.name_of(found), found.description)
    return DocumentComponent(
        id="",
        type=type_,
        name=name[: rules.MOST_OF_A_NAME - len(end)].rstrip() + end if end else name,
        content=content,
        description=description or None,
        tags=rules.kept_tags(found.tags),
        usage_count=0,
        created_at=None,
        updated_at=None,
        versions=(),
    )
