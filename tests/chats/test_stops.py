"""A server that stops while it answers: what was said is kept, by this one or the next."""

from uuid import UUID

import psycopg
import pytest
from pydantic import SecretStr

from chats.kept import answer_of, part, until_kept
from conftest import a_database, a_server, a_settings
from llm.peer import Answer, VendorPeer
from people import Person, Reader
from quartet.chats.relay import Relay
from quartet.core.database import Database
from quartet.migrations import migrate
from quartet.settings import RedisSettings


async def test_a_server_that_stops_keeps_what_was_said(database_url: str, database: Database, vendor: VendorPeer):
    vendor.script(Answer(deltas=["word "] * 500, pace=0.02))
    body = None
    settings = a_settings(database_url, openai_url=vendor.openai_url)
    async with a_server(settings) as address, Person(address, database) as eve:
        await eve.register()
        body = eve.question()
        async with eve.asking(body) as answer:
            heard = await Reader(answer).words(5)
        cookies = eve.http.cookies
    async with a_server(settings) as address, Person(address, database) as eve:
        eve.http.cookies = cookies
        kept = await answer_of(eve, body["id"])
    assert part(kept, "text")["text"].startswith(heard.text)
    assert part(kept, "data-outcome")["data"]["outcome"] == "interrupted"


async def test_a_server_that_stops_without_its_database_gives_up_once_and_the_next_one_keeps_what_was_said(
    postgres_url: str,
    redis_url: str,
    worker_id: str,
    vendor: VendorPeer,
    database: Database,
    caplog: pytest.LogCaptureFixture,
):
    url = a_database(postgres_url, name := f"away_{worker_id}")
    migrate.upgrade(url)
    settings = a_settings(url, openai_url=vendor.openai_url)
    settings = settings.model_copy(update={"redis": RedisSettings(url=SecretStr(redis_url))})
    vendor.script(Answer(deltas=["word "] * 3000, pace=0.02))
    async with a_server(settings) as address, Person(address, database) as eve:
        await eve.register()
        body = eve.question()
        async with eve.asking(body) as answer:
            heard = await Reader(answer).words(100)  # two seconds: it was checkpointed
        cookies = eve.http.cookies
        lock_out(postgres_url, name)
    message_id = heard.chunks[0]["messageId"]
    assert (await copied(redis_url, UUID(message_id))).endswith(UNSAVED), "readers elsewhere hear of it, too"
    with psycopg.connect(postgres_url, autocommit=True) as administrator:
        administrator.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
    async with a_server(settings) as address, Person(address, database) as eve:
        eve.http.cookies = cookies
        kept = await until_kept(eve, body["id"])
    assert part(kept, "text")["text"].count("word") >= 20
    assert part(kept, "data-outcome")["data"]["outcome"] == "interrupted"
    told = [each.getMessage() for each in caplog.records if message_id in each.getMessage()]
    given_up, settled = told[-2:]
    assert "could not be kept before the server ended" in given_up, "the first server went on after it had ended"
    assert "its process had died" in settled
    assert not [line for line in told[:-2] if "could not be kept" in line]


UNSAVED = (
    b'data: {"type":"error","errorText":"The answer could not be saved. Copy it before you leave this page."}\n\n'
    b"data: [DONE]\n\n"
)


async def copied(redis_url: str, message_id: UUID) -> bytes:
    """Return what a reader on another process heard."""

    async def is_held() -> bool:
        return False

    relay = Relay(redis_url)
    heard = await relay.follow(message_id, is_held)
    said = b"".join([piece async for piece in heard])
    await relay.close()
    return said


def lock_out(postgres_url: str, name: str) -> None:
    """Take a database away from all who are connected, and let nobody in."""
    with psycopg.connect(postgres_url, autocommit=True) as administrator:
        administrator.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        administrator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
