"""What a request costs: CPU of the server's process, and requests per CPU second, against a bare floor in the same run.

`python bench/serving.py [--rounds 20]`
"""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
import psutil

from database import a_database
from figures import Section
from stage import Server, each, preset, server, somebody

REQUESTS, CONCURRENCY = 200, 4
SHARE = 45  # per cent of the floor's requests per CPU second
SIZES = (50, 20)

Request = Callable[[], Any]


@dataclass(frozen=True)
class Cost:
    """Of one request: milliseconds of the server's CPU, and how many a second there were by the clock."""

    cpu: float
    rate: float


@dataclass
class Measured:
    """One request: through us, at the floor, and where PostgreSQL writes the JSON there too (None: there is none)."""

    name: str
    ours: Request
    bare: Request | None = None
    as_json: Request | None = None
    bound: float | None = None
    took: dict[str, list[Cost]] = field(default_factory=lambda: defaultdict(list))

    async def round(self, ours: Server, bare: Server) -> None:
        for who, running, request in (
            ("json", bare, self.as_json),
            ("bare", bare, self.bare),
            ("ours", ours, self.ours),
        ):
            if request:
                self.took[who].append(await _cost(running, request))

    def median(self, who: str) -> Cost:
        took = self.took[who]
        return Cost(median(each.cpu for each in took), median(each.rate for each in took))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    measured(parser.parse_args().rounds).show()


def measured(rounds: int) -> Section:
    with a_database() as url, server(url, "http://127.0.0.1:9/v1") as ours, floor(url) as bare:
        return asyncio.run(_compare(ours, bare, rounds))


@contextmanager
def floor(database_url: str) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(Path(__file__).with_name("floor.py")), str(port)]
    with subprocess.Popen(command, env=os.environ | {"DATABASE_URL": database_url}) as process:
        try:
            yield Server(f"http://127.0.0.1:{port}", psutil.Process(process.pid), database_url)
        finally:
            process.terminate()


async def _compare(ours: Server, bare: Server, rounds: int) -> Section:
    section = Section(
        "Requests",
        f"Medians of {rounds} rounds of {REQUESTS} requests, {CONCURRENCY} at a time, by turns with the floor: the "
        "same query behind bare ASGI, its rows written as JSON by Python. At the second floor PostgreSQL writes the "
        "JSON, as it does for us, and its text goes out unread. Requests a second are by the clock, with client and "
        "PostgreSQL on the same cores.",
    )
    async with AsyncExitStack() as stack:
        paths: list[Measured] = []
        for size in SIZES:
            paths += await _paths(await stack.enter_async_context(somebody(ours)), bare, size)
        for _ in range(rounds):
            for path in paths:
                await path.round(ours, bare)
    for path in paths:
        _add(section, path)
    return section


def _add(section: Section, path: Measured) -> None:
    product = path.median("ours")
    section.add(path.name, "ms", product.cpu, column="CPU")
    section.add(path.name, "", 1000 / product.cpu, column="requests per CPU second")
    section.add(path.name, "", product.rate, column="requests/s")
    if path.bare:
        ground = path.median("bare")
        section.add(path.name, "ms", ground.cpu, column="floor")
        section.add(path.name, "", ground.rate, column="floor, requests/s")
        section.add(path.name, "%", 100 * ground.cpu / product.cpu, path.bound, column="of the floor's", at_least=True)
    if path.as_json:
        ground = path.median("json")
        section.add(path.name, "ms", ground.cpu, column="second floor")
        section.add(path.name, "%", 100 * ground.cpu / product.cpu, column="of the second's")


async def _paths(person: aiohttp.ClientSession, bare: Server, size: int) -> list[Measured]:
    """Make so many components; list them, and read and write one."""
    async with person.get("/api/auth/session") as answer:
        user = (await answer.json())["user"]["id"]
    made = [await _create(person, n) for n in range(size)]
    await _answers(person, f"{bare.address}/list/{user}")

    def get(url: str) -> Request:
        return lambda: _send(person, "GET", url)

    def floors(what: str, of: str) -> tuple[Request, Request]:
        return get(f"{bare.address}/{what}/{of}"), get(f"{bare.address}/{what}-json/{of}")

    listing = Measured(f"list of {size} components", get("/api/components"), *floors("list", user), SHARE)
    if size != max(SIZES):
        return [listing]
    one, other = made[0], made[1]
    preset_id = await preset(person)
    change = {"content": "Rules that were changed. " * 20}
    return [
        listing,
        Measured("one component", get(f"/api/components/{one}"), *floors("one", one), SHARE),
        Measured("one preset", get(f"/api/presets/{preset_id}")),
        Measured(
            "change of a component",
            lambda: _send(person, "PATCH", f"/api/components/{one}", change),
            lambda: _send(person, "PATCH", f"{bare.address}/one/{other}", change),
        ),
        # Last of a round's, and the list shows 50 all the same.
        Measured(
            "new component",
            lambda: _send(person, "POST", "/api/components", _part(0)),
            lambda: _send(person, "POST", f"{bare.address}/new/{user}", _part(0)),
        ),
    ]


def _part(n: int) -> dict[str, Any]:
    return {"type": "role", "name": f"Component {n}", "content": f"Rules of part {n}. " * 20}


async def _create(person: aiohttp.ClientSession, n: int) -> str:
    async with person.post("/api/components", json=_part(n)) as answer:
        assert answer.status == 201
        return str((await answer.json())["id"])


async def _answers(person: aiohttp.ClientSession, url: str) -> None:
    """Wait until the floor does."""
    async with asyncio.timeout(30):
        while True:
            try:
                await _send(person, "GET", url)
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
            else:
                return


async def _send(person: aiohttp.ClientSession, method: str, url: str, body: Any = None) -> None:
    async with person.request(method, url, json=body) as answer:
        assert answer.ok, await answer.text()
        await answer.read()


async def _cost(running: Server, request: Request) -> Cost:
    await each(CONCURRENCY, [request() for _ in range(20)])  # warm
    before, begun = running.cpu(), time.perf_counter()
    await each(CONCURRENCY, [request() for _ in range(REQUESTS)])
    took = time.perf_counter() - begun
    return Cost((running.cpu() - before) * 1000 / REQUESTS, REQUESTS / took)


if __name__ == "__main__":
    main()
