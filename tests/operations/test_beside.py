"""Databases beside the one in use go when they are not needed any more, whoever is at work in them."""

from collections.abc import AsyncIterator
from contextlib import ExitStack

import psycopg
import pytest

from failover.deployment import a_ground, accepts
from failover.parts import Postgres
from people import until
from quartet.operations.beside import beside

# Some rows to clean up after, so slowly that it lasts until somebody ends it.
_TO_DO = (
    "CREATE TABLE heap (n int) WITH (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0)",
    "INSERT INTO heap SELECT generate_series(1, 100000)",
    "DELETE FROM heap",
    "SELECT pg_stat_force_next_flush()",
)


@pytest.fixture
async def server() -> AsyncIterator[Postgres]:
    """A PostgreSQL whose autovacuum never rests, with a login that may make databases and is no administrator."""
    with ExitStack() as things:
        server = Postgres(things.enter_context(a_ground()), "one")
        server.make()
        things.callback(server.kill)
        server.start()
        await until(lambda: accepts(server))
        for name, value in {"naptime": "1s", "vacuum_cost_delay": "100ms", "vacuum_cost_limit": "1"}.items():
            server.ask(f"ALTER SYSTEM SET autovacuum_{name} = '{value}'", database="postgres")
        server.ask("SELECT pg_reload_conf()", database="postgres")
        server.ask("CREATE ROLE quartet LOGIN CREATEDB", database="postgres")
        server.ask("CREATE DATABASE quartet OWNER quartet", database="postgres")
        yield server


async def test_one_that_autovacuum_is_at_work_in_goes_all_the_same(server: Postgres):
    async def is_cleaned() -> bool:
        query = "SELECT datname FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"
        return (name,) in server.ask(query, database="postgres")

    with beside(server.url("quartet"), is_embedded=False) as place:
        assert place
        with place.scratch() as name:
            with psycopg.connect(place.of(name), autocommit=True) as connection:
                for statement in _TO_DO:
                    connection.execute(statement)
            await until(is_cleaned, seconds=60)
    assert server.ask("SELECT count(*) FROM pg_database WHERE datname LIKE 'quartet_restore_%'") == [(0,)]
