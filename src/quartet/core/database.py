"""The only transactions: one opens here, says who is asking, and commits or rolls back as a whole."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from quartet.core.errors import Refusal

Transaction = AsyncConnection[TupleRow]
"""What every function that runs SQL takes as its first argument: an open transaction.

In a request that only reads it is a connection in autocommit (`Database.reading`): do not lock or write there.
"""


class DatabaseOffline(Refusal):
    status = 503
    code = "offline:database"
    title = "The database cannot be reached just now. Try again in a moment."


class Database:
    """A pool of connections to one PostgreSQL.

    `pooled` says that `url` goes through a pooler in transaction mode, which forgets prepared statements.
    """

    def __init__(self, url: str, *, pooled: bool = False, max_connections: int = 20) -> None:
        self._pool = AsyncConnectionPool(
            url,
            min_size=2,
            max_size=max_connections,
            timeout=10,
            open=False,
            configure=_speak_utc,
            kwargs={"autocommit": True} | ({"prepare_threshold": None} if pooled else {}),
        )

    async def open(self) -> None:
        """Connect; raises `psycopg_pool.PoolTimeout` when there is no database after 10 s."""
        await self._pool.open(wait=True, timeout=10)

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def transaction(self, user_id: UUID | None = None, *, pipelined: bool = False) -> AsyncIterator[Transaction]:
        """Open one transaction, for `user_id` where it is known; commit at the end, roll back on any exception.

        `pipelined`: what nobody reads is sent along with the next thing that somebody does read, BEGIN and COMMIT
        included. For transactions of many statements; a statement's error and row count then come late.
        """
        async with (
            self.reading() as connection,
            connection.pipeline() if pipelined else nullcontext(),
            connection.transaction(),
        ):
            if user_id is not None:
                await become(connection, user_id)
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Transaction]:
        """Open a connection for reads alone, each statement by itself.

        At PostgreSQL's READ COMMITTED every statement has a snapshot of its own, so a transaction around reads would
        not make them agree: its BEGIN and COMMIT would only cost two round trips, a fifth of a short request.
        """
        try:
            async with self._pool.connection() as connection:
                yield connection
        except PoolTimeout:
            raise DatabaseOffline from None


async def become(tx: Transaction, user_id: UUID) -> None:
    """Say for row-level security who is asking; forgotten at the end of the transaction."""
    await tx.execute("SELECT set_config('app.user_id', %s, true)", [str(user_id)])


async def _speak_utc(connection: AsyncConnection) -> None:
    # Columns are TIMESTAMP without a zone and UTC by agreement with the Chat SDK; NOW() must agree too.
    await connection.execute("SET TIME ZONE 'UTC'")
