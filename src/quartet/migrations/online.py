"""Changing a database that others are using: short locks that give way, and indexes built beside the traffic."""

import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import psycopg
from psycopg import errors, sql

from quartet.migrations import catalog
from quartet.migrations.chat_sdk import TABLES
from quartet.migrations.errors import NotChanged
from quartet.migrations.statements import Statement, Thing, of_file

T = TypeVar("T")
Say = Callable[[str], None]
Connection = psycopg.Connection[Any]
Wanted = dict[Thing, Statement]

_LOCK = 0x71756172746574
_IN_THE_WAY = (errors.LockNotAvailable, errors.DeadlockDetected)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long we wait for others, in seconds.

    `lock`: for a table. All who come after us wait as long, so it is short; and shorter than PostgreSQL's
    deadlock_timeout of 1 s, so that of two who wait for each other it is we who give way. `grab` is for all of the Chat
    SDK's tables at once, that many times. `index`: for the transactions that an index being built waits for; nobody
    waits behind it. `pauses` come between the attempts.
    """

    lock: float = 0.3
    grab: float = 0.02
    grabs: int = 300
    index: float = 30
    pauses: tuple[float, ...] = (0.2, 0.5, 1, 2, 3, 5, 5, 10, 10, 15)


def connect(url: str) -> Connection:
    return psycopg.connect(url, autocommit=True)


@contextmanager
def alone(url: str, say: Say) -> Iterator[Connection]:
    """Yield a connection that keeps other upgrades of this database out while it is open.

    The lock is asked for again and again, never waited for: a waiting statement has a snapshot, and the one who holds
    the lock, building an index, would wait for that. It is a transaction's of a connection of its own: one of a session
    would stay with a pooler's connection when somebody comes through it by mistake, and keep everybody out for good.
    """
    with connect(url) as guard, connect(url) as connection:
        guard.prepare_threshold = None
        told = False
        while True:
            with guard.transaction():
                if _one(guard, sql.SQL("SELECT pg_try_advisory_xact_lock({})").format(_LOCK)):
                    guard.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                    connection.execute("SET statement_timeout = 0")
                    yield connection
                    return
            if not told:
                say("Somebody else is changing this database: waiting for them.")
                told = True
            time.sleep(0.1)


def patiently(connection: Connection, what: str, act: Callable[[], T], patience: Patience, say: Say) -> T:
    """Do `act`, a whole transaction, until nobody is in its way; raises `NotChanged` when somebody stays there."""
    for pause in (*patience.pauses, None):
        try:
            return act()
        except _IN_THE_WAY as error:
            if pause is None:
                raise NotChanged(
                    f"{what} could not be done: another transaction is in the way "
                    f"({catalog.oldest_transaction(connection)}). End it and try again; what was done stays done."
                ) from error
            say(f"{what}: somebody is in the way. Trying again in {pause:g} s.")
            time.sleep(pause)
    raise AssertionError  # the last pause is None


def limit_locks(connection: Connection, seconds: float) -> None:
    """Within this transaction, wait for a lock no longer than this."""
    connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(f"{round(seconds * 1000)}ms"))
    connection.execute("SET LOCAL statement_timeout = 0")


def hold_their_tables(connection: Connection, names: Iterable[str], patience: Patience) -> None:
    """Within this transaction, lock those of the Chat SDK's tables that these files put walls around.

    All at once or none: its inserts hold a child and want the parent, its deletes the other way round, so there is no
    order in which we could wait with some of them in hand. Mostly somebody is in the way, never for long.
    """
    walls = " ".join(each.text for name in names for each in of_file(name) if " POLICY " in each.text)
    walled = catalog.tables(connection) & set(re.findall(r"""['"](\w+)['"]""", walls))
    if not walled & set(TABLES):
        return
    tables = sql.SQL(", ").join(sql.Identifier(name) for name in TABLES if name in walled)
    for attempt in range(patience.grabs):
        try:
            with connection.transaction():
                limit_locks(connection, patience.grab)
                connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(tables))
        except _IN_THE_WAY:
            if attempt == patience.grabs - 1:
                raise
            time.sleep(patience.grab * random.uniform(0.5, 2))  # noqa: S311 - so as not to keep step with somebody
        else:
            limit_locks(connection, patience.lock)
            return


def is_concurrent(statement: Statement) -> bool:
    """Say whether this is an index on a table of the Chat SDK's, which may be big and is in use."""
    return statement.makes is not None and statement.makes.kind == "index" and statement.makes.table in TABLES


def build_indexes(connection: Connection, wanted: Wanted, patience: Patience, say: Say) -> None:
    """Build what is missing of the indexes on the Chat SDK's tables, none of which is locked meanwhile.

    Without one we are slow, not wrong: the first that cannot be built now is told, and the next upgrade tries again.
    Whoever holds up one of them mostly holds up all, and a server wants to start.
    """
    brief = replace(patience, pauses=patience.pauses[:1])
    for thing, statement in missing_indexes(connection, wanted).items():
        what = f'The index "{thing.name}" on "{thing.table}"'
        try:
            patiently(connection, what, partial(_build, connection, thing, statement, patience), brief, say)
        except NotChanged as failed:
            say(str(failed))
            return
        else:
            say(f"{what} was built.")


def missing_indexes(connection: Connection, wanted: Wanted) -> Wanted:
    there = catalog.things(connection)
    return {
        thing: statement
        for thing, statement in wanted.items()
        if is_concurrent(statement) and thing not in there and Thing("table", thing.table) in there
    }


def _build(connection: Connection, thing: Thing, statement: Statement, patience: Patience) -> None:
    connection.execute(sql.SQL("SET lock_timeout = {}").format(f"{round(patience.index * 1000)}ms"))
    # Whoever was killed while building, or ran out of patience, left half an index.
    if Thing("invalid index", thing.name, thing.table) in catalog.things(connection):
        connection.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(thing.name)))
    text = re.sub(r"^(CREATE (?:UNIQUE )?INDEX )(?:IF NOT EXISTS )?", r"\1CONCURRENTLY IF NOT EXISTS ", statement.text)
    connection.execute(text)


def _one(connection: Connection, query: sql.Composed) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
