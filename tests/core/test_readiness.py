"""/readyz: whether a proxy should send anybody here."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import psycopg
import pytest

from conftest import a_database, a_server, a_settings
from people import Visitor, until
from quartet.core.database import Database
from quartet.core.readiness import Readiness
from quartet.migrations import migrate
from quartet.migrations.before import BOOKS
from quartet.migrations.missing import revisions


async def test_a_server_that_works_is_ready_and_says_so_to_proxies_alone(visitor: Visitor):
    answer = await visitor.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ready")
    assert not {"/readyz", "/healthz"} & (await visitor.get("/api/openapi.json")).json()["paths"].keys()


@pytest.fixture
async def own_database(postgres_url: str, worker_id: str) -> str:
    url = a_database(postgres_url, f"readiness_{worker_id}")
    await asyncio.to_thread(migrate.upgrade, url)
    return url


@pytest.fixture
async def own(own_database: str) -> AsyncIterator[httpx2.AsyncClient]:
    async with a_server(a_settings(own_database)) as address, httpx2.AsyncClient(base_url=address) as probe:
        yield probe


async def test_what_is_in_the_way_is_told_until_it_is_gone(
    own: httpx2.AsyncClient, own_database: str, postgres_url: str, caplog: pytest.LogCaptureFixture
):
    async def said(status: int, text: str) -> bool:
        answer = await own.get("/readyz")
        return (answer.status_code, answer.text) == (status, text)

    behind = "The database is not at the migrations of this version. Run `quartet db upgrade`."
    with psycopg.connect(own_database, autocommit=True) as connection:
        connection.execute(f'UPDATE "{BOOKS}" SET version_num = %s', [revisions()[0]])
        await until(lambda: said(503, behind))
        connection.execute(f'UPDATE "{BOOKS}" SET version_num = %s', ["9999_of_a_later_version"])
        await until(lambda: said(200, "ready"))
        connection.execute(f'ALTER TABLE "{BOOKS}" RENAME TO elsewhere')
        await until(lambda: said(503, behind))
        connection.execute(f'ALTER TABLE elsewhere RENAME TO "{BOOKS}"')
        await until(lambda: said(200, "ready"))
    assert (await own.get("/healthz")).status_code == 200
    told = [record.getMessage() for record in caplog.records if record.name == "quartet.core.readiness"]
    assert told == [f"not ready: {behind}", "ready again"] * 2
    name = psycopg.conninfo.conninfo_to_dict(own_database)["dbname"]
    with psycopg.connect(postgres_url, autocommit=True) as cluster:
        cluster.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        cluster.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

        async def is_away() -> bool:
            return (await own.get("/readyz")).status_code == 503

        await until(is_away)
        assert (await own.get("/healthz")).status_code == 200
        cluster.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await until(lambda: said(200, "ready"), seconds=30)


async def test_a_flood_of_probes_costs_the_database_one_question(database: Database):
    readiness = Readiness(database, BOOKS, revisions())
    before = database.stats()["requests_num"]
    faults = await asyncio.gather(*(readiness.fault() for _ in range(500)))
    assert set(faults) == {None}
    assert database.stats()["requests_num"] == before + 1


async def test_who_leaves_is_not_ready(database: Database):
    readiness = Readiness(database, BOOKS, revisions())
    readiness.leave()
    assert await readiness.fault() == "This server is shutting down."
