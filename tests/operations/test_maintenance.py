"""Upkeep beside the traffic, on a real database: what became empty is rebuilt, what was left half-built goes."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors
from psycopg.conninfo import make_conninfo

from conftest import a_database
from quartet.migrations import migrate
from quartet.migrations.online import Patience
from quartet.operations import statistics
from quartet.operations.maintenance import maintain
from quartet.operations.statistics import Index

INDEX = "PolarEvent_pkey"
HALF = f"{INDEX}_ccnew"
SHORT = Patience(index=0.2)


@pytest.fixture(scope="module")
def url(postgres_url: str, worker_id: str) -> str:
    url = a_database(postgres_url, f"upkeep_{worker_id}")
    migrate.upgrade(url)
    return url


@pytest.fixture
def db(url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def fill_and_empty(db: psycopg.Connection) -> None:
    db.execute('TRUNCATE "PolarEvent"')
    db.execute(
        """INSERT INTO "PolarEvent" ("webhookId", "body", "outcome")
           SELECT md5(n::text), '', 'noted' FROM generate_series(1, 30000) n"""
    )
    db.execute("""DELETE FROM "PolarEvent" WHERE "webhookId" > '1'""")
    db.execute('VACUUM ANALYZE "PolarEvent"')


def leave_half_an_index(db: psycopg.Connection, url: str) -> None:
    """As a rebuilding does that is killed while it waits for somebody."""
    with psycopg.connect(url) as other:
        other.execute('LOCK TABLE "PolarEvent" IN ROW EXCLUSIVE MODE')
        db.execute("SET lock_timeout = '100ms'")
        with pytest.raises(errors.LockNotAvailable):
            db.execute(f'REINDEX INDEX CONCURRENTLY "{INDEX}"')


def found(db: psycopg.Connection, name: str) -> Index | None:
    return next((each for each in statistics.indexes(db) if each.name == name), None)


def test_an_index_that_became_empty_is_rebuilt(db: psycopg.Connection, url: str):
    fill_and_empty(db)
    before = found(db, INDEX)
    assert before is not None
    assert before.bloat is not None
    assert before.bloat > 0.8
    said: list[str] = []
    assert maintain(url, ["reindex"], said.append) == 0
    after = found(db, INDEX)
    assert after is not None
    assert after.size < before.size / 5
    assert after.bloat is not None
    assert after.bloat < 0.5
    assert [line.split(",")[0] for line in said] == [f'[1/1] "{INDEX}": rebuilt']
    assert not maintain(url, ["reindex"], said.append)
    assert len(said) == 1, "nothing is rebuilt twice"


def test_half_an_index_is_dropped_unless_somebody_is_at_it(db: psycopg.Connection, url: str):
    leave_half_an_index(db, url)
    assert found(db, HALF)
    with psycopg.connect(url) as other:
        other.execute('LOCK TABLE "PolarEvent" IN SHARE UPDATE EXCLUSIVE MODE')
        said: list[str] = []
        maintain(url, ["reindex"], said.append, patience=SHORT)
        assert said == []
    maintain(url, ["reindex"], said.append)
    assert found(db, HALF) is None
    assert [line.split(",")[:2] for line in said] == [[f'[1/1] "{HALF}"', " left half-built: dropped"]]


def test_who_is_in_the_way_is_told_and_waited_for_no_longer(db: psycopg.Connection, url: str):
    fill_and_empty(db)
    said: list[str] = []
    with psycopg.connect(url, application_name="a long report") as other:
        other.execute('LOCK TABLE "PolarEvent" IN ROW EXCLUSIVE MODE')
        assert maintain(url, ["reindex"], said.append, patience=SHORT) == 1
        assert "a long report" in said[0]
    assert said[1] == f'  "{HALF}" stays, half-built and unused: the next run drops it.'
    assert maintain(url, ["reindex"], said.append) == 0
    assert found(db, HALF) is None
    assert [each for each in statistics.indexes(db) if not each.is_valid] == []


def test_vacuum_frees_room_and_skips_what_is_locked(db: psycopg.Connection, url: str):
    db.execute('CREATE TABLE "Theirs" (n int)')
    with psycopg.connect(url) as other:
        other.execute('LOCK TABLE "Trash" IN ACCESS EXCLUSIVE MODE')
        said: list[str] = []
        assert maintain(url, ["vacuum"], said.append, patience=SHORT) == 0
    (left,) = [line for line in said if '"Trash"' in line]
    assert "not done, skipping vacuum of" in left
    vacuumed = {table.name for table in statistics.tables(db) if table.vacuumed}
    assert {"PolarEvent", "User", "Message_v2", "quartet_migrations"} <= vacuumed
    assert not {"Trash", "Theirs"} & vacuumed


def test_what_the_login_may_not_do_is_not_called_done(db: psycopg.Connection, url: str):
    said: list[str] = []
    failed = maintain(make_conninfo(url, options="-c role=quartet_app"), ["vacuum"], said.append)
    assert failed == len(said) > 1
    assert all("not done, permission denied to vacuum" in line for line in said)


def test_a_dry_run_only_tells(db: psycopg.Connection, url: str):
    fill_and_empty(db)
    before = found(db, INDEX)
    said: list[str] = []
    maintain(url, ["analyze", "reindex"], said.append, dry_run=True)
    assert 'ANALYZE (SKIP_LOCKED) "User";' in said
    assert said[-1] == f'REINDEX INDEX CONCURRENTLY "{INDEX}";'
    assert found(db, INDEX) == before
