"""The queries of the spec's table, timed in the database and over HTTP: of people drawn at random, by turns.

In the database: the product's own functions over its own connections, from call to return, BEGIN and COMMIT included,
in the role of a request, so that row-level security counts too. Over HTTP: from request to whole answer.
"""

import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import Random
from statistics import quantiles
from typing import Any
from uuid import UUID

import aiohttp

import population
from quartet.chats import chats, messages
from quartet.core.database import Database, Transaction, reader
from quartet.prompts import components, presets, search, trash
from quartet.prompts.models import ComponentChange, ComponentQuery, NewComponent, PresetQuery

TURN = 10  # rounds at one size before the next is looked at


class Draw:
    """Somebody, one of their components, and how to draw more."""

    def __init__(self, pick: Random, person: int, kept: int) -> None:
        self.pick = pick
        self.person = person
        self.user = population.user(person)
        self.part = population.component(person, pick.randrange(kept))
        self.preset = population.preset_id(person, pick.randrange(population.PRESETS))
        self.chat = population.chat_id(person, pick.randrange(population.CHATS))

    def word(self, text: str) -> str:
        return self.pick.choice([word for word in text.rstrip(".").split() if len(word) > 2])

    def tag(self) -> str:
        return self.pick.choice(self.part.tags or population.TAGS)

    def text(self) -> str:
        return population.component(-1, self.pick.randrange(1 << 30)).content


@dataclass(frozen=True)
class Query:
    """One line of the table: the bound of its 95th percentile in milliseconds, and how to ask.

    `ask` calls the product; `path` is the same over HTTP, with its query (`None`: not a read).
    """

    bound: float
    ask: Callable[[Transaction, Draw], Awaitable[Any]]
    path: Callable[[Draw], tuple[str, Mapping[str, str]]] | None = None


def _components(bound: float, **asked: Callable[[Draw], str]) -> Query:
    def drawn(of: Draw) -> dict[str, str]:
        return {key: ask(of) for key, ask in asked.items()}

    def ask(tx: Transaction, of: Draw) -> Awaitable[Any]:
        query = ComponentQuery.model_validate(drawn(of))
        return (search.find_words if query.q else search.find_many)(reader(tx, of.user), query)

    return Query(bound, ask, lambda of: ("/api/components", drawn(of)))


READS: dict[str, Query] = {
    "list": _components(10),
    "list of a type": _components(10, type=lambda of: of.part.type),
    "list by name": _components(10, sort=lambda _: "name"),
    "list by tag": _components(10, tag=Draw.tag),
    "search, start of a name": _components(50, q=lambda of: of.part.name[:5]),
    "search, word of a name": _components(50, q=lambda of: of.word(of.part.name)),
    "search, word of a content": _components(50, q=lambda of: of.word(of.part.content)),
    "search, nowhere": _components(50, q=lambda of: population.absent(of.pick)),
    "search, two letters": _components(50, q=lambda of: of.word(of.part.content)[:2]),
    "preset with components": Query(
        20, lambda tx, of: presets.get(tx, of.user, of.preset), lambda of: (f"/api/presets/{of.preset}", {})
    ),
    "page of presets": Query(
        20, lambda tx, of: presets.find_many(reader(tx, of.user), PresetQuery()), lambda _: ("/api/presets", {})
    ),
}
"""What only reads."""

CHATS: dict[str, Query] = {
    "page of chats": Query(
        20,
        lambda tx, of: chats.history(tx, of.user, limit=20, newer_than=None, older_than=None, q=None),
        lambda _: ("/api/history", {"limit": "20"}),
    ),
}
MESSAGES: dict[str, Query] = {
    "messages of a chat": Query(
        20, lambda tx, of: messages.of_chat(tx, of.chat), lambda of: ("/api/messages", {"chatId": str(of.chat)})
    ),
}
"""Those that ask for chats, and for messages where there are some; not in the spec's table, whose bound for a preset
they are given."""


def _new(of: Draw) -> dict[str, Any]:
    return {"type": of.part.type, "name": of.part.name, "content": of.text(), "tags": of.part.tags}


def _changed(of: Draw) -> dict[str, Any]:
    return {"content": f"{of.part.content}\n{of.text()}"}


def _id(of: Draw) -> UUID:
    return of.part.id


# In this order: what is deleted is brought back.
WRITES: dict[str, Query] = {
    "create": Query(50, lambda tx, of: components.create(tx, of.user, NewComponent.model_validate(_new(of)))),
    "update": Query(
        50, lambda tx, of: components.change(tx, of.user, _id(of), ComponentChange.model_validate(_changed(of)), None)
    ),
    "delete": Query(50, lambda tx, of: trash.discard_component(tx, of.user, _id(of))),
    "restore": Query(50, lambda tx, of: trash.restore(tx, of.user, _id(of))),
}


class Place(ABC):
    """One filled database, who of it is asked for, and how long each query took, in milliseconds."""

    def __init__(self, people: list[int], kept: int, reads: Mapping[str, Query]) -> None:
        self._people, self._kept, self.reads = people, kept, reads
        self._pick = Random("draws")
        self.times: dict[str, list[float]] = defaultdict(list)

    def draw(self) -> Draw:
        return Draw(self._pick, self._pick.choice(self._people), self._kept)

    @abstractmethod
    async def read(self, query: Query, of: Draw) -> Any:
        """Ask once."""

    @abstractmethod
    async def write(self, name: str, query: Query, of: Draw) -> None:
        """Write once."""

    async def round(self) -> None:
        """Run each query once, each read for somebody else."""
        for name, query in self.reads.items():
            of, start = self.draw(), time.perf_counter()
            found = await self.read(query, of)
            self.times[name].append((time.perf_counter() - start) * 1000)
            _check(name, found)
        of = self.draw()
        for name, query in WRITES.items():
            start = time.perf_counter()
            await self.write(name, query, of)
            self.times[name].append((time.perf_counter() - start) * 1000)

    def percentiles(self, name: str) -> tuple[float, float, float]:
        """Return the 50th, 95th and 99th."""
        cuts = quantiles(self.times[name], n=100, method="inclusive")
        return cuts[49], cuts[94], cuts[98]


class InDatabase(Place):
    def __init__(self, database: Database, people: list[int], kept: int, reads: Mapping[str, Query]) -> None:
        super().__init__(people, kept, reads)
        self._database = database

    async def read(self, query: Query, of: Draw) -> Any:
        async with self._database.transaction(of.user) as tx:
            return await query.ask(tx, of)

    async def write(self, name: str, query: Query, of: Draw) -> None:  # noqa: ARG002 - the other place needs the name
        async with self._database.transaction(of.user) as tx:
            await query.ask(tx, of)


class OverHTTP(Place):
    """`cookies` are those of the people asked for, signed in already."""

    def __init__(
        self, client: aiohttp.ClientSession, cookies: Mapping[int, str], kept: int, reads: Mapping[str, Query]
    ) -> None:
        super().__init__(list(cookies), kept, reads)
        self._client, self._cookies = client, cookies

    async def read(self, query: Query, of: Draw) -> Any:
        assert query.path
        path, asked = query.path(of)
        return await self._send("GET", path, of, params=asked)

    async def write(self, name: str, query: Query, of: Draw) -> None:  # noqa: ARG002 - the other place needs the query
        match name:
            case "create":
                await self._send("POST", "/api/components", of, json=_new(of))
            case "update":
                await self._send("PATCH", f"/api/components/{_id(of)}", of, json=_changed(of))
            case "delete":
                await self._send("DELETE", f"/api/components/{_id(of)}", of)
            case _:
                await self._send("POST", f"/api/trash/{_id(of)}/restore", of)

    async def _send(self, method: str, path: str, of: Draw, **rest: Any) -> Any:
        headers = {"cookie": self._cookies[of.person]}
        async with self._client.request(method, path, headers=headers, **rest) as answer:
            assert answer.ok, await answer.text()
            return await answer.json()


def _check(name: str, found: Any) -> None:
    """A search that found what it should not, or nothing, would be measured for nothing."""
    if name.startswith("search"):
        assert bool(found["items"]) is (name != "search, nowhere"), name


async def measure(places: list[Place], runs: int) -> None:
    """Ask everywhere in turns, so that whatever else the machine does falls on all; the first turn only warms."""
    for turn in range(-(-runs // TURN) + 1):
        for place in places:
            if turn == 1:
                place.times.clear()
            for _ in range(TURN):
                await place.round()
