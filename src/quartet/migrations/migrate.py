"""Bring a database up to date. Alembic keeps the books; every revision executes one plain SQL file.

An empty database gets all files in one transaction. One that is in use, by a Chat SDK or by us, gets them one by one,
with locks that give way, and the indexes on the Chat SDK's tables at last and beside the traffic (`online`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
from psycopg import sql

from quartet.migrations import adoption, before, online
from quartet.migrations.errors import NotChanged
from quartet.migrations.missing import drop_policies, revisions
from quartet.migrations.online import Connection, Patience, Say
from quartet.migrations.statements import BASE_FILE, wanted

_PATIENCE = Patience()


def upgrade(url: str, say: Say = lambda _: None, patience: Patience = _PATIENCE) -> list[str]:
    """Run what is missing; return the names of the files that ran, and `say` the rest of what was done.

    Done again after a failure, or after a kill, it goes on where it was. Raises `NotChanged` where this is no database
    for us, somebody stays in the way or a file fails; in an empty one `psycopg.Error`.
    """
    with online.alone(url, say) as connection:
        missing = pending(url)
        found = before.look(connection)
        if found.is_empty and missing:
            _all_at_once(url, found)
            return missing
        if missing == revisions():
            adoption.refuse_what_is_not_ours(connection, wanted(missing))
            say(adoption.greet(connection))
        for name in missing:
            first = found if name == BASE_FILE else None
            act = partial(_one, url, name, first, patience)
            try:
                online.patiently(connection, f"Migration {name}", act, patience, say)
            except psycopg.Error as error:
                reason = str(error).strip().splitlines()[0]
                raise NotChanged(f"Migration {name} failed and was undone; those before it stay: {reason}") from error
        online.build_indexes(connection, wanted(revisions()), patience, say)
        return missing


def pending(url: str) -> list[str]:
    """Return the names of the files that have not run yet; raises `NotChanged` where a newer Quartet's have."""
    with online.connect(url) as connection:
        there = connection.execute("SELECT to_regclass(%s)", [before.BOOKS]).fetchone()
        if there == (None,):
            return revisions()
        ran = connection.execute(sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(before.BOOKS))).fetchone()
    names = revisions()
    if ran and ran[0] not in names:
        raise NotChanged(f"A newer Quartet has been at this database ({ran[0]}): run that one, or restore a backup.")
    return names[names.index(ran[0]) + 1 :] if ran else names


def _all_at_once(url: str, found: before.Before) -> None:
    with _alembic(url, is_empty=True) as (connection, run):
        run("head")
        before.keep(connection, found)


def _one(url: str, name: str, first: before.Before | None, patience: Patience) -> None:
    with _alembic(url, is_empty=False) as (connection, run):
        online.limit_locks(connection, patience.lock)
        online.hold_their_tables(connection, [name], patience)
        if first:
            drop_policies(connection)
        run(name)
        if first:
            before.keep(connection, first)


@contextmanager
def _alembic(url: str, *, is_empty: bool) -> Iterator[tuple[Connection, Callable[[str], None]]]:
    # Hardly a start has anything to run, and a server would hold what it has imported.
    from quartet.migrations.books import running  # noqa: PLC0415

    with running(url, is_empty=is_empty) as both:
        yield both
