"""What every model provider speaks: one request in, deltas out, one way to fail.

No database and no web framework here: a provider knows how to reach a vendor and nothing of chats.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Protocol

ProviderName = Literal["local", "openai", "anthropic"]
FinishReason = Literal["stop", "length", "content-filter", "other"]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as its file is, with its size in pixels."""

    media_type: Literal["image/png", "image/jpeg"]
    data: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Message:
    """One thing said before, by the user or the assistant. Images go before the text; only for models that see."""

    role: Literal["user", "assistant"]
    text: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """`system` is sent byte for byte, or not at all when it is empty; `max_output_tokens` is a hard cap."""

    model: str
    system: str
    transcript: Sequence[Message]
    max_output_tokens: int


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the vendor counted them; `cached_input_tokens` and `reasoning_tokens` are parts of the two totals."""

    input_tokens: int
    output_tokens: int
    cached_input_tokens: int = 0
    reasoning_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Finished:
    """The last delta of a stream that ended well. `usage` is None where the vendor sent none."""

    reason: FinishReason
    usage: Usage | None


Delta = TextDelta | ReasoningDelta | Finished


class FailureKind(StrEnum):
    UNREACHABLE = "unreachable"  # refused, no route, no DNS
    UNAUTHORIZED = "unauthorized"  # the key is missing, wrong or may not use this model
    RATE_LIMITED = "rate_limited"
    REJECTED = "rejected"  # the vendor refused the request itself (4xx): too long, unknown model
    UNAVAILABLE = "unavailable"  # 5xx, overloaded
    TIMED_OUT = "timed_out"  # nothing for longer than we wait
    CUT_OFF = "cut_off"  # the stream ended without saying that it was done
    GARBLED = "garbled"  # bytes that are not the vendor's protocol


class ProviderFailed(Exception):
    """The one way a provider fails, before the first delta or in the middle.

    `message` is for the person in the chat: plain, without secrets or prompt text, with what to do next.
    `usage` is what the vendor had already reported, if anything.
    """

    def __init__(
        self, kind: FailureKind, message: str, *, retry_after: float | None = None, usage: Usage | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.retry_after = retry_after
        self.usage = usage


@dataclass(frozen=True, slots=True)
class LocalModel:
    """The model that runs now: its name in the catalogue, and the chat-completions server that serves it.

    `base_url` ends in `/v1`. `context_window` is in tokens, prompt and answer together. `note` is what a person should
    know of it.
    """

    name: str
    base_url: str
    api_key: str
    context_window: int
    note: str | None = None


class Provider(Protocol):
    """A vendor. `stream` yields deltas until `Finished`, or raises `ProviderFailed`.

    Closing the iterator (or cancelling the task that reads it) ends the vendor's request, so that it stops costing.
    """

    @property
    def name(self) -> ProviderName: ...

    def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]: ...

    async def close(self) -> None: ...
