"""Who hears many paced answers at once and says how late every chunk was: a process of its own, started by `streams`.

Reads JSON from its input, `{"port", "requests", "chunks", "every", "ending"}`: whole HTTP requests, one sent after
`every` seconds each, and what stands at the end of a whole answer. Prints JSON.
"""

import asyncio
import gc
import json
import re
import sys
from array import array
from contextlib import suppress
from functools import partial
from typing import Any, cast

import psutil
import uvloop

from pacer import PAIRS, WRAPS, moment

_find = re.compile(rb'"(?:delta|content)":"([\w-])([\w-]{2})([\w-]{2})"').findall
_LETTER = {pair[1:]: number for number, pair in enumerate(PAIRS[:64])}
_PAIR = {pair: number for number, pair in enumerate(PAIRS)}
_PATIENCE = 60  # seconds without any answer's end after the last one is due


class Listener(asyncio.Protocol):
    """Hears one answer: `broken` says what was wrong with it, and is empty where nothing was."""

    def __init__(self, asked: dict[str, Any], request: bytes, late: "array[int]", over: asyncio.Future[None]) -> None:
        self._chunks, self._ending = asked["chunks"], asked["ending"].encode()
        self._request, self._late, self.over = request, late, over
        self._tail = b""
        self._begun = self._complete = False
        self.heard = 0
        self.broken = "no answer"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own are no subclass
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = moment()
        if not self._begun:
            self._begun = True
            if not data.startswith(b"HTTP/1.1 200"):
                self._end(data[:300].decode(errors="replace"))
                return
        data = self._tail + data
        for letter, high, low in _find(data):
            if _LETTER[letter] != self.heard & 63:
                self._end(f"another chunk than number {self.heard}, which was due")
                return
            self.heard += 1
            self._late.append((now - (_PAIR[high] << 12) - _PAIR[low]) % WRAPS)
        self._complete = self._complete or self._ending in data
        if b"data: [DONE]" in data:
            whole = self._complete and self.heard == self._chunks
            self._end("" if whole else f"ended after {self.heard} chunks: {data[-200:].decode(errors='replace')}")
        self._tail = data[data.rfind(b"\n") + 1 :]

    def connection_lost(self, error: Exception | None) -> None:
        self._end(f"cut after {self.heard} chunks: {error}")

    def _end(self, broken: str) -> None:
        if not self.over.done():
            self.broken = broken
            self.over.set_result(None)
            self._transport.close()


def _same(listener: Listener) -> Listener:
    return listener


async def hear(asked: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    late: array[int] = array("l")
    listeners: list[Listener] = []
    begin = loop.time()
    gc.freeze()
    gc.disable()
    for n, request in enumerate(asked["requests"]):
        await asyncio.sleep(begin + n * asked["every"] - loop.time())
        listener = Listener(asked, request.encode(), late, loop.create_future())
        listeners.append(listener)
        await loop.create_connection(partial(_same, listener), "127.0.0.1", asked["port"])
    print(json.dumps({"all_asked": loop.time() - begin}), flush=True)
    done = asyncio.gather(*(listener.over for listener in listeners))
    with suppress(TimeoutError):  # whoever did not end is broken
        await asyncio.wait_for(done, asked["seconds"] + _PATIENCE)
    return {
        "late_ms": [each / 100 for each in _percentiles(late)],
        "heard": len(late),
        "broken": [listener.broken for listener in listeners if listener.broken],
        "cpu_s": sum(psutil.Process().cpu_times()[:2]),
    }


def _percentiles(late: "array[int]") -> list[int]:
    """50th, 95th, 99th, 99.9th and the latest."""
    ordered = sorted(late) or [0]
    return [ordered[min(int(len(ordered) * part), len(ordered) - 1)] for part in (0.5, 0.95, 0.99, 0.999, 1)]


if __name__ == "__main__":
    print(json.dumps(uvloop.run(hear(json.loads(sys.stdin.readline())))), flush=True)
