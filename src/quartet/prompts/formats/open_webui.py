"""Open WebUI: its export of prompts, and its export of models, which are presets with a system prompt."""

from collections.abc import Sequence
from typing import Any

from quartet.prompts.formats.counting import left_out
from quartet.prompts.formats.found import Found, FoundComponent, FoundPreset
from quartet.prompts.formats.loading import members, tags_of, words

PROMPTS = "open-webui-prompts"
PROMPTS_NAME = "Open WebUI prompts"
MODELS = "open-webui-models"
MODELS_NAME = "Open WebUI models"


def is_prompt(item: dict[str, Any]) -> bool:
    return "command" in item and "content" in item


def is_model(item: dict[str, Any]) -> bool:
    return "name" in item and ("params" in item or "base_model_id" in item or "info" in item)


def read_prompts(items: Sequence[dict[str, Any]]) -> Found:
    """Read prompts, the older ones with a `title` too; the slash command becomes the description."""
    found = Found()
    for item in items:
        command = words(item.get("command")).lstrip("/")
        name = words(item.get("name")) or words(item.get("title")) or command
        description = f"/{command}" if command else ""
        tags = tags_of(item.get("tags")) or tags_of(members(item.get("meta")).get("tags"))
        found.components.append(FoundComponent(name, words(item.get("content")), None, description, tags))
    return found


def read_models(items: Sequence[dict[str, Any]]) -> Found:
    """Read the models that have a system prompt: each is a preset of one component."""
    found = Found()
    without = 0
    for item in items:
        model = {**item, **members(item.get("info"))}
        system = words(members(model.get("params")).get("system"))
        if not system.strip():
            without += 1
            continue
        meta = members(model.get("meta"))
        name, description = words(model.get("name")), words(meta.get("description"))
        part = FoundComponent(name, system, None, description, tags_of(meta.get("tags")))
        notes = ["Its base model, settings and knowledge stay behind: Quartet keeps the prompt."]
        found.add_preset(FoundPreset(name, [part], description, notes))
    if without:
        found.notes.append(left_out(without, "model without a system prompt", "models without a system prompt"))
    return found
