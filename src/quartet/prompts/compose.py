"""How parts become a system prompt. Pure and byte-stable: the same parts give the same bytes, for ever."""

from collections.abc import Iterable
from typing import Literal, get_args

ComponentType = Literal["role", "style", "context", "mode"]

TYPES: tuple[ComponentType, ...] = get_args(ComponentType)
"""The types in composing order."""


def compose(parts: Iterable[tuple[ComponentType, str]]) -> str:
    """Compose `(type, content)` pairs, at most one of each type, in whatever order they come.

    Each part is a heading, a blank line and its trimmed content; one blank line between parts; nothing else.
    No parts compose to the empty string.
    """
    ordered = sorted(parts, key=lambda part: TYPES.index(part[0]))
    return "\n\n".join(compose_part(type_, content) for type_, content in ordered)


def compose_part(type_: ComponentType, content: str) -> str:
    return f"# {type_.capitalize()}\n\n{content.strip()}"
