"""Databases to be lost and won back: each test has its own, as migrations make it."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from conftest import a_database, drop_database
from operations.filling import databases, fill
from quartet.migrations import migrate


@pytest.fixture(scope="session")
def _made(postgres_url: str, worker_id: str) -> str:
    """A migrated and filled database to copy: that is quicker than making another."""
    name = f"operations_{worker_id}"
    url = a_database(postgres_url, name)
    migrate.upgrade(url)
    fill(url)
    return name


@pytest.fixture
def url(postgres_url: str, _made: str) -> Iterator[str]:
    name = f"{_made}_now"
    drop_database(postgres_url, name)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(_made))
        )
    yield make_conninfo(postgres_url, dbname=name)
    for each in databases(postgres_url, f"{name}%"):
        drop_database(postgres_url, each)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path
