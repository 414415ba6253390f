"""SillyTavern: chat-completion presets, what its prompt manager exports, and system prompts."""

from typing import Any

from quartet.prompts.formats.counting import left_out
from quartet.prompts.formats.found import Found, FoundComponent
from quartet.prompts.formats.loading import members, objects, words

FORMAT = "sillytavern"
NAME = "SillyTavern preset"


def is_preset(loaded: dict[str, Any]) -> bool:
    return "prompt_order" in _inner(loaded) or ("content" in loaded and "post_history" in loaded)


def read(loaded: dict[str, Any], title: str) -> Found:
    """Read the blocks that are switched on, in their order; `title` becomes their tag, for they have no name."""
    inner = _inner(loaded)
    if "prompt_order" not in inner:
        return _system_prompt(loaded, title)
    blocks = {words(each.get("identifier")): each for each in objects(inner.get("prompts"))}
    order = _order(inner)
    switched_on = [key for key, enabled in order.items() if enabled] if order else list(blocks)
    found = Found()
    for key in switched_on:
        block = blocks.get(key, {})
        # A marker is a place where the character or the chat comes in: it has no text of its own.
        if block.get("marker") or not words(block.get("content")).strip():
            continue
        component = FoundComponent(words(block.get("name")), words(block.get("content")), tags=[title] if title else [])
        if words(block.get("role")) not in {"", "system"}:
            component.notes.append(f"There it speaks as the {'user' if block['role'] == 'user' else 'assistant'}.")
        found.components.append(component)
    without = len([key for key, block in blocks.items() if words(block.get("content")).strip()]) - len(found.components)
    if without > 0:
        found.notes.append(left_out(without, "block that is switched off", "blocks that are switched off"))
    if "temperature" in inner:
        found.notes.append("Its sampling settings stay behind: Quartet keeps the prompts.")
    return found


def _inner(loaded: dict[str, Any]) -> dict[str, Any]:
    return members(loaded.get("data")) if words(loaded.get("type")) in {"full", "character"} else loaded


def _order(inner: dict[str, Any]) -> dict[str, bool]:
    """Return what is switched on: of several orders the longest, since the shipped presets carry a dummy too."""
    orders = [objects(each.get("order")) for each in objects(inner.get("prompt_order"))]
    longest = max(orders, key=len, default=[])
    return {words(each.get("identifier")): bool(each.get("enabled")) for each in longest}


def _system_prompt(loaded: dict[str, Any], title: str) -> Found:
    name = words(loaded.get("name")) or title
    found = Found([FoundComponent(name, words(loaded.get("content")))])
    after = words(loaded.get("post_history"))
    if after.strip():
        notes = ["There it stands after the conversation."]
        found.components.append(FoundComponent(f"{name} (after the chat)", after, notes=notes))
    return found
