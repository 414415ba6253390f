"""What a list of components costs: CPU per request of the server, against a bare floor in the same run.

`python bench/listing.py`
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import psutil

from database import a_database
from stage import Server, each, server, somebody

REQUESTS, CONCURRENCY, ROUNDS = 300, 4, 20
SIZES = (50, 20)


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


async def fetch(person: aiohttp.ClientSession, url: str, size: int) -> None:
    async with person.get(url) as answer:
        assert len((await answer.json())["items"]) == size


async def cpu_of(running: Server, person: aiohttp.ClientSession, url: str, size: int) -> float:
    """Milliseconds of CPU per request."""
    await each(CONCURRENCY, [fetch(person, url, size) for _ in range(20)])  # warm
    before = running.cpu()
    await each(CONCURRENCY, [fetch(person, url, size) for _ in range(REQUESTS)])
    return (running.cpu() - before) * 1000 / REQUESTS


async def compare(ours: Server, bare: Server, size: int) -> None:
    async with somebody(ours) as person:
        async with person.get("/api/auth/session") as answer:
            user = (await answer.json())["user"]["id"]
        for n in range(size):
            body = {"type": "role", "name": f"Component {n}", "content": f"Rules of part {n}. " * 20}
            async with person.post("/api/components", json=body) as answer:
                assert answer.status == 201
        async with asyncio.timeout(30):
            while True:
                try:
                    await fetch(person, f"{bare.address}/{user}", size)
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.1)
                else:
                    break
        # In turns, so that whatever else the machine does falls on both.
        ground, product = 0.0, 0.0
        for _ in range(ROUNDS):
            ground += await cpu_of(bare, person, f"{bare.address}/{user}", size) / ROUNDS
            product += await cpu_of(ours, person, "/api/components", size) / ROUNDS
        ratio = product / ground
        print(f"{size} components: {product:.2f} ms CPU, floor {ground:.2f} ms: {ratio:.2f} times the floor")


def main() -> None:
    with a_database() as url, server(url, "http://127.0.0.1:9/v1") as ours, floor(url) as bare:
        for size in SIZES:
            asyncio.run(compare(ours, bare, size))


if __name__ == "__main__":
    main()
