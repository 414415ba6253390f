"""From a vendor's open response to deltas: what all vendors share. The hot path of the product.

What keeps a chunk cheap: no task, no timer and no model object for each, and whatever one read from the socket
brought is handed on without another trip through the event loop.
"""

import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, aclosing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import aiohttp
import httpx2

from quartet.llm.calls import Call, Said
from quartet.llm.failures import Vendor
from quartet.llm.types import Delta, FailureKind, Finished, ModelRequest, ProviderFailed
from quartet.llm.watchdog import Watchdog

MAX_LINE = 1 << 20  # bytes; an honest event is a few kilobytes long
_DRAIN = 0.1  # seconds that a finished response gets to end by itself, so that its connection can be used again


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: for a connection, for the first byte of an answer, between bytes."""

    connect: float = 10.0
    first_byte: float = 60.0
    idle: float = 60.0

    @property
    def transport(self) -> httpx2.Timeout:
        """Connecting only. The transport's read timeout arms a timer per chunk: 3.4 µs, a Watchdog's wait 0.4."""
        return httpx2.Timeout(None, connect=self.connect)


@cache
def authorities() -> ssl.SSLContext:
    """Whom we trust over TLS, read once; every client would read it again, which takes 0.12 s."""
    return httpx2.create_ssl_context()


class Answer(Said, Protocol):
    """One vendor's protocol, for one stream."""

    def read(self, payloads: list[bytes]) -> Iterator[Delta]:
        """Raises `ProviderFailed` for the vendor's error event, ValueError for what is not its protocol."""

    def end(self) -> Finished | None:
        """None until the vendor says that it is done."""


Send = Callable[[AsyncExitStack], Awaitable[httpx2.Response]]


async def relay(
    vendor: Vendor, request: ModelRequest, send: Send, answer: Answer, patience: Patience
) -> AsyncGenerator[Delta, None]:
    """Yield what the vendor says until it is done. Closing the generator closes the connection.

    `send` makes the request and leaves the response to the exit stack, or raises `ProviderFailed`.
    """
    with Call(vendor.name, request, answer) as call, _watched(vendor, answer, patience) as watchdog:
        lines, is_silent = Lines(), True
        async with AsyncExitStack() as connection:
            response = await _open(vendor, send, connection, watchdog)
            chunks = await connection.enter_async_context(aclosing(response.aiter_bytes()))
            with _translated(vendor):
                while (finished := answer.end()) is None:
                    with watchdog:
                        chunk = await anext(chunks)
                    watchdog.allow(patience.idle)
                    for delta in answer.read(lines.payloads(chunk)):
                        if is_silent:
                            is_silent = False
                            call.speaks()
                        yield delta
            await _drain(chunks, watchdog)
        call.finished(finished.reason)
    yield finished


@contextmanager
def _watched(vendor: Vendor, answer: Answer, patience: Patience) -> Iterator[Watchdog]:
    """Whatever fails says what it cost so far."""
    watchdog = Watchdog(patience.first_byte)
    try:
        yield watchdog
    except TimeoutError:
        raise vendor.failed(FailureKind.TIMED_OUT, usage=answer.usage) from None
    except ProviderFailed as failed:
        failed.usage = answer.usage
        raise
    finally:
        watchdog.stop()


async def _open(vendor: Vendor, send: Send, connection: AsyncExitStack, watchdog: Watchdog) -> httpx2.Response:
    try:
        with watchdog:
            try:
                response = await send(connection)
            except ProviderFailed as failed:
                if not _dropped(failed):
                    raise
                response = await send(connection)
    except aiohttp.ClientError:  # all that the transport does not translate: the answer is not HTTP
        raise vendor.failed(FailureKind.GARBLED) from None
    if not response.headers.get("content-type", "").lower().startswith("text/event-stream"):
        raise vendor.failed(FailureKind.GARBLED)
    return response


def _dropped(failed: ProviderFailed) -> bool:
    """Whether the peer took the connection and closed it without a byte: it had been idle, or the peer restarts.

    Such a request is sent once more. The SDKs would do so, too (`max_retries`), but would with the same setting wait
    out a 429 for up to two minutes, of which the person should hear at once.
    """
    cause: BaseException | None = failed
    while cause is not None and not isinstance(cause, aiohttp.ClientConnectionError):
        cause = cause.__cause__
    return cause is not None and not isinstance(cause, (aiohttp.ClientConnectorError, TimeoutError))


@contextmanager
def _translated(vendor: Vendor) -> Iterator[None]:
    try:
        yield
    except (ValueError, httpx2.DecodingError):  # msgspec's errors and Unicode's are ValueErrors
        raise vendor.failed(FailureKind.GARBLED) from None
    except (StopAsyncIteration, httpx2.RequestError):
        raise vendor.failed(FailureKind.CUT_OFF) from None


async def _drain(chunks: AsyncIterator[bytes], watchdog: Watchdog) -> None:
    watchdog.allow(_DRAIN)
    with suppress(TimeoutError, httpx2.RequestError), watchdog:
        async for _ in chunks:
            pass


class Lines:
    """Cuts chunks at newlines, wherever the network cut them."""

    def __init__(self) -> None:
        self._tail = bytearray()

    def payloads(self, chunk: bytes) -> list[bytes]:
        """What follows `data:` in each line that `chunk` completes; no vendor spreads an event over two."""
        lines = chunk.split(b"\n")
        rest = lines.pop()
        if lines and self._tail:
            lines[0] = bytes(self._tail) + lines[0]
            self._tail.clear()
        if rest:
            self._tail += rest
            if len(self._tail) > MAX_LINE:
                raise ValueError("A line without an end.")
        return [line[5:].strip() for line in lines if line.startswith(b"data:")]
