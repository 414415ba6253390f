"""A database of its own for each test, and the Chat SDK's connection to it."""

from collections.abc import Iterator

import psycopg
import pytest

from conftest import a_database, drop_database
from migrations.sdk import Connection


@pytest.fixture
def url(postgres_url: str, database_url: str, worker_id: str) -> Iterator[str]:
    """An empty database. The one of `database_url` has our roles all the while, so that no test takes them away."""
    name = f"chat_sdk_{worker_id}"
    yield a_database(postgres_url, name)
    drop_database(postgres_url, name)


@pytest.fixture
def theirs(url: str) -> Iterator[Connection]:
    """The Chat SDK's own connection: it owns the tables."""
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection
