"""LibreChat: a preset as its interface exports it, one object or a list of them."""

from collections.abc import Sequence
from typing import Any

from quartet.prompts.formats.counting import left_out
from quartet.prompts.formats.found import Found, FoundComponent, FoundPreset
from quartet.prompts.formats.loading import tags_of, words

FORMAT = "librechat"
NAME = "LibreChat preset"

_PROMPTS = ("promptPrefix", "system", "instructions")
_KNOWN_BY = frozenset({"presetId", "endpoint", "promptPrefix"})


def is_preset(item: dict[str, Any]) -> bool:
    return not _KNOWN_BY.isdisjoint(item)


def read(items: Sequence[dict[str, Any]]) -> Found:
    """Read presets: the prompt is a component. The schema is loose, and what it says of a model stays behind."""
    found = Found()
    without = 0
    for item in items:
        name = next((words(item.get(key)) for key in ("title", "modelLabel", "chatGptLabel") if item.get(key)), "")
        prompts = [prompt for key in _PROMPTS if (prompt := words(item.get(key))).strip()]
        if not prompts:
            without += 1
            continue
        part = FoundComponent(name, "\n\n".join(prompts), tags=tags_of(item.get("tags")))
        notes = ["Its model and settings stay behind: Quartet keeps the prompt."]
        found.add_preset(FoundPreset(name, [part], notes=notes))
    if without:
        found.notes.append(left_out(without, "preset without a prompt", "presets without a prompt"))
    return found
