"""Anthropic's messages."""

import re
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

import anthropic
import httpx2
import msgspec
from anthropic import AsyncAnthropic, DefaultAioHttpClient

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

ANTHROPIC_URL = "https://api.anthropic.com"
# https://platform.claude.com/docs/en/api/handling-stop-reasons; the others cannot happen without tools.
_REASONS: Final[dict[str, FinishReason]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "content-filter",
}
# From the fifth generation on, Claude thinks unasked, but keeps its thoughts to itself unless a summary is asked for.
# Older models would refuse to be asked, or would start to think.
# https://platform.claude.com/docs/en/build-with-claude/thinking#controlling-thinking-display
_THINKS_UNASKED = re.compile(r"claude-[a-z]+-(?:[5-9]|\d\d)(?:-|\Z)")


class AnthropicProvider:
    """Anthropic itself, or the server at `base_url` (given without `/v1`)."""

    name: ProviderName = "anthropic"

    def __init__(self, *, api_key: str, base_url: str | None = None, patience: Patience | None = None) -> None:
        self._patience = patience or Patience()
        self._vendor = Vendor(
            self.name, "Anthropic", "Check ANTHROPIC_API_KEY.", "Check the network and ANTHROPIC_BASE_URL."
        )
        self._client = AsyncAnthropic(
            api_key=api_key,
            base_url=base_url or ANTHROPIC_URL,
            max_retries=0,
            timeout=self._patience.transport,
            # A redirect would take the key and the prompt along, to wherever it leads.
            http_client=DefaultAioHttpClient(verify=authorities(), follow_redirects=False),
            open_telemetry=False,
        )

    def stream(self, request: ModelRequest) -> AsyncGenerator[Delta, None]:
        return relay(self._vendor, request, partial(self._send, request), _Message(self._vendor), self._patience)

    async def close(self) -> None:
        await self._client.close()

    async def _send(self, request: ModelRequest, connection: AsyncExitStack) -> httpx2.Response:
        transcript = alternating(request.transcript)
        images = [image for message in transcript for image in message.images]
        body: dict[str, Any] = {
            "model": request.model,
            "stream": True,
            "max_tokens": request.max_output_tokens,
            "messages": [{"role": message.role, "content": _content(message)} for message in transcript],
        }
        if request.system:
            body["system"] = request.system
        if _THINKS_UNASKED.match(request.model):
            body["thinking"] = {"type": "adaptive", "display": "summarized"}
        try:
            return await self._post(Payload(body, images), connection)
        except anthropic.APIError as error:
            raise _failure(self._vendor, error) from error.__cause__

    async def _post(self, payload: Payload, connection: AsyncExitStack) -> httpx2.Response:
        stream = await self._client.post(
            "/v1/messages",
            cast_to=object,
            content=payload,
            options={"headers": payload.headers},
            stream=True,
            stream_cls=anthropic.AsyncStream[object],
        )
        connection.push_async_callback(stream.close)
        return stream.response


def _content(message: Message) -> str | list[dict[str, Any]]:
    if not message.images:
        return message.text
    parts: list[dict[str, Any]] = [
        {"type": "image", "source": {"type": "base64", "media_type": image.media_type, "data": IN_BASE64}}
        for image in message.images
    ]
    # A text of nothing but blanks is refused.
    return [*parts, {"type": "text", "text": message.text}] if message.text.strip() else parts


def _failure(vendor: Vendor, error: anthropic.APIError) -> ProviderFailed:
    if isinstance(error, anthropic.APIStatusError):
        return vendor.refused(error.status_code, error.response.headers, error.body)
    return vendor.failed(FailureKind.UNREACHABLE)


class _Usage(msgspec.Struct):
    class Output(msgspec.Struct):
        thinking_tokens: int | None = None

    input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    output_tokens: int | None = None
    output_tokens_details: Output | None = None


class _Started(msgspec.Struct):
    model: str | None = None
    usage: _Usage | None = None


class _Delta(msgspec.Struct, gc=False):
    text: str = ""
    thinking: str = ""
    stop_reason: str | None = None


class _Event(msgspec.Struct, gc=False):
    type: str
    delta: _Delta | None = None
    message: _Started | None = None
    usage: _Usage | None = None
    error: Any = None


_decode = msgspec.json.Decoder(_Event).decode


class _Message:
    """`message_start`, blocks of deltas, `message_delta`, `message_stop`; `ping` and `error` at any time."""

    def __init__(self, vendor: Vendor) -> None:
        self.usage: Usage | None = None
        self.model: str | None = None
        self._vendor = vendor
        self._counted = _Usage()
        self._reason: str | None = None
        self._done = False

    def read(self, payloads: list[bytes]) -> Iterator[Delta]:
        for payload in payloads:
            event = _decode(payload)
            if event.type == "content_block_delta" and event.delta is not None:
                if event.delta.text:
                    yield TextDelta(event.delta.text)
                elif event.delta.thinking:
                    yield ReasoningDelta(event.delta.thinking)
            elif event.type == "message_start" and event.message is not None:
                self.model = event.message.model
                self._count(event.message.usage)
            elif event.type == "message_delta":
                self._count(event.usage)
                self._reason = event.delta.stop_reason if event.delta is not None else None
            elif event.type == "message_stop":
                self._done = True
                return
            elif event.type == "error":
                raise self._vendor.reported(event.error)

    def end(self) -> Finished | None:
        return Finished(_REASONS.get(self._reason or "", "other"), self.usage) if self._done else None

    def _count(self, said: _Usage | None) -> None:
        # Counts are cumulative and an event may leave out any; `input_tokens` is only what no cache had.
        if said is None:
            return
        total = self._counted
        for name in said.__struct_fields__:
            if (value := getattr(said, name)) is not None:
                setattr(total, name, value)
        cached = total.cache_read_input_tokens or 0
        self.usage = Usage(
            (total.input_tokens or 0) + (total.cache_creation_input_tokens or 0) + cached,
            total.output_tokens or 0,
            cached_input_tokens=cached,
            reasoning_tokens=(total.output_tokens_details and total.output_tokens_details.thinking_tokens) or 0,
        )
