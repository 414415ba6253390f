"""A whole chat as one file. Pure."""

from collections.abc import Sequence
from typing import Any

from quartet.chats.models import Chat, Message, PresetHistoryEntry
from quartet.chats.receipts import receipt_of


def as_json(chat: Chat, said: Sequence[Message]) -> dict[str, Any]:
    """Everything that is kept of a chat."""
    return {
        "format": "quartet-chat",
        "version": 1,
        **chat.model_dump(mode="json", by_alias=True, exclude={"user_id"}),
        "messages": [message.model_dump(mode="json", by_alias=True, exclude={"chat_id"}) for message in said],
    }


def as_markdown(chat: Chat, said: Sequence[Message]) -> str:
    """What was said, with a line where the prompt changed and one under each answer for what made it."""
    lines = [f"# {chat.title}", "", f"{chat.created_at:%Y-%m-%d %H:%M} UTC"]
    changes = list(chat.preset_history)
    for message in said:
        while changes and changes[0].timestamp <= message.created_at:
            lines += ["", f"*{_switch(changes.pop(0))}*"]
        lines += ["", f"## {'You' if message.role == 'user' else 'Assistant'}", "", message.noted()]
        if note := _receipt(message):
            lines += ["", f"> {note}"]
    return "\n".join(lines) + "\n"


def _switch(entry: PresetHistoryEntry) -> str:
    changed = f" ({', '.join(entry.changed_components)} changed)" if entry.changed_components else ""
    return f"From here on: {entry.preset_name}{changed}"


def _receipt(message: Message) -> str | None:
    receipt = receipt_of(message.parts)
    if receipt is None:
        return None
    parts = ", ".join(f"{part.type} “{part.name}” v{part.version}" for part in receipt.components) or "no parts"
    return f"Prompt: {receipt.preset_name}: {parts}; {receipt.tokens} tokens"
