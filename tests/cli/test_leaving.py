"""A server process that ends, and who is connected to it just then, or connects."""

import asyncio
import http.client
import json
import signal
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from functools import partial
from typing import Self
from urllib.parse import urlsplit

import httpx2
import pytest

from cli.served import Served
from llm.peer import Answer, VendorPeer
from people import Person, Reader, hear, until
from quartet.cli.leaving import OPEN_FOR_SECONDS
from quartet.core.database import Database

ASK = b"GET /healthz HTTP/1.1\r\nHost: quartet\r\n\r\n"
UPLOAD = b"""POST /api/auth/login HTTP/1.1\r
Host: quartet\r
Sec-Fetch-Site: same-origin\r
Content-Type: application/json\r
Content-Length: 100\r
\r
{"email": """


def connected(served: Served) -> socket.socket:
    there = urlsplit(served.address)
    return socket.create_connection((there.hostname, there.port), timeout=20)


def answer_on(line: socket.socket) -> bytes:
    """Read what comes until the line is closed."""
    with closing(line):
        return b"".join(iter(lambda: line.recv(65536), b""))


@pytest.fixture
def node(serve: Callable[..., Served], database_url: str, redis_url: str, vendor: VendorPeer) -> Callable[[], Served]:
    """Start one of several nodes."""
    settings = {"OPENAI_BASE_URL": vendor.openai_url, "OPENAI_API_KEY": "k", "QUARTET_LOG": "json"}
    return partial(serve, DATABASE_URL=database_url, REDIS_URL=redis_url, QUARTET_SEED="none", **settings)


async def end(served: Served) -> None:
    served.process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(served.process.wait, 20) == 0


def errors(capfd: pytest.CaptureFixture[str]) -> list[str]:
    logged = capfd.readouterr().err.splitlines()
    return [line for line in logged if line.startswith("{") and json.loads(line)["level"] == "ERROR"]


async def is_closed(served: Served) -> bool:
    with suppress(ConnectionRefusedError), connected(served):
        return False
    return True


async def test_who_is_connected_may_ask_once_more(node: Callable[[], Served], capfd: pytest.CaptureFixture[str]):
    served = node()
    silent, asking, uploading, dawdling, idle = (connected(served) for _ in range(5))
    asking.sendall(ASK[:20])
    uploading.sendall(UPLOAD)
    idle.sendall(ASK)
    heard = b""
    while not heard.endswith(b"\r\n\r\nok"):  # so those before it are taken, too
        heard += idle.recv(65536)
    ending = asyncio.create_task(end(served))

    await until(partial(is_closed, served))
    dawdling.sendall(ASK[:20])  # and no more
    for line, rest in ((silent, ASK), (asking, ASK[20:]), (idle, ASK)):
        line.sendall(rest)
    for told in map(answer_on, (silent, asking, idle)):
        assert told.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"\r\nconnection: close\r\n" in told
    assert answer_on(dawdling) == b""
    assert answer_on(uploading) == b""
    await ending
    assert errors(capfd) == []


def as_sent(request: httpx2.Request) -> bytes:
    head = [f"{request.method} {request.url.path} HTTP/1.1", *(f"{name}: {of}" for name, of in request.headers.items())]
    return "\r\n".join([*head, "", ""]).encode() + request.content


@asynccontextmanager
async def hearing(
    served: Served, database: Database, vendor: VendorPeer
) -> AsyncIterator[tuple[Served, Person, Reader]]:
    """Somebody who hears a long answer, from its first word on."""
    vendor.script(Answer(deltas=["word "] * 3000, pace=0.01))
    async with Person(served.address, database) as ada:
        await ada.register()
        async with ada.asking(ada.question()) as answer:
            reader = Reader(answer)
            await reader.words()
            yield served, ada, reader


async def test_an_answer_that_is_being_written_ends_with_a_word_of_why(
    node: Callable[[], Served], database: Database, vendor: VendorPeer, capfd: pytest.CaptureFixture[str]
):
    async with hearing(node(), database, vendor) as (served, ada, reader):
        late = connected(served)
        another = as_sent(ada.http.build_request("POST", "/api/chat", json=ada.question()))
        late.sendall(another[:20])
        ending = asyncio.create_task(end(served))
        heard = await reader.rest()
        late.sendall(another[20:])
        assert (await ada.get("/healthz")).status_code == 200, "on the line on which she heard the answer"
        assert heard.data("outcome") == {"outcome": "interrupted", "message": "The server was stopped."}
        told = await asyncio.to_thread(answer_on, late)
        assert b'"type":"start"' in told
        assert b'"outcome":"interrupted"' in told
        await ending
    assert errors(capfd) == []


async def test_a_second_ctrl_c_waits_for_nothing_and_shows_no_code(
    node: Callable[[], Served], database: Database, vendor: VendorPeer, capfd: pytest.CaptureFixture[str]
):
    async with hearing(node(), database, vendor) as (served, _, _):
        with connected(served):
            served.process.send_signal(signal.SIGINT)
            await until(partial(is_closed, served))
            served.process.send_signal(signal.SIGINT)
            assert await asyncio.to_thread(served.process.wait, 20) == 130
    assert all(json.loads(line)["level"] == "WARNING" for line in capfd.readouterr().err.splitlines())


async def test_who_follows_an_answer_of_another_process_goes_on_elsewhere(
    node: Callable[[], Served], database: Database, vendor: VendorPeer, capfd: pytest.CaptureFixture[str]
):
    speaking, leaving = node(), node()
    vendor.script(Answer(deltas=[f"word{n} " for n in range(3000)], pace=0.01))
    async with Person(speaking.address, database) as ada, Person(leaving.address, database) as follower:
        await ada.register()
        follower.http.cookies = ada.http.cookies
        question = ada.question()
        followed = f"/api/chat/{question['id']}/stream"
        async with ada.asking(question) as answer:
            reader = Reader(answer)
            await reader.words()
            async with follower.http.stream("GET", followed) as copied:
                follows = Reader(copied)
                await follows.words()
                await end(leaving)
                with pytest.raises(httpx2.RemoteProtocolError):
                    await follows.rest()
            async with ada.http.stream("GET", followed) as copied:
                await ada.post(f"/api/chat/{question['id']}/stop")
                assert (await hear(copied)).chunks == (await reader.rest()).chunks
    assert errors(capfd) == []


class Crowd:
    """People who ask as fast as they are answered: some on a new connection each time, some on one of theirs.

    That one may be closed while they do not ask, as any server does after a while.
    """

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
        line, answered_at = http.client.HTTPConnection(self._address, timeout=20), time.monotonic()
        while not self._has_ended.is_set():
            try:
                line.request("GET", "/healthz")
                self.answered += line.getresponse().read() != b""
            except (OSError, http.client.HTTPException) as error:
                if anew or time.monotonic() - answered_at < OPEN_FOR_SECONDS / 2:
                    self.unanswered.append(repr(error))
                line.close()
            answered_at = time.monotonic()
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
