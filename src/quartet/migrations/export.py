"""All that Quartet keeps, as one .tar.gz of CSV files with a script that loads them again."""

import io
import os
import tarfile
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

from psycopg import sql

from quartet.migrations import catalog
from quartet.migrations.chat_sdk import TABLES
from quartet.migrations.online import Connection, Wanted
from quartet.migrations.statements import Thing

README = """All that Quartet kept in this database, but for what the Chat SDK's own tables hold: those were left as they
were. Each .csv is a table, as PostgreSQL's COPY writes it (NULL is an empty field, "" an empty text).

Pictures in the folder of QUARTET_FILES are not in here. Passwords and keys are in here as hashes: keep this file to
yourself.

To bring it back: `quartet db upgrade` on the same database, by a Quartet that knows the migration {head} or more;
then, where these files are,
  psql -q -v ON_ERROR_STOP=1 -f restore.sql "$DATABASE_URL"
"""


def write(connection: Connection, wants: Wanted, path: Path) -> int:
    """Write `path`, which must not exist yet, for its owner alone; return the number of rows.

    Raises `OSError`, also when the disk is full: then there is no file.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            return _write(connection, wants, file)
        except BaseException:
            path.unlink()
            raise


def tables(connection: Connection, wants: Wanted) -> list[str]:
    """Name our tables that are there, those that others refer to first."""
    there = catalog.tables(connection)
    return [thing.name for thing in wants if thing.kind == "table" and thing.name not in TABLES and thing.name in there]


def columns(connection: Connection, wants: Wanted, table: str = "Chat") -> list[str]:
    """Name our columns of one of the Chat SDK's tables that are there."""
    there = connection.execute(
        """SELECT attname FROM pg_attribute
           WHERE attrelid = to_regclass(quote_ident(%s)) AND attnum > 0 AND NOT attisdropped""",
        [table],
    ).fetchall()
    return [name for (name,) in there if Thing("column", name, table) in wants]


def _write(connection: Connection, wants: Wanted, file: BinaryIO) -> int:
    rows, script = 0, ["BEGIN;"]
    with tarfile.open(fileobj=file, mode="w:gz") as archive, connection.transaction():
        # All tables as of one moment.
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in tables(connection, wants):
            name = sql.Identifier(table)
            rows += _copy(connection, archive, f"{table}.csv", sql.SQL("SELECT * FROM {}").format(name))
            script += _loading(connection, table)
        if mine := columns(connection, wants):
            fields = sql.SQL(", ").join(map(sql.Identifier, ["id", *mine]))
            rows += _copy(connection, archive, "Chat.csv", sql.SQL('SELECT {} FROM "Chat"').format(fields))
            script += _updating(mine)
        _add(archive, "restore.sql", "\n".join([*script, "COMMIT;", ""]))
        _add(archive, "README.txt", README.format(head=list(wants.values())[-1].file))
    return rows


def _copy(connection: Connection, archive: tarfile.TarFile, name: str, query: sql.Composed) -> int:
    # An archive says the size before the content, so each table is written aside first.
    with tempfile.TemporaryFile() as aside, connection.cursor() as cursor:
        with cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(query)) as copy:
            for block in copy:
                aside.write(block)
        entry = tarfile.TarInfo(name)
        entry.size, entry.mtime = aside.tell(), int(time.time())
        aside.seek(0)
        archive.addfile(entry, aside)
        return cursor.rowcount


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = len(text.encode()), int(time.time())
    archive.addfile(entry, io.BytesIO(text.encode()))


def _loading(connection: Connection, table: str) -> list[str]:
    named = connection.execute(
        """SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
           WHERE attrelid = to_regclass(quote_ident(%s)) AND attnum > 0 AND NOT attisdropped""",
        [table],
    ).fetchone()
    fields = named[0] if named else ""
    # Triggers have done their work already: what they made is in a file of its own.
    return [
        f'ALTER TABLE "{table}" DISABLE TRIGGER USER;',
        f"\\copy \"{table}\" ({fields}) FROM '{table}.csv' (FORMAT csv, HEADER)",
        f'ALTER TABLE "{table}" ENABLE TRIGGER USER;',
    ]


def _updating(mine: list[str]) -> list[str]:
    fields = ", ".join(f'"{name}"' for name in mine)
    values = ", ".join(f'"{name}" = back."{name}"' for name in mine)
    return [
        f'CREATE TEMPORARY TABLE back ON COMMIT DROP AS SELECT "id", {fields} FROM "Chat" WITH NO DATA;',
        f"\\copy back (\"id\", {fields}) FROM 'Chat.csv' (FORMAT csv, HEADER)",
        f'UPDATE "Chat" c SET {values} FROM back WHERE back."id" = c."id";',
    ]
