"""How many answers one worker speaks at once, each chunk on time: 200 streams of 20 chunks/s for a minute, then more.

Vendor, server and readers are processes of their own on this machine; a chunk carries the moment the vendor wrote it.
Held: every answer whole and in order, the 99th percentile of the chunks' delay below 100 ms. The harness's own delay,
without the server between, is measured first.

`python bench/streams.py [--seconds 60] [--streams 200] [--most 0]`
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from database import a_database
from figures import Section, tell
from pacer import mark
from stage import Server, preset, question, server, somebody

RATE = 20  # chunks per second and stream
STREAMS_OF_ONE = 20  # of one person: their reservations must fit into a month's tokens
BEGUN_PER_SECOND = 25  # turns begin one after the other: a turn's own cost is not what is measured here
MOST_DELAY_MS = 100
MOST_RSS_MB = 300
_STEADY = 2  # seconds between the last beginning and the window in which CPU is counted


@dataclass(frozen=True)
class Heard:
    """One run. `late_ms`: 50th, 95th, 99th and 99.9th percentile, and the latest chunk of all.

    `rss_mb` is the most that the server held, `grown_mb` how much of it came with the streams.
    """

    streams: int
    chunks: int
    late_ms: list[float]
    broken: list[str]
    cpu_us: float
    cores: float
    rss_mb: float
    grown_mb: float
    load: float

    @property
    def holds(self) -> bool:
        return not self.broken and self.late_ms[2] < MOST_DELAY_MS


@dataclass(frozen=True)
class Caller:
    """A signed-in person, as raw requests need them."""

    cookie: str
    preset_id: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--most", type=int, default=1600, help="look for the highest number up to this; 0: do not")
    parser.add_argument("--look", type=int, default=20, help="seconds of each run of that search")
    asked = parser.parse_args()
    measured(asked.streams, asked.seconds, asked.most, asked.look).show()


def measured(streams: int, seconds: int, most: int, look: int) -> Section:
    section = Section(
        "Streams at once",
        f"{streams} answers at {RATE} chunks/s each for {seconds} s, on one worker; vendor and readers are processes "
        f"of their own on the same {os.cpu_count()} cores.",
    )
    with a_database() as url:
        bare = _alone(streams, min(seconds, look))
        heard = _run(url, streams, seconds)
        _add(section, heard, bare)
        if most:
            held, missed = _highest(url, heard, most, look)
            _add_search(section, held, missed, look)
    return section


def _add(section: Section, heard: Heard, bare: Heard) -> None:
    names = ("50 %", "95 %", "99 %", "99.9 %", "latest")
    section.add("broken answers", "", len(heard.broken), 0, note=(heard.broken or [""])[0])
    for name, late, own in zip(names, heard.late_ms, bare.late_ms, strict=True):
        bound = MOST_DELAY_MS if name == "99 %" else None
        section.add(f"delay of a chunk, {name}", "ms", late, bound, note=f"{own:.1f} ms without the server")
    section.add("memory of the server, at most", "MB", heard.rss_mb, MOST_RSS_MB)
    note = f"answers of {heard.chunks // heard.streams:,} chunks"
    section.add("memory per stream", "kB", heard.grown_mb * 1000 / heard.streams, note=note)
    section.add("CPU per chunk, paced", "µs", heard.cpu_us, 150, note="while all streams run, checkpoints included")
    section.add("cores used by the server", "", heard.cores, note=f"{heard.chunks:,} chunks in all")


def _add_search(section: Section, held: Heard, missed: Heard | None, look: int) -> None:
    told = f"99 % within {held.late_ms[2]:.0f} ms, {held.cores:.2f} cores, {held.rss_mb:.0f} MB"
    section.add("most streams that held", "", held.streams, note=f"runs of {look} s; {told}")
    if missed:
        told = f"99 % within {missed.late_ms[2]:.0f} ms, {len(missed.broken)} broken, {missed.cores:.2f} cores"
        section.add("fewest that did not", "", missed.streams, note=told)


def _highest(url: str, heard: Heard, most: int, look: int) -> tuple[Heard, Heard | None]:
    """Double until it does not hold, then halve the gap until it is a tenth."""
    held, missed = heard, None if heard.holds else heard
    low, high = (held.streams, most + 1) if heard.holds else (0, held.streams)
    while high - low > max(low // 10, 5):
        wanted = low * 2 if missed is None else (low + high) // 2
        if wanted > most:
            break
        run = _run(url, wanted, look)
        if run.holds:
            held, low = run, wanted
        else:
            missed, high = run, wanted
    return held, missed


def _alone(streams: int, seconds: int) -> Heard:
    """Hear the vendor itself: what of the delay is the harness's own."""
    chunks = RATE * (seconds + streams // BEGUN_PER_SECOND)
    with _vendor(chunks) as (vendor_url, _):
        body = json.dumps({"model": "paced", "stream": True, "messages": []})
        request = _post("/v1/chat/completions", body, "")
        heard = _listen(vendor_url, [request] * streams, chunks, '"finish_reason":"stop"', None)
    return _said("without the server", heard)


def _run(url: str, streams: int, seconds: int) -> Heard:
    chunks = RATE * (seconds + streams // BEGUN_PER_SECOND)
    with _vendor(chunks) as (vendor_url, _), server(url, vendor_url, QUARTET_TITLES="plain") as running:
        callers = asyncio.run(_callers(running, -(-streams // STREAMS_OF_ONE)))
        requests = [_question(callers[n % len(callers)]) for n in range(streams)]
        heard = _said("", _listen(running.address, requests, chunks, '{"type":"finish"}', running))
        kept = _kept(url, chunks)
    if kept != streams and not heard.broken:
        heard.broken.append(f"{kept} of {streams} answers were kept whole")
    return heard


def _said(what: str, heard: Heard) -> Heard:
    late = " | ".join(f"{each:.1f}" for each in heard.late_ms)
    tell(
        f"{heard.streams} streams {what}: {late} ms, {len(heard.broken)} broken {heard.broken[:1]}, "
        f"{heard.cpu_us:.0f} µs per chunk, {heard.cores:.2f} cores, {heard.rss_mb:.0f} MB, load {heard.load:.1f}"
    )
    return heard


@contextmanager
def _vendor(chunks: int) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    command = [sys.executable, str(Path(__file__).with_name("pacer.py")), str(chunks), str(1000 / RATE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


async def _callers(running: Server, count: int) -> list[Caller]:
    callers = []
    async with AsyncExitStack() as people:
        for _ in range(count):
            person = await people.enter_async_context(somebody(running))
            cookie = "; ".join(f"{each.key}={each.value}" for each in person.cookie_jar)
            callers.append(Caller(cookie, await preset(person)))
    return callers


def _question(caller: Caller) -> str:
    asked = question(caller.preset_id) | {"selectedChatModel": "openai/paced"}
    return _post("/api/chat", json.dumps(asked), f"cookie: {caller.cookie}\r\n")


def _post(path: str, body: str, headers: str) -> str:
    return (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n{headers}"
        f"content-length: {len(body.encode())}\r\n\r\n{body}"
    )


def _listen(address: str, requests: list[str], chunks: int, ending: str, running: Server | None) -> Heard:
    """Run the listener; meanwhile look at the server's CPU and memory."""
    load = os.getloadavg()[0]
    rest = running.process.memory_info().rss / 1e6 if running else 0.0
    asked: dict[str, Any] = {"port": urlsplit(address).port, "requests": requests, "chunks": chunks, "ending": ending}
    asked |= {"every": 1 / BEGUN_PER_SECOND, "seconds": chunks / RATE}
    command = [sys.executable, str(Path(__file__).with_name("listener.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        process.stdout.readline()  # all have been asked
        steady = chunks / RATE - len(requests) / BEGUN_PER_SECOND - 2 * _STEADY
        used = _watch(running, steady) if running else {"cpu_s": 0.0, "rss_mb": 0.0, "seconds": 1.0}
        heard: dict[str, Any] = json.loads(process.stdout.readline())
    spoken = len(requests) * RATE * used["seconds"]
    return Heard(
        streams=len(requests),
        chunks=heard["heard"],
        late_ms=heard["late_ms"],
        broken=heard["broken"],
        cpu_us=used["cpu_s"] * 1e6 / spoken,
        cores=used["cpu_s"] / used["seconds"],
        rss_mb=used["rss_mb"],
        grown_mb=used["rss_mb"] - rest,
        load=load,
    )


def _watch(running: Server, seconds: float) -> dict[str, float]:
    """Look every half a second, from two seconds after the last beginning to two before the first end."""

    async def look() -> dict[str, float]:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(_STEADY)
        begin, before, most = loop.time(), running.cpu(), 0
        while loop.time() - begin < seconds:
            most = max(most, running.process.memory_info().rss)
            await asyncio.sleep(0.5)
        return {"cpu_s": running.cpu() - before, "rss_mb": most / 1e6, "seconds": loop.time() - begin}

    return asyncio.run(look())


def _kept(url: str, chunks: int) -> int:
    """Count the answers of the last run that stand whole in the database, and forget them."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            """SELECT count(*) FROM "Message_v2" WHERE "role" = 'assistant' AND length(quartet_said("parts")) = %s""",
            [chunks * len(mark(0))],
        ).fetchone()
        connection.execute('TRUNCATE "User" CASCADE')
    return row[0] if row else 0


if __name__ == "__main__":
    main()
