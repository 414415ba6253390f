"""Quartet's own JSON: read whole, history and all; an item that breaks a rule is read as a stranger's would be."""

from typing import Any

from pydantic import ValidationError

from quartet.prompts.compose import TYPES
from quartet.prompts.documents import ImportComponent, ImportPreset
from quartet.prompts.formats import rules
from quartet.prompts.formats.counting import left_out
from quartet.prompts.formats.found import FoundComponent
from quartet.prompts.formats.loading import ImportUnreadable, objects, tags_of, words
from quartet.prompts.formats.proposal import Proposal, Reading, Remark, a_preset

FORMAT = "quartet-prompts"
NAME = "Quartet export"


def is_document(loaded: dict[str, Any]) -> bool:
    return loaded.get("format") == FORMAT


def read(loaded: dict[str, Any]) -> Reading:
    if loaded.get("version") != 1:
        raise ImportUnreadable("This export is of another version of Quartet than this one reads (1).")
    proposal = Proposal()
    notes: list[str] = []
    ids: dict[str, str] = {}
    components, presets = (objects(loaded.get(key)) for key in ("components", "presets"))
    for key, kept in (("components", components), ("presets", presets)):
        listed = loaded.get(key, [])
        if not isinstance(listed, list):
            raise ImportUnreadable(f"In this export “{key}” is no list.")
        if len(kept) < len(listed):
            notes.append(
                left_out(
                    len(listed) - len(kept), f"entry of its {key} that is none", f"entries of its {key} that are none"
                )
            )
    for each in components:
        name, id_ = words(each.get("id")), _add(proposal, each)
        if id_ and ids.setdefault(name, id_) != id_ and name:
            proposal.remarks[id_].notes.append("Its id stands in the file twice: presets have the first one.")
    for each in presets:
        _add_preset(proposal, each, ids)
    return proposal.reading(FORMAT, NAME, notes)


def _add(proposal: Proposal, given: dict[str, Any]) -> str | None:
    """Add one component; return its id, None when it is refused."""
    try:
        component = ImportComponent.model_validate(given)
    except ValidationError as error:
        found = FoundComponent(
            words(given.get("name")),
            words(given.get("content")),
            next((type_ for type_ in TYPES if type_ == given.get("type")), None),
            words(given.get("description")),
            tags_of(given.get("tags")),
            [f"{_first(error)} So it comes in without its history, if at all."],
        )
        return next(iter(proposal.add(found)), None)
    return proposal.keep(component, Remark())


def _add_preset(proposal: Proposal, given: dict[str, Any], ids: dict[str, str]) -> None:
    remark = Remark()
    try:
        preset = ImportPreset.model_validate(given)
    except ValidationError as error:
        name, description, remark.notes = rules.named(words(given.get("name")), words(given.get("description")))
        remark.refused = _first(error)
        proposal.keep_preset(a_preset(name, description, {}), remark)
        return
    slots = {}
    for type_, id_ in preset.slots().items():
        slots[f"{type_}_id"] = ids.get(id_)
        if not ids.get(id_):
            remark.notes.append(f"Its {type_} is not among the parts that can be imported.")
    if not any(slots.values()) and not preset.lost:
        remark.refused = "It has no part."
    proposal.keep_preset(preset.model_copy(update=slots), remark)


def _first(error: ValidationError) -> str:
    fault = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(step) for step in fault['loc'])}: {fault['msg']}."
