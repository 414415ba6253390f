"""What a request waits for when its database is far away: how many times it goes there and back.

`python bench/distance.py [--milliseconds 20]`: the same requests with the database beside the server, and with a proxy
between them that holds every byte back for half of that time, in both directions.
"""

import argparse
import asyncio
import statistics
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from database import a_database
from figures import Section
from stage import Server, preset, question, server, somebody, vendor

AWAY_MS, ASKED = 20, 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--milliseconds", type=int, default=AWAY_MS)
    measured(parser.parse_args().milliseconds).show()


def measured(away_ms: int = AWAY_MS) -> Section:
    section = Section(
        "A database far away",
        f"Medians of {ASKED} requests, one after the other, with the database beside the server and {away_ms} ms there "
        "and back from it. Round trips are the difference, divided by that.",
    )
    near, far = asyncio.run(_measure(0)), asyncio.run(_measure(away_ms))
    for name, milliseconds in near.items():
        section.add(name, "ms", milliseconds, column="beside it")
        section.add(name, "ms", far[name], column=f"{away_ms} ms away")
        section.add(name, "", (far[name] - milliseconds) / away_ms, column="round trips")
    return section


async def _measure(away_ms: int) -> dict[str, float]:
    with (
        a_database() as url,
        _away(url, away_ms / 2000) as address,
        vendor(chunks=1, pace_ms=0) as vendor_url,
        server(address, vendor_url, QUARTET_TITLES="plain") as running,
    ):
        return await _ask(Server(running.address, running.process, url))


async def _ask(running: Server) -> dict[str, float]:
    async with somebody(running) as person:
        preset_id = await preset(person)
        async with person.get("/api/components") as answer:
            component = (await answer.json())["items"][0]["id"]
        part = {"type": "role", "name": "One more", "content": "Rules of it. " * 20}

        def sending(method: str, path: str, body: Any = None) -> Callable[[], Awaitable[None]]:
            async def send() -> None:
                async with person.request(method, path, json=body) as answer:
                    assert answer.ok, await answer.text()
                    await answer.read()

            return send

        return {
            "list of components": await _median(sending("GET", "/api/components")),
            "one component": await _median(sending("GET", f"/api/components/{component}")),
            "one preset": await _median(sending("GET", f"/api/presets/{preset_id}")),
            "new component": await _median(sending("POST", "/api/components", part)),
            "change of a component": await _median(
                sending("PATCH", f"/api/components/{component}", {"content": "New."})
            ),
            "first word of an answer": await _median(lambda: _first_word(person, preset_id)),
        }


async def _first_word(person: aiohttp.ClientSession, preset_id: str) -> None:
    async with person.post("/api/chat", json=question(preset_id)) as answer:
        async for line in answer.content:
            if b"text-delta" in line:
                return


async def _median(act: Callable[[], Awaitable[None]]) -> float:
    took = []
    for _ in range(ASKED + 5):
        start = time.perf_counter()
        await act()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took[5:])


@contextmanager
def _away(url: str, seconds: float) -> Iterator[str]:
    """Yield an address of the same database whose bytes arrive so much later, in both directions."""
    address = conninfo_to_dict(url)
    loop, ready = asyncio.new_event_loop(), threading.Event()
    port = 0

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            loop.call_later(seconds, writer.write, piece)
        loop.call_later(seconds, writer.close)

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_unix_connection(f"{address['host']}/.s.PGSQL.5432")
        await asyncio.gather(carry(reader, there[1]), carry(there[0], writer), return_exceptions=True)

    async def listen() -> None:
        nonlocal port
        listening = await asyncio.start_server(join, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        ready.set()

    def serve() -> None:
        loop.run_until_complete(listen())
        loop.run_forever()

    threading.Thread(target=serve, daemon=True).start()
    ready.wait()
    try:
        yield make_conninfo(url, host="127.0.0.1", port=port)
    finally:
        loop.call_soon_threadsafe(loop.stop)


if __name__ == "__main__":
    main()
