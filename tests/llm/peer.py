"""A vendor on loopback: real HTTP, both vendors' wires, told by a script what to answer and how to fail.

    with VendorPeer() as peer:
        peer.script(Answer(deltas=["Hel", "lo"], pace=0.01))
        provider = OpenAIProvider(api_key="k", base_url=peer.openai_url)
        ...
        assert peer.calls[0].json["model"] == "gpt-6.2-sol"

Alone, for a benchmark in another process: `python tests/llm/peer.py --port 9000 --chunks 400 --pace-ms 10`.
"""

import argparse
import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Literal, Self

from aiohttp import web

Vendor = Literal["openai", "anthropic"]


class Fault(Enum):
    """What goes wrong, and when: before the answer, or after `Answer.after` of its deltas."""

    DROP = auto()  # takes the request and closes the connection without a word
    SILENT = auto()  # takes the request and never answers
    HANG = auto()  # goes silent in the middle
    CUT = auto()  # breaks the connection in the middle of an event
    STOP_SHORT = auto()  # ends the response properly, but without the vendor's end marker
    GARBAGE = auto()  # sends an event that is not JSON
    ERROR = auto()  # sends the vendor's error event (`Answer.error`)
    LONG_LINE = auto()  # sends one line of 10 MB
    WRONG_TYPE = auto()  # answers 200 with a web page


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the vendor will say it counted; `input` includes `cached`, `output` includes `reasoning`."""

    input: int = 12
    output: int = 5
    cached: int = 0
    reasoning: int = 0


@dataclass(frozen=True)
class Answer:
    """One scripted answer. `pace` is seconds between deltas; `segment` sends so many bytes at a time."""

    deltas: Sequence[str] = ("Hello", ", ", "world")
    reasoning: Sequence[str] = ()
    pace: float = 0.0
    tokens: Tokens | None = Tokens()
    finish: str | None = None  # the vendor's own word; None: "stop" or "end_turn"
    status: int = 200  # any other: an error body instead of a stream
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None  # the vendor's error object, for `status` or `Fault.ERROR`
    fault: Fault | None = None
    after: int = 1
    newline: Literal["\n", "\r\n"] = "\n"
    segment: int | None = None
    linger: float = 0.0  # seconds between the vendor's end marker and the end of the response
    verbatim: bytes | None = None  # the whole body, instead of what all of this would make


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it arrived, and whether the client went away before the answer was over."""

    vendor: Vendor
    client_port: int
    headers: Mapping[str, str]
    body: bytes
    disconnected: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Script = Answer | Callable[[Call], Answer]


class VendorPeer:
    """Answers `openai_url` and `anthropic_url` in its own thread. `serves` is what it lists, not all it answers for."""

    def __init__(self, port: int = 0) -> None:
        self.calls: list[Call] = []
        self.serves: list[str] = ["gpt-6.2-sol", "gpt-6.2-astra", "gpt-6.1-terra", "gpt-6-luna"]
        self._scripts: list[Script] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="vendor-peer", daemon=True)
        self._port = port
        self._runner: web.AppRunner | None = None

    def script(self, *scripts: Script) -> None:
        """Answer the next requests with these, in order; the last one stays for all that follow."""
        self._scripts = list(scripts)

    @property
    def openai_url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def anthropic_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result(10)
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _start(self) -> None:
        app = web.Application(client_max_size=64 << 20)
        app.router.add_post("/v1/chat/completions", self._answer)
        app.router.add_post("/v1/messages", self._answer)
        app.router.add_get("/v1/models", self._list)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _list(self, _: web.Request) -> web.Response:
        data = [{"id": name, "object": "model", "created": 1795392000, "owned_by": "peer"} for name in self.serves]
        return web.json_response({"object": "list", "data": data})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        vendor: Vendor = "anthropic" if request.path == "/v1/messages" else "openai"
        port = request.transport.get_extra_info("peername")[1] if request.transport else 0
        call = Call(vendor, port, dict(request.headers), await request.read())
        self.calls.append(call)
        script = self._scripts.pop(0) if len(self._scripts) > 1 else next(iter(self._scripts), Answer())
        answer = script(call) if callable(script) else script
        try:
            return await self._send(request, call, answer)
        except asyncio.CancelledError:
            call.disconnected.set()
            raise
        except ConnectionError:
            call.disconnected.set()
            return web.Response()  # heard by nobody
        finally:
            call.finished.set()

    async def _send(self, request: web.Request, call: Call, answer: Answer) -> web.StreamResponse:
        if answer.fault is Fault.SILENT:
            await asyncio.Event().wait()
        if answer.fault is Fault.DROP and request.transport is not None:
            request.transport.abort()
        if answer.status != 200:
            body = answer.verbatim or json.dumps(_error(call.vendor, answer)).encode()
            headers = {"Content-Type": "application/json", **answer.headers}
            return web.Response(body=body, status=answer.status, headers=headers)
        if answer.fault is Fault.WRONG_TYPE:
            return web.Response(text="<html>Sign in to the network</html>", content_type="text/html")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", **answer.headers})
        await response.prepare(request)
        if answer.verbatim is not None:
            await _write(response, [answer.verbatim], answer.segment)
            return response
        frames = _openai(answer, call.json) if call.vendor == "openai" else _anthropic(answer, call.json)
        head, body, tail = ([frame.replace("\n", answer.newline).encode() for frame in part] for part in frames)
        stops = answer.fault is not None
        await _write(response, head, answer.segment)
        for frame in body[: answer.after] if stops else body:
            await _write(response, [frame], answer.segment)
            if answer.pace:
                await asyncio.sleep(answer.pace)
        if stops:
            await _fail(request, response, call.vendor, answer)
        else:
            await _write(response, tail, answer.segment)
            await asyncio.sleep(answer.linger)
        return response


async def _write(response: web.StreamResponse, frames: Iterable[bytes], segment: int | None) -> None:
    data = b"".join(frames)
    if segment is None:
        await response.write(data)
        return
    for start in range(0, len(data), segment):
        await response.write(data[start : start + segment])
        await asyncio.sleep(0.0005)  # so that the kernel sends each as a segment of its own


async def _fail(request: web.Request, response: web.StreamResponse, vendor: Vendor, answer: Answer) -> None:
    match answer.fault:
        case Fault.HANG:
            await asyncio.Event().wait()
        case Fault.CUT if request.transport is not None:
            request.transport.write(b'ff\r\ndata: {"choi')
            request.transport.close()
        case Fault.GARBAGE:
            await response.write(b"data: {not json\n\n")
        case Fault.ERROR:
            event = "event: error\n" if vendor == "anthropic" else ""
            await response.write(f"{event}data: {json.dumps(_error(vendor, answer))}\n\n".encode())
        case Fault.LONG_LINE:
            with suppress(ConnectionError):  # the reader is right to hang up before the end
                for _ in range(160):
                    await response.write(b"data: " + b"x" * 65530)


def _error(vendor: Vendor, answer: Answer) -> dict[str, Any]:
    error = dict(answer.error or {"type": "api_error", "message": "The peer was told to fail."})
    return {"type": "error", "error": error} if vendor == "anthropic" else {"error": error}


def _openai(answer: Answer, body: Any) -> tuple[list[str], list[str], list[str]]:
    def event(choices: list[dict[str, Any]], usage: dict[str, Any] | None = None) -> str:
        chunk = {"id": "chatcmpl-peer", "object": "chat.completion.chunk", "created": 1795392000}
        chunk |= {"model": body["model"], "system_fingerprint": "fp_44709d6fcb", "choices": choices, "usage": usage}
        return f"data: {json.dumps(chunk, separators=(',', ':'), ensure_ascii=False)}\n\n"

    def choice(delta: dict[str, str], reason: str | None = None) -> str:
        return event([{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}])

    tail = [choice({}, answer.finish or "stop")]
    if answer.tokens is not None and body.get("stream_options", {}).get("include_usage"):
        counted = {"prompt_tokens": answer.tokens.input, "completion_tokens": answer.tokens.output}
        counted["total_tokens"] = answer.tokens.input + answer.tokens.output
        cached = {"prompt_tokens_details": {"cached_tokens": answer.tokens.cached, "audio_tokens": 0}}
        tail.append(
            event([], counted | cached | {"completion_tokens_details": {"reasoning_tokens": answer.tokens.reasoning}})
        )
    thoughts = [choice({"reasoning_content": text}) for text in answer.reasoning]
    return (
        [choice({"role": "assistant", "content": ""})],
        thoughts + [choice({"content": text}) for text in answer.deltas],
        [*tail, "data: [DONE]\n\n"],
    )


def _anthropic(answer: Answer, body: Any) -> tuple[list[str], list[str], list[str]]:
    def event(name: str, **fields: Any) -> str:
        data = json.dumps({"type": name} | fields, separators=(",", ":"), ensure_ascii=False)
        return f"event: {name}\ndata: {data}\n\n"

    def block(index: int, first: dict[str, str], deltas: list[dict[str, str]]) -> list[str]:
        events = [event("content_block_delta", index=index, delta=delta) for delta in deltas]
        events[:1] = [event("content_block_start", index=index, content_block=first) + "".join(events[:1])]
        events[-1] += event("content_block_stop", index=index)
        return events

    started = answer.tokens or Tokens(0, 0)
    usage = {"input_tokens": started.input - started.cached, "cache_read_input_tokens": started.cached}
    usage |= {"cache_creation_input_tokens": 0, "output_tokens": 1}
    message = {"id": "msg_peer", "type": "message", "role": "assistant", "model": body["model"], "content": []}
    message |= {"stop_reason": None, "stop_sequence": None} | ({"usage": usage} if answer.tokens else {})
    thinking = [{"type": "thinking_delta", "thinking": text} for text in answer.reasoning]
    blocks = block(0, {"type": "thinking", "thinking": ""}, thinking) if thinking else []
    texts = [{"type": "text_delta", "text": text} for text in answer.deltas]
    blocks += block(len(thinking) and 1, {"type": "text", "text": ""}, texts)
    counted = {"output_tokens": started.output, "output_tokens_details": {"thinking_tokens": started.reasoning}}
    delta = {"stop_reason": answer.finish or "end_turn", "stop_sequence": None}
    end = event("message_delta", delta=delta, **({"usage": counted} if answer.tokens else {}))
    return [event("message_start", message=message), event("ping")], blocks, [end, event("message_stop")]


def refused_port() -> socket.socket:
    """A bound port on which nobody listens: connecting to it is refused for as long as the socket is open."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    return holder


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--chunks", type=int, default=400)
    parser.add_argument("--pace-ms", type=float, default=10)
    options = parser.parse_args()
    deltas = [f" word{n}" for n in range(options.chunks)]
    with VendorPeer(options.port) as peer:
        peer.script(Answer(deltas=deltas, pace=options.pace_ms / 1000, tokens=Tokens(100, options.chunks)))
        print(peer.openai_url, flush=True)  # noqa: T201 - whoever starts us reads the port from here
        threading.Event().wait()


if __name__ == "__main__":
    main()
