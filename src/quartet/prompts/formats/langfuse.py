"""Langfuse: an array of prompts, of text or of chat messages, that may refer to one another."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from quartet.prompts.formats.counting import left_out
from quartet.prompts.formats.found import Found, FoundComponent
from quartet.prompts.formats.loading import objects, shown, tags_of, words

FORMAT = "langfuse"
NAME = "Langfuse prompts"

_OTHERS = ("message that is not the system's", "messages that are not the system's")
_REFERENCE = re.compile(r"@@@langfusePrompt:name=([^|@\n]{1,200})(?:\|[^@\n]{0,200})?@@@")
_DEEPEST = 5
_LONGEST = 50_000
_MOST_PUT_IN = 2_000_000  # characters in all: references to references double with every step


def is_prompt(item: dict[str, Any]) -> bool:
    return "name" in item and isinstance(item.get("prompt"), str | list)


def read(items: Sequence[dict[str, Any]]) -> Found:
    """Read prompts. What one refers to is put in its place, where the file has it."""
    texts = {words(item.get("name")): _system(item) for item in items}
    inside = _Inside(texts)
    found = Found()
    for item in items:
        name, text = words(item.get("name")), _system(item)
        component = FoundComponent(
            name, inside.put(text), None, words(item.get("commitMessage")), tags_of(item.get("tags"))
        )
        others = len([each for each in objects(item.get("prompt")) if each.get("role") != "system"])
        if others:
            component.notes.append(left_out(others, *_OTHERS))
        for referred in dict.fromkeys(_REFERENCE.findall(text)):
            how = "has been put in" if referred in texts else "is not in this file, so the reference stays as text"
            component.notes.append(f"It refers to “{shown(referred)}”, which {how}.")
        found.components.append(component)
    return found


def _system(item: dict[str, Any]) -> str:
    prompt = item.get("prompt")
    if isinstance(prompt, str):
        return prompt
    said = [words(each.get("content")) for each in objects(prompt) if each.get("role") == "system"]
    return "\n\n".join(text for text in said if text.strip())


class _Inside:
    """Puts texts in the place of references, up to a depth and up to a length; beyond, references stay."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._left = _MOST_PUT_IN

    def put(self, text: str, depth: int = 0) -> str:
        if depth == _DEEPEST:
            return text

        def referred(match: re.Match[str]) -> str:
            other = self._texts.get(match[1])
            if other is None or len(other) > min(_LONGEST, self._left):
                return match[0]
            self._left -= len(other)
            return self.put(other, depth + 1)

        return _REFERENCE.sub(referred, text)
