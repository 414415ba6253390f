"""A backup as `pg_dump` writes it in its custom format: what it holds, and its SQL, line by line."""

import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from quartet.operations.errors import NotDone
from quartet.operations.programs import Programs, reason
from quartet.operations.progress import Say

_COPY = re.compile(rb"COPY (.+?) (?:\(.*\) )?FROM stdin;\r?\n")
_END = re.compile(rb"\\\.\r?\n")
_ROLES = re.compile(
    r"^(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES) .* (?:TO|FROM) (\"(?:[^\"]|\"\")+\"|\w+)(?: WITH GRANT OPTION)?;$",
    re.MULTILINE,
)
_POLICY = re.compile(r"^CREATE POLICY .*? ON .*? TO (.+?)(?: USING \(| WITH CHECK \(|;$)", re.MULTILINE)
_EXTENSION = re.compile(r"^(CREATE EXTENSION IF NOT EXISTS (\S+)(?: WITH SCHEMA (\S+))?;)$", re.MULTILINE)
_UNOWNED = {"ACL", "COMMENT", "EXTENSION", "DEFAULT"}


@dataclass(frozen=True)
class DumpFile:
    """One such file, and the programs that read it."""

    path: Path
    programs: Programs

    @cached_property
    def listed(self) -> list[str]:
        """The lines of its table of contents. Raises `NotDone` where it is no such file, or another's half."""
        with self.path.open("rb") as file:
            told = self.programs.start("pg_restore", "--list", stdin=file, stdout=subprocess.PIPE)
            out, err = told.communicate()
        if told.returncode != 0:
            raise unreadable(self.path, err, self.programs)
        return out.decode(errors="replace").splitlines()

    @cached_property
    def definitions(self) -> str:
        """The SQL of everything but the rows."""
        return b"".join(self.script("--schema-only")).decode(errors="replace")

    @property
    def made_at(self) -> str:
        found = [line for line in self.listed if line.startswith("; Archive created at ")]
        return found[0].removeprefix("; Archive created at ") if found else "an unknown time"

    @property
    def is_whole(self) -> bool:
        """Whether it holds tables and rows, the Chat SDK's and ours."""
        entries = [line.split(";", 1)[-1].split() for line in self.listed if not line.startswith(";")]
        filled = {entry[5] for entry in entries if entry[2:4] == ["TABLE", "DATA"]}
        defined = {entry[4] for entry in entries if entry[2:3] == ["TABLE"] and entry[3] != "DATA"}
        return {"User", "quartet_migrations"} <= defined & filled

    @property
    def owners(self) -> set[str]:
        entries = [line.split(";", 1)[-1].split(" ") for line in self.listed if not line.startswith(";")]
        return {entry[-1] for entry in entries if entry[3] not in _UNOWNED} - {""}

    @property
    def roles(self) -> set[str]:
        """The roles, as SQL writes them, that it gives rights to."""
        policies = {role for roles in _POLICY.findall(self.definitions) for role in roles.split(", ")}
        return (set(_ROLES.findall(self.definitions)) | policies) - {"PUBLIC"}

    @property
    def extensions(self) -> list[tuple[str, str, str]]:
        """The statement, the name and the schema of each, as SQL writes them."""
        return _EXTENSION.findall(self.definitions)

    def revision(self) -> str | None:
        """The newest migration that had run."""
        rows = list(self.script("--data-only", "--table=quartet_migrations"))
        start = next((number for number, line in enumerate(rows) if _COPY.match(line)), None)
        return None if start is None else rows[start + 1].decode().strip()

    def script(self, *options: str, without: Iterable[str] = ()) -> Iterator[bytes]:
        """Yield its SQL, with the rows as COPY has them. `without`: entries, by their beginnings, to be left out."""
        with tempfile.NamedTemporaryFile("w") as chosen:
            if leave := tuple(without):
                told = (line for line in self.listed if not _entry(line).startswith(leave))
                chosen.write("\n".join(told))
                chosen.flush()
                options = (*options, f"--use-list={chosen.name}")
            with self.path.open("rb") as file:
                yield from sql_of(self.programs, file, *options)

    def rows(self) -> dict[str, int]:
        """Read all of it, and count the rows of each table."""
        found: dict[str, int] = {}
        for _ in counted(self.script(), found):
            pass
        return found


def sql_of(programs: Programs, file: IO[bytes], *options: str) -> Iterator[bytes]:
    """Yield the lines that `pg_restore` makes of a file, which may be a pipe."""
    with tempfile.TemporaryFile() as errors:
        read = programs.start("pg_restore", "--file=-", *options, stdin=file, stdout=subprocess.PIPE, stderr=errors)
        try:
            yield from read.stdout or ()
            if read.wait() != 0:
                errors.seek(0)
                is_pipe = isinstance(file.name, int)
                raise unreadable("What was written" if is_pipe else file.name, errors.read(), programs)
        finally:
            read.kill()
            read.wait()
            if read.stdout:
                read.stdout.close()


def counted(lines: Iterable[bytes], rows: dict[str, int], done: Say = lambda _: None) -> Iterator[bytes]:
    """Pass lines on, and count in `rows` those of each table; tell `done` of each table that had any."""
    table: str | None = None
    for line in lines:
        if table is None:
            if found := _COPY.fullmatch(line):
                table = found[1].decode()
                rows[table] = 0
        elif _END.fullmatch(line):
            if rows[table]:
                done(f"  {table}: {rows[table]:,} rows")
            table = None
        else:
            rows[table] += 1
        yield line


def unreadable(path: object, told: bytes, programs: Programs) -> NotDone:
    why = reason(told)
    if "unsupported version" in why:
        return NotDone(
            f"{path} was made by a newer pg_dump than this machine's PostgreSQL {programs.major} can read: "
            "install newer client programs, or a newer Quartet."
        )
    return NotDone(f"{path} is no whole backup ({why}): fetch it again, or take another one.")


def _entry(line: str) -> str:
    """What an entry of the list is, without its numbers."""
    return line.split(" ", 3)[-1] if line[:1].isdigit() else ""
