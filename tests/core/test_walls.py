"""What keeps a server from serving: a second wall that does not stand."""

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from quartet.core import walls


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as owner:
        for statement in statements:
            owner.execute(statement)


def test_it_stands(database_url: str):
    assert walls.fault(database_url, pooled=False) is None


def test_an_owner_behind_a_pooler(database_url: str):
    fault = walls.fault(database_url, pooled=True)
    assert fault == (
        'Requests would run as "quartet", which owns tables. '
        'Give the pooler a login of its own, with: ALTER ROLE "quartet" SET role TO quartet_app.'
    )


def test_an_open_table(database_url: str):
    run(database_url, 'ALTER TABLE "Trash" DISABLE ROW LEVEL SECURITY')
    try:
        assert "Row-level security is off for Trash." in (walls.fault(database_url, pooled=False) or "")
    finally:
        run(database_url, 'ALTER TABLE "Trash" ENABLE ROW LEVEL SECURITY')


@pytest.fixture
def stranger(database_url: str, worker_id: str):
    """The address of a login that has nothing to do with us."""
    name = f"stranger_{worker_id}"
    run(database_url, f"CREATE ROLE {name} LOGIN PASSWORD 'stranger'")
    yield name, make_conninfo(database_url, user=name, password="stranger")
    run(database_url, f"DROP ROLE {name}")


def test_a_login_that_may_not(stranger: tuple[str, str]):
    name, url = stranger
    fault = walls.fault(url, pooled=False)
    assert fault == (
        f'"{name}" may not act as quartet_app and quartet_system. '
        f'Let it: GRANT quartet_app, quartet_system TO "{name}".'
    )


def test_a_pooler_s_login_made_as_we_say(database_url: str, stranger: tuple[str, str]):
    name, url = stranger
    run(
        database_url,
        f'GRANT quartet_app, quartet_system TO "{name}"',
        f'ALTER ROLE "{name}" SET role TO quartet_app',
    )
    assert walls.fault(url, pooled=True) is None


def test_a_pooler_s_login_that_is_still_above_the_wall(database_url: str, stranger: tuple[str, str]):
    """It inherits what quartet_system sees: everybody's rows."""
    name, url = stranger
    run(database_url, f'GRANT quartet_app, quartet_system TO "{name}"')
    assert walls.fault(url, pooled=True) == (
        f'Requests would run as "{name}", which may do all that quartet_system may. '
        f'Give the pooler a login of its own, with: ALTER ROLE "{name}" SET role TO quartet_app.'
    )
