"""Archived chats, back into the database. Each comes whole or not at all, so doing it again changes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from uuid import UUID

from psycopg.rows import scalar_row

from quartet.chats.storage import Storage
from quartet.core.database import Database, Transaction
from quartet.operations import chat_file, chat_rows
from quartet.operations.archive import unhurried
from quartet.operations.chat_file import Line
from quartet.operations.chat_rows import BELONGINGS, CHAT, FILE, Row
from quartet.operations.errors import NotDone
from quartet.operations.progress import Say, seldom

_AT_ONCE = {each.table: each.at_once for each in BELONGINGS}


@dataclass(slots=True)
class Returned:
    """`chats` came back, with `rows` rows; `there` were there; `ownerless` have nobody any more: `gone`."""

    chats: int = 0
    rows: int = 0
    there: int = 0
    ownerless: int = 0
    gone: set[str] = field(default_factory=set)


async def bring_back(
    database: Database, storage: Storage, path: Path, email: str | None, say: Say = lambda _: None
) -> Returned:
    """Insert the chats of a file, of the accounts with this address or of all.

    A chat that is there stays as it is. Raises `NotDone` for an address that nobody has, and in the middle of a
    damaged file: what came before is back then.
    """
    done, tell = Returned(), seldom(say)
    owners = await _owners(database, email) if email else None
    for _, lines in groupby(chat_file.lines(path), key=attrgetter("batch")):
        async with unhurried(database) as tx:
            await _insert(tx, storage, lines, owners, done)
        tell(f"  {done.chats:,} chats so far")
    return done


async def _owners(database: Database, email: str) -> set[str]:
    async with database.system() as tx, tx.cursor(row_factory=scalar_row) as cursor:
        await cursor.execute('SELECT "id"::text FROM "User" WHERE lower("email") = lower(%s)', [email])
        found = set(await cursor.fetchall())
    if not found:
        raise NotDone(f"Nobody here has the address {email}.")
    return found


async def _insert(
    tx: Transaction, storage: Storage, lines: Iterator[Line], owners: set[str] | None, done: Returned
) -> None:
    known = await chat_rows.columns(tx)
    back = set[str]()
    waiting: list[Row] = []
    for table, of_table in groupby(lines, key=attrgetter("table")):
        for line in of_table:
            if line.table == CHAT.table:
                if not await _may_come(tx, line, owners, done):
                    continue
                back.add(line.chat)
            elif line.chat not in back:
                continue
            if line.table == FILE.table:
                await _keep_content(tx, storage, line)
            waiting.append(line.row)
            done.rows += 1
            if len(waiting) >= _AT_ONCE[table]:
                await chat_rows.insert(tx, table, known[table], waiting)
                waiting.clear()
        await chat_rows.insert(tx, table, known[table], waiting)
        waiting.clear()


async def _may_come(tx: Transaction, line: Line, owners: set[str] | None, done: Returned) -> bool:
    """Say whether this chat is one to bring back; one whose preset is gone comes without it."""
    owner = line.row["userId"]
    if owner is None or (owners is not None and owner not in owners):
        return False
    cursor = await tx.execute(
        """SELECT EXISTS (SELECT FROM "Chat" WHERE "id" = %s), EXISTS (SELECT FROM "User" WHERE "id" = %s),
                  EXISTS (SELECT FROM "Preset" WHERE "id" = %s)""",
        [line.chat, owner, line.row.get("currentPresetId")],
    )
    [(is_there, has_owner, has_preset)] = await cursor.fetchall()
    if is_there:
        done.there += 1
    elif not has_owner:
        done.ownerless += 1
        done.gone.add(owner)
    else:
        done.chats += 1
        if not has_preset and "currentPresetId" in line.row:
            line.row["currentPresetId"] = None
    return not is_there and bool(has_owner)


async def _keep_content(tx: Transaction, storage: Storage, line: Line) -> None:
    """Put a picture that was in the folder there again, or into the database where there is no folder now."""
    if line.file is None:
        return
    if not storage.has_folder:
        line.row["content"] = rf"\x{line.file.hex()}"
        return
    # First it must not be swept any more; whoever sweeps it just now is waited for.
    await tx.execute('DELETE FROM "GoneFile" WHERE "id" = %s', [line.row["id"]])
    await storage.write(UUID(line.row["id"]), line.file)
