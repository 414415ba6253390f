"""Connections that are lost: found before somebody gets one, or told as what they are. Transactions that fail late."""

import asyncio
import socket
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import DivisionByZero

from people import Person, until
from quartet.core.database import Database, Transaction, together


@pytest.fixture
async def lost(database_url: str) -> AsyncIterator[Database]:
    """A pool of its own, so that nobody else's connections are cut."""
    database = Database(make_conninfo(database_url, application_name="lost"))
    await database.open()
    yield database
    await database.close()


def cut(database_url: str, condition: str) -> int:
    """End connections as a server that is shut down does; return how many there were."""
    with psycopg.connect(database_url, autocommit=True) as owner:
        ours = f"datname = current_database() AND {condition}"
        query = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {ours}"
        return owner.execute(query).rowcount


async def test_nobody_gets_a_connection_that_is_gone(lost: Database, database_url: str):
    async with lost.transaction(), lost.transaction(), lost.transaction():
        pass
    assert cut(database_url, "application_name = 'lost'") >= 3
    async with asyncio.timeout(5):
        async with lost.transaction() as tx, lost.transaction(), lost.transaction(), lost.transaction():
            await tx.execute("SELECT 1")


async def test_what_only_reads_is_read_again(lost: Database, database_url: str):
    reading = asyncio.create_task(lost.read("SELECT pg_sleep(1), 1 AS n", []))

    async def is_cut() -> bool:
        return (
            cut(database_url, "application_name = 'lost' AND query LIKE 'SELECT pg_sleep%' AND state = 'active'") == 1
        )

    await until(is_cut)
    assert (await reading)[0]["n"] == 1


async def test_a_change_whose_connection_is_lost_is_503_and_is_not_made(ada: Person, database_url: str):
    component = await ada.component(name="Before")
    with psycopg.connect(database_url) as holder:
        holder.execute('SELECT 1 FROM "Component" WHERE "id" = %s FOR UPDATE', [component["id"]])
        changing = asyncio.create_task(ada.patch(f"/api/components/{component['id']}", {"name": "After"}))

        async def is_cut() -> bool:
            return cut(database_url, f"{holder.info.backend_pid} = ANY(pg_blocking_pids(pid))") == 1

        await until(is_cut)
        answer = await changing
    assert answer.status_code == 503
    assert answer.json()["code"] == "offline:database"
    assert (await ada.get(f"/api/components/{component['id']}")).json()["name"] == "Before"


async def test_a_host_that_says_nothing_gives_way_to_the_next(database_url: str):
    here = conninfo_to_dict(database_url)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        hosts = {"host": f"127.0.0.1,{here['host']}", "port": f"{silent.getsockname()[1]},5432"}
        database = Database(make_conninfo(database_url, **hosts, connect_timeout=2, target_session_attrs="read-write"))
        async with asyncio.timeout(8):
            await database.open()
        await database.close()


async def named(database: Database, owner: Person) -> list[str]:
    async with database.transaction(UUID(owner.id)) as tx:
        cursor = await tx.execute('SELECT "name" FROM "Component" WHERE "userId" = %s', [owner.id])
        return [name for (name,) in await cursor.fetchall()]


RENAME = 'UPDATE "Component" SET "name" = %s WHERE "userId" = %s'


async def test_what_is_sent_along_is_kept_as_a_whole_or_not_at_all(bob: Person, lost: Database):
    await bob.component(name="Before")

    async def rename(query: str, refusal: type[Exception] | None = None) -> None:
        async with lost.transaction(UUID(bob.id), pipelined=True) as tx:
            await tx.execute(RENAME, ["After", bob.id])
            await tx.execute(query)
            if refusal:
                raise refusal

    with pytest.raises(KeyError):
        await rename("SELECT 1", KeyError)
    assert await named(lost, bob) == ["Before"]
    with pytest.raises(DivisionByZero):  # nobody read it: told at the end
        await rename("SELECT 1 / 0")
    assert await named(lost, bob) == ["Before"]
    await rename("SELECT 1")
    assert await named(lost, bob) == ["After"]


@pytest.mark.parametrize("pipelined", [True, False])
async def test_what_is_read_together_has_ended_before_its_transaction_does(lost: Database, *, pipelined: bool):
    ended: list[str] = []

    async def read(tx: Transaction, query: str) -> int:
        try:
            cursor = await tx.execute(query)
            row = await cursor.fetchone()
            assert row is not None
            await asyncio.sleep(0.1)
            return int(row[0])
        finally:
            ended.append(query)

    async with lost.transaction(pipelined=pipelined) as tx:
        assert await together(read(tx, "SELECT 1"), read(tx, "SELECT 2"), read(tx, "SELECT 3")) == (1, 2, 3)
    for refusal, error in (("SELECT 1 / 0", DivisionByZero), ("SELECT 1 WHERE false", AssertionError)):
        ended.clear()
        with pytest.raises(error):
            async with lost.transaction(pipelined=pipelined) as tx:
                await together(read(tx, "SELECT 1"), read(tx, refusal), read(tx, "SELECT 3"))
        assert len(ended) == 3
    async with lost.transaction(pipelined=pipelined) as tx:
        assert await read(tx, "SELECT 4") == 4
