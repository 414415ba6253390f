"""Old chats out of the database, into a file. They are deleted only as they were read back from it.

Whoever is killed before the file has its name has done nothing; after that, some chats are in both places, and the
next run goes on with those that are still there.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from quartet.chats.storage import Storage
from quartet.core.database import Database, Transaction
from quartet.operations import chat_file, chat_rows
from quartet.operations.chat_file import Line
from quartet.operations.chat_rows import BELONGINGS, FILE
from quartet.operations.errors import NotDone
from quartet.operations.progress import Say, seldom
from quartet.operations.unfinished import sweep, unfinished

_AT_ONCE = 100
_ROWS_BETWEEN = 1000
_NAMES = "quartet-chats-*.jsonl.gz"
_FIRST = UUID(int=0)


@dataclass(slots=True)
class Archived:
    """`chats` went, with `rows` rows; `changed` were spoken in meanwhile, and stay."""

    path: Path
    chats: int = 0
    rows: int = 0
    changed: int = 0


def moment_before(days: int) -> datetime:
    """The moment so many days ago, as the database writes it: UTC without a zone."""
    return datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days)


async def count(database: Database, before: datetime) -> tuple[int, int, int]:
    """Return how many chats, people and messages `put_away` would take."""
    async with unhurried(database) as tx:
        return await chat_rows.count_old(tx, before)


async def put_away(database: Database, storage: Storage, folder: Path, before: datetime, say: Say) -> Archived | None:
    """Write the chats in which nothing happened since `before` to a new file, and delete them; None: there are none."""
    _prepare(folder)
    async with unhurried(database) as tx:
        if not await chat_rows.old(tx, before, _FIRST, 1):
            return None
    # To the microsecond: a run that was killed at its end, and the next one, may fall into one second.
    path = folder / f"quartet-chats-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.jsonl.gz"
    tell = seldom(say)
    with unfinished(path) as file:
        writer = chat_file.Writer(file, before)
        async for line in _lines(database, storage, before):
            writer.add(line)
            if writer.rows % _ROWS_BETWEEN == 0:
                tell(f"  {writer.rows:,} rows so far")
        writer.close()
    say(f"{path} is written. Deleting what is in it.")
    done = Archived(path)
    for _, lines in groupby(chat_file.lines(path), key=attrgetter("batch")):
        async with unhurried(database) as tx:
            await _delete(tx, lines, done)
        tell(f"  {done.chats:,} chats so far")
    return done


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise NotDone(f"{folder} cannot be made: {error.strerror}. Nothing was archived.") from None
    sweep(folder, _NAMES)


@asynccontextmanager
async def unhurried(database: Database) -> AsyncIterator[Transaction]:
    """Open one transaction that sees everybody's rows and takes its time."""
    async with database.system() as tx:
        await tx.execute("SET LOCAL statement_timeout = 0")
        yield tx


async def _lines(database: Database, storage: Storage, before: datetime) -> AsyncIterator[Line]:
    """Read all old chats, a batch in one transaction."""
    last, batch = _FIRST, 0
    while True:
        batch += 1
        async with unhurried(database) as tx:
            chats = await chat_rows.old(tx, before, last, _AT_ONCE)
            if not chats:
                return
            last = chats[-1]
            async for line in _of(tx, chats, batch):
                if line.table == FILE.table and line.row["content"] is None:
                    line.file = await storage.read(UUID(line.row["id"]))
                yield line


async def _of(tx: Transaction, chats: list[UUID], batch: int, *, lock: bool = False) -> AsyncIterator[Line]:
    known = await chat_rows.columns(tx)
    for each in BELONGINGS:
        async for chat, row in chat_rows.read(tx, each, known[each.table], chats, lock=lock):
            yield Line(batch, each.table, chat, row)


async def _delete(tx: Transaction, kept: Iterator[Line], done: Archived) -> None:
    """Delete those chats of a batch whose rows, held now, are still those in the file."""
    in_file, rows = dict[str, Any](), dict[str, int]()
    for line in kept:
        in_file.setdefault(line.chat, sha256()).update(line.digest())
        rows[line.chat] = rows.get(line.chat, 0) + 1
    here = dict[str, Any]()
    async for line in _of(tx, [UUID(chat) for chat in in_file], 0, lock=True):
        here.setdefault(line.chat, sha256()).update(line.digest())
    same = [chat for chat in in_file if chat in here and here[chat].digest() == in_file[chat].digest()]
    await chat_rows.delete(tx, [UUID(chat) for chat in same])
    done.chats += len(same)
    done.rows += sum(rows[chat] for chat in same)
    done.changed += len(here) - len(same)
