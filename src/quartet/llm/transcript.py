"""A transcript in the form that every vendor accepts."""

from collections.abc import Sequence

from quartet.llm.types import Message


def alternating(transcript: Sequence[Message]) -> list[Message]:
    """Join neighbours of one role by an empty line, and leave out what is blank.

    A stopped or failed turn leaves two questions in a row, or an answer without a word. OpenAI and Anthropic take
    the first, but the chat templates of Gemma and Mistral (llama.cpp, vLLM, Ollama) refuse it. Anthropic refuses
    the second.
    """
    joined: list[Message] = []
    for message in transcript:
        if not message.text.strip() and not message.images:
            continue
        if joined and joined[-1].role == message.role:
            before = joined[-1]
            text = "\n\n".join(text for text in (before.text, message.text) if text.strip())
            joined[-1] = Message(message.role, text, before.images + message.images)
        else:
            joined.append(message)
    return joined
