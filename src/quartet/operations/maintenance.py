"""Upkeep beside the traffic: statistics for the planner, room from dead rows, indexes rebuilt that have become empty.

Nothing here holds a lock that a reader or a writer waits for, and nothing is done in a transaction: whoever is killed
in the middle leaves at most half an index, which nobody reads and the next run drops.
"""

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import psycopg
from psycopg import errors, sql

from quartet.migrations import catalog, online
from quartet.migrations.before import BOOKS
from quartet.migrations.missing import revisions
from quartet.migrations.online import Patience, Say
from quartet.migrations.statements import wanted
from quartet.operations import statistics
from quartet.operations.statistics import Index

Connection = psycopg.Connection[Any]
Work = Literal["vacuum", "analyze", "reindex"]

_WORTH_BYTES = 1_000_000
_WORTH_SHARE = 0.5
# PostgreSQL's names for what a REINDEX CONCURRENTLY that did not end leaves behind.
_LEFTOVER = re.compile(r"_cc(?:new|old)\d*\Z")


@dataclass(frozen=True, slots=True)
class Step:
    """`index` is the one that is rebuilt, with what it was like before."""

    what: str
    statement: sql.Composed
    index: Index | None = None


_PATIENCE = Patience()

Warned = tuple[str | None, str | None]
"""What PostgreSQL remarked, and its code."""


def maintain(url: str, work: Iterable[Work], say: Say, *, dry_run: bool = False, patience: Patience = _PATIENCE) -> int:
    """Do it, and say each step; return how many could not be done. `dry_run` only says the statements.

    Migrations wait for it, and it for them.
    """
    failed = 0
    with online.alone(url, say) as connection:
        connection.execute(sql.SQL("SET lock_timeout = {}").format(f"{round(patience.index * 1000)}ms"))
        # As autovacuum does: a pause now and then leaves the disk to those who wait for it.
        connection.execute("SET vacuum_cost_delay = '2ms'")
        warned: list[Warned] = []
        connection.add_notice_handler(lambda told: warned.append((told.message_primary, told.sqlstate)))
        steps = list(_steps(connection, set(work)))
        for number, step in enumerate(steps, 1):
            if dry_run:
                say(step.statement.as_string(connection) + ";")
            else:
                failed += not _do(connection, step, f"[{number}/{len(steps)}]", say, warned)
    return failed


def _steps(connection: Connection, work: set[Work]) -> Iterator[Step]:
    ours = {thing.name for thing in wanted(revisions()) if thing.kind == "table"} | {BOOKS}
    if work & {"vacuum", "analyze"}:
        command = "VACUUM (ANALYZE, SKIP_LOCKED, TRUNCATE FALSE) {}" if "vacuum" in work else "ANALYZE (SKIP_LOCKED) {}"
        for table in reversed(statistics.tables(connection)):
            if table.name in ours:
                what = "vacuumed and analysed" if "vacuum" in work else "analysed"
                yield Step(f'"{table.name}": {what}', sql.SQL(command).format(sql.Identifier(table.name)))
    if "reindex" in work:
        yield from _of_indexes(connection, ours)


def _of_indexes(connection: Connection, ours: set[str]) -> Iterator[Step]:
    busy = _busy(connection)
    for index in sorted(statistics.indexes(connection), key=lambda each: each.size):
        if index.table not in ours or index.table in busy:
            continue
        name = sql.Identifier(index.name)
        if not index.is_valid and _LEFTOVER.search(index.name):
            yield Step(f'"{index.name}", left half-built: dropped', _drop(index.name))
        elif not index.is_valid or (index.size >= _WORTH_BYTES and (index.bloat or 0) >= _WORTH_SHARE):
            yield Step(f'"{index.name}": rebuilt', sql.SQL("REINDEX INDEX CONCURRENTLY {}").format(name), index)


def _busy(connection: Connection) -> set[str]:
    """Name the tables that somebody builds an index on, or vacuums: a half-built index there is theirs."""
    rows = connection.execute(
        """SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
           WHERE l.mode = 'ShareUpdateExclusiveLock' AND l.granted AND l.pid <> pg_backend_pid()
             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
    )
    return {row[0] for row in rows}


def _do(connection: Connection, step: Step, place: str, say: Say, warned: list[Warned]) -> bool:
    """Say whether it was done, or left because somebody has it locked."""
    warned.clear()
    began = time.monotonic()
    try:
        connection.execute(step.statement)
    except (errors.LockNotAvailable, errors.DeadlockDetected):
        say(f"{place} {step.what}: not now, {catalog.oldest_transaction(connection)}.")
    except psycopg.DatabaseError as error:
        if connection.closed:
            raise
        # Its detail would repeat a row.
        say(f"{place} {step.what}: failed, {error.diag.message_primary}.")
    else:
        # What it may not touch, or not now, PostgreSQL passes over with a warning.
        if warned:
            reason, state = warned[0]
            say(f"{place} {step.what}: not done, {reason}.")
            return state == errors.LockNotAvailable.sqlstate
        say(f"{place} {step.what}, {time.monotonic() - began:.1f} s{_gained(connection, step.index)}")
        return True
    if step.index:
        _clear(connection, step.index.table, say)
    return False


def _gained(connection: Connection, before: Index | None) -> str:
    if before is None:
        return ""
    row = connection.execute("SELECT pg_relation_size(quote_ident(%s)::regclass)", [before.name]).fetchone()
    return f", {before.size / 1e6:.1f} MB before, {row[0] / 1e6 if row else 0:.1f} MB now"


def _clear(connection: Connection, table: str, say: Say) -> None:
    """Drop what a rebuilding that failed just now has left."""
    for index in statistics.indexes(connection):
        if index.table == table and not index.is_valid and _LEFTOVER.search(index.name):
            try:
                connection.execute(_drop(index.name))
            except errors.LockNotAvailable:
                say(f'  "{index.name}" stays, half-built and unused: the next run drops it.')


def _drop(index: str) -> sql.Composed:
    return sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(index))
