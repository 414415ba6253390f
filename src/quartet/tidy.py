"""Delete what nobody needs any more. Any number of processes may do it, at any time."""

import asyncio
import logging
from dataclasses import dataclass

from psycopg import Error as DatabaseError

from quartet.accounts import audit, challenges, keys, sessions
from quartet.belongings import deletion
from quartet.billing import webhooks
from quartet.chats import files
from quartet.chats.storage import Storage
from quartet.core.database import Database, DatabaseOffline, Transaction
from quartet.core.metrics import BACKGROUND_FAILURES
from quartet.prompts import trash

_log = logging.getLogger(__name__)

_EVERY_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many rows went."""

    trash: int
    sessions: int
    events: int
    files: int
    guests: int


async def tidy(tx: Transaction) -> Tidied:
    """Delete what is over: trash after 30 days, sessions, pictures that nobody sent, some of the guests who left."""
    await challenges.end_expired(tx)
    await keys.forget_expired(tx)
    await audit.forget_old(tx)
    return Tidied(
        trash=await trash.empty_old(tx),
        sessions=await sessions.end_expired(tx),
        events=await webhooks.forget_old(tx),
        files=await files.sweep(tx),
        guests=await deletion.sweep_guests(tx),
    )


async def empty_folder(database: Database, storage: Storage) -> int:
    """Remove the contents of files that are gone, some in a transaction; return how many there were."""
    removed = 0
    while True:
        async with database.system() as tx:
            count = await files.empty_folder(tx, storage)
        if count == 0:
            return removed
        removed += count


async def keep_tidy(database: Database, storage: Storage) -> None:
    """Tidy up now and every hour, until cancelled. A database or a folder that is away is tried again."""
    while True:
        try:
            guests = deletion.SWEPT_AT_ONCE
            while guests == deletion.SWEPT_AT_ONCE:
                async with database.system() as tx:
                    guests = (await tidy(tx)).guests
            await empty_folder(database, storage)
        except (DatabaseError, DatabaseOffline, OSError) as error:
            BACKGROUND_FAILURES.labels("tidy").inc()
            _log.warning("could not tidy up: %s", type(error).__name__)
        await asyncio.sleep(_EVERY_SECONDS)
