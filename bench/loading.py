"""Fill a migrated database with people: by COPY, without triggers, with indexes and keys made after the rows.

The rows of one person lie far apart, as they do where people write for months: 50 components are on 50 pages. The
indexes are new and dense, though.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

import population
from population import CHATS, COMPONENTS, MESSAGES_OF_CHAT, PRESETS

_COMPONENT = """"Component" ("id", "userId", "type", "name", "content", "description", "tags", "usageCount",
  "createdAt", "updatedAt")"""
_PRESET = """"Preset" ("id", "userId", "name", "roleId", "styleId", "contextId", "modeId", "usageCount",
  "lastUsedAt")"""
_CHAT = """"Chat" ("id", "createdAt", "title", "userId", "visibility")"""
_MESSAGE = """"Message_v2" ("id", "chatId", "role", "parts", "attachments", "createdAt")"""
_DERIVED = {
    '"ComponentVersion"': """SELECT "id", 1, "userId", NULL, NULL, NULL, NULL::text[], "createdAt" FROM "Component" """,
    '"ComponentSearch"': """SELECT "id", "userId", quartet_fold("name"),
      quartet_fold(concat_ws(chr(10), "content", "description")), false FROM "Component" """,
    '"ComponentTag"': """SELECT "id", unnest("tags"), "userId" FROM "Component" """,
}
_FROZEN = "(FREEZE)"
# The planner takes folding for as cheap as adding.
_PARALLEL = "-c max_parallel_workers_per_gather=2 -c parallel_tuple_cost=0 -c parallel_setup_cost=0"
_TABLES = ['"Component"', *_DERIVED, '"Preset"', '"Chat"', '"Message_v2"']
# What a key refers to must be there before it.
_KEYS = """SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
  FROM pg_constraint WHERE contype IN ('p', 'u', 'f') AND %s::regclass[]::oid[] && ARRAY[conrelid, confrelid]
  ORDER BY contype = 'f', conname"""
_INDEXES = """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
  WHERE i.indrelid = ANY (%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)"""


class Progress:
    """Prints what was done, and how long after the start; not what took less than a second."""

    def __init__(self) -> None:
        self._start = self._last = time.monotonic()

    def __call__(self, what: str) -> None:
        now = time.monotonic()
        if now - self._last > 1:
            print(f"{now - self._start:7.0f} s  {what}", file=sys.stderr, flush=True)
        self._last = now


def crowd(url: str, users: int, tell: Progress, *, messages: bool) -> None:
    """Fill an empty database with so many people of plan `pro`.

    Each has 50 components, 20 presets, 100 chats and, where asked for, 1,000 messages: the spec's heavy user.
    """
    with _loading(url) as connection:
        _people(connection, range(users))
        with _without_triggers(connection), _bare(connection, tell):
            with _emptied(connection, '"Component"'):
                _copy(connection, _COMPONENT, _components(users, tell), _FROZEN)
            for table, query in _DERIVED.items():
                with _emptied(connection, table):
                    _derive(url, query, connection, table)
                tell(table)
            with _emptied(connection, '"Preset"'):
                _copy(connection, _PRESET, _presets(users), _FROZEN)
            tell('"Preset"')
            with _emptied(connection, '"Chat"'):
                _copy(connection, _CHAT, _chats(users), _FROZEN)
            tell('"Chat"')
            if messages:
                with _emptied(connection, '"Message_v2"'):
                    _copy(connection, _MESSAGE, _messages(users, tell), _FROZEN)
        connection.execute("ANALYZE")
        tell("analysed")


def heavy(url: str, person: int, components: int, tell: Progress) -> None:
    """Add one person with so many components to a filled database, its indexes and keys in place."""
    with _loading(url) as connection:
        _people(connection, [person])
        whose = population.user(person)
        with _without_triggers(connection), connection.transaction():
            _copy(connection, _COMPONENT, (_row(person, n) for n in range(components)))
            for table, query in _DERIVED.items():
                connection.execute(f'INSERT INTO {table} {query} WHERE "userId" = %s', [whose])
                tell(f"{table}: {components:,} rows of one user, indexes in place")
            connection.execute('UPDATE "ComponentSearch" SET "isIndexed" = true WHERE "userId" = %s', [whose])
            tell("the index of words")
            _copy(connection, _PRESET, (_preset(person, n, components) for n in range(PRESETS)))
        connection.execute("VACUUM (ANALYZE)")
        tell("vacuumed and analysed")


@contextmanager
def _loading(url: str) -> Iterator[psycopg.Connection]:
    """Connect with a loader's own settings; those of the server stay."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '1GB'")
        yield connection


@contextmanager
def _without_triggers(connection: psycopg.Connection) -> Iterator[None]:
    for table in _TABLES:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in _TABLES:
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@contextmanager
def _bare(connection: psycopg.Connection, tell: Progress) -> Iterator[None]:
    """Take keys and indexes off; put them back, as the migrations made them, at the end."""
    keys = connection.execute(_KEYS, [_TABLES]).fetchall()
    indexes = connection.execute(_INDEXES, [_TABLES]).fetchall()
    for table, name, _ in reversed(keys):
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        connection.execute(definition)
        tell(definition.partition(" USING ")[0])
    for table, name, definition in keys:
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        tell(f"{table} {definition}")


def _people(connection: psycopg.Connection, people: Iterable[int]) -> None:
    users = [(population.user(person), f"{person}@example.com") for person in people]
    _copy(connection, '"User" ("id", "email")', users)
    plans = ((id_, str(id_), "pro") for id_, _ in users)
    _copy(connection, '"Subscription" ("userId", "polarCustomerId", "plan")', plans)


def _components(users: int, tell: Progress) -> Iterator[tuple[Any, ...]]:
    for n in range(COMPONENTS):
        for person in range(users):
            yield _row(person, n)
        if (n + 1) % 10 == 0:
            tell(f'"Component": {(n + 1) * users:,} rows')


def _row(person: int, n: int) -> tuple[Any, ...]:
    # As strings: turning lists, moments and ids into text takes psycopg longer than making the component takes us.
    part = population.component(person, n)
    texts = (part.type, part.name, part.content, part.description, f"{{{','.join(part.tags)}}}")
    return str(part.id), str(population.user(person)), *texts, part.usage, str(part.made), str(part.changed)


def _presets(users: int) -> Iterator[tuple[Any, ...]]:
    for n in range(PRESETS):
        for person in range(users):
            yield _preset(person, n, COMPONENTS)


def _preset(person: int, n: int, components: int) -> tuple[Any, ...]:
    parts = [population.component(person, slot) for slot in population.slots(n, components)]
    id_ = population.preset_id(person, n)
    slots = (part.id for part in parts)
    return id_, population.user(person), parts[0].name, *slots, parts[0].usage, parts[0].changed


def _chats(users: int) -> Iterator[tuple[Any, ...]]:
    for n in range(CHATS):
        for person in range(users):
            moment = str(population.moment(person, n, CHATS))
            user = str(population.user(person))
            yield str(population.chat_id(person, n)), moment, f"Chat {n} of {person}", user, "private"


def _messages(users: int, tell: Progress) -> Iterator[tuple[Any, ...]]:
    said, of = population.parts(), CHATS * MESSAGES_OF_CHAT
    for n in range(of):
        role = "assistant" if n & 1 else "user"
        for person in range(users):
            ids = str(population.message_id(person, n)), str(population.chat_id(person, n // MESSAGES_OF_CHAT))
            text = said[(n * 31 + person * 17) % len(said)]
            yield *ids, role, text, "[]", str(population.moment(person, n, of))
        if (n + 1) % 100 == 0:
            tell(f'"Message_v2": {(n + 1) * users:,} rows')


@contextmanager
def _emptied(connection: psycopg.Connection, table: str) -> Iterator[None]:
    """Rows of a table that was emptied in the same transaction may be written as VACUUM would leave them."""
    with connection.transaction():
        connection.execute(f"TRUNCATE {table}")
        yield


def _copy(connection: psycopg.Connection, into: str, rows: Iterable[tuple[Any, ...]], how: str = "") -> None:
    with connection.cursor().copy(f"COPY {into} FROM STDIN {how}") as copy:
        for row in rows:
            copy.write_row(row)


def _derive(url: str, query: str, connection: psycopg.Connection, table: str) -> None:
    """Copy a query's rows from one connection to another: INSERT … SELECT would do it all in one process."""
    with (
        psycopg.connect(url, options=_PARALLEL) as source,
        source.cursor().copy(f"COPY ({query}) TO STDOUT") as rows,
        connection.cursor().copy(f"COPY {table} FROM STDIN {_FROZEN}") as copy,
    ):
        for block in rows:
            copy.write(block)
