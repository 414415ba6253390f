"""Asking Polar what it has told us already, or should have: an event that was lost never comes again.

Polar tries an event for some 40 minutes and then gives it up, so an hour's outage loses purchases. What Polar answers
goes the way of an event: the newer snapshot wins.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from psycopg import OperationalError

from quartet.billing import customers, subscriptions, webhooks
from quartet.billing.customers import Check, Disputed
from quartet.billing.errors import NothingSold, SellerAway
from quartet.billing.polar import Polar, Refused
from quartet.billing.shop import Shop
from quartet.billing.snapshots import Snapshot
from quartet.billing.subscriptions import Products
from quartet.core.database import Database, DatabaseOffline
from quartet.core.metrics import BACKGROUND_FAILURES

_EVERY_SECONDS = 60

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Reconciled:
    """Subscriptions read, users' plans put right, subscriptions of nobody we know; events settled late."""

    read: int = 0
    corrected: int = 0
    unmatched: int = 0
    settled: int = 0


async def reconcile(database: Database, shop: Shop) -> Reconciled:
    """Read everything that Polar has, then try again what could not be done. Raises `NothingSold`, `SellerAway`."""
    if shop.polar is None:
        raise NothingSold
    done = Reconciled()
    asked_at = _now()
    async for snapshot in shop.polar.subscriptions():
        await _take(database, snapshot, asked_at, shop.products, done)
    done.settled = await _try_again(database, shop.products)
    return done


async def reconcile_user(database: Database, shop: Shop, user_id: UUID) -> None:
    """Ask for one user's purchases now; done twice within two seconds, it is done once."""
    if shop.polar is None:
        raise NothingSold
    async with database.system() as tx:
        checks = await customers.due_now(tx, user_id)
    for check in checks:
        await _check(database, shop.polar, check, shop.products)


async def keep_reconciled(database: Database, shop: Shop) -> None:
    """Every minute ask Polar about the customers whose time has come, until cancelled. Any number of processes may."""
    while shop.polar:
        try:
            await _reconcile_due(database, shop.polar, shop.products)
        except (OperationalError, DatabaseOffline, SellerAway, Refused) as error:
            BACKGROUND_FAILURES.labels("reconcile").inc()
            _log.warning("could not reconcile with Polar: %s", type(error).__name__)
        except Exception:  # noqa: BLE001 - what one answer of Polar's breaks, the next minute may mend
            BACKGROUND_FAILURES.labels("reconcile").inc()
            _log.exception("reconciling with Polar broke")
        await asyncio.sleep(_EVERY_SECONDS)


async def _reconcile_due(database: Database, polar: Polar, products: Products) -> None:
    while True:
        async with database.system() as tx:
            checks = await customers.due(tx)
        if not checks:
            break
        for check in checks:
            await _check(database, polar, check, products)
    await _try_again(database, products)


async def _check(database: Database, polar: Polar, check: Check, products: Products) -> None:
    asked_at = _now()
    done = Reconciled()
    async for snapshot in polar.subscriptions(check.customer_id):
        await _take(database, snapshot, asked_at, products, done)
    async with database.system() as tx:
        await customers.checked(tx, check)


async def _take(
    database: Database, snapshot: Snapshot, asked_at: datetime, products: Products, done: Reconciled
) -> None:
    """Take one answer of Polar's; each in a transaction of its own, for each locks its user."""
    done.read += 1
    try:
        async with database.system() as tx:
            owner = await customers.owner(tx, snapshot.customer_id, snapshot.claims())
            if owner is None:
                done.unmatched += 1
            else:
                applied = await subscriptions.apply(tx, owner, snapshot, asked_at, products)
                done.corrected += applied.changed
    except Disputed:
        done.unmatched += 1
        _log.error("Polar's subscription %s could be two users'", snapshot.id)


async def _try_again(database: Database, products: Products) -> int:
    settled, after = 0, ""
    while True:
        async with database.system() as tx:
            tried = await webhooks.try_again(tx, after, products)
        if tried is None:
            return settled
        after, could = tried
        settled += could


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
