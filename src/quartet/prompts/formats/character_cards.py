"""Character cards, versions 1 to 3: JSON, or a PNG picture that carries it."""

import base64
import binascii
from typing import Any

from quartet.prompts.compose import ComponentType
from quartet.prompts.formats.counting import plural
from quartet.prompts.formats.found import Found, FoundComponent, FoundPreset
from quartet.prompts.formats.loading import ImportUnreadable, json_of, members, objects, tags_of, text_of, words
from quartet.prompts.formats.pictures import texts_of

FORMAT = "character-card"
NAME = "character card"

_FIRST_VERSION = frozenset({"name", "description", "personality", "first_mes"})


def is_card(loaded: dict[str, Any]) -> bool:
    return words(loaded.get("spec")).startswith("chara_card") or loaded.keys() >= _FIRST_VERSION


def read_picture(data: bytes) -> Found:
    """Read the card in a PNG: of version 3 where it has one, else of version 2."""
    texts = texts_of(data)
    packed = texts.get("ccv3") or texts.get("chara")
    if packed is None:
        raise ImportUnreadable("The picture carries no character card.")
    try:
        card = json_of(text_of(base64.b64decode(packed, validate=True)))
    except binascii.Error:
        raise ImportUnreadable("The character card in the picture is damaged.") from None
    return read(members(card))


def read(loaded: dict[str, Any]) -> Found:
    """Read a card as a preset: who it is, how it talks, where it is, and what rules it follows."""
    card = members(loaded.get("data")) or loaded
    name = words(card.get("name"))
    texts: dict[ComponentType, str] = {
        "role": _joined(card, "description", "personality"),
        "style": _joined(card, "mes_example"),
        "context": _joined(card, "scenario"),
        "mode": _joined(card, "system_prompt", "post_history_instructions"),
    }
    description, tags = words(card.get("creator_notes")), tags_of(card.get("tags"))
    parts = [FoundComponent(name, text, type_, "", tags) for type_, text in texts.items() if text]
    found = Found(notes=_left_out(card))
    if parts:
        found.add_preset(FoundPreset(name, parts, description))
    return found


def _joined(card: dict[str, Any], *fields: str) -> str:
    return "\n\n".join(text for field in fields if (text := words(card.get(field)).strip()))


def _left_out(card: dict[str, Any]) -> list[str]:
    notes = []
    if words(card.get("first_mes")).strip() or card.get("alternate_greetings"):
        notes.append("Its greetings are left out: a system prompt has no place for them.")
    entries = objects(members(card.get("character_book")).get("entries"))
    if entries:
        notes.append(f"Its lorebook of {plural(len(entries), 'entry', 'entries')} is left out.")
    return notes
