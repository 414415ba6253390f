"""The Chat SDK's tables as they are, against what is known of its versions."""

from collections.abc import Iterator
from typing import Any

import psycopg

from quartet.migrations.chat_sdk import DEPRECATED, READY, SIX, TABLES, VERSIONS, Column, Key, Table, Version
from quartet.migrations.findings import Finding, Fix

_ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
_UNLIKE = 'Compare it with "{table}" of the Chat SDK\'s own schema, and put it back if nobody wanted this.'


def read(connection: psycopg.Connection[Any]) -> dict[str, Table]:
    """Return those of the Chat SDK's tables that are there."""
    found = {}
    for name in TABLES:
        columns = connection.execute(
            """SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
               FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
               WHERE a.attrelid = to_regclass(quote_ident(%s)) AND a.attnum > 0 AND NOT a.attisdropped
               ORDER BY a.attnum""",
            [name],
        ).fetchall()
        if columns:
            primary, keys = _constraints(connection, name)
            found[name] = Table({column: Column(*rest) for column, *rest in columns}, primary, keys)
    return found


def _constraints(connection: psycopg.Connection[Any], table: str) -> tuple[tuple[str, ...], tuple[Key, ...]]:
    rows = connection.execute(
        """SELECT c.contype::text, coalesce(f.relname, ''),
                  ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, i)
                        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY k.i),
                  ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, i)
                        JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY k.i)
           FROM pg_constraint c LEFT JOIN pg_class f ON f.oid = c.confrelid
           WHERE c.conrelid = to_regclass(quote_ident(%s)) AND c.contype IN ('p', 'f') ORDER BY c.conname""",
        [table],
    ).fetchall()
    primary = next((tuple(columns) for kind, _, columns, _ in rows if kind == "p"), ())
    return primary, tuple(Key(tuple(cols), to, tuple(their)) for kind, to, cols, their in rows if kind == "f")


def closest(found: dict[str, Table]) -> Version:
    """Return the version that these tables are most like; a column too many tells more than one that is missing."""

    def unlike(version: Version) -> int:
        pairs = [(table.columns, found[name].columns) for name, table in version.tables.items() if name in found]
        return sum(len(known.keys() - there.keys()) + 2 * len(there.keys() - known.keys()) for known, there in pairs)

    return min((*VERSIONS, READY), key=unlike)


def differences(found: dict[str, Table], version: Version, ours: frozenset[tuple[str, str]]) -> Iterator[Finding]:
    """Tell how these tables differ from a version's. `ours` are the (table, column) that we added."""
    for name, table in version.tables.items():
        if name in found:
            yield from _differences(name, found[name], table, ours)
        elif name not in DEPRECATED:
            yield Finding(
                f'The Chat SDK\'s table "{name}" is missing.',
                "Run the Chat SDK's own `pnpm db:migrate`, or bring the table back from a backup.",
            )


def _differences(name: str, found: Table, known: Table, ours: frozenset[tuple[str, str]]) -> Iterator[Finding]:
    for column, expected in known.columns.items():
        actual = found.columns.get(column)
        if actual is None:
            yield _missing(name, column)
        elif actual != expected:
            yield Finding(
                f'"{name}"."{column}" is {_described(actual)}; the Chat SDK has {_described(expected)}.',
                _UNLIKE.format(table=name),
            )
    for column, actual in found.columns.items():
        if column not in known.columns and (name, column) not in ours:
            yield from _unknown(name, column, actual)
    if found.primary != known.primary:
        yield Finding(
            f'The primary key of "{name}" is ({", ".join(found.primary)}); the Chat SDK has '
            f"({', '.join(known.primary)}).",
            _UNLIKE.format(table=name),
        )
    for key in set(known.keys) - set(found.keys):
        yield Finding(
            f'"{name}" ({", ".join(key.columns)}) does not refer to "{key.table}"; in the Chat SDK it does.',
            _UNLIKE.format(table=name),
            is_trouble=False,
        )


def _missing(table: str, column: str) -> Finding:
    what = f'"{table}"."{column}" is missing.'
    if table == "User" and column in SIX:
        return Finding(what, "`quartet db check --fix` adds it.", fix=Fix.SIX_COLUMNS)
    if column == "lastContext":
        return Finding(what, "`quartet db check --fix` adds it.", fix=Fix.LAST_CONTEXT)
    return Finding(what, "Run the Chat SDK's own `pnpm db:migrate`, or bring the column back from a backup.")


def _unknown(table: str, column: str, actual: Column) -> Iterator[Finding]:
    if table == "User" and column in SIX and actual == SIX[column]:
        return
    if (table, column) == ("Chat", "lastContext"):
        return
    blocks = actual.is_required and actual.default is None
    yield Finding(
        f'"{table}"."{column}" ({_described(actual)}) is in no version of the Chat SDK that we know.',
        f'Every insert of the Chat SDK\'s fails: ALTER TABLE "{table}" ALTER COLUMN "{column}" DROP NOT NULL;'
        if blocks
        else "",
        is_trouble=blocks,
    )


def _described(column: Column) -> str:
    required = " NOT NULL" if column.is_required else ""
    return f"{column.type}{required}" + (f" DEFAULT {column.default}" if column.default else "")
