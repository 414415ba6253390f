"""How often a request goes to the database and back: that many times it waits for one that is far away.

A relay between the two counts, without a clock: a round trip begins when the server sends after it was answered.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from conftest import a_server, a_settings
from llm.peer import Answer, Fault, VendorPeer
from people import Person, Reader
from quartet.core.database import Database


class Relay:
    """Carries every byte between `url` and the database, and counts the round trips of all connections."""

    def __init__(self, database_url: str) -> None:
        self._there = f"{conninfo_to_dict(database_url)['host']}/.s.PGSQL.5432"
        self._database_url = database_url
        self.url = ""
        self.trips = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Relay"]:
        async with await asyncio.start_server(self._join, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            self.url = make_conninfo(self._database_url, host="127.0.0.1", port=port)
            yield self

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, asks = await asyncio.open_unix_connection(self._there)
        is_answered = True

        async def there() -> None:
            nonlocal is_answered
            while piece := await reader.read(65536):
                self.trips += is_answered
                is_answered = False
                asks.write(piece)
            asks.close()

        async def back() -> None:
            nonlocal is_answered
            while piece := await answers.read(65536):
                is_answered = True
                writer.write(piece)
            writer.close()

        await asyncio.gather(there(), back(), return_exceptions=True)


@pytest.fixture
async def relay(database_url: str) -> AsyncIterator[Relay]:
    async with Relay(database_url).open() as relay:
        yield relay


@pytest.fixture
async def eve(relay: Relay, database: Database, vendor: VendorPeer) -> AsyncIterator[Person]:
    """Somebody on the free plan, whose server reaches the database through the relay."""
    async with (
        a_server(a_settings(relay.url, openai_url=vendor.openai_url)) as address,
        Person(address, database) as eve,
    ):
        await eve.register()
        yield eve


async def trips(relay: Relay, act: Callable[[], Awaitable[object]]) -> int:
    """Count those of one request: the fewest of some, because sweepers come by now and then."""
    counted = []
    for _ in range(4):
        before = relay.trips
        await act()
        counted.append(relay.trips - before)
    return min(counted)


async def test_nobody_waits_for_the_database_more_often_than_they_must(eve: Person, relay: Relay, vendor: VendorPeer):
    made = await eve.preset(role="You tutor.", style="Short.")
    component, preset = f"/api/components/{made['roleId']}", f"/api/presets/{made['id']}"
    vendor.script(Answer(fault=Fault.HANG))  # after the first word, or the answer would be kept while we count

    async def first_word() -> None:
        async with eve.asking(eve.question(presetId=made["id"])) as answer:
            assert (await Reader(answer).words()).text == "Hello"

    requests: dict[str, Callable[[], Awaitable[object]]] = {
        "list": lambda: eve.get("/api/components"),
        "search": lambda: eve.get("/api/components", q="tutor"),
        "one": lambda: eve.get(component),
        "new": eve.component,
        "change": lambda: eve.patch(component, {"content": "New."}),
        "new preset": lambda: eve.post("/api/presets", {"name": "New", "roleId": made["roleId"]}),
        "change of a preset": lambda: eve.patch(preset, {"name": "New"}),
        "first word": first_word,
    }
    assert {name: await trips(relay, request) for name, request in requests.items()} == {
        "list": 1,
        "search": 1,
        "one": 1,
        "new": 3,  # who asks; the component with what may refuse it; the end
        "change": 3,
        "new preset": 4,
        "change of a preset": 4,
        "first word": 4,  # who asks; plan, chat and what runs; prompt, transcript and tokens; the end
    }
