"""What the spec's queries cost as the database grows, in the database and over HTTP, and how large it is per user.

`python bench/library.py [--users 1000 10000] [--messages 10000] [--heavy 100000] [--runs 300] [--loaded FILE]`: every
user is the spec's heavy one, with 50 components, 20 presets, 100 chats and 1,000 messages of 1 kB; databases of more
users than `--messages` go without messages. One more user, of `--heavy` components, is added to the largest database
after the others were measured. 100,000 users take a quarter of an hour to load without messages, and 20 GB of the
temporary folder; `--loaded` names databases that are there already: `{"100000": "postgresql://…"}`.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, ExitStack
from functools import partial
from pathlib import Path
from random import Random

import aiohttp
import psycopg

import loading
import population
from database import a_database
from figures import Section
from population import COMPONENTS
from quartet.accounts import tokens
from quartet.core.database import Database
from stage import Server, server
from timing import CHATS, MESSAGES, READS, WRITES, InDatabase, OverHTTP, Place, Query, measure

GROWTH = 1.5  # times the 95th percentile of the smallest database
ASKED = ("asked for the first time", "asked again")
HEAVY = 10**9  # the heavy user's number; the others count from 0
ESTIMATE_MB = 1.3  # the spec's, per heavy user
_SIGNED_IN = 200  # people who ask over HTTP
_SECRET = "bench"
_NOBODY = "http://127.0.0.1:9/v1"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--messages", type=int, default=10_000, help="no messages in databases of more users")
    parser.add_argument("--heavy", type=int, default=100_000, help="components of the heavy user; 0: without one")
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--loaded", type=Path)
    asked = parser.parse_args()
    for section in measured(asked.users, asked.messages, asked.heavy, asked.runs, asked.loaded):
        section.show()


def measured(users: list[int], messages: int, heavy: int, runs: int, loaded: Path | None = None) -> Iterator[Section]:
    """Yield each table as soon as it is there: loading the next may take an hour."""
    progress = loading.Progress()
    with ExitStack() as stack:
        urls = {int(size): url for size, url in json.loads(loaded.read_text()).items()} if loaded else {}
        for size in sorted(set(users) - urls.keys()):
            progress(f"{size:,} users")
            fill = partial(loading.crowd, users=size, tell=progress, messages=size <= messages)
            urls[size] = stack.enter_context(a_database(fill))
        urls = dict(sorted(urls.items()))
        yield _sizes(urls, messages)
        reads = {size: READS | CHATS | (MESSAGES if size <= messages else {}) for size in urls}
        # A server's memory has what was asked of it lately; a database of 100,000 people is larger than that.
        for when in ASKED:
            yield asyncio.run(_in_database(f"Queries, in the database, {when}", urls, reads, runs, COMPONENTS))
        with ExitStack() as serving:
            servers = {
                size: serving.enter_context(server(url, _NOBODY, QUARTET_SECRET=_SECRET)) for size, url in urls.items()
            }
            for when in ASKED:
                yield asyncio.run(_over_http(f"Queries, over HTTP, {when}", servers, reads, runs))
        if heavy:
            size = max(urls)
            loading.heavy(urls[size], HEAVY, heavy, progress)
            title = f"Queries of one user with {heavy:,} components, in the database"
            few = max(runs // 10, 2)
            yield asyncio.run(_in_database(title, {size: urls[size]}, {size: READS}, few, heavy))


async def _in_database(
    title: str, urls: Mapping[int, str], reads: Mapping[int, Mapping[str, Query]], runs: int, kept: int
) -> Section:
    async with AsyncExitStack() as stack:
        places: dict[int, Place] = {}
        for size, url in urls.items():
            database = Database(url)
            await database.open()
            stack.push_async_callback(database.close)
            people = list(range(size)) if kept == COMPONENTS else [HEAVY]
            places[size] = InDatabase(database, people, kept, reads[size])
        return await _table(title, places, runs)


async def _over_http(
    title: str, servers: Mapping[int, Server], reads: Mapping[int, Mapping[str, Query]], runs: int
) -> Section:
    async with AsyncExitStack() as stack:
        places: dict[int, Place] = {}
        for size, running in servers.items():
            client = await stack.enter_async_context(aiohttp.ClientSession(running.address))
            places[size] = OverHTTP(client, _signed_in(running.database_url, size), COMPONENTS, reads[size])
        return await _table(title, places, runs)


def _signed_in(url: str, users: int) -> dict[int, str]:
    """Sign some people in; return their cookies."""
    people = Random("signed in").sample(range(users), min(users, _SIGNED_IN))
    shown = {person: tokens.new() for person in people}
    with psycopg.connect(url) as connection:
        connection.cursor().executemany(
            """INSERT INTO "UserSession" ("tokenHash", "userId", "expiresAt")
               VALUES (%s, %s, now() AT TIME ZONE 'UTC' + interval '1 day')""",
            [(tokens.hash_token(_SECRET.encode(), shown[each]), population.user(each)) for each in people],
        )
    return {person: f"quartet_session={token}" for person, token in shown.items()}


async def _table(title: str, places: dict[int, Place], runs: int) -> Section:
    section = Section(title, f"Each asked {runs} times, one after the other, every read for somebody else.")
    await measure(list(places.values()), runs)
    for name, query in (dict(places[min(places)].reads) | WRITES).items():
        asked = {size: place for size, place in places.items() if name in place.times}
        first, last = min(asked), max(asked)
        for size, place in asked.items():
            for which, value in zip(("p50", "p95", "p99"), place.percentiles(name), strict=True):
                bound = query.bound if (size, which) == (last, "p95") else None
                section.add(name, "ms", value, bound, column=f"{which} at {size:,} users")
        if first != last:
            growth = asked[last].percentiles(name)[1] / asked[first].percentiles(name)[1]
            bound = GROWTH if title.endswith(ASKED[-1]) else None
            section.add(name, "times", growth, bound, column="p95 grows")
    return section


def _sizes(urls: Mapping[int, str], messages: int) -> Section:
    told = "After loading, indexes included. The spec's estimate for a heavy user with messages is 1.3 MB."
    section = Section("Size of the database", told)
    for size, url in urls.items():
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        whole = row[0] if row else 0
        name = f"{size:,} users" + ("" if size <= messages else ", no messages")
        section.add(name, "GB", whole / 1e9, column="database")
        bound = ESTIMATE_MB if size <= messages else None
        section.add(name, "MB", whole / size / 1e6, bound, column="per user")
    return section


if __name__ == "__main__":
    main()
