"""What an answer costs: CPU of the server per streamed chunk and per turn, and the time it adds to the first word.

60 answers of 400 chunks, 20 at a time, by a signed-in person with a full preset: from the provider's socket to the
client's, the prompt composed, everything kept. `python bench/streaming.py`
"""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable

import aiohttp

from database import a_database
from stage import Server, each, preset, question, server, somebody, vendor

STREAMS, CHUNKS, CONCURRENCY, TURNS = 60, 400, 20, 200


async def hear(person: aiohttp.ClientSession, preset_id: str) -> None:
    async with person.post("/api/chat", json=question(preset_id)) as answer:
        assert answer.status == 200, await answer.text()
        last = b""
        async for piece in answer.content.iter_any():
            last = last[-20:] + piece
        assert last.endswith(b"data: [DONE]\n\n")


async def cpu_of_turns(running: Server, turns: int, concurrency: int) -> float:
    """Milliseconds of the server's CPU per turn."""
    async with somebody(running) as person:
        preset_id = await preset(person)
        await each(concurrency, [hear(person, preset_id) for _ in range(concurrency)])  # warm
        before = running.cpu()
        await each(concurrency, [hear(person, preset_id) for _ in range(turns)])
        return (running.cpu() - before) * 1000 / turns


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


def measured(chunks: int, pace_ms: float, work: Callable[[Server, str], Awaitable[None]]) -> None:
    with a_database() as url, vendor(chunks=chunks, pace_ms=pace_ms) as vendor_url, server(url, vendor_url) as running:
        asyncio.run(work(running, vendor_url))  # type: ignore[arg-type]


def main() -> None:
    figures: dict[str, float] = {}

    async def one_chunk(running: Server, vendor_url: str) -> None:
        figures["turn"] = await cpu_of_turns(running, TURNS, 4)
        ours, theirs = await added_to_first_word(running, vendor_url)
        added = ours - theirs
        print(f"first word                 {ours:6.1f} ms through us, {theirs:.1f} ms from the vendor: {added:+.1f} ms")

    async def stream(running: Server, _: str) -> None:
        figures["stream"] = await cpu_of_turns(running, STREAMS, CONCURRENCY)

    measured(1, 0, one_chunk)
    print(f"a turn of one chunk        {figures['turn']:6.2f} ms CPU")
    for name, pace_ms in (("bursts", 0.0), ("one chunk per 10 ms", 10.0)):
        measured(CHUNKS, pace_ms, stream)
        whole = figures["stream"] * 1000 / CHUNKS
        marginal = (figures["stream"] - figures["turn"]) * 1000 / (CHUNKS - 1)
        print(f"{name:26} {whole:6.1f} µs CPU per chunk, everything included; {marginal:.1f} µs for one chunk more")


if __name__ == "__main__":
    main()
