"""Delete what nobody needs any more. Any number of processes may do it, at any time."""

import asyncio
import logging
from dataclasses import dataclass

from psycopg import OperationalError

from quartet.accounts import sessions
from quartet.core.database import Database, DatabaseOffline, Transaction
from quartet.prompts import trash

_log = logging.getLogger(__name__)

_EVERY_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Tidied:
    """How many rows went."""

    trash: int
    sessions: int


async def tidy(tx: Transaction) -> Tidied:
    """Delete trash whose 30 days are over and sessions that have expired."""
    return Tidied(trash=await trash.empty_old(tx), sessions=await sessions.end_expired(tx))


async def keep_tidy(database: Database) -> None:
    """Tidy up now and every hour, until cancelled. A database that is away is tried again the next time."""
    while True:
        try:
            async with database.transaction() as tx:
                await tidy(tx)
        except (OperationalError, DatabaseOffline) as error:
            _log.warning("could not tidy up: %s", type(error).__name__)
        await asyncio.sleep(_EVERY_SECONDS)
