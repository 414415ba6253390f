"""The library as one Markdown file, for people. It is not read back: the JSON is for that."""

import re
from collections.abc import Iterator

from quartet.prompts.compose import TYPES
from quartet.prompts.documents import Document, DocumentComponent, DocumentPreset

_TITLE = "# Prompt library"
_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~])")
_LEAST_FENCE = 3


def write(document: Document) -> str:
    """Write all components, by type, with their contents as they are; then the presets."""
    return "\n".join(_lines(document))


def recognises(text: str) -> bool:
    """Tell a file that `write` wrote, to say that it is the wrong one."""
    return text.startswith(f"{_TITLE}\n")


def _lines(document: Document) -> Iterator[str]:
    yield from (_TITLE, "")
    for type_ in TYPES:
        components = [component for component in document.components if component.type == type_]
        if components:
            yield from (f"## {type_.capitalize()}", "")
        for component in components:
            yield from _component(component)
    if document.presets:
        yield from ("## Presets", "")
        named = {component.id: component.name for component in document.components}
        for preset in document.presets:
            yield from _preset(preset, named)


def _component(component: DocumentComponent) -> Iterator[str]:
    yield from (f"### {_line(component.name)}", "")
    if component.description:
        yield from (_line(component.description), "")
    if component.tags:
        yield from (f"Tags: {', '.join(_line(tag) for tag in component.tags)}", "")
    fence = "`" * max(_LEAST_FENCE, 1 + max(map(len, re.findall("`+", component.content)), default=0))
    yield from (f"{fence}text", component.content, fence, "")


def _preset(preset: DocumentPreset, named: dict[str, str]) -> Iterator[str]:
    yield from (f"### {_line(preset.name)}", "")
    if preset.description:
        yield from (_line(preset.description), "")
    for type_, id_ in preset.slots().items():
        yield f"- {type_.capitalize()}: {_line(named.get(id_, id_))}"
    for loss in preset.lost:
        yield f"- {loss.type.capitalize()}: deleted ({_line(loss.name)})"
    yield ""


def _line(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
