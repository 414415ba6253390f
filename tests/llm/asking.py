"""Asking a provider and listening to the end."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest

from llm.peer import VendorPeer
from quartet.llm.anthropic import AnthropicProvider
from quartet.llm.local import LocalModel, LocalProvider
from quartet.llm.openai import OpenAIProvider
from quartet.llm.types import (
    FailureKind,
    Finished,
    Message,
    ModelRequest,
    Provider,
    ProviderFailed,
    ReasoningDelta,
    TextDelta,
)
from quartet.llm.wire import Patience

IMPATIENT = Patience(connect=2.0, first_byte=1.0, idle=0.6)


def openai_at(peer: VendorPeer, patience: Patience | None = None) -> OpenAIProvider:
    return OpenAIProvider(api_key="sk-secret-openai", base_url=peer.openai_url, patience=patience)


def anthropic_at(peer: VendorPeer, patience: Patience | None = None) -> AnthropicProvider:
    return AnthropicProvider(api_key="sk-secret-anthropic", base_url=peer.anthropic_url, patience=patience)


def local_at(peer: VendorPeer, patience: Patience | None = None) -> LocalProvider:
    running = LocalModel("tiny", peer.openai_url, "sk-secret-local", context_window=4096)
    return LocalProvider(lambda: running, patience=patience or Patience())


PROVIDERS: dict[str, Callable[..., Provider]] = {"openai": openai_at, "anthropic": anthropic_at, "local": local_at}


@dataclass
class Heard:
    """What came, in order: `text` and `thoughts` joined, `deltas` as they were."""

    deltas: list[str] = field(default_factory=list)
    thoughts: str = ""
    finished: Finished | None = None

    @property
    def text(self) -> str:
        return "".join(self.deltas)


def a_request(*said: str, system: str = "", model: str = "some-model", max_output_tokens: int = 100) -> ModelRequest:
    """Questions and answers in turn, `said` by the user first."""
    transcript = [
        Message("assistant" if index % 2 else "user", text) for index, text in enumerate(said or ("What is it?",))
    ]
    return ModelRequest(model, system, transcript, max_output_tokens)


async def listen(provider: Provider, request: ModelRequest | None = None, heard: Heard | None = None) -> Heard:
    """To the end. A given `heard` keeps what came before a failure."""
    heard = heard or Heard()
    async with asyncio.timeout(30), aclosing(provider.stream(request or a_request())) as deltas:
        async for delta in deltas:
            assert heard.finished is None, "nothing follows Finished"
            match delta:
                case TextDelta(text):
                    heard.deltas.append(text)
                case ReasoningDelta(text):
                    heard.thoughts += text
                case Finished():
                    heard.finished = delta
    return heard


async def fails(
    provider: Provider, kind: FailureKind, request: ModelRequest | None = None, heard: Heard | None = None
) -> ProviderFailed:
    """Listen, and see it fail as it should, with a sentence that can be shown."""
    with pytest.raises(ProviderFailed) as caught:
        await listen(provider, request, heard)
    failed = caught.value
    assert failed.kind is kind, failed.message
    assert failed.message.startswith(("OpenAI ", "Anthropic ", "The local model "))
    assert failed.message.endswith(".")
    assert len(failed.message) < 160
    assert "secret" not in failed.message
    return failed


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that must happen within five seconds."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - what happens in the peer's thread sets no event of this loop
            await asyncio.sleep(0.005)
