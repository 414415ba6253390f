"""Long reads on a standby: never on one that lacks what the primary had when the request came."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from uuid import UUID

from psycopg import Error

from quartet.core.database import APP, SLOWEST_SECONDS, Database, DatabaseOffline, Transaction, become

_log = logging.getLogger(__name__)

_CATCHES_UP_SECONDS = 2
_LOOK_AGAIN_SECONDS = 0.05
_AWAY_SECONDS = 10

Transactions = Callable[[UUID], AbstractAsyncContextManager[Transaction]]
"""Opens a transaction of this user's."""


class Replica:
    """A standby of `primary`, for reads that may take long. While it is away or behind, the primary does them.

    `url` may lead through a pooler or not: what a transaction needs is set for that transaction.
    """

    def __init__(self, primary: Database, url: str, *, walled: bool = True) -> None:
        self._primary = primary
        self._copy = Database(url, pooled=True, walled=walled, min_connections=0, max_connections=5)
        self._walled = walled
        self._away_until = 0.0

    async def open(self) -> None:
        """Connect with the first read: a standby that is away keeps nobody from starting."""
        await self._copy.open()

    async def close(self) -> None:
        await self._copy.close()

    def stats(self) -> dict[str, int]:
        """Return the pool's own figures, by psycopg_pool's names."""
        return self._copy.stats()

    async def transactions(self) -> Transactions:
        """Return where to read all that is committed now: the standby once it has that, or else the primary.

        So nobody misses there what they have just written, however far behind it is.
        """
        if time.monotonic() < self._away_until:
            return self._primary.transaction
        async with self._primary.transaction() as tx:
            now = await _one(tx, "SELECT pg_current_wal_flush_lsn()::text")
        try:
            async with asyncio.timeout(_CATCHES_UP_SECONDS):
                while not await self._has(now):  # noqa: ASYNC110 - what we wait for happens on another machine
                    await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        except (Error, DatabaseOffline, TimeoutError) as error:
            self._lose(error)
            return self._primary.transaction
        return self._transaction

    async def _has(self, position: object) -> bool:
        async with self._copy.transaction() as tx:
            return bool(await _one(tx, "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", position))

    @asynccontextmanager
    async def _transaction(self, user_id: UUID) -> AsyncIterator[Transaction]:
        async with AsyncExitStack() as stack:
            try:
                tx = await stack.enter_async_context(self._reading(user_id))
            except (Error, DatabaseOffline) as error:
                self._lose(error)
                tx = await stack.enter_async_context(self._primary.transaction(user_id))
            yield tx

    @asynccontextmanager
    async def _reading(self, user_id: UUID) -> AsyncIterator[Transaction]:
        async with self._copy.transaction() as tx:
            if self._walled:
                await tx.execute(f"SET LOCAL ROLE {APP}")
            await tx.execute(f"SET LOCAL TIME ZONE 'UTC'; SET LOCAL statement_timeout = '{SLOWEST_SECONDS}s'")
            await become(tx, user_id)
            yield tx

    def _lose(self, error: Exception) -> None:
        self._away_until = time.monotonic() + _AWAY_SECONDS
        _log.warning("the replica is away or behind (%s): the primary reads for it", type(error).__name__)


async def _one(tx: Transaction, query: str, *values: object) -> object:
    row = await (await tx.execute(query, values)).fetchone()
    return row[0] if row else None
