"""What of a found text the library can keep, and what there is to say about the rest."""

import re

from quartet.prompts.formats.found import FoundComponent
from quartet.prompts.formats.loading import shown
from quartet.prompts.formats.splitting import MOST_IN_ONE, MOST_IN_PARTS

MOST_OF_A_NAME = 100

_MOST_OF_A_DESCRIPTION = 500
_MOST_TAGS = 20
_MOST_OF_A_TAG = 40
_VARIABLE = re.compile(r"\$\{[^{}\n]{1,80}\}|\{\{[^{}\n]{1,80}\}\}")
_VARIABLES_NAMED = 3


def reason(found: FoundComponent) -> str | None:
    """Say why this cannot be a component; None when it can."""
    fault = text_fault(found.name) or text_fault(found.description) or text_fault(found.content)
    if fault:
        return fault
    if not found.content.strip():
        return "It has no text."
    if len(found.content) > MOST_IN_PARTS:
        return f"It has {len(found.content):,} characters; texts up to {MOST_IN_PARTS:,} are divided."
    return None


def text_fault(text: str) -> str | None:
    """Say why PostgreSQL cannot keep a text; None when it can."""
    if "\x00" in text:
        return "It holds NUL characters, which cannot be kept."
    return None if _is_whole(text) else "It holds half a surrogate pair, which is no character."


def named(name: str, description: str) -> tuple[str, str, list[str]]:
    """Cut a name and a description to what is kept, and say so; the whole name goes into the description if it fits."""
    name, description = _mended(name).strip() or "Untitled", _mended(description).strip()
    notes = []
    if len(name) > MOST_OF_A_NAME:
        both = f"{name}\n\n{description}".strip()
        fits = len(both) <= _MOST_OF_A_DESCRIPTION
        description = both if fits else description
        name = _cut(name, MOST_OF_A_NAME)
        notes.append(f"The name was cut at {MOST_OF_A_NAME} characters{'; the description has all of it' * fits}.")
    if len(description) > _MOST_OF_A_DESCRIPTION:
        description = _cut(description, _MOST_OF_A_DESCRIPTION)
        notes.append(f"The description was cut at {_MOST_OF_A_DESCRIPTION} characters.")
    return name, description, notes


def name_of(found: FoundComponent) -> str:
    """Return the name it has, or the beginning of its text."""
    return found.name if found.name.strip() else shown(found.content.strip()[:MOST_OF_A_NAME])


def kept_tags(tags: list[str]) -> list[str]:
    """Return those tags that can be kept, each once."""
    usable = (tag.strip() for tag in tags if not text_fault(tag))
    return list(dict.fromkeys(tag for tag in usable if 0 < len(tag) <= _MOST_OF_A_TAG))[:_MOST_TAGS]


def notes_on(found: FoundComponent, part: int, parts: int) -> list[str]:
    """Say what changes on the way in, for one of its parts."""
    notes = [*found.notes, *named(name_of(found), found.description)[2]]
    lost = len(dict.fromkeys(tag.strip() for tag in found.tags)) - len(kept_tags(found.tags))
    if lost > 0:
        tags = "1 tag was" if lost == 1 else f"{lost} tags were"
        notes.append(f"{tags} left out: a part has up to {_MOST_TAGS}, each of up to {_MOST_OF_A_TAG} characters.")
    if parts > 1:
        notes.append(
            f"Piece {part} of {parts}: a part holds {MOST_IN_ONE:,} characters. "
            "A preset holds one part of each type, so only one of the pieces can speak at a time."
        )
    variables = list(dict.fromkeys(_VARIABLE.findall(found.content)))
    if variables:
        more = ", …" if len(variables) > _VARIABLES_NAMED else ""
        notes.append(f"Its variables stay as text: {', '.join(variables[:_VARIABLES_NAMED])}{more}.")
    if any(variable.startswith("{{plugin:") for variable in variables):
        notes.append("What its plugins would fetch or run, nothing does here: they are only text.")
    return notes


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _mended(text: str) -> str:
    return text.encode(errors="replace").decode().replace("\x00", "")


def _cut(text: str, length: int) -> str:
    return f"{text[: length - 1].rstrip()}…"
