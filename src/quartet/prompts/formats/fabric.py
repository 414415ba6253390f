"""fabric: a zip of pattern folders, each with a `system.md` whose headings tell what is role, steps and output."""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from quartet.prompts.compose import TYPES, ComponentType
from quartet.prompts.formats.found import Found, FoundComponent, FoundPreset
from quartet.prompts.formats.loading import json_of, members, objects, tags_of, words

FORMAT = "fabric"
NAME = "fabric pattern folder"

_HEADING = re.compile(r"^# +(.*)$", re.MULTILINE)
_EMPTY_INPUT = re.compile(r"\W*input:?\W*", re.IGNORECASE)
_TYPES: tuple[tuple[ComponentType, re.Pattern[str]], ...] = (
    ("role", re.compile(r"\b(identity|role|persona)\b", re.IGNORECASE)),
    ("style", re.compile(r"\b(output|format|style|tone|restrictions?)\b", re.IGNORECASE)),
    ("context", re.compile(r"\b(context|background|definitions?|facts?|examples?)\b", re.IGNORECASE)),
    (
        "mode",
        re.compile(r"\b(steps?|process|tasks?|goals?|instructions?|method|approach|think(ing)?)\b", re.IGNORECASE),
    ),
)


def wants(path: PurePosixPath) -> bool:
    """Tell whether a file of the zip belongs to a pattern, a context or a strategy."""
    folder = path.parent.name
    return (
        path.name in {"system.md", "user.md", "pattern_descriptions.json"}
        or (folder == "contexts" and not path.name.startswith("."))
        or (folder == "strategies" and path.suffix == ".json")
    )


def read(files: Mapping[PurePosixPath, str], title: str) -> Found:
    """Read patterns, contexts and strategies; `title` names a pattern that lies in no folder."""
    found = Found()
    described = {each["patternName"]: each for each in _descriptions(files)}
    for path, text in files.items():
        if path.name == "system.md":
            folder = path.parent.name or title
            preset = _pattern(folder, text, described.get(folder, {}))
            if files.get(path.with_name("user.md"), "").strip():
                preset.notes.append("Its user.md is left out: it is a question, not a part of the system prompt.")
            _add(found, preset)
        elif path.parent.name == "contexts":
            found.components.append(FoundComponent(_title(path.stem), text, "context"))
        elif path.parent.name == "strategies":
            strategy = members(json_of(text))
            description = words(strategy.get("description"))
            found.components.append(
                FoundComponent(_title(path.stem), words(strategy.get("prompt")), "mode", description)
            )
    return found


def read_text(text: str, title: str) -> Found:
    """Read one `system.md`."""
    found = Found()
    _add(found, _pattern(title, text, {}))
    return found


def recognises_text(text: str) -> bool:
    """Tell a `system.md` by the heading that nearly all of them begin with."""
    return text.lstrip().upper().startswith("# IDENTITY")


def _add(found: Found, preset: FoundPreset) -> None:
    if len(preset.parts) > 1:
        found.add_preset(preset)
    for part in preset.parts if len(preset.parts) == 1 else ():
        part.notes += preset.notes
        found.components.append(part)


def _pattern(folder: str, text: str, described: Mapping[str, object]) -> FoundPreset:
    name, description, tags = _title(folder), words(described.get("description")), tags_of(described.get("tags"))
    texts: dict[ComponentType, list[str]] = {}
    for type_, section in _sections(text):
        texts.setdefault(type_, []).append(section)
    parts = [
        FoundComponent(name, "\n\n".join(texts[type_]), type_, description, [tag.lower() for tag in tags])
        for type_ in TYPES
        if type_ in texts
    ]
    if not parts:
        # Nothing to keep, which has to be said of something.
        parts = [FoundComponent(name, "", "role", description)]
    return FoundPreset(name, parts, description)


def _sections(text: str) -> Iterator[tuple[ComponentType, str]]:
    """Give every section with its heading; one whose heading tells nothing belongs to the type before it."""
    places = [match.start() for match in _HEADING.finditer(text)]
    type_: ComponentType = "role"
    for start, end in zip([0, *places], [*places, len(text)], strict=True):
        section = text[start:end].strip()
        heading = _HEADING.match(section)
        if heading:
            if _EMPTY_INPUT.fullmatch(section.replace(heading[1], "", 1)) or not section.removeprefix(heading[0]):
                continue
            type_ = next((type_ for type_, pattern in _TYPES if pattern.search(heading[1])), type_)
        if section:
            yield type_, section


def _descriptions(files: Mapping[PurePosixPath, str]) -> list[dict[str, str]]:
    for path, text in files.items():
        if path.name == "pattern_descriptions.json":
            listed = objects(members(json_of(text)).get("patterns"))
            return [each for each in listed if isinstance(each.get("patternName"), str)]
    return []


def _title(folder: str) -> str:
    return " ".join(folder.replace("_", " ").replace("-", " ").split()).capitalize() or "Pattern"
