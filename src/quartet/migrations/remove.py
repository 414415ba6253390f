"""Take Quartet out of a database: the Chat SDK's tables stay, and are as they were.

What is ours is found in the catalog by our files' names, and by the prefix `quartet_` of policies, functions and roles.
"""

from collections.abc import Iterator
from functools import partial

from psycopg import errors, sql

from quartet.migrations import before, catalog, export, online
from quartet.migrations.chat_sdk import TABLES
from quartet.migrations.errors import NotChanged
from quartet.migrations.missing import drop_policies, revisions
from quartet.migrations.online import Connection, Patience, Say, Wanted
from quartet.migrations.statements import wanted

_PATIENCE = Patience()
ROLES = ("quartet_app", "quartet_system")


def what_goes(url: str) -> dict[str, int]:
    """Count the rows of what `remove` would delete, by table; empty where there is nothing of ours."""
    with online.connect(url) as connection:
        names = export.tables(connection, wanted(revisions()))
        return {name: _count(connection, name) for name in names}


def remove(url: str, say: Say, patience: Patience = _PATIENCE) -> None:
    """Do it, all or nothing. Raises `NotChanged` when somebody else's things depend on ours."""
    wants = wanted(revisions())
    with online.alone(url, say) as connection:
        act = partial(_remove, connection, wants, patience, say)
        try:
            online.patiently(connection, "Taking Quartet out", act, patience, say)
        except errors.DependentObjectsStillExist as error:
            detail = " ".join((error.diag.message_detail or "").split())
            raise NotChanged(f"Others depend on Quartet, and nothing was changed: {detail}.") from error


def _remove(connection: Connection, wants: Wanted, patience: Patience, say: Say) -> None:
    with connection.transaction():
        online.limit_locks(connection, patience.lock)
        past = before.recall(connection)
        drop_policies(connection)
        _take_down_walls(connection, set(past.walled) if past else set())
        for statement in _drops(connection, wants, past):
            connection.execute(statement)
        _revoke(connection)
        # These may stay for others' sake, and then the rest goes all the same.
        for name in ROLES:
            _try(connection, sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)), f"The role {name}", say)
        for thing in wants:
            if thing.kind == "extension" and past and thing.name not in past.extensions:
                drop = sql.SQL("DROP EXTENSION IF EXISTS {}").format(sql.Identifier(thing.name))
                _try(connection, drop, f"The extension {thing.name}", say)


def _take_down_walls(connection: Connection, walled_before: set[str]) -> None:
    rows = connection.execute(
        """SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relrowsecurity
             AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)"""
    ).fetchall()
    for (name,) in rows:
        if name in TABLES and name not in walled_before:
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(sql.Identifier(name)))


def _drops(connection: Connection, wants: Wanted, past: before.Before | None) -> Iterator[sql.Composed]:
    for table in TABLES:
        for column in export.columns(connection, wants, table):
            yield sql.SQL("ALTER TABLE {} DROP COLUMN {}").format(sql.Identifier(table), sql.Identifier(column))
    for thing in wants:
        if thing.kind == "index" and thing.table in TABLES and not (past and thing.name in past.indexes):
            yield sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(thing.name))
    deprecated = [name for name in (past.made if past else []) if _is_empty(connection, name)]
    if tables := [*export.tables(connection, wants), *deprecated]:
        yield sql.SQL("DROP TABLE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables)))
    functions = connection.execute(
        r"""SELECT oid::regprocedure::text FROM pg_proc
            WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'quartet\_%'"""
    ).fetchall()
    if functions:
        yield sql.SQL("DROP FUNCTION {}").format(sql.SQL(", ").join(sql.SQL(name) for (name,) in functions))
    for thing in wants:
        if thing.kind == "type":
            yield sql.SQL("DROP TYPE IF EXISTS {}").format(sql.Identifier(thing.name))
    yield sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(before.BOOKS))


def _revoke(connection: Connection) -> None:
    """Take back what our roles may do here, wherever it stands."""
    rows = connection.execute(
        """SELECT DISTINCT 'TABLE', quote_ident(n.nspname) || '.' || quote_ident(c.relname), g.grantee::regrole::text
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) g
           WHERE c.relkind IN ('r', 'p', 'v', 'm') AND g.grantee <> 0 AND g.grantee::regrole::text = ANY(%(roles)s)
           UNION
           SELECT 'SCHEMA', quote_ident(n.nspname), g.grantee::regrole::text
           FROM pg_namespace n, aclexplode(n.nspacl) g
           WHERE g.grantee <> 0 AND g.grantee::regrole::text = ANY(%(roles)s)""",
        {"roles": list(ROLES)},
    ).fetchall()
    for kind, name, role in rows:
        connection.execute(
            sql.SQL("REVOKE ALL ON {} {} FROM {}").format(sql.SQL(kind), sql.SQL(name), sql.Identifier(role))
        )


def _try(connection: Connection, statement: sql.Composed, what: str, say: Say) -> None:
    try:
        with connection.transaction():
            connection.execute(statement)
    except (errors.DependentObjectsStillExist, errors.InsufficientPrivilege) as error:
        say(f"{what} stays: {str(error).splitlines()[0]}.")


def _is_empty(connection: Connection, table: str) -> bool:
    there = table in catalog.tables(connection)
    return there and _count(connection, table) == 0


def _count(connection: Connection, table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    return int(row[0]) if row else 0
