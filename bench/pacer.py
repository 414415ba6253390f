"""A vendor that paces: chat completions whose every chunk carries its number and the moment it was written.

`python bench/pacer.py CHUNKS PACE_MS` prints its OpenAI address. A process of its own, with nothing but a protocol
and a timer per stream: it shares two cores with what is measured.
"""

import asyncio
import gc
import sys
import time
from typing import cast

import uvloop

WRAPS = 1 << 24  # hundredths of a millisecond, 167 s: the moment fits into four characters
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
PAIRS = [bytes([a, b]) for a in _LETTERS for b in _LETTERS]


def moment() -> int:
    return time.monotonic_ns() // 10_000 % WRAPS


def mark(number: int) -> bytes:
    """Write a chunk's number (its last six bits) and this moment in five characters, as many as a token's text has."""
    now = moment()
    return b"%c%b%b" % (_LETTERS[number & 63], PAIRS[now >> 12], PAIRS[now & 4095])


_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
_MODELS = b'{"object":"list","data":[{"id":"paced","object":"model","created":1,"owned_by":"bench"}]}'
_BEFORE = (
    b'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1795392000,"model":"paced",'
    b'"system_fingerprint":"fp_44709d6fcb","choices":[{"index":0,"delta":{"content":"'
)
_AFTER = b'"},"logprobs":null,"finish_reason":null}],"usage":null}\n\n'
_END = (
    b'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1795392000,"model":"paced","choices":'
    b'[{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null}\n\n'
    b'data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1795392000,"model":"paced","choices":[],'
    b'"usage":{"prompt_tokens":100,"completion_tokens":%d,"total_tokens":%d}}\n\ndata: [DONE]\n\n'
)


def _http_chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class Vendor(asyncio.Protocol):
    """One connection: a request, a paced answer, the next request."""

    def __init__(self, loop: asyncio.AbstractEventLoop, chunks: int, pace: float) -> None:
        self._loop, self._chunks, self._pace = loop, chunks, pace
        self._asked = b""
        self._said = 0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own are no subclass

    def connection_lost(self, _: Exception | None) -> None:
        if self._timer:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        self._asked += data
        head, found, body = self._asked.partition(b"\r\n\r\n")
        if not found:
            return
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0].strip()
        if len(body) < int(length or 0):
            return
        self._asked = b""
        if head.startswith(b"GET"):
            size = len(_MODELS)
            self._transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (size, _MODELS)
            )
            return
        self._said, self._due = 0, self._loop.time()
        self._transport.write(_HEAD)
        self._speak()

    def _speak(self) -> None:
        if self._said == self._chunks:
            self._transport.write(_http_chunk(_END % (self._chunks, self._chunks + 100)) + b"0\r\n\r\n")
            return
        self._transport.write(_http_chunk(_BEFORE + mark(self._said) + _AFTER))
        self._said += 1
        self._due += self._pace  # from the last one's due time: a late chunk makes no other late
        self._timer = self._loop.call_at(self._due, self._speak)


async def main() -> None:
    chunks, pace = int(sys.argv[1]), float(sys.argv[2]) / 1000
    loop = asyncio.get_running_loop()
    serving = await loop.create_server(lambda: Vendor(loop, chunks, pace), "127.0.0.1", 0, backlog=4096)
    print(f"http://127.0.0.1:{serving.sockets[0].getsockname()[1]}/v1", flush=True)
    gc.freeze()
    await serving.serve_forever()


if __name__ == "__main__":
    uvloop.run(main())
