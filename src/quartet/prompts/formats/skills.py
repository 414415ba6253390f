"""Agent Skills: a folder with a SKILL.md for each component. Open WebUI, LibreChat and coding agents take them."""

import json
import re
import unicodedata
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePosixPath
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from quartet.prompts.compose import TYPES
from quartet.prompts.documents import Document, DocumentComponent
from quartet.prompts.formats.found import Found, FoundComponent
from quartet.prompts.formats.loading import json_of, shown, tags_of, words

FORMAT = "skills"
NAME = "Agent Skills"

_LONGEST_NAME = 64
_LONGEST_DESCRIPTION = 1024
_READABLE = 0o644 << 16
_FRONT = re.compile(r"---[ \t]*\r?\n(.*?\r?\n)---[ \t]*(?:\r?\n|$)", re.DOTALL)
_LINE = re.compile(r"(\s*)([\w-]{1,100})\s*:\s*(.*)")
_BLOCK = re.compile(r"[|>][+-]?")


def write(document: Document) -> bytes:
    """Write a zip of `<name>/SKILL.md`. A name that is taken gets a number."""
    written = BytesIO()
    taken: dict[str, int] = {}
    with ZipFile(written, "w", ZIP_DEFLATED) as archive:
        for component in document.components:
            name = _free(_kebab(component.name) or component.type, taken)
            # No date: the same library makes the same file.
            info = ZipInfo(f"{name}/SKILL.md")
            info.external_attr = _READABLE
            info.compress_type = ZIP_DEFLATED
            archive.writestr(info, _skill(name, component))
    return written.getvalue()


def _skill(name: str, component: DocumentComponent) -> str:
    described = component.description or f"{component.name}: {shown(component.content)}"
    # JSON's strings are YAML's too, so nothing in a text can end its line.
    lines = [
        "---",
        f"name: {name}",
        f"description: {_quoted(' '.join(described.split())[:_LONGEST_DESCRIPTION])}",
        "metadata:",
        f"  quartet-name: {_quoted(component.name)}",
        f"  quartet-type: {component.type}",
        f"  quartet-tags: {_quoted(json.dumps(component.tags, ensure_ascii=False))}",
        "---",
        "",
    ]
    return "\n".join(lines) + component.content


def _quoted(text: str) -> str:
    # Escaped where YAML knows a line's end that JSON does not: next line, line and paragraph separator.
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff]", lambda match: f"\\u{ord(match[0]):04x}", quoted)


def _kebab(name: str) -> str:
    letters = (each for each in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(each))
    return re.sub(r"[^a-z0-9]+", "-", "".join(letters)).strip("-")[: _LONGEST_NAME - 6].strip("-")


def _free(name: str, taken: dict[str, int]) -> str:
    free = name
    while free in taken:
        taken[name] += 1
        free = f"{name}-{taken[name]}"
    taken[free] = 1
    return free


def wants(path: PurePosixPath) -> bool:
    return path.name == "SKILL.md"


def recognises(text: str) -> bool:
    """Tell a SKILL.md by a front matter that has a name."""
    front = _FRONT.match(text)
    return front is not None and "name" in _fields(front[1])


def read(texts: Mapping[PurePosixPath, str]) -> Found:
    """Read SKILL.md files, ours and others'. What else is in a skill's folder stays behind."""
    found = Found()
    for path, text in texts.items():
        front = _FRONT.match(text)
        fields = _fields(front[1]) if front else {}
        name = fields.get("quartet-name") or fields.get("name") or path.parent.name
        type_ = next((type_ for type_ in TYPES if type_ == fields.get("quartet-type")), None)
        tags = tags_of(json_of(fields["quartet-tags"])) if fields.get("quartet-tags") else []
        body = text[front.end() :] if front else text
        component = FoundComponent(name, body, type_, fields.get("description", ""), tags)
        if not type_:
            component.content = body.strip()
            component.notes.append("Only its text is taken: its other files and its permissions stay behind.")
        found.components.append(component)
    return found


def _fields(front: str) -> dict[str, str]:
    """Read the texts of a front matter, of nested ones too, by their keys; what is no text is left out."""
    fields: dict[str, list[str]] = {}
    block: list[str] | None = None
    for line in front.splitlines():
        match = _LINE.fullmatch(line)
        if block is not None and (not match or match[1]):
            block.append(line.strip())
        elif match:
            value = match[3].strip()
            is_block = _BLOCK.fullmatch(value)
            said = fields.setdefault(match[2], [] if is_block else [_scalar(value)])
            block = said if is_block else None
    return {key: " ".join(each for each in said if each) for key, said in fields.items()}


def _scalar(value: str) -> str:
    if value.startswith('"'):
        try:
            return words(json.loads(value))
        except ValueError:
            return value.strip('"')
    if value.startswith("'"):
        return value[1:].removesuffix("'").replace("''", "'")
    return value
