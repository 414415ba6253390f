"""Our foreign keys: which our files make, which are there, and whether they give way to the Chat SDK's deletes."""

import re
from typing import NamedTuple

from psycopg import errors, sql

from quartet.migrations.chat_sdk import TABLES
from quartet.migrations.online import Connection, Say, Wanted

_INLINE = re.compile(r'"(\w+)" \w+[^,]*? REFERENCES "(\w+)"\("(\w+)"\) ON DELETE (CASCADE|SET NULL)')
_ACTIONS = {"CASCADE": "c", "SET NULL": "n"}


class Key(NamedTuple):
    table: str
    column: str
    referred: str
    referred_column: str
    action: str


class Found(NamedTuple):
    """`action` is the catalog's letter: `a` (NO ACTION) and `r` (RESTRICT) forbid deletes."""

    name: str
    table: str
    column: str
    referred: str
    action: str
    is_valid: bool


def of_ours(wants: Wanted) -> list[Key]:
    """Read the foreign keys of our tables, and of our columns of the Chat SDK's, out of our files."""
    return [
        Key(thing.table or thing.name, *found)
        for thing, statement in wants.items()
        if thing.kind == "column" or (thing.kind == "table" and thing.name not in TABLES)
        for found in _INLINE.findall(statement.text)
    ]


def there(connection: Connection) -> list[Found]:
    """Return all foreign keys of this schema, each by its first column."""
    rows = connection.execute(
        """SELECT c.conname, r.relname, a.attname, f.relname, c.confdeltype::text, c.convalidated
           FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
           JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
           WHERE c.contype = 'f' AND c.conparentid = 0 AND f.relnamespace = current_schema()::regnamespace
           ORDER BY 2, 1"""
    )
    return [Found(*row) for row in rows]


def lost(wants: Wanted, found: list[Found]) -> list[Key]:
    """Return ours that are not there. Who refers is asked, not by what name: others name constraints otherwise."""
    known = {(each.table, each.column, each.referred) for each in found}
    return [key for key in of_ours(wants) if (key.table, key.column, key.referred) not in known]


def mend(connection: Connection, wants: Wanted) -> None:
    """Make ours again where they are lost or forbid deletes; rows from before are looked at by `validate`."""
    found = there(connection)
    for key in of_ours(wants):
        same = [each for each in found if each[1:4] == key[:3]]
        if any(each.action == _ACTIONS[key.action] for each in same):
            continue
        for each in same:
            connection.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                    sql.Identifier(each.table), sql.Identifier(each.name)
                )
            )
        _make(connection, key)


def _make(connection: Connection, key: Key) -> None:
    names = {name: sql.Identifier(value) for name, value in key._asdict().items() if name != "action"}
    if key.action == "SET NULL":
        connection.execute(
            sql.SQL(
                """UPDATE {table} t SET {column} = NULL WHERE {column} IS NOT NULL
                     AND NOT EXISTS (SELECT 1 FROM {referred} r WHERE r.{referred_column} = t.{column})"""
            ).format(**names)
        )
    connection.execute(
        sql.SQL(
            """ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {referred}({referred_column})
               ON DELETE {action} NOT VALID"""
        ).format(**names, action=sql.SQL(key.action))
    )


def validate(connection: Connection, wants: Wanted, say: Say) -> None:
    """Look through the rows that were there before a key of ours; they can be read and written meanwhile."""
    ours = {key[:3] for key in of_ours(wants)}
    for found in there(connection):
        if found.is_valid or found[1:4] not in ours:
            continue
        try:
            connection.execute(
                sql.SQL("ALTER TABLE {} VALIDATE CONSTRAINT {}").format(
                    sql.Identifier(found.table), sql.Identifier(found.name)
                )
            )
        except errors.ForeignKeyViolation:
            say(
                f'Some rows of "{found.table}" belong to rows of "{found.referred}" that are lost. They are kept: a '
                "backup may bring those back."
            )
