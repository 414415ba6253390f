"""What an answer costs: CPU of the server per streamed chunk and per turn, and the time it adds to the first word.

Answers of 400 chunks, 20 at a time, by a signed-in person with a full preset: from the provider's socket to the
client's, the prompt composed, everything kept. `python bench/streaming.py`
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import aiohttp

from database import a_database
from figures import Section
from stage import Server, each, preset, question, server, somebody, vendor

CHUNKS, CONCURRENCY, BATCHES = 400, 20, 3
TURN, FIRST_WORD = 12, 10  # the most it may be, in milliseconds

T = TypeVar("T")


async def hear(person: aiohttp.ClientSession, preset_id: str) -> None:
    async with person.post("/api/chat", json=question(preset_id)) as answer:
        assert answer.status == 200, await answer.text()
        last = b""
        async for piece in answer.content.iter_any():
            last = last[-20:] + piece
        assert last.endswith(b"data: [DONE]\n\n")


async def cpu_of_turns(running: Server, turns: int, concurrency: int) -> float:
    """Milliseconds of the server's CPU per turn: the median of some batches."""
    async with somebody(running) as person:
        preset_id = await preset(person)
        await each(concurrency, [hear(person, preset_id) for _ in range(2 * concurrency)])  # warm
        used = []
        for _ in range(BATCHES):
            before = running.cpu()
            await each(concurrency, [hear(person, preset_id) for _ in range(turns // BATCHES)])
            used.append((running.cpu() - before) * 1000 / (turns // BATCHES))
        return statistics.median(used)


async def added_to_first_word(running: Server, vendor_url: str) -> tuple[float, float]:
    """Median milliseconds to the first text: through us, and from the vendor itself."""
    body = {"model": "x", "stream": True, "messages": [{"role": "user", "content": "Hello?"}]}
    async with somebody(running) as person, aiohttp.ClientSession() as direct:
        preset_id = await preset(person)

        async def until(mark: bytes, answering: Callable[[], aiohttp.client._RequestContextManager]) -> float:
            start = time.perf_counter()
            seen, first = b"", 0.0
            async with answering() as answer:
                async for piece in answer.content.iter_any():
                    seen = seen[-100:] + piece
                    if not first and mark in seen:
                        first = time.perf_counter() - start
            return first * 1000

        ours, theirs = [], []
        for _ in range(60):
            ours.append(await until(b"text-delta", lambda: person.post("/api/chat", json=question(preset_id))))
            theirs.append(await until(b" word0", lambda: direct.post(f"{vendor_url}/chat/completions", json=body)))
    return statistics.median(ours[10:]), statistics.median(theirs[10:])


def _on_stage(
    chunks: int, pace_ms: float, work: Callable[[Server, str], Coroutine[Any, Any, T]], titles: str = "model"
) -> T:
    with (
        a_database() as url,
        vendor(chunks=chunks, pace_ms=pace_ms) as vendor_url,
        server(url, vendor_url, QUARTET_TITLES=titles) as running,
    ):
        return asyncio.run(work(running, vendor_url))


def measured(streams: int, turns: int) -> Section:
    """Measure so many answers of many chunks, and so many turns of one."""
    told = (
        f"Answers of {CHUNKS} chunks, {CONCURRENCY} at a time, from the vendor's socket to the client's. "
        "A new chat each, named by the model a second after its answer, unless it says otherwise."
    )
    section = Section("Streaming", told)

    async def one_chunk(running: Server, vendor_url: str) -> tuple[float, float, float]:
        return await cpu_of_turns(running, turns, 4), *await added_to_first_word(running, vendor_url)

    async def stream(running: Server, _: str) -> float:
        return await cpu_of_turns(running, streams, CONCURRENCY)

    turn, ours, theirs = _on_stage(1, 0, one_chunk, titles="plain")
    section.add("a turn of one chunk, no chat named", "ms CPU", turn, TURN)
    section.add("added to the first word, no chat named", "ms", ours - theirs, FIRST_WORD)
    turn, ours, theirs = _on_stage(1, 0, one_chunk)
    section.add("a turn of one chunk", "ms CPU", turn, TURN, note="the chat's name, a second question, included")
    section.add("first word", "ms", ours, note=f"{theirs:.1f} ms from the vendor itself")
    section.add("added to the first word", "ms", ours - theirs, FIRST_WORD)
    for name, pace_ms, bound in (("in bursts", 0.0, 60), ("one per 10 ms", 10.0, 150)):
        whole = _on_stage(CHUNKS, pace_ms, stream)
        section.add(f"a chunk, {name}", "µs CPU", whole * 1000 / CHUNKS, bound, note="the turn included")
        section.add(f"one chunk more, {name}", "µs CPU", (whole - turn) * 1000 / (CHUNKS - 1))
    return section


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=60)
    parser.add_argument("--turns", type=int, default=300)
    asked = parser.parse_args()
    measured(asked.streams, asked.turns).show()


if __name__ == "__main__":
    main()
