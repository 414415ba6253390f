"""OpenAI, and every server that speaks its chat completions: vLLM, Ollama, llama.cpp, LiteLLM."""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

import httpx2
import msgspec
import openai
from openai import AsyncOpenAI, DefaultAioHttpClient

from quartet.llm.failures import Vendor
from quartet.llm.images import IN_BASE64, Payload
from quartet.llm.transcript import alternating
from quartet.llm.types import (
    Delta,
    FailureKind,
    Finished,
    FinishReason,
    Message,
    ModelRequest,
    ProviderFailed,
    ProviderName,
    ReasoningDelta,
    TextDelta,
    Usage,
)
from quartet.llm.wire import Patience, authorities, relay

OPENAI_URL = "https://api.openai.com/v1"
_REASONS: Final[dict[str, FinishReason]] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "content-filter",
}


class OpenAIProvider:
    """Chat completions from OpenAI itself, or from the server at `base_url` (`api_key` may then be None)."""

    name: ProviderName = "openai"

    def __init__(self, *, api_key: str | None, base_url: str | None = None, patience: Patience | None = None) -> None:
        # Chat completions are silent for as long as a reasoning model thinks, which may be minutes.
        self._patience = patience or Patience(first_byte=300, idle=300)
        self._vendor = Vendor(self.name, "OpenAI", "Check OPENAI_API_KEY.", "Check the network and OPENAI_BASE_URL.")
        self._client = sdk_client(api_key, base_url or OPENAI_URL, self._patience)

    def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]:
        return complete(lambda: self._client, self._vendor, request, self._patience)

    async def models(self) -> list[str]:
        """What this server says it serves; OpenAI's own list includes all that cannot chat. Raises ProviderFailed."""
        try:
            answer = await self._client.models.with_raw_response.list(timeout=self._patience.first_byte)
            return sorted(model.id for model in _decode_models(answer.content).data)
        except openai.APIError as error:
            raise _failure(self._vendor, error) from None
        except ValueError:
            raise self._vendor.failed(FailureKind.GARBLED) from None

    async def close(self) -> None:
        await self._client.close()


def sdk_client(api_key: str | None, base_url: str, patience: Patience, *, proxies: bool = True) -> AsyncOpenAI:
    """A client that never retries by itself (see `wire`). `proxies`: heed HTTP_PROXY and its kin."""
    return AsyncOpenAI(
        api_key=api_key or "none",  # the SDK insists on one; servers without keys ignore it
        base_url=base_url,
        max_retries=0,
        timeout=patience.transport,
        http_client=DefaultAioHttpClient(verify=authorities(), trust_env=proxies, follow_redirects=False),
    )


def complete(
    client: Callable[[], AsyncOpenAI], vendor: Vendor, request: ModelRequest, patience: Patience
) -> AsyncGenerator[Delta, None]:
    """Stream one chat completion. `client` is called when the stream is first read; it may raise ProviderFailed."""
    return relay(vendor, request, partial(_send, client, vendor, request), _Completion(vendor), patience)


def cap_at(host: str) -> str:
    """What a server calls the most it may write.

    OpenAI's reasoning models refuse the older `max_tokens`, which is the name that all other servers know.
    """
    own = host.endswith(("api.openai.com", ".openai.azure.com"))
    return "max_completion_tokens" if own else "max_tokens"


async def _send(
    current: Callable[[], AsyncOpenAI], vendor: Vendor, request: ModelRequest, connection: AsyncExitStack
) -> httpx2.Response:
    client = current()
    system = [{"role": "system", "content": request.system}] if request.system else []
    transcript = alternating(request.transcript)
    images = [image for message in transcript for image in message.images]
    said = [{"role": message.role, "content": _content(message)} for message in transcript]
    body: dict[str, Any] = {
        "model": request.model,
        "messages": system + said,
        "stream": True,
        "stream_options": {"include_usage": True},
        cap_at(client.base_url.host): request.max_output_tokens,
    }
    try:
        return await _post(client, Payload(body, images), connection)
    except openai.APIError as error:
        raise _failure(vendor, error) from error.__cause__


async def _post(client: AsyncOpenAI, payload: Payload, connection: AsyncExitStack) -> httpx2.Response:
    # Not by the method of this name: it looks through the body for what its types rename, 1.5 ms of CPU.
    stream = await client.post(
        "/chat/completions",
        cast_to=object,
        content=payload,
        options={"headers": payload.headers},
        stream=True,
        stream_cls=openai.AsyncStream[object],
    )
    connection.push_async_callback(stream.close)
    return stream.response


def _content(message: Message) -> str | list[dict[str, Any]]:
    if not message.images:
        return message.text
    # High detail: scaled down to 2,500 patches. Unasked, GPT-6 takes up to 30,000, and refuses what has more.
    # https://developers.openai.com/api/docs/guides/images-vision#choose-an-image-detail-level
    parts: list[dict[str, Any]] = [
        {
            "type": "image_url",
            "image_url": {"url": f"data:{image.media_type};base64,{IN_BASE64}", "detail": "high"},
        }
        for image in message.images
    ]
    return [*parts, {"type": "text", "text": message.text}] if message.text.strip() else parts


def _failure(vendor: Vendor, error: openai.APIError) -> ProviderFailed:
    if isinstance(error, openai.APIStatusError):
        return vendor.refused(error.status_code, error.response.headers, error.body)
    return vendor.failed(FailureKind.UNREACHABLE)


class _Usage(msgspec.Struct):
    class Prompt(msgspec.Struct):
        cached_tokens: int | None = None

    class Output(msgspec.Struct):
        reasoning_tokens: int | None = None

    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: Prompt | None = None
    completion_tokens_details: Output | None = None

    def counted(self) -> Usage:
        prompt, output = self.prompt_tokens_details, self.completion_tokens_details
        return Usage(
            self.prompt_tokens,
            self.completion_tokens,
            cached_input_tokens=(prompt and prompt.cached_tokens) or 0,
            reasoning_tokens=(output and output.reasoning_tokens) or 0,
        )


class _Delta(msgspec.Struct, gc=False):
    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None  # DeepSeek, vLLM, llama.cpp
    reasoning: str | None = None  # OpenRouter, Ollama


class _Choice(msgspec.Struct, gc=False):
    delta: _Delta = msgspec.field(default_factory=_Delta)
    finish_reason: str | None = None


class _Chunk(msgspec.Struct, gc=False):
    choices: list[_Choice] = msgspec.field(default_factory=list)
    usage: _Usage | None = None
    model: str | None = None
    error: Any = None


class _Served(msgspec.Struct):
    id: str


class _Models(msgspec.Struct):
    data: list[_Served]


_decode = msgspec.json.Decoder(_Chunk).decode
_decode_models = msgspec.json.Decoder(_Models).decode


class _Completion:
    """`chat.completion.chunk` events, an optional error event, then `[DONE]`."""

    def __init__(self, vendor: Vendor) -> None:
        self.usage: Usage | None = None
        self.model: str | None = None
        self._vendor = vendor
        self._reason: str | None = None
        self._done = False

    def read(self, payloads: list[bytes]) -> Iterator[Delta]:
        for payload in payloads:
            if payload == b"[DONE]":
                self._done = True
                return
            chunk = _decode(payload)
            for choice in chunk.choices:
                delta = choice.delta
                if thought := delta.reasoning_content or delta.reasoning:
                    yield ReasoningDelta(thought)
                if text := delta.content or delta.refusal:
                    yield TextDelta(text)
                if choice.finish_reason:
                    self._reason = choice.finish_reason
            if chunk.usage is not None:
                self.usage = chunk.usage.counted()
                self.model = chunk.model
            if chunk.error is not None:
                raise self._vendor.reported(chunk.error)

    def end(self) -> Finished | None:
        if not self._done:
            return None
        if self._reason is None:
            raise self._vendor.failed(FailureKind.CUT_OFF)
        return Finished(_REASONS.get(self._reason, "other"), self.usage)
