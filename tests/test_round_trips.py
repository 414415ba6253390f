"""How often a request goes to the database and back: that many times it waits for one that is far away.

A relay between the two counts, without a clock: a round trip begins when the server sends after it was answered.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from uuid import uuid4

import pytest

from conftest import a_server, a_settings
from llm.peer import Answer, Fault, VendorPeer
from people import Person, Reader
from quartet.core.database import Database
from relaying import Relay


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


async def grow(eve: Person, component: str, chat: str) -> None:
    """Let every list of hers be one longer."""
    preset = await eve.preset(role="You tutor.", style="Short.", context="At school.", mode="Ask back.")
    await eve.patch(f"/api/components/{component}", {"content": f"After {preset['id']}."})
    await eve.component(tags=[preset["id"]])
    await eve.post("/api/presets", {"name": "With it", "roleId": component})
    await eve.delete(f"/api/components/{(await eve.component(name='Gone'))['id']}")
    await eve.ask(presetId=preset["id"])
    answer = await eve.ask(chat=chat, presetId=preset["id"])
    await eve.patch("/api/vote", {"chatId": chat, "messageId": answer.chunks[0]["messageId"], "type": "up"})


async def test_a_long_list_is_no_more_round_trips_than_a_short_one(eve: Person, relay: Relay):
    await eve.subscribe("business")
    component, chat = (await eve.component())["id"], str(uuid4())
    await grow(eve, component, chat)
    lists: dict[str, tuple[str, dict[str, str]]] = {
        "components": ("/api/components", {}),
        "search": ("/api/components", {"q": "role"}),
        "tags": ("/api/components/tags", {}),
        "versions": (f"/api/components/{component}/versions", {}),
        "impact": (f"/api/components/{component}/impact", {}),
        "presets": ("/api/presets", {}),
        "search of presets": ("/api/presets", {"q": "preset"}),
        "trash": ("/api/trash", {}),
        "history": ("/api/history", {"limit": "50"}),
        "search of the history": ("/api/history", {"limit": "50", "q": "hello"}),
        "messages": ("/api/messages", {"chatId": chat}),
        "votes": ("/api/vote", {"chatId": chat}),
        "usage": ("/api/usage", {}),
        "audit": ("/api/account/audit", {}),
    }

    async def look() -> dict[str, tuple[int, int]]:
        """Return how long each answer is, in bytes, and its round trips."""
        return {
            name: (len((await eve.get(path, **query)).content), await trips(relay, partial(eve.get, path, **query)))
            for name, (path, query) in lists.items()
        }

    short = await look()
    for _ in range(19):
        await grow(eve, component, chat)
    long = await look()
    assert {name for name in lists if long[name][0] < 2 * short[name][0]} <= {"usage"}, "each list did grow"
    assert {name: many for name, (_, many) in long.items()} == {name: few for name, (_, few) in short.items()}
