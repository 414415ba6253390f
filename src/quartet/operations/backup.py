"""A backup: one moment of the database, written by `pg_dump`, and read again before it is called one."""

import os
import re
import subprocess
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from quartet.migrations import export
from quartet.migrations.before import BOOKS
from quartet.migrations.missing import revisions
from quartet.migrations.online import connect
from quartet.migrations.statements import wanted
from quartet.operations import contents
from quartet.operations.beside import Beside, beside
from quartet.operations.contents import Contents
from quartet.operations.dump_file import DumpFile, counted, sql_of
from quartet.operations.errors import NotDone
from quartet.operations.loading import load
from quartet.operations.programs import Programs, address, for_server, reason
from quartet.operations.progress import Say, seldom
from quartet.operations.unfinished import sweep, unfinished

_CHEAP_BYTES = 1 << 30
_BLOCK_BYTES = 1 << 20
_NO_PROOF = "The login may not make databases (ALTER ROLE … CREATEDB), so no backup can be restored for a proof."
_STARTED = re.compile(rb"dumping contents of table \"(.*)\"")


@dataclass(frozen=True, slots=True)
class What:
    """What of the database goes into a backup."""

    schema: bool = True
    data: bool = True
    only_ours: bool = False

    @property
    def is_all(self) -> bool:
        return self.schema and self.data and not self.only_ours

    def options(self, url: str) -> list[str]:
        chosen = [] if self.schema and self.data else ["--schema-only" if self.schema else "--data-only"]
        if self.only_ours:
            with connect(url) as connection:
                ours = [BOOKS, *export.tables(connection, wanted(revisions()))]
            chosen += [f'--table="{name}"' for name in ours]
        return chosen


def refuse_nothing(url: str) -> None:
    """Raise `NotDone` where there is no Quartet: who forgot an address would keep empty backups for years."""
    with connect(url) as connection:
        [(books,)] = connection.execute("SELECT to_regclass(%s)", [BOOKS]).fetchall()
        if books is None:
            raise NotDone(
                f'There is no Quartet in the database "{connection.info.dbname}", and so nothing to back up. Which '
                "database it is say DATABASE_URL and QUARTET_HOME."
            )


def to_file(
    url: str, path: Path, what: What, say: Say, *, force: bool, proven: bool | None, is_embedded: bool
) -> Contents:
    """Write `path` whole or not at all, for its owner alone; return what was in the tables at that moment.

    `proven`: restore it into a database of its own and compare every row; None: where that is cheap and allowed.
    Raises `NotDone`, also where the file, read again, is not what was in the database.
    """
    sweep(path.parent, f"*{path.suffix}")
    with unfinished(path, force=force) as file, beside(url, is_embedded=is_embedded) as place:
        is_proven = what.is_all and proven is not False and (bool(proven) or _is_cheap(url))
        if is_proven and place is None:
            if proven:
                raise NotDone(_NO_PROOF)
            say(_NO_PROOF)
            is_proven = False
        with contents.moment(url) as (connection, moment):
            programs = for_server(connection)
            options = ["--format=custom", "--verbose", f"--snapshot={moment}", *what.options(url)]
            with programs.start(
                "pg_dump", *options, f"--file={file.name}", server=address(connection), keep=(file.fileno(),)
            ) as dumping:
                told_last = _follow(dumping, say, lambda: Path(file.name).stat().st_size)
            if dumping.returncode != 0:
                raise NotDone(f"No backup was made: {reason(told_last)}.")
            held = contents.read(connection, hashed=is_proven)
        say("Reading it again.")
        written = DumpFile(Path(file.name), programs)
        held = _compared(held, written.rows(), what)
        if is_proven and place is not None:
            _prove(place, written, held, say)
    return held


def to_stream(url: str, output: IO[bytes], what: What, say: Say) -> Contents:
    """Write it to `output`, and read it on its way as a restore would."""
    with contents.moment(url) as (connection, moment), ThreadPoolExecutor(2) as meanwhile:
        programs = for_server(connection)
        options = ["--format=custom", "--verbose", f"--snapshot={moment}", *what.options(url)]
        with programs.start("pg_dump", *options, server=address(connection), stdout=subprocess.PIPE) as dumping:
            written = [0]
            told = meanwhile.submit(_follow, dumping, say, lambda: written[0])
            rows = _pass_on(dumping, output, programs, meanwhile, written)
            told_last = told.result()
        if dumping.returncode != 0:
            raise NotDone(f"No backup was made: {reason(told_last)}.")
        held = contents.read(connection, hashed=False)
    return _compared(held, rows.result(), what)


def _follow(dumping: subprocess.Popen[bytes], say: Say, size: Callable[[], int]) -> bytes:
    """Say which table it has come to; return the last that it said beside."""
    last, tell = deque[bytes](maxlen=20), seldom(say)
    for line in dumping.stderr or ():
        if found := _STARTED.search(line):
            tell(f"  {found[1].decode()} ({size() / 1e6:,.0f} MB so far)")
        else:
            last.append(line)
    dumping.wait()
    return b"".join(last)


def _pass_on(
    dumping: subprocess.Popen[bytes],
    output: IO[bytes],
    programs: Programs,
    meanwhile: ThreadPoolExecutor,
    written: list[int],
) -> Future[dict[str, int]]:
    """Copy what is dumped to `output` and, beside, to somebody who reads it and counts the rows."""
    reading, copy = os.pipe()
    rows = meanwhile.submit(_count, programs, reading)
    with suppress(BrokenPipeError), os.fdopen(copy, "wb") as reader:
        while block := dumping.stdout.read(_BLOCK_BYTES) if dumping.stdout else b"":
            try:
                output.write(block)
                output.flush()
            except OSError as error:
                dumping.kill()
                raise NotDone(f"The backup could not be written: {error.strerror}.") from None
            written[0] += len(block)
            with suppress(BrokenPipeError):  # it reads no more, and its result tells why
                reader.write(block)
    return rows


def _count(programs: Programs, reading: int) -> dict[str, int]:
    rows: dict[str, int] = {}
    with os.fdopen(reading, "rb") as archive:
        for _ in counted(sql_of(programs, archive), rows):
            pass
    return rows


def _is_cheap(url: str) -> bool:
    with connect(url) as connection:
        [(size,)] = connection.execute("SELECT pg_database_size(current_database())").fetchall()
    return bool(size <= _CHEAP_BYTES)


def _compared(held: Contents, rows: dict[str, int], what: What) -> Contents:
    """Return what of the database is in the backup. Raises `NotDone` where it is not the same."""
    wanted_here = {name: held[name] for name in (rows if what.only_ours else held)} if what.data else {}
    if wrong := [f"{name} has {rows.get(name)} rows" for name in wanted_here if rows.get(name) != held[name][0]]:
        raise NotDone(f"The backup is not what was in the database ({'; '.join(wrong)}): take another one.")
    return wanted_here


def _prove(place: Beside, written: DumpFile, held: Contents, say: Say) -> None:
    say("Restoring it into a database of its own, for a proof.")
    with place.scratch() as name:
        load(written, place.of(name), lambda _: None, instead=False)
        with connect(place.of(name)) as connection:
            contents.unhurried(connection)
            found = contents.read(connection, hashed=True)
    if wrong := contents.differences(held, found):
        raise NotDone(f"The backup is not what was in the database ({'; '.join(wrong)}): take another one.")
