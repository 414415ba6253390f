"""Bring a database up to date. Alembic keeps the books; every revision executes one plain SQL file.

An empty database gets all files in one transaction. One that is in use, by a Chat SDK or by us, gets them one by one,
with locks that give way, and the indexes on the Chat SDK's tables at last and beside the traffic (`online`).
"""

from functools import partial

import psycopg
import sqlalchemy as sa
from alembic import command, context, op
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy.exc import DBAPIError

from quartet.migrations import adoption, before, catalog, online
from quartet.migrations.errors import NotChanged
from quartet.migrations.online import Connection, Patience, Say, Wanted
from quartet.migrations.statements import BASE_FILE, HERE, Statement, Thing, goes_with, of_file, wanted

_PATIENCE = Patience()


def upgrade(url: str, say: Say = lambda _: None, patience: Patience = _PATIENCE) -> list[str]:
    """Run what is missing; return the names of the files that ran, and `say` the rest of what was done.

    Done again after a failure, or after a kill, it goes on where it was. Raises `NotChanged` where this is no database
    for us, somebody stays in the way or a file fails; in an empty one `psycopg.Error` and SQLAlchemy's `DBAPIError`.
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
            except (psycopg.Error, DBAPIError) as error:
                reason = str(error).strip().splitlines()[0]
                raise NotChanged(f"Migration {name} failed and was undone; those before it stay: {reason}") from error
        online.build_indexes(connection, wanted(revisions()), patience, say)
        return missing


def pending(url: str) -> list[str]:
    """Return the names of the files that have not run yet."""
    with _engine(url).connect() as connection:
        head = MigrationContext.configure(connection, opts={"version_table": before.BOOKS}).get_current_revision()
    names = revisions()
    return names[names.index(head) + 1 :] if head else names


def revisions() -> list[str]:
    """Every revision, oldest first."""
    script = ScriptDirectory.from_config(_config())
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def execute_file(name: str) -> None:
    """Run `sql/<name>.sql`: the whole body of a revision."""
    cursor = op.get_bind().connection.cursor()
    if context.config.attributes["is_empty"]:
        # The driver's own cursor takes several statements at once and leaves `:` and `%` alone.
        cursor.execute((HERE / "sql" / f"{name}.sql").read_bytes())
    else:
        run_missing(cursor.connection, [name])


def run_missing(connection: Connection, names: list[str]) -> None:
    """Run those statements of these files whose work is not there; indexes that `online` builds are left to it."""
    wants, there, made = wanted(revisions()), catalog.things(connection), set[Thing]()
    for statement in (each for name in names for each in of_file(name)):
        thing, gone = statement.makes, statement.unmakes
        if not _is_needed(statement, wants, there, made):
            continue
        connection.execute(statement.text)
        if thing:
            made.add(thing)
            there.add(thing)
        if gone:
            there = {each for each in there if not goes_with(each, gone)}


def _is_needed(statement: Statement, wants: Wanted, there: set[Thing], made: set[Thing]) -> bool:
    thing, gone = statement.makes, statement.unmakes
    if statement.file == BASE_FILE and (thing is None or thing.kind != "table"):
        return False  # the Chat SDK's journal is its own: only who made its tables writes there
    if statement.fills:
        return Thing("table", statement.fills) in made
    if gone:
        return any(goes_with(each, gone) for each in there)
    if thing is None or statement.is_idempotent:
        return True
    if thing.kind == "index" and (online.is_concurrent(statement) or wants.get(thing) is not statement):
        return False  # a later file makes it anew
    return thing in wants and thing not in there


def _all_at_once(url: str, found: before.Before) -> None:
    with _engine(url).begin() as connection:
        _run(connection, "head", is_empty=True)
        before.keep(_driver(connection), found)


def _one(url: str, name: str, first: before.Before | None, patience: Patience) -> None:
    with _engine(url).begin() as connection:
        driver = _driver(connection)
        online.limit_locks(driver, patience.lock)
        online.hold_their_tables(driver, [name], patience)
        if first:
            drop_policies(driver)
        _run(connection, name, is_empty=False)
        if first:
            before.keep(driver, first)


def drop_policies(connection: Connection) -> None:
    """Take down what is left of our walls: they are put up as a whole."""
    for policy, table in catalog.policies(connection):
        connection.execute(sql.SQL("DROP POLICY {} ON {}").format(sql.Identifier(policy), sql.Identifier(table)))


def _run(connection: sa.Connection, target: str, *, is_empty: bool) -> None:
    config = _config()
    config.attributes["connection"] = connection
    config.attributes["is_empty"] = is_empty
    command.upgrade(config, target)


def _driver(connection: sa.Connection) -> Connection:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)  # noqa: S101 - the engine below makes no other
    return driver


def _engine(url: str) -> sa.Engine:
    # libpq reads the address, as everywhere else: SQLAlchemy's own reading knows fewer forms.
    return sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=sa.NullPool)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    return config
