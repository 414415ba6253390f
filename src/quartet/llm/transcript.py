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
        if not message.text.strip():
            continue
        if joined and joined[-1].role == message.role:
            joined[-1] = Message(message.role, f"{joined[-1].text}\n\n{message.text}")
        else:
            joined.append(message)
    return joined
