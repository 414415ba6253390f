"""PgBouncer in transaction mode: nothing leaks from one to the next, and a login that lacks something is found."""

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from cli.served import run
from conftest import a_server, a_settings
from failover.deployment import POOL, start
from failover.parts import PGBOUNCER, Ground, PgBouncer, Postgres
from people import Person, until
from quartet.core import logins, walls
from quartet.core.database import Database

pytestmark = pytest.mark.skipif(not PGBOUNCER.exists(), reason="wants it: apt install pgbouncer")


@pytest.fixture(scope="module")
async def pooler(pair: tuple[Ground, Postgres, Postgres]) -> AsyncIterator[PgBouncer]:
    ground, primary, _ = pair
    async with AsyncExitStack() as things:
        pooler = PgBouncer(ground, POOL)
        pooler.lead_to(primary)
        await start(pooler, things)
        yield pooler


def test_a_login_as_we_say_lacks_nothing(pooler: PgBouncer):
    assert logins.missing(pooler.url) is None
    assert walls.fault(pooler.url, pooled=True) is None


def test_what_a_login_lacks_is_said_with_the_remedy(pair: tuple[Ground, Postgres, Postgres]):
    _, primary, _ = pair
    primary.ask("CREATE ROLE bare LOGIN")
    primary.ask("ALTER ROLE bare SET timezone TO 'Europe/Paris'")
    fault = logins.missing(primary.url("bare")) or ""
    assert "lacks the time zone that moments are kept in and the end of a statement that hangs and the end" in fault
    for statement in fault.partition("(RECONNECT): ")[2].split("; "):
        primary.ask(statement)
    assert logins.missing(primary.url("bare")) is None


def test_a_start_and_the_doctor_say_it(pair: tuple[Ground, Postgres, Postgres], tmp_path: Path):
    _, primary, _ = pair
    primary.ask("CREATE ROLE forgotten LOGIN")
    primary.ask("GRANT quartet_app, quartet_system TO forgotten")
    addresses = {
        "DATABASE_URL": primary.url("forgotten"),
        "DATABASE_DIRECT_URL": primary.url("quartet"),
        "DATABASE_REPLICA_URL": primary.url("quartet"),
    }
    served = run("serve", home=tmp_path, **addresses)
    assert served.returncode == 1
    assert served.stderr.startswith('The login "forgotten" goes through a pooler, where nothing can be set')
    seen = run("doctor", home=tmp_path, **addresses).stderr
    assert 'The login "forgotten" goes through a pooler' in seen
    assert "DATABASE_REPLICA_URL leads to no standby." in seen


async def test_who_forgets_the_direct_address_is_told_and_keeps_nobody_out(
    pair: tuple[Ground, Postgres, Postgres], pooler: PgBouncer, tmp_path: Path
):
    """A lock of a session would stay with the pooler's connection, and the next who migrates would wait for good."""
    _, primary, _ = pair
    for command in ("serve", "doctor"):
        told = run(command, home=tmp_path, DATABASE_URL=pooler.url)
        assert told.returncode == 1
        assert "permission denied for table quartet_migrations" in told.stderr
        assert "Traceback" not in told.stderr

    async def is_free() -> bool:
        return primary.ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]

    await until(is_free)


async def test_nothing_of_one_is_seen_by_the_next(pooler: PgBouncer):
    """Many people at once, over fewer connections than they are: each sees what is theirs."""
    database = Database(pooler.url, pooled=True)
    await database.open()
    settings = a_settings(pooler.url)
    direct = settings.database.model_copy(update={"direct_url": settings.database.url})
    try:
        async with a_server(settings.model_copy(update={"database": direct})) as address, AsyncExitStack() as things:
            people = [await things.enter_async_context(Person(address, database)) for _ in range(8)]
            await asyncio.gather(*(live(person) for person in people))
        async with database.transaction() as tx:
            row = await (await tx.execute("SELECT current_user, current_setting('app.user_id', true)")).fetchone()
        assert row == ("quartet_app", ""), "whatever its connection was used for before"
    finally:
        await database.close()


async def live(person: Person) -> None:
    await person.register()
    name = uuid4().hex
    for number in range(5):
        await person.component(name=f"{name} {number}")
        listed = (await person.get("/api/components")).json()["items"]
        assert {each["name"] for each in listed} == {f"{name} {n}" for n in range(number + 1)}


def test_looking_at_the_wall_leaves_no_role_behind(pooler: PgBouncer):
    """It takes the role of the system, which the next on that connection must not have."""
    seen, over = set(), threading.Event()

    def look() -> None:
        with psycopg.connect(pooler.url, autocommit=True, prepare_threshold=None) as connection:
            while not over.is_set():
                seen.update(connection.execute("SELECT current_user").fetchone() or ())

    with ThreadPoolExecutor() as threads:
        looking = [threads.submit(look) for _ in range(2)]
        for _ in range(20):
            assert walls.fault(pooler.url, pooled=True) is None
        over.set()
        for each in looking:
            each.result()
    assert seen == {"quartet_app"}


async def test_a_pooler_that_was_killed_is_found_again(pooler: PgBouncer):
    database = Database(pooler.url, pooled=True)
    await database.open()
    try:
        assert await database.read("SELECT 1 AS n", [])
        pooler.kill()
        pooler.start()
        async with asyncio.timeout(10):
            assert await database.read("SELECT 1 AS n", []) == [{"n": 1}]
            async with database.transaction() as tx:
                await tx.execute("SELECT 1")
    finally:
        await database.close()
