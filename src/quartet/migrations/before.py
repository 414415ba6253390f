"""What a database was like before we came, kept as the comment of our own table of migrations.

`quartet db remove` reads it: row-level security that was on stays on, an extension that was there stays there.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg import sql

from quartet.migrations import catalog
from quartet.migrations.chat_sdk import DEPRECATED, TABLES

BOOKS = "quartet_migrations"


@dataclass(frozen=True, slots=True)
class Before:
    """`made` names the Chat SDK's deprecated tables that were missing, and that we made because our queries name them.

    A database without any of the Chat SDK's tables (`is_empty`) got all of them; those are never taken away.
    """

    is_empty: bool
    made: list[str]
    walled: list[str]
    extensions: list[str]
    indexes: list[str]


def look(connection: psycopg.Connection[Any]) -> Before:
    here = catalog.things(connection)
    tables = {thing.name for thing in here if thing.kind == "table"}
    is_empty = not tables & set(TABLES)
    walled = connection.execute(
        r"""SELECT c.relname FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relrowsecurity
              AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname LIKE 'quartet\_%')"""
    ).fetchall()
    return Before(
        is_empty,
        made=[] if is_empty else sorted(DEPRECATED - tables),
        walled=sorted({row[0] for row in walled} & set(TABLES)),
        extensions=sorted(thing.name for thing in here if thing.kind == "extension"),
        indexes=sorted(thing.name for thing in here if thing.kind == "index" and thing.table in TABLES),
    )


def keep(connection: psycopg.Connection[Any], before: Before) -> None:
    text = "What was here before Quartet, for `quartet db remove`: " + json.dumps(asdict(before))
    connection.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(sql.Identifier(BOOKS), sql.Literal(text)))


def recall(connection: psycopg.Connection[Any]) -> Before | None:
    """Return what `keep` kept; None where the comment, or its table, is gone."""
    row = connection.execute("SELECT obj_description(to_regclass(%s), 'pg_class')", [BOOKS]).fetchone()
    comment = row[0] if row else None
    if not comment or "{" not in comment:
        return None
    try:
        return Before(**json.loads(comment[comment.index("{") :]))
    except (ValueError, TypeError):
        return None
