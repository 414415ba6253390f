"""Which format a file has, and what an import would make of it.

A file is only ever read: nothing that it names is run, opened or fetched.
"""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from quartet.prompts.formats import (
    character_cards,
    fabric,
    langfuse,
    librechat,
    markdown,
    open_webui,
    prompts_chat,
    quartet,
    silly_tavern,
    skills,
)
from quartet.prompts.formats.archives import files_of
from quartet.prompts.formats.counting import left_out
from quartet.prompts.formats.found import Found
from quartet.prompts.formats.loading import ImportUnreadable, json_of, shown, text_of
from quartet.prompts.formats.pictures import PNG
from quartet.prompts.formats.proposal import Proposal, Reading

MOST_BYTES = 10_000_000
"""How large a file may be."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OTHERS = ("entry that is something else", "entries that are something else")
_UNKNOWN = (
    "This is none of the formats that can be imported: Quartet's JSON, prompts.chat CSV, fabric folders (zip), "
    "Open WebUI prompts and models, LibreChat presets, Langfuse prompts, SillyTavern presets, character cards and "
    "SKILL.md."
)

_Items = list[dict[str, Any]]
_LISTS: tuple[tuple[Callable[[dict[str, Any]], bool], Callable[[_Items], Found], str, str], ...] = (
    (open_webui.is_prompt, open_webui.read_prompts, open_webui.PROMPTS, open_webui.PROMPTS_NAME),
    (langfuse.is_prompt, langfuse.read, langfuse.FORMAT, langfuse.NAME),
    (open_webui.is_model, open_webui.read_models, open_webui.MODELS, open_webui.MODELS_NAME),
    (librechat.is_preset, librechat.read, librechat.FORMAT, librechat.NAME),
)


def read(name: str, data: bytes) -> Reading:
    """Read a file of at most `MOST_BYTES`; `name` is what it was called.

    Raises `ImportUnreadable`, whatever the bytes are.
    """
    title = shown(PurePosixPath(name.replace("\\", "/")).stem)
    if data.startswith(PNG):
        return _reading(character_cards.read_picture(data), character_cards.FORMAT, character_cards.NAME)
    if data.startswith(_ZIP):
        return _read_zip(data, title)
    text = text_of(data)
    if text.lstrip().startswith(("{", "[")):
        return _read_json(json_of(text), title)
    if prompts_chat.recognises(text):
        return _reading(prompts_chat.read(text), prompts_chat.FORMAT, prompts_chat.NAME)
    if skills.recognises(text):
        return _reading(skills.read({PurePosixPath(name): text}), skills.FORMAT, skills.NAME)
    if fabric.recognises_text(text):
        return _reading(fabric.read_text(text, title), fabric.FORMAT, fabric.NAME)
    if markdown.recognises(text):
        raise ImportUnreadable("This is the library as Markdown, which is for reading. Import the JSON instead.")
    raise ImportUnreadable(_UNKNOWN)


def _read_zip(data: bytes, title: str) -> Reading:
    texts: dict[PurePosixPath, str] = {}
    notes = []
    for path, content in files_of(data, lambda path: fabric.wants(path) or skills.wants(path)).items():
        try:
            texts[path] = text_of(content)
        except ImportUnreadable:
            notes.append(f"{shown(str(path))} is no text and is left out.")
    found_skills = {path: text for path, text in texts.items() if skills.wants(path)}
    if found_skills:
        return _reading(skills.read(found_skills), skills.FORMAT, skills.NAME, notes)
    if not texts:
        raise ImportUnreadable("The zip holds no texts that can be imported: no system.md and no SKILL.md.")
    return _reading(fabric.read(texts, title), fabric.FORMAT, fabric.NAME, notes)


def _read_json(loaded: Any, title: str) -> Reading:
    if isinstance(loaded, dict):
        if quartet.is_document(loaded):
            return quartet.read(loaded)
        if character_cards.is_card(loaded):
            return _reading(character_cards.read(loaded), character_cards.FORMAT, character_cards.NAME)
        if silly_tavern.is_preset(loaded):
            return _reading(silly_tavern.read(loaded, title), silly_tavern.FORMAT, silly_tavern.NAME)
    items = loaded if isinstance(loaded, list) else [loaded]
    for is_one, read_all, format_, format_name in _LISTS:
        fitting = [each for each in items if isinstance(each, dict) and is_one(each)]
        if fitting:
            others = len(items) - len(fitting)
            notes = [left_out(others, *_OTHERS)] if others else []
            return _reading(read_all(fitting), format_, format_name, notes)
    raise ImportUnreadable(_UNKNOWN)


def _reading(found: Found, format_: str, format_name: str, notes: list[str] | None = None) -> Reading:
    proposal = Proposal()
    proposal.add_all(found)
    return proposal.reading(format_, format_name, [*found.notes, *(notes or [])])
