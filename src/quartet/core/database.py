"""The only transactions: one opens here, says who is asking, and commits or rolls back as a whole."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from uuid import UUID

from psycopg import AsyncConnection, AsyncCursor, OperationalError
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import Row, TupleRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from quartet.core.errors import Refusal

Transaction = AsyncConnection[TupleRow]
"""What every function that runs SQL takes as its first argument: an open transaction."""

Values = Sequence[Any] | Mapping[str, Any]

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")

Read = Callable[[str, Mapping[str, Any]], Awaitable[list[dict[str, Any]]]]
"""Reads with one statement, whose `%(user)s` whoever made it puts in, and returns the rows by their columns."""

APP = "quartet_app"
"""The role of a request: row-level security shows it what is `app.user_id`'s, and nothing while that is unset."""

SYSTEM = "quartet_system"
"""The role of what happens before a user is known or for everybody: sign-in, webhooks, sweepers."""


SLOWEST_SECONDS = 60
"""A statement that hangs, or a transaction that somebody forgot, gives its locks back after so long."""

# Of a host that vanished nobody says that it did. Linux would try to connect for two minutes, wait for the answer to
# what was sent for fifteen, and for one that is being worked out for two hours. An address that says otherwise wins.
_PATIENCE = {
    "connect_timeout": 3,  # for each host of an address that names several
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}
# The pool waits twice as long before each new attempt to connect; after this it begins anew, so that a database that
# was away for a minute is found again within seconds.
_RECONNECT_SECONDS = 10
_LOST_TOGETHER_SECONDS = 1
_LOST = ("08", "57P")
"""Connection exceptions, and servers that shut down, crashed or start. A connection that just broke has no state."""


class DatabaseOffline(Refusal):
    status = 503
    code = "offline:database"
    title = "The database cannot be reached just now. Try again in a moment."


class Database:
    """A pool of connections to one PostgreSQL, each in the role of a request.

    `pooled` says that `url` goes through a pooler in transaction mode: prepared statements, a role and settings belong
    to a connection of the pooler's, and the next transaction has another one. So none are made, and the login brings
    along what is needed (`core.logins`). `walled=False` leaves every connection in the role it logged in as.
    """

    def __init__(
        self,
        url: str,
        *,
        pooled: bool = False,
        walled: bool = True,
        min_connections: int = 2,
        max_connections: int = 20,
    ) -> None:
        self._walled = walled
        self._lost_at = 0.0
        patience = {name: value for name, value in _PATIENCE.items() if name not in conninfo_to_dict(url)}
        self._pool = AsyncConnectionPool(
            url,
            min_size=min_connections,
            max_size=max_connections,
            timeout=10,
            reconnect_timeout=_RECONNECT_SECONDS,
            open=False,
            configure=None if pooled else _at_home if walled else _set_up,
            check=self._see,
            kwargs={"autocommit": True, "cursor_factory": _Cursor}
            | ({"prepare_threshold": None} if pooled else {})
            | patience,
        )

    async def open(self) -> None:
        """Connect; raises `psycopg_pool.PoolTimeout` when there is no database after 10 s."""
        await self._pool.open(wait=True, timeout=10)

    async def close(self) -> None:
        await self._pool.close()

    def stats(self) -> dict[str, int]:
        """Return the pool's own figures, by psycopg_pool's names."""
        return self._pool.get_stats()

    @asynccontextmanager
    async def transaction(self, user_id: UUID | None = None, *, pipelined: bool = False) -> AsyncIterator[Transaction]:
        """Open one transaction, for `user_id` where it is known; commit at the end, roll back on any exception.

        Until `become` says who is asking, it sees nobody's rows. `pipelined`: what nobody reads is sent along with the
        next thing that somebody does read, BEGIN and COMMIT included. For what is written often; a statement's error
        and row count then come with the next rows that are read, or at the end.
        """
        async with (
            self._connection() as connection,
            _sent_along(connection) if pipelined else connection.transaction(),
        ):
            if user_id is not None:
                await become(connection, user_id)
            yield connection

    @asynccontextmanager
    async def system(self) -> AsyncIterator[Transaction]:
        """Open one transaction that sees everybody's rows."""
        async with self.transaction() as tx:
            if self._walled:
                await tx.execute(f"SET LOCAL ROLE {SYSTEM}")
            yield tx

    async def read(self, query: str, values: Values) -> list[dict[str, Any]]:
        """Run one statement that only reads, a transaction of its own without BEGIN and COMMIT, and return its rows.

        Tried again where its connection was lost.
        """
        try:
            return await self._read(query, values)
        except OperationalError as lost:
            if lost.sqlstate is not None and not lost.sqlstate.startswith(_LOST):
                raise
        return await self._read(query, values)

    async def _read(self, query: str, values: Values) -> list[dict[str, Any]]:
        async with self._connection() as connection, connection.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query, values)
            return await cursor.fetchall()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._pool.connection() as connection:
                yield connection
        except PoolTimeout:
            raise DatabaseOffline from None

    async def _see(self, connection: AsyncConnection) -> None:
        """Raise when the other end has hung up, which the kernel knows: asking it would be a round trip."""
        try:
            # Twice: a server that is shut down says so before it hangs up.
            connection.pgconn.consume_input()
            connection.pgconn.consume_input()
        except OperationalError:
            # The others of this pool led to the same place. Whoever has one of them now comes here later.
            if time.monotonic() - self._lost_at > _LOST_TOGETHER_SECONDS:
                self._lost_at = time.monotonic()
                await self._pool.drain()
            raise


class _Cursor(AsyncCursor[Row]):
    """In a pipeline, lets whatever runs `together` with it send its statements before this one waits for rows.

    psycopg sends without a pause in which another task could run.
    """

    async def fetchone(self) -> Row | None:
        if self.connection.pgconn.pipeline_status:
            await asyncio.sleep(0)
        return await super().fetchone()

    async def fetchall(self) -> list[Row]:
        if self.connection.pgconn.pipeline_status:
            await asyncio.sleep(0)
        return await super().fetchall()


@asynccontextmanager
async def _sent_along(connection: AsyncConnection) -> AsyncIterator[None]:
    """Open a transaction that never waits for BEGIN, and once for COMMIT; psycopg's own waits four times for the two.

    One that was not committed is rolled back where its connection goes back to the pool.
    """
    async with connection.pipeline():
        await connection.execute("BEGIN")
        yield
        await connection.execute("COMMIT")


def reader(tx: Transaction, user_id: UUID) -> Read:
    """Read in a transaction that is open already."""

    async def read(query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with tx.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query, {**values, "user": user_id})
            return await cursor.fetchall()

    return read


async def together(
    first: Coroutine[Any, Any, A], second: Coroutine[Any, Any, B], third: Coroutine[Any, Any, C]
) -> tuple[A, B, C]:
    """Read what does not depend on one another: in a pipelined transaction it is all sent before anybody waits.

    Each goes on by itself after its first rows. Raises what went wrong first, once all have ended.
    """
    reads = asyncio.create_task(first), asyncio.create_task(second), asyncio.create_task(third)
    try:
        one, other, last = await asyncio.gather(*reads)
    finally:
        await asyncio.wait(reads)  # or one of them would go on in a transaction that is over
    return one, other, last


async def become(tx: Transaction, user_id: UUID) -> None:
    """Say for row-level security who is asking; forgotten at the end of the transaction."""
    await tx.execute("SELECT set_config('app.user_id', %s, true)", [str(user_id)])


async def _at_home(connection: AsyncConnection) -> None:
    await _set_up(connection)
    await connection.execute(f"SET ROLE {APP}")


async def _set_up(connection: AsyncConnection) -> None:
    # Columns are TIMESTAMP without a zone and UTC by agreement with the Chat SDK; NOW() must agree too.
    await connection.execute("SET TIME ZONE 'UTC'")
    await connection.execute(f"SET statement_timeout = '{SLOWEST_SECONDS}s'")
    await connection.execute(f"SET idle_in_transaction_session_timeout = '{SLOWEST_SECONDS}s'")
