"""What stands in a database's tables, in numbers that can be compared: with a backup, or after a restore."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]

Contents = dict[str, tuple[int, int]]
"""By table, with its schema and as SQL writes it: the number of rows, and a sum of their hashes (0: not asked)."""

# What belongs to an extension is the extension's to make again.
_TABLES = """SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                    AND d.deptype = 'e')
  ORDER BY 1"""
_LIMITS = ["statement_timeout", "transaction_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout"]
_COUNT = sql.SQL("SELECT count(*), 0 FROM {} t")
# A sum, because rows have no order of their own.
_HASH = sql.SQL("SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text FROM {} t")


@contextmanager
def moment(url: str) -> Iterator[tuple[Connection, str]]:
    """Hold one moment of a database; yield a connection that sees it, and its name for `pg_dump --snapshot`."""
    with psycopg.connect(url, autocommit=True) as connection:
        unhurried(connection)
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            [(name,)] = connection.execute("SELECT pg_export_snapshot()").fetchall()
            yield connection, name


def unhurried(connection: Connection) -> None:
    """Lift what a server may have against long work."""
    connection.execute("SELECT set_config(name, '0', false) FROM pg_settings WHERE name = ANY(%s)", [_LIMITS])
    connection.execute("SET TIME ZONE 'UTC'")


def tables(connection: Connection) -> list[str]:
    return [name for (name,) in connection.execute(_TABLES)]


def read(connection: Connection, *, hashed: bool) -> Contents:
    """Count all rows; `hashed`, read them too, which takes as long as a backup."""
    found: Contents = {}
    for table in tables(connection):
        query = (_HASH if hashed else _COUNT).format(sql.SQL(table))
        [(rows, hashes)] = connection.execute(query).fetchall()
        found[table] = (rows, int(hashes))
    return found


def differences(expected: Contents, found: Contents) -> list[str]:
    """Name the tables that are not as they should be."""
    return [
        f"{table} has {found.get(table, (0, 0))[0]} rows, not {expected.get(table, (0, 0))[0]}"
        if found.get(table, (0, 0))[0] != expected.get(table, (0, 0))[0]
        else f"{table} has other rows"
        for table in sorted(expected.keys() | found.keys())
        if expected.get(table, (0, 0)) != found.get(table, (0, 0))
    ]
