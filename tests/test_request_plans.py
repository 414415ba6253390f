"""What requests read of a database of many people: a person's own things, found by indexes.

The database itself tells the plan of every statement of a request, also of what row-level security, functions and
triggers add, on the way back to the server. So what is judged is what was really asked.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import crowd
from conftest import a_database, a_server, a_settings, drop_database
from explaining import Explainer, Scan
from llm.peer import VendorPeer
from people import Person
from quartet.core.database import Database
from quartet.migrations import migrate

SEARCHED = {"Chat", "Component", "Message_v2", "Preset", "PresetLoss", "Trash", "Usage", "UserSession", "Vote_v2"}
"""Some of the tables that must be large here; one that is not may well be read whole."""


@dataclass(frozen=True, slots=True)
class Watched:
    """The heavy user, and what her requests read of large tables."""

    person: Person
    explainer: Explainer
    large: set[str]
    public: str
    """Somebody else's chat."""

    def named(self, text: str) -> str:
        """Put the ids of her things in place of their names, as in "/api/presets/{preset3}"."""
        names = {name: crowd.id_of(self.person, name) for name in ("part0", "preset3", "chat0", "chat3", "chat50")}
        return text.format(public=self.public, **names)

    async def reads(self, act: Callable[[], Awaitable[object]]) -> list[Scan]:
        """Return what a request reads: the least of some, because sweepers come by now and then."""
        rounds = []
        for _ in range(3):
            self.explainer.forget()
            await act()
            rounds.append([scan for scan in self.explainer.scans() if scan.table in self.large])
        assert all(rounds), "the session at least is looked up"
        return min(rounds, key=_rows)

    async def read_by(self, path: str, **query: Any) -> list[Scan]:
        async def get() -> None:
            asked = {name: self.named(each) if isinstance(each, str) else each for name, each in query.items()}
            answer = await self.person.get(self.named(path), **asked)
            assert answer.status_code == 200, answer.text

        return await self.reads(get)


@pytest.fixture(scope="module")
def crowded_url(postgres_url: str, worker_id: str) -> Iterator[str]:
    """A database of this module's: what so many keep would be in the way of other tests."""
    name = f"plans_{worker_id}"
    url = a_database(postgres_url, name)
    migrate.upgrade(url)
    crowd.gather(url)
    yield url
    drop_database(postgres_url, name)


@pytest.fixture(scope="module", params=["auto", "force_generic_plan"])
async def heavy(
    request: pytest.FixtureRequest, crowded_url: str, administrator_url: str, _peer: VendorPeer
) -> AsyncIterator[Watched]:
    """Ask with plans for these values, and with such for any: PostgreSQL takes either, by what it saw before."""
    as_administrator = make_conninfo(administrator_url, dbname=conninfo_to_dict(crowded_url)["dbname"])
    async with (
        Explainer(as_administrator, request.param).open() as explainer,
        a_server(a_settings(explainer.explaining_url, openai_url=_peer.openai_url)) as address,
        Person(address, Database(crowded_url)) as person,
    ):
        await person.register()
        crowd.burden(crowded_url, person)
        with psycopg.connect(crowded_url) as owner:
            large = {
                name
                for (name,) in owner.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 1000")
            }
            public = owner.execute("""SELECT "id"::text FROM "Chat" WHERE "visibility" = 'public'""").fetchone()
        assert large >= SEARCHED
        assert public
        yield Watched(person, explainer, large, public[0])


def _rows(read: list[Scan]) -> float:
    return sum(scan.rows for scan in read)


def too_much(read: list[Scan], most: int) -> list[Scan]:
    """Return what read a large table from its start, or all of it when there were more rows than `most` together."""
    return [scan for scan in read if scan.how == "Seq Scan" or _rows(read) > most]


# What is asked for, and how many rows that may read: all are hers. Of everybody's there are thousands in a table.
LISTS = [
    ("/api/presets", {}, 450),  # 20 beside her 50 components with their newest versions, once a slot
    ("/api/presets", {"sort": "popular"}, 450),
    ("/api/presets", {"sort": "name"}, 450),
    ("/api/presets", {"q": "preset"}, 450),
    ("/api/presets", {"q": "preset 7", "sort": "popular"}, 450),
    ("/api/presets", {"q": "preset 7", "sort": "name"}, 450),
    ("/api/presets/{preset3}", {}, 20),
    ("/api/components/tags", {}, 60),  # of 50 components
    ("/api/components/{part0}", {}, 5),
    ("/api/components/{part0}/versions", {}, 100),  # 20, each beside the component
    ("/api/components/{part0}/impact", {}, 250),  # of 20 presets and 100 chats
    ("/api/components/{part0}/votes", {}, 60),
    ("/api/trash", {}, 60),  # 50
    ("/api/history", {}, 110),  # 10 of 100 chats
    ("/api/history", {"ending_before": "{chat50}"}, 110),
    ("/api/history", {"starting_after": "{chat50}"}, 110),
    ("/api/history", {"q": "words"}, 3500),  # read until 10 chats are found; at most 100 chats with 1,000 messages
    ("/api/history", {"q": "nowhere"}, 3500),
    ("/api/chat/{chat3}", {}, 150),  # 5 messages, and whose chats they may be in: hers are 100
    ("/api/messages", {"chatId": "{chat3}"}, 150),
    ("/api/messages", {"chatId": "{public}"}, 150),
    ("/api/vote", {"chatId": "{chat3}"}, 150),
    ("/api/vote", {"chatId": "{chat0}"}, 700),  # 252
    ("/api/auth/session", {}, 2),
    ("/api/account", {}, 5),
    ("/api/account/audit", {}, 110),
    ("/api/account/sessions", {}, 5),
    ("/api/usage", {}, 2700),  # 500 answers of this month: in all, by day, model, preset and component
    ("/api/billing", {}, 700),
]


def _as_said(value: object) -> str | None:
    return "&".join(f"{name}={each}" for name, each in value.items()) if isinstance(value, dict) else None


@pytest.mark.parametrize(("path", "query", "most"), LISTS, ids=_as_said)
async def test_a_request_reads_little_but_what_it_shows(heavy: Watched, path: str, query: dict[str, Any], most: int):
    assert not too_much(await heavy.read_by(path, **query), most)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/api/presets", {"sort": "recent"}),
        ("/api/presets", {"sort": "popular"}),
        ("/api/presets", {"sort": "name"}),
        ("/api/components/{part0}/versions", {}),
        ("/api/trash", {}),
        ("/api/account/audit", {}),
    ],
    ids=_as_said,
)
async def test_a_later_page_reads_no_more(heavy: Watched, path: str, query: dict[str, Any]):
    first = await heavy.person.get(heavy.named(path), limit=5, **query)
    read = await heavy.read_by(path, limit=5, cursor=first.json()["nextCursor"], **query)
    assert not too_much(read, 450)


async def test_a_long_chat_is_read_without_everybody_elses(heavy: Watched):
    assert not too_much(await heavy.read_by("/api/messages", chatId="{chat0}"), 1200)


async def test_a_turn_begins_and_ends_without_reading_a_table(heavy: Watched, vendor: VendorPeer):
    asked = heavy.named("{chat3}"), heavy.named("{preset3}")
    read = await heavy.reads(lambda: heavy.person.ask(chat=asked[0], presetId=asked[1]))
    assert not too_much(read, 1000)  # 5 messages and the month's 500 answers
