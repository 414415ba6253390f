"""What stands between a server and its database, and sees how the two speak."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Self

from psycopg.conninfo import conninfo_to_dict, make_conninfo


class Relay:
    """Carries every byte between `url` and the database, and counts the round trips of all connections."""

    def __init__(self, database_url: str) -> None:
        self._there = f"{conninfo_to_dict(database_url)['host']}/.s.PGSQL.5432"
        self._database_url = database_url
        self.url = ""
        self.trips = 0

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        async with await asyncio.start_server(self._join, "127.0.0.1", 0) as listening:
            port = listening.sockets[0].getsockname()[1]
            self.url = make_conninfo(self._database_url, host="127.0.0.1", port=port)
            yield self

    def hearer(self) -> Callable[[bytes], None]:
        """Return what is told everything that the database says on one connection; whoever derives listens."""
        return lambda _: None

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, asks = await asyncio.open_unix_connection(self._there)
        is_answered = True

        async def there() -> None:
            nonlocal is_answered
            while piece := await reader.read(65536):
                self.trips += is_answered
                is_answered = False
                asks.write(piece)
            asks.close()

        async def back() -> None:
            nonlocal is_answered
            hear = self.hearer()
            while piece := await answers.read(65536):
                is_answered = True
                hear(piece)
                writer.write(piece)
            writer.close()

        await asyncio.gather(there(), back(), return_exceptions=True)
