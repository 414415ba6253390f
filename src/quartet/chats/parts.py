"""What the parts of a message say in words: the AI SDK's own kinds, of ours and of a Chat SDK's messages. Pure."""

from collections.abc import Sequence
from typing import Any

import msgspec

Part = dict[str, Any]


def text(parts: Sequence[Part]) -> str:
    """Return what was said, without everything around it. A Chat SDK's answers have a text for each step."""
    return "\n\n".join(said for said in map(_text_of, parts) if said)


def noted(parts: Sequence[Part]) -> str:
    """Return what was said, and in brief which tools of a Chat SDK were used between."""
    return "\n\n".join(said for said in (_text_of(part) or _tool_of(part) for part in parts) if said)


def files(parts: Sequence[Part]) -> list[str]:
    """Return the addresses of the files that were sent; a Chat SDK's own are elsewhere."""
    return [str(part.get("url")) for part in parts if part.get("type") == "file"]


def sound(parts: Any) -> Any:
    """Return parts that can be sent. A Chat SDK's may hold half a surrogate pair, where an emoji was cut."""
    try:
        msgspec.json.encode(parts)
    except UnicodeEncodeError:
        return _mended(parts)
    return parts


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_mended(each) for each in value]
    return {_mended(name): _mended(each) for name, each in value.items()} if isinstance(value, dict) else value


def _text_of(part: Part) -> str:
    return str(part.get("text") or "") if part.get("type") == "text" else ""


def _tool_of(part: Part) -> str:
    """Name a tool: `tool-<name>`, or `dynamic-tool` with its name beside it."""
    kind = str(part.get("type"))
    if kind != "dynamic-tool" and not kind.startswith("tool-"):
        return ""
    name = part.get("toolName") if kind == "dynamic-tool" else kind.removeprefix("tool-")
    told = [each.get("title") for each in (part.get("output"), part.get("input")) if isinstance(each, dict)]
    about = next((f" for “{title}”" for title in told if isinstance(title, str)), "")
    return f"[The tool {name} was used{about}.]"
