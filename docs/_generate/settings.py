"""`reference/settings.md`: `.env.example` as a page, checked against `quartet.settings`."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic_settings import BaseSettings

from quartet.settings import Settings

_INTRO = """# Settings

Environment variables, or lines of a file `.env` in the folder that Quartet is started in. A variable of the environment
comes before `.env`. An empty value means: not set. None is needed. This page is made from
`.env.example`, which you can copy to `.env` and change.
"""
_SECTION = re.compile(r"# --- (.+?) -+$")
_SETTING = re.compile(r"#([A-Z][A-Z_]+)=(.*)$")


def differences(example: Path) -> set[str]:
    """Name what only one of the two knows, `.env.example` or the settings."""
    return {found[1] for line in example.read_text().splitlines() if (found := _SETTING.match(line))} ^ _known()


def page(example: Path) -> str:
    _, *blocks = example.read_text().split("\n\n")
    return "\n".join([_INTRO, *(line for block in blocks for line in _block(block.strip("\n").splitlines()))])


def _known() -> set[str]:
    groups = [field.annotation for field in Settings.model_fields.values()]
    return {
        f"{group.model_config.get('env_prefix', '')}{name}".upper()
        for group in groups
        if isinstance(group, type) and issubclass(group, BaseSettings)
        for name in group.model_fields
    }


def _block(lines: list[str]) -> Iterator[str]:
    if lines and (section := _SECTION.match(lines[0])):
        yield f"## {section[1]}\n"
        lines = lines[1:]
    settings = [(found[1], found[2]) for line in lines if (found := _SETTING.match(line))]
    prose = " ".join(line.lstrip("# ") for line in lines if not _SETTING.match(line))
    prose = re.sub(r"<(?=[^`]*(?:`[^`]*`[^`]*)*$)", r"\\<", prose)
    if settings:
        yield "### " + ", ".join(name for name, _ in settings) + "\n"
    if prose:
        yield prose + "\n"
    if settings:
        yield "\n".join(["```sh", *(f"{name}={default}" for name, default in settings), "```\n"])
