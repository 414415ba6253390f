"""What of a chat goes to the provider, and what it is called. Pure."""

from collections.abc import Mapping, Sequence

from quartet.chats.models import Message as ChatMessage
from quartet.llm import tokens
from quartet.llm.catalogue import Model
from quartet.llm.types import Image, Message

_TITLE_LENGTH = 80
_LONGEST_ANSWER = 8192


def title(question: str) -> str:
    """Make a plain title of a question: its first line, cut at a word."""
    line = next((line.strip() for line in question.splitlines() if line.strip()), "New chat")
    if len(line) <= _TITLE_LENGTH:
        return line
    return line[:_TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"


def room_for_answer(model: Model) -> int:
    """Return the most tokens an answer may have; never more than half of a small window."""
    return min(model.max_output, _LONGEST_ANSWER, model.context_window // 2)


def fit(
    said: Sequence[ChatMessage], model: Model, system: str, max_output: int, images: Mapping[str, Image]
) -> list[Message]:
    """Choose the newest messages that fit the model's window beside the system prompt and the answer.

    Cut by whole turns, oldest first; the last question always goes, and so does the whole system prompt.
    `images` are the files that go along, by their addresses.
    """
    room = model.context_window - max_output - tokens.count(system, model).tokens
    chosen: list[Message] = []
    for message in reversed(said):
        text, seen = _content(message, images)
        if not (text or seen) or message.role == "system":
            continue
        room -= tokens.count(text, model).tokens
        room -= sum(tokens.of_image(image.width, image.height, model) for image in seen)
        if room < 0 and chosen:
            break
        chosen.append(Message(message.role, text, seen))
    if chosen and chosen[-1].role == "assistant":
        chosen.pop()  # an answer without its question
    chosen.reverse()
    return chosen


def _content(message: ChatMessage, images: Mapping[str, Image]) -> tuple[str, tuple[Image, ...]]:
    """Return what was said and shown; of what cannot be shown, that it was there."""
    text, files = message.noted(), message.files()
    seen = tuple(images[url] for url in files if url in images)
    left_out = len(files) - len(seen)
    if left_out:
        note = "[1 picture left out]" if left_out == 1 else f"[{left_out} pictures left out]"
        text = f"{note}\n\n{text}" if text else note
    return text, seen
