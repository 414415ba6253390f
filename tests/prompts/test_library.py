"""The whole library against a simple model: components, versions, presets, losses and trash, in any order."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, ClassVar

import httpx2
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from conftest import a_server, a_settings
from people import Person
from quartet.core.database import Database
from quartet.prompts.compose import TYPES

texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=8)


class World:
    """One server on a loop of its own: the state machine's rules are not coroutines."""

    def __init__(self, database_url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.things = AsyncExitStack()
        self.database = Database(database_url)
        self.run(self.database.open())
        self.address = self.run(self.things.enter_async_context(a_server(a_settings(database_url))))

    def run(self, act: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(act)

    def somebody(self) -> Person:
        async def make() -> Person:
            person = Person(self.address, self.database)
            await person.register()
            await person.subscribe("pro")
            return person

        return self.run(make())

    def close(self) -> None:
        self.run(self.things.aclose())
        self.run(self.database.close())
        self.loop.close()


@dataclass
class Part:
    type: str
    says: list[tuple[str, str]]
    """Name and content of every version."""

    @property
    def name(self) -> str:
        return self.says[-1][0]


@dataclass
class Choice:
    slots: dict[str, str]
    lost: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By type: the component's id and its name at that time."""


class Library(RuleBasedStateMachine):
    world: ClassVar[World]
    parts = Bundle("parts")
    choices = Bundle("choices")

    def __init__(self) -> None:
        super().__init__()
        self.person = self.world.somebody()
        self.alive: dict[str, Part] = {}
        self.presets: dict[str, Choice] = {}
        self.trash: dict[str, Part | Choice] = {}

    def teardown(self) -> None:
        self.world.run(self.person.http.aclose())

    def ask(self, act: Coroutine[Any, Any, httpx2.Response]) -> httpx2.Response:
        return self.world.run(act)

    @rule(target=parts, type_=st.sampled_from(TYPES), name=texts, content=texts)
    def create(self, type_: str, name: str, content: str) -> str:
        made = self.world.run(self.person.component(type_, name=name, content=content))
        self.alive[made["id"]] = Part(type_, [(name.strip(), content)])
        return made["id"]

    @rule(part=parts, name=texts, content=texts)
    def change(self, part: str, name: str, content: str) -> None:
        answer = self.ask(self.person.patch(f"/api/components/{part}", {"name": name, "content": content}))
        if part not in self.alive:
            assert answer.status_code == 404
            return
        says = self.alive[part].says
        if says[-1] != (name.strip(), content):
            says.append((name.strip(), content))

    @rule(part=parts, version=st.integers(1, 4))
    def restore_version(self, part: str, version: int) -> None:
        answer = self.ask(self.person.post(f"/api/components/{part}/restore", {"version": version}))
        says = self.alive[part].says if part in self.alive else []
        assert answer.status_code == (200 if version <= len(says) else 404)
        if version <= len(says) and says[-1] != says[version - 1]:
            says.append(says[version - 1])

    @rule(part=parts)
    def delete(self, part: str) -> None:
        answer = self.ask(self.person.delete(f"/api/components/{part}"))
        assert answer.status_code == (200 if part in self.alive else 404)
        if part not in self.alive:
            return
        gone = self.trash[part] = self.alive.pop(part)
        for choice in self.presets.values():
            if choice.slots.get(gone.type) == part:
                del choice.slots[gone.type]
                choice.lost[gone.type] = (part, gone.name)

    @rule(target=choices, chosen=st.lists(parts, min_size=1, max_size=4), name=texts)
    def combine(self, chosen: list[str], name: str) -> str:
        slots = {self.alive[part].type: part for part in chosen if part in self.alive}
        body = {f"{type_}Id": part for type_, part in slots.items()}
        answer = self.ask(self.person.post("/api/presets", {"name": name} | body))
        if not slots:
            assert answer.status_code == 400
            return "none"
        self.presets[answer.json()["id"]] = Choice(slots)
        return answer.json()["id"]

    @rule(preset=choices, part=parts)
    def fill(self, preset: str, part: str) -> None:
        type_ = self.alive[part].type if part in self.alive else "role"
        answer = self.ask(self.person.patch(f"/api/presets/{preset}", {f"{type_}Id": part}))
        if preset in self.presets and part in self.alive:
            assert answer.status_code == 200
            self.presets[preset].slots[type_] = part
            self.presets[preset].lost.pop(type_, None)
        else:
            assert answer.status_code in {400, 404}

    @rule(preset=choices, type_=st.sampled_from(TYPES))
    def vacate(self, preset: str, type_: str) -> None:
        answer = self.ask(self.person.patch(f"/api/presets/{preset}", {f"{type_}Id": None}))
        choice = self.presets.get(preset)
        if choice and set(choice.slots) - {type_}:
            assert answer.status_code == 200
            choice.slots.pop(type_, None)
            choice.lost.pop(type_, None)
        else:
            assert answer.status_code in {400, 404}

    @rule(preset=choices)
    def drop(self, preset: str) -> None:
        answer = self.ask(self.person.delete(f"/api/presets/{preset}"))
        if preset not in self.presets:
            assert answer.status_code in {400, 404}
            return
        choice = self.trash[preset] = self.presets.pop(preset)
        choice.lost |= {type_: (part, self.alive[part].name) for type_, part in choice.slots.items()}
        choice.slots = {}

    @rule(thing=st.one_of(parts, choices))
    def undo(self, thing: str) -> None:
        answer = self.ask(self.person.post(f"/api/trash/{thing}/restore"))
        if thing not in self.trash:
            assert answer.status_code in {400, 404}
            return
        assert answer.status_code == 200, answer.text
        self.bring_back(thing)

    def bring_back(self, thing: str) -> None:
        back = self.trash.pop(thing)
        if isinstance(back, Part):
            self.alive[thing] = back
        else:
            self.presets[thing] = back
        for choice in self.presets.values():
            for type_, (part, _) in list(choice.lost.items()):
                if part in self.alive:
                    choice.slots[type_] = part
                    del choice.lost[type_]

    @rule(preset=choices, type_=st.sampled_from(TYPES))
    def recover(self, preset: str, type_: str) -> None:
        answer = self.ask(self.person.post(f"/api/presets/{preset}/recover", {"type": type_}))
        choice = self.presets.get(preset)
        if not choice or type_ not in choice.lost:
            assert answer.status_code in {400, 404}
            return
        part, _ = choice.lost[type_]
        assert answer.json()[f"{type_}Id"] == part
        if part not in self.trash:
            said = answer.json()[type_]
            self.trash[part] = Part(type_, [(said["name"], said["content"])])
        self.bring_back(part)

    @rule()
    def empty(self) -> None:
        self.ask(self.person.delete("/api/trash"))
        self.trash.clear()

    @invariant()
    def the_server_says_the_same(self) -> None:
        found = self.ask(self.person.get("/api/components", limit=100)).json()["items"]
        assert {item["id"]: (item["type"], item["name"], item["content"], item["version"]) for item in found} == {
            id_: (part.type, *part.says[-1], len(part.says)) for id_, part in self.alive.items()
        }
        kept = self.ask(self.person.get("/api/presets", limit=100)).json()["items"]
        assert {
            item["id"]: (
                {type_: item[f"{type_}Id"] for type_ in TYPES if item[f"{type_}Id"]},
                {loss["type"]: (loss["componentId"], loss["name"]) for loss in item["lost"]},
            )
            for item in kept
        } == {id_: (choice.slots, choice.lost) for id_, choice in self.presets.items()}
        thrown = self.ask(self.person.get("/api/trash", limit=100)).json()["items"]
        assert {item["id"] for item in thrown} == set(self.trash)


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    made = World(database_url)
    yield made
    made.close()


def test_any_history_of_a_library(world: World):
    Library.world = world
    run_state_machine_as_test(
        Library,
        settings=settings(
            max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
