"""The only transactions: one opens here, says who is asking, and commits or rolls back as a whole."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import TupleRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from quartet.core.errors import Refusal

Transaction = AsyncConnection[TupleRow]
"""What every function that runs SQL takes as its first argument: an open transaction."""

Values = Sequence[Any] | Mapping[str, Any]

Read = Callable[[str, Mapping[str, Any]], Awaitable[list[dict[str, Any]]]]
"""Reads with one statement, whose `%(user)s` whoever made it puts in, and returns the rows by their columns."""

APP = "quartet_app"
"""The role of a request: row-level security shows it what is `app.user_id`'s, and nothing while that is unset."""

SYSTEM = "quartet_system"
"""The role of what happens before a user is known or for everybody: sign-in, webhooks, sweepers."""


_SLOWEST_SECONDS = 60


class DatabaseOffline(Refusal):
    status = 503
    code = "offline:database"
    title = "The database cannot be reached just now. Try again in a moment."


class Database:
    """A pool of connections to one PostgreSQL, each in the role of a request.

    `pooled` says that `url` goes through a pooler in transaction mode: it forgets prepared statements and roles, so
    its login must have a request's role by itself. `walled=False` leaves every connection in the role it logged in as.
    """

    def __init__(self, url: str, *, pooled: bool = False, walled: bool = True, max_connections: int = 20) -> None:
        self._walled = walled
        self._pool = AsyncConnectionPool(
            url,
            min_size=2,
            max_size=max_connections,
            timeout=10,
            open=False,
            configure=_at_home if walled and not pooled else _speak_utc,
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

        Until `become` says who is asking, it sees nobody's rows. `pipelined`: what nobody reads is sent along with the
        next thing that somebody does read, BEGIN and COMMIT included. For transactions of many statements; a
        statement's error and row count then come late.
        """
        async with (
            self._connection() as connection,
            connection.pipeline() if pipelined else nullcontext(),
            connection.transaction(),
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

    async def read(self, *statements: tuple[str, Values]) -> list[list[dict[str, Any]]]:
        """Run statements in one round trip and return the rows of each.

        They are one transaction without BEGIN and COMMIT, which would be a round trip each: what the first sets for
        the transaction holds for the others.
        """
        async with self._connection() as connection:
            cursors = [connection.cursor(row_factory=dict_row) for _ in statements]
            async with connection.pipeline():
                for cursor, (query, values) in zip(cursors, statements, strict=True):
                    await cursor.execute(query, values)
            return [await cursor.fetchall() for cursor in cursors]

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._pool.connection() as connection:
                yield connection
        except PoolTimeout:
            raise DatabaseOffline from None


def reader(tx: Transaction, user_id: UUID) -> Read:
    """Read in a transaction that is open already."""

    async def read(query: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with tx.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(query, {**values, "user": user_id})
            return await cursor.fetchall()

    return read


async def become(tx: Transaction, user_id: UUID) -> None:
    """Say for row-level security who is asking; forgotten at the end of the transaction."""
    await tx.execute("SELECT set_config('app.user_id', %s, true)", [str(user_id)])


async def _at_home(connection: AsyncConnection) -> None:
    await _speak_utc(connection)
    # A statement that hangs, or a transaction that somebody forgot, gives its locks back.
    await connection.execute(f"SET statement_timeout = '{_SLOWEST_SECONDS}s'")
    await connection.execute(f"SET idle_in_transaction_session_timeout = '{_SLOWEST_SECONDS}s'")
    await connection.execute(f"SET ROLE {APP}")


async def _speak_utc(connection: AsyncConnection) -> None:
    # Columns are TIMESTAMP without a zone and UTC by agreement with the Chat SDK; NOW() must agree too.
    await connection.execute("SET TIME ZONE 'UTC'")
