"""A backup's SQL into a database, in one transaction: all of it, or nothing."""

import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import IO

import psycopg
from psycopg import errors, sql

from quartet.migrations.statements import of_file
from quartet.operations.contents import Connection
from quartet.operations.dump_file import DumpFile, counted
from quartet.operations.errors import NotDone
from quartet.operations.programs import address, reason
from quartet.operations.progress import Say

_SET = re.compile(rb"SET (\w+) = .*;\r?\n")


def load(file: DumpFile, url: str, say: Say, *, instead: bool) -> dict[str, int]:
    """Load it; return the rows of each table. `instead`: of what is there by the same names, else into nothing.

    Whoever is killed meanwhile leaves the database as it was: the COMMIT is ours to write, and the last line.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        make_roles(connection, file)
        without = [*_refused_extensions(connection, file), "COMMENT - EXTENSION "]
        if instead:
            there = connection.execute("SELECT extname FROM pg_extension")
            without += [f"EXTENSION - {name} " for (name,) in there]
        options = ["--clean", "--if-exists"] if instead else []
        if not _may_own(connection, file):
            options.append("--no-owner")
        known = {name.encode() for (name,) in connection.execute("SELECT name FROM pg_settings")}
        server = address(connection)
    rows: dict[str, int] = {}
    lines = counted(_understood(file.script(*options, without=without), known), rows, say)
    with tempfile.TemporaryFile() as told:
        psql = file.programs.start(
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            server=server | {"PGAPPNAME": "quartet restore"},
            stdin=subprocess.PIPE,
            stderr=told,
        )
        _write(psql, lines)
        told.seek(0)
        if psql.returncode != 0:
            raise NotDone(f"{file.path} could not be loaded: {reason(told.read())}. The database is as it was.")
    return rows


def make_roles(connection: Connection, file: DumpFile) -> None:
    """Make our own roles, which belong to the whole server and so are in no backup. Raises `NotDone` for others'."""
    ours = next(each.text for each in of_file("0013_walls") if "CREATE ROLE" in each.text)
    try:
        connection.execute(ours)
    except errors.RaiseException as refused:
        raise NotDone(f"{refused.diag.message_primary}.") from None
    there = {name for (name,) in connection.execute("SELECT quote_ident(rolname) FROM pg_roles")}
    if lost := sorted(file.roles - there):
        make = " ".join(f"CREATE ROLE {name} NOLOGIN;" for name in lost)
        raise NotDone(f"The backup gives rights to roles that this server does not have. Make them first: {make}")


def _write(psql: subprocess.Popen[bytes], lines: Iterable[bytes]) -> None:
    told: IO[bytes] | None = psql.stdin
    assert told is not None  # noqa: S101 - it was opened as a pipe
    try:
        told.write(b"BEGIN;\n")
        for line in lines:
            told.write(line)
        told.write(b"COMMIT;\n")
    except BrokenPipeError:  # it said why, and its exit status tells
        pass
    except BaseException:
        psql.kill()  # what it has not committed goes back
        raise
    finally:
        with suppress(BrokenPipeError):
            told.close()
        psql.wait()


def _understood(lines: Iterator[bytes], known: set[bytes]) -> Iterator[bytes]:
    """Leave out settings that an older server does not know: newer programs set them all the same."""
    for line in lines:
        found = _SET.fullmatch(line)
        if not found or found[1] in known:
            yield line
        if line.startswith(b"SET row_security"):
            break
    yield from lines


def _refused_extensions(connection: Connection, file: DumpFile) -> Iterator[str]:
    """Name the entries of extensions that only an administrator may make, or that this server lacks."""
    for statement, name, schema in file.extensions:
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.SQL(schema or "public")))
                connection.execute(statement.encode())
        except psycopg.Error:
            yield f"EXTENSION - {name.strip(chr(34))} "


def _may_own(connection: Connection, file: DumpFile) -> bool:
    """Say whether we may give everything to whom it belonged; otherwise it becomes ours."""
    owners = file.owners
    [(count,)] = connection.execute(
        """SELECT count(*) FROM pg_roles
           WHERE rolname = ANY(%s) AND (rolname = current_user OR pg_has_role(current_user, oid,
                 CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END))""",
        [list(owners)],
    ).fetchall()
    return bool(count == len(owners))
