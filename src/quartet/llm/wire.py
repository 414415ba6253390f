"""From a vendor's open response to deltas: what both vendors share. The hot path of the product.

What keeps a chunk cheap: no task, no timer and no model object for each, and all that one read from the socket brought
is handed on without another trip through the event loop. Figures: `docs/decisions`.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, aclosing, contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import aiohttp
import httpx2

from quartet.llm.failures import Vendor
from quartet.llm.types import Delta, Finished, ProviderFailed, Usage
from quartet.llm.watchdog import Watchdog

MAX_LINE = 1 << 20  # bytes; an honest event is a few kilobytes long
_DRAIN = (
    0.1  # seconds that a finished response gets to end by itself, so that its connection can be used again
)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for a connection, for the first byte of an answer, between bytes."""

    connect: float = 10.0
    first_byte: float = 60.0
    idle: float = 60.0

    @property
    def transport(self) -> httpx2.Timeout:
        """Only connecting is left to the transport: its read timeout costs 3.4 µs per chunk, a Watchdog 0.5 µs."""
        return httpx2.Timeout(None, connect=self.connect)


class Answer(Protocol):
    """One vendor's protocol, for one stream: what it has said so far."""

    usage: Usage | None

    def read(self, payloads: list[bytes]) -> Iterator[Delta]:
        """Raises `ProviderFailed` for the vendor's error event, ValueError for what is not its protocol."""

    def end(self) -> Finished | None:
        """None until the vendor says that it is done."""


Send = Callable[[AsyncExitStack], Awaitable[httpx2.Response]]


async def relay(
    vendor: Vendor, send: Send, answer: Answer, patience: Patience
) -> AsyncGenerator[Delta, None]:
    """Yield what the vendor says until it is done. Closing the generator closes the connection.

    `send` makes the request, leaves the response to the exit stack, and raises `ProviderFailed`.
    """
    watchdog = Watchdog(patience.first_byte)
    lines = _Lines()
    try:
        async with AsyncExitStack() as connection:
            response = await _open(vendor, send, connection, watchdog)
            chunks = await connection.enter_async_context(aclosing(response.aiter_bytes()))
            with _translated(vendor):
                while (finished := answer.end()) is None:
                    with watchdog:
                        chunk = await anext(chunks)
                    watchdog.allow(patience.idle)
                    for delta in answer.read(lines.payloads(chunk)):
                        yield delta
            await _drain(chunks, watchdog)
    except TimeoutError:
        raise vendor.timed_out(answer.usage) from None
    except ProviderFailed as failed:
        failed.usage = answer.usage
        raise
    finally:
        watchdog.stop()
    yield finished


@contextmanager
def _translated(vendor: Vendor) -> Iterator[None]:
    try:
        yield
    except StopAsyncIteration:
        raise vendor.cut_off() from None
    except (ValueError, httpx2.DecodingError):  # msgspec's errors and Unicode's are ValueErrors
        raise vendor.garbled() from None
    except httpx2.RequestError:
        raise vendor.cut_off() from None


async def _open(
    vendor: Vendor, send: Send, connection: AsyncExitStack, watchdog: Watchdog
) -> httpx2.Response:
    try:
        try:
            with watchdog:
                response = await send(connection)
        except ProviderFailed as failed:
            if not _dropped(failed):
                raise
            with watchdog:
                response = await send(connection)
    except aiohttp.ClientError:  # what the transport does not translate: an answer that is not HTTP
        raise vendor.garbled() from None
    if not response.headers.get("content-type", "").lower().startswith("text/event-stream"):
        raise vendor.garbled()
    return response


def _dropped(failed: ProviderFailed) -> bool:
    """Whether the peer closed the connection without a byte of an answer: it was idle for too long, or restarts.

    Such a request is sent once more. The SDKs would, too, but only together with waiting out 429s for up to two minutes
    (`max_retries` is 0, so that the person hears of those at once).
    """
    cause: BaseException | None = failed
    while cause is not None and not isinstance(cause, aiohttp.ClientConnectionError):
        cause = cause.__cause__
    return cause is not None and not isinstance(cause, (aiohttp.ClientConnectorError, TimeoutError))


async def _drain(chunks: AsyncIterator[bytes], watchdog: Watchdog) -> None:
    watchdog.allow(_DRAIN)
    with suppress(TimeoutError, httpx2.RequestError), watchdog:
        async for _ in chunks:
            pass


class _Lines:
    """Cuts chunks at newlines, wherever the network cut them."""

    def __init__(self) -> None:
        self._tail = bytearray()

    def payloads(self, chunk: bytes) -> list[bytes]:
        """What follows `data:` in each line that `chunk` completes. Both vendors put an event's JSON on one line."""
        whole, newline, rest = chunk.rpartition(b"\n")
        if not newline:
            self._keep(rest)
            return []
        if self._tail:
            whole = bytes(self._tail) + whole
            self._tail.clear()
        self._keep(rest)
        return [line[5:].strip() for line in whole.split(b"\n") if line.startswith(b"data:")]

    def _keep(self, rest: bytes) -> None:
        self._tail += rest
        if len(self._tail) > MAX_LINE:
            raise ValueError("A line without an end.")
