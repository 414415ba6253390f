"""Whether this server can do its work now: what a proxy asks before it sends anybody here."""

import asyncio
import logging
import signal
import threading
from collections.abc import Sequence
from types import FrameType

from psycopg import Error as DatabaseError
from psycopg import sql
from psycopg.errors import InsufficientPrivilege, UndefinedTable

from quartet.core.database import Database, DatabaseOffline

_log = logging.getLogger(__name__)

_FRESH_SECONDS = 1.0
_PATIENCE_SECONDS = 3.0
_BEHIND = "The database is not at the migrations of this version. Run `quartet db upgrade`."


class Readiness:
    """`migrations` are those of this build, oldest first; `books` is the table where the database keeps its own."""

    def __init__(self, database: Database, books: str, migrations: Sequence[str]) -> None:
        self._database = database
        self._query = sql.SQL("SELECT version_num FROM {}").format(sql.Identifier(books))
        self._older = frozenset(migrations[:-1])
        self._asking = asyncio.Lock()
        self._asked_at = float("-inf")
        self._fault: str | None = None
        self._is_leaving = False

    def leave(self) -> None:
        """Say from now on that nobody should be sent here: the server is going down."""
        self._is_leaving = True

    async def fault(self) -> str | None:
        """Say what is in the way; None when nothing is. The database is asked once a second, whoever asks."""
        if self._is_leaving:
            return "This server is shutting down."
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if now - self._asked_at >= _FRESH_SECONDS:
                fault = await self._look()
                if fault != self._fault:
                    _log.warning("ready again" if fault is None else "not ready: %s", *([fault] if fault else []))
                self._fault, self._asked_at = fault, asyncio.get_running_loop().time()
        return self._fault

    async def _look(self) -> str | None:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS), self._database.system() as tx:
                row = await (await tx.execute(self._query)).fetchone()
        except (UndefinedTable, InsufficientPrivilege):
            return _BEHIND
        except TimeoutError:
            return "The database does not answer in time."
        except (DatabaseError, DatabaseOffline):
            return "The database cannot be reached."
        # One that we do not know was made by a later version, which adds to what we need and takes nothing away: while
        # that version takes over, node by node, the old ones go on.
        return _BEHIND if row is None or row[0] in self._older else None


def leave_first(readiness: Readiness, seconds: float) -> None:
    """Let SIGTERM end this process `seconds` later than it would, so that whoever asks hears of it before.

    A proxy that only finds the port closed has lost a request by then.
    """
    ending = signal.getsignal(signal.SIGTERM)
    if not callable(ending) or threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()

    def heed(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, ending)
        readiness.leave()
        loop.call_soon_threadsafe(loop.call_later, seconds, ending, number, frame)

    signal.signal(signal.SIGTERM, heed)
