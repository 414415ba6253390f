"""A server process that ends, and who is connected to it just then, or connects."""

import asyncio
import http.client
import signal
import socket
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Self
from urllib.parse import urlsplit

from cli.served import Served
from people import until

ASK = b"GET /healthz HTTP/1.1\r\nHost: quartet\r\n\r\n"


def answer(line: socket.socket) -> bytes:
    """Read what comes until the line is closed."""
    with closing(line):
        return b"".join(iter(lambda: line.recv(65536), b""))


async def test_who_is_connected_may_ask_once_more(serve: Callable[..., Served], database_url: str):
    served = serve(DATABASE_URL=database_url, QUARTET_SEED="none")
    there = urlsplit(served.address)
    silent, asking, idle = (socket.create_connection((there.hostname, there.port), timeout=20) for _ in range(3))
    asking.sendall(ASK[:20])
    idle.sendall(ASK)
    heard = b""
    while not heard.endswith(b"\r\n\r\nok"):  # so those before it are taken, too
        heard += idle.recv(65536)
    served.process.send_signal(signal.SIGTERM)

    async def is_closed() -> bool:
        with suppress(ConnectionRefusedError), socket.create_connection((there.hostname, there.port)):
            return False
        return True

    await until(is_closed)
    for line, rest in ((silent, ASK), (asking, ASK[20:]), (idle, ASK)):
        line.sendall(rest)
    for told in map(answer, (silent, asking, idle)):
        assert told.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"\r\nconnection: close\r\n" in told
    assert await asyncio.to_thread(served.process.wait, 20) == 0


class Crowd:
    """People who ask as fast as they are answered: some on a new connection each time, some on one of theirs."""

    def __init__(self, address: str) -> None:
        self._address = urlsplit(address).netloc
        self._has_ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=[n % 2 == 0]) for n in range(6)]
        self.answered = 0
        self.unanswered: list[str] = []

    def __enter__(self) -> Self:
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._has_ended.set()
        for each in self._threads:
            each.join()

    def _ask(self, anew: bool) -> None:  # noqa: FBT001 - a kind of person
        line = http.client.HTTPConnection(self._address, timeout=20)
        while not self._has_ended.is_set():
            try:
                line.request("GET", "/healthz")
                self.answered += line.getresponse().read() != b""
            except (OSError, http.client.HTTPException) as error:
                self.unanswered.append(repr(error))
                line.close()
            if anew:
                line.close()
        line.close()


async def replace(served: Served) -> None:
    before = served.workers()
    served.process.send_signal(signal.SIGHUP)

    async def are_all_new() -> bool:
        now = served.workers()
        return len(now) == 2 and not {*now} & {*before}

    await until(are_all_new, seconds=60)


async def test_everybody_is_answered_while_processes_are_replaced(serve: Callable[..., Served], database_url: str):
    served = serve("--workers", "2", DATABASE_URL=database_url, QUARTET_SEED="none")
    with Crowd(served.address) as crowd:
        await replace(served)
    assert crowd.unanswered == []
    assert crowd.answered > 100
