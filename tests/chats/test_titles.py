"""A chat is named after its first exchange, by the model that answered; whatever fails, a plain title stays."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import a_server, a_settings
from llm.peer import Answer, Call, Tokens, VendorPeer
from people import Person, until
from quartet.chats.titles import clean
from quartet.core.database import Database


def titled(words: str) -> object:
    """A vendor that answers questions, and names chats with these words."""

    def answer(call: Call) -> Answer:
        system = call.json["messages"][0]
        naming = system["role"] == "system" and system["content"].startswith("Write a title")
        return Answer(deltas=[words], tokens=Tokens(20, 4)) if naming else Answer()

    return answer


@pytest.fixture
async def eve(database: Database, database_url: str, vendor: VendorPeer) -> AsyncIterator[Person]:
    settings = a_settings(database_url, openai_url=vendor.openai_url)
    settings = settings.model_copy(update={"server": settings.server.model_copy(update={"titles": "model"})})
    async with a_server(settings) as address, Person(address, database) as person:
        await person.register()
        yield person


async def title_of(person: Person, chat: str) -> str:
    return (await person.get(f"/api/chat/{chat}")).json()["title"]


async def until_calls(vendor: VendorPeer, count: int) -> None:
    async def look() -> bool:
        return len(vendor.calls) >= count and vendor.calls[-1].finished.is_set()

    await until(look)


async def is_naming(vendor: VendorPeer) -> bool:
    return len(vendor.calls) == 2


async def until_settled(person: Person) -> None:
    async def look() -> bool:
        return (await person.get("/api/usage")).json()["reserved"] == 0

    await until(look)


async def test_the_first_exchange_names_the_chat_and_later_ones_do_not(eve: Person, vendor: VendorPeer):
    vendor.script(titled('"Greeting the world."'))
    chat = str(uuid4())
    await eve.ask("Please say hello to everybody out there", chat=chat)

    async def named() -> bool:
        return await title_of(eve, chat) == "Greeting the world"

    assert await until(named)
    said = vendor.calls[1].json["messages"][1]["content"]
    assert said == "Question: Please say hello to everybody out there\n\nAnswer: Hello, world"
    assert (await eve.get("/api/usage")).json()["used"] == 17 + 24, "a title's tokens count, too"
    await eve.ask("Again", chat=chat)
    await until_settled(eve)
    assert len(vendor.calls) == 3


async def test_ones_own_title_is_never_overwritten(eve: Person, vendor: VendorPeer):
    chat = str(uuid4())

    def slow(call: Call) -> Answer:
        naming = call.json["messages"][0]["content"].startswith("Write a title")
        return Answer(deltas=["The model's ", "idea"], pace=0.5) if naming else Answer()

    vendor.script(slow)
    await eve.ask("Hello there", chat=chat)
    assert (await eve.patch(f"/api/chat/{chat}", {"title": "Mine"})).status_code == 200
    await until_calls(vendor, 2)
    await until_settled(eve)
    assert await title_of(eve, chat) == "Mine"


@pytest.mark.parametrize("broken", [Answer(status=500), Answer(deltas=["Two\nlines"]), Answer(deltas=["x" * 81])])
async def test_a_plain_title_stays_when_there_is_no_better(eve: Person, vendor: VendorPeer, broken: Answer):
    vendor.script(Answer(), broken)
    chat = str(uuid4())
    await eve.ask("Hello there", chat=chat)
    await until_calls(vendor, 2)
    await until_settled(eve)
    assert await title_of(eve, chat) == "Hello there"


async def test_a_model_that_writes_an_essay_for_a_name_is_hung_up_on(eve: Person, vendor: VendorPeer):
    vendor.script(Answer(), Answer(reasoning=["Hm, "] * 100, deltas=["word "] * 3000, pace=0.01))
    chat = str(uuid4())
    await eve.ask("Hello there", chat=chat)
    await until(partial(is_naming, vendor))
    assert await asyncio.to_thread(vendor.calls[1].disconnected.wait, 10)
    await until_settled(eve)
    assert await title_of(eve, chat) == "Hello there"
    used = (await eve.get("/api/usage")).json()["used"]
    assert 17 + 250 < used < 17 + 512, "what was thought and said until then counts"


async def test_a_server_that_stops_does_not_wait_for_a_name(database: Database, database_url: str, vendor: VendorPeer):
    settings = a_settings(database_url, openai_url=vendor.openai_url)
    settings = settings.model_copy(update={"server": settings.server.model_copy(update={"titles": "model"})})
    vendor.script(Answer(), Answer(deltas=["Not", "ever"], pace=60))
    async with a_server(settings) as address, Person(address, database) as person:
        await person.register()
        await person.ask("Hello there")
        await until(partial(is_naming, vendor))
    async with database.system() as tx:
        held = await tx.execute('SELECT count(*) FROM "Reservation" WHERE "userId" = %s', [person.id])
        assert await held.fetchone() == (0,), "what the name would have held is given back"


@given(st.text())
def test_a_title_is_one_short_line_or_none(words: str):
    title = clean(words)
    assert title is None or (title.strip() == title and 0 < len(title) <= 80 and "\n" not in title)
