"""All reservations together, for operators: what running answers hold, and what nobody settles."""

import asyncio
import logging

from psycopg import Error as DatabaseError

from quartet.core.database import Database, DatabaseOffline
from quartet.core.metrics import (
    BACKGROUND_FAILURES,
    OVERDUE_RESERVATIONS,
    RESERVATIONS,
    RESERVED_TOKENS,
)

_log = logging.getLogger(__name__)

_EVERY_SECONDS = 15

# Whoever lives renews its leases every three seconds and sweeps up after the others as often.
_QUERY = """SELECT count(*), coalesce(sum("inputTokens" + "outputTokens"), 0)::bigint,
    count(*) FILTER (WHERE "leaseUntil" < now() - interval '30 seconds') FROM "Reservation" """


async def keep_counted(database: Database) -> None:
    """Count them every 15 s, until cancelled. One that stays overdue is a sweep that does not work."""
    while True:
        try:
            async with database.system() as tx:
                row = await (await tx.execute(_QUERY)).fetchone()
        except (DatabaseError, DatabaseOffline) as error:
            BACKGROUND_FAILURES.labels("reservations").inc()
            _log.warning("could not count reservations: %s", type(error).__name__)
        else:
            for gauge, value in zip((RESERVATIONS, RESERVED_TOKENS, OVERDUE_RESERVATIONS), row or (), strict=True):
                gauge.set(value)
        await asyncio.sleep(_EVERY_SECONDS)
