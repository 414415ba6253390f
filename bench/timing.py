"""The product's own functions over its own connections, timed from call to return: BEGIN and COMMIT included."""

import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from statistics import quantiles
from typing import Any
from uuid import UUID

import population
from quartet.core.database import Database, Transaction
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

    def word(self, text: str) -> str:
        return self.pick.choice([word for word in text.rstrip(".").split() if len(word) > 2])

    def preset(self) -> UUID:
        return population.preset_id(self.person, self.pick.randrange(population.PRESETS))

    def tag(self) -> str:
        return self.pick.choice(self.part.tags or population.TAGS)

    def text(self) -> str:
        return population.component(-1, self.pick.randrange(1 << 30)).content


Query = Callable[[Transaction, Draw], Awaitable[Any]]


def _components(**asked: Callable[[Draw], str]) -> Query:
    def query(tx: Transaction, of: Draw) -> Awaitable[Any]:
        return search.find_many(
            tx, of.user, ComponentQuery.model_validate({key: ask(of) for key, ask in asked.items()})
        )

    return query


def _create(tx: Transaction, of: Draw) -> Awaitable[Any]:
    new = NewComponent(type=of.part.type, name=of.part.name, content=of.text(), tags=of.part.tags)
    return components.create(tx, of.user, new)


def _change(tx: Transaction, of: Draw) -> Awaitable[Any]:
    body = ComponentChange(content=f"{of.part.content}\n{of.text()}")
    return components.change(tx, of.user, of.part.id, body, None)


READS: dict[str, tuple[float, Query]] = {
    "list": (10, _components()),
    "list by name": (10, _components(sort=lambda _: "name")),
    "list by tag": (10, _components(tag=Draw.tag)),
    "search, start of a name": (50, _components(q=lambda of: of.part.name[:5])),
    "search, word of a name": (50, _components(q=lambda of: of.word(of.part.name))),
    "search, word of a content": (50, _components(q=lambda of: of.word(of.part.content))),
    "search, nowhere": (50, _components(q=lambda of: population.absent(of.pick))),
    "search, two letters": (50, _components(q=lambda of: of.word(of.part.content)[:2])),
    "preset with components": (20, lambda tx, of: presets.get(tx, of.user, of.preset())),
    "page of presets": (20, lambda tx, of: presets.find_many(tx, of.user, PresetQuery())),
}
"""What only reads, with the bound of its 95th percentile in milliseconds."""

# In this order: what is deleted is brought back.
WRITES: dict[str, tuple[float, Query]] = {
    "create": (50, _create),
    "update": (50, _change),
    "delete": (50, lambda tx, of: trash.discard_component(tx, of.user, of.part.id)),
    "restore": (50, lambda tx, of: trash.restore(tx, of.user, of.part.id)),
}

BOUNDS = {name: bound for name, (bound, _) in (READS | WRITES).items()}


@dataclass
class Place:
    """One filled database, who of it is asked for, and how long each query took, in milliseconds."""

    database: Database
    people: range
    kept: int
    pick: Random = field(default_factory=lambda: Random("draws"))
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def draw(self) -> Draw:
        return Draw(self.pick, self.pick.choice(self.people), self.kept)

    async def round(self) -> None:
        """Run each query once, each read for somebody else."""
        for name, (_, query) in READS.items():
            of, start = self.draw(), time.perf_counter()
            async with self.database.reading() as tx:
                found = await query(tx, of)
            self.times[name].append((time.perf_counter() - start) * 1000)
            _check(name, found)
        of = self.draw()
        for name, (_, query) in WRITES.items():
            start = time.perf_counter()
            async with self.database.transaction(of.user) as tx:
                await query(tx, of)
            self.times[name].append((time.perf_counter() - start) * 1000)

    def percentiles(self, name: str) -> tuple[float, float, float]:
        """Return the 50th, 95th and 99th."""
        cuts = quantiles(self.times[name], n=100, method="inclusive")
        return cuts[49], cuts[94], cuts[98]


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
