"""PostgreSQL's own programs: `pg_dump`, `pg_restore` and `psql`, of one version that is new enough for the server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg

from quartet.embedded import distribution
from quartet.embedded.errors import EmbeddedFailed
from quartet.operations.errors import NotDone

_NAMES = ("pg_dump", "pg_restore", "psql")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_USUAL = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
_REASON = re.compile(r"(?:error|ERROR|FATAL):\s+(.*)")


@dataclass(frozen=True, slots=True)
class Programs:
    """Where they are, and of which major version."""

    folder: Path
    major: int

    def start(
        self,
        name: str,
        *arguments: str | Path,
        server: dict[str, str] | None = None,
        stdin: int | IO[bytes] = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.DEVNULL,
        stderr: int | IO[bytes] = subprocess.PIPE,
        keep: tuple[int, ...] = (),
    ) -> subprocess.Popen[bytes]:
        """Start one. `server` is what `address` returned; `keep` are files that stay open in it."""
        return subprocess.Popen(  # noqa: S603 -- PostgreSQL's programs, our arguments
            [self.folder / name, *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env={"PATH": os.defpath, "LC_ALL": "C", **(server or {})},
            pass_fds=keep,
        )


def address(connection: psycopg.Connection[Any], **changed: str) -> dict[str, str]:
    """Say where a connection leads, and with which password, as the variables that PostgreSQL's programs read.

    What stands among a program's arguments is shown to everybody by `ps`; its variables only to its own user.
    """
    here = {"host": connection.info.host, "port": str(connection.info.port), "dbname": connection.info.dbname}
    found = {each.keyword: (each.envvar, each.val) for each in connection.pgconn.info}
    known = {key.decode(): value.decode() for key, (_, value) in found.items() if value is not None}
    # Of several hosts it is the one that answered.
    known = {key: value for key, value in (known | here | changed).items() if key != "hostaddr"}
    names = {key.decode(): variable.decode() for key, (variable, _) in found.items() if variable is not None}
    return {names[key]: value for key, value in known.items() if key in names}


def for_server(connection: psycopg.Connection[Any]) -> Programs:
    """Choose the newest programs there are. Raises `NotDone` where none is as new as the server."""
    server = connection.info.server_version // 10_000
    # The wheel's are built without TLS.
    is_encrypted = bool(connection.pgconn.ssl_in_use)
    there = list(_there(with_wheel=not is_encrypted))
    best = max(there, key=lambda each: each.major, default=None)
    if best and best.major >= server:
        return best
    older = f"; the newest is {best.major}, in {best.folder}" if best else ""
    speaking = ", or none that speaks TLS as it wants" if is_encrypted else ""
    raise NotDone(
        f"The server is PostgreSQL {server}, and this machine has no pg_dump, pg_restore and psql as new as that"
        f"{speaking}{older}. Install PostgreSQL's client programs, {server} or newer (Debian: "
        f"`apt install postgresql-client-{server}`), or put their folder on PATH."
    )


def reason(told: bytes) -> str:
    """Return the line of a program's error output that says why."""
    text = told.decode(errors="replace").strip()
    lines = _REASON.findall(text) or text.splitlines() or ["no reason given"]
    return str(lines[0]).strip().rstrip(".")


def _there(*, with_wheel: bool) -> Iterator[Programs]:
    if with_wheel:
        try:
            folder = distribution.binaries()
            yield Programs(folder, distribution.version(folder)[0])
        except EmbeddedFailed:
            pass
    on_path = shutil.which("pg_dump")
    usual = (place for pattern in _USUAL for place in Path("/").glob(pattern[1:]))
    for folder in (*([Path(on_path).parent] if on_path else []), *usual):
        if all((folder / name).exists() for name in _NAMES) and (major := _major(folder)):
            yield Programs(folder, major)


def _major(folder: Path) -> int | None:
    try:
        told = subprocess.run([folder / "pg_dump", "--version"], check=False, capture_output=True, text=True)  # noqa: S603 -- a program's version
    except OSError:
        return None
    found = _VERSION.search(told.stdout)
    return int(found[1]) if found else None
