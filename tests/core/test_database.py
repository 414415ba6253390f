"""Connections that are lost: found before somebody gets one, or told as what they are."""

import asyncio
import socket
from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from people import Person, until
from quartet.core.database import Database


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
