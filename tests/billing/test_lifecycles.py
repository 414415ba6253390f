"""Whatever Polar delivers, twice, late, out of order and at once: every user ends in the right row.

40 lives here; `LIVES=300 pytest tests/billing/test_lifecycles.py` for the number that we promise.
"""

import asyncio
import os
import random
import time
from collections import Counter
from uuid import uuid4

import pytest

from billing.lives import BEGIN, Life, joined
from billing.selling import Shop, a_peer, deliver, row, selling
from conftest import a_settings
from people import Visitor
from quartet.billing import shop as shops
from quartet.billing.reconciling import reconcile
from quartet.core.database import Database
from quartet.polar_peer.clock import Clock
from quartet.polar_peer.events import Event

LIVES = int(os.environ.get("LIVES", "40"))
AT_ONCE = 16


async def born(database: Database, seed: int) -> list[Life]:
    ids = [str(uuid4()) for _ in range(LIVES)]
    async with database.system() as tx, tx.cursor() as cursor:
        await cursor.executemany(
            'INSERT INTO "User" ("id", "email") VALUES (%s, %s)', [[id_, f"{id_[:8]}@example.com"] for id_ in ids]
        )
    lives = [Life(id_, random.Random(seed * 1000 + number)) for number, id_ in enumerate(ids)]
    for life in lives:
        life.live()
    return lives


async def deliver_all(shop: Shop, events: list[Event]) -> None:
    """Deliver from 16 connections at once; every one must be taken."""
    waiting = iter(events)

    async def work(polar: Visitor) -> None:
        for event in waiting:
            assert (await deliver(polar.http, event, at=int(time.time()))).status_code == 202

    async with Visitor(shop.address) as polar:
        await asyncio.gather(*(work(polar) for _ in range(AT_ONCE)))


async def wrong(database: Database, lives: list[Life]) -> list[tuple[str, object, object]]:
    rows = [(life.user_id, await row(database, life.user_id), life.expected()) for life in lives]
    return [each for each in rows if each[1] != each[2]]


@pytest.mark.parametrize("seed", [1])
async def test_shuffled_doubled_and_at_once(shop: Shop, database: Database, seed: int):
    lives = await born(database, seed)
    chance = random.Random(seed)
    events = [event for life in lives for event in life.events]
    deliveries = events + [event for event in events if chance.random() < 0.5]
    chance.shuffle(deliveries)
    await deliver_all(shop, deliveries)
    assert await wrong(database, lives) == []
    told = Counter((life.expected() or {}).get("status") for life in lives)
    assert min(told["active"], told["cancelled"]) > LIVES / 10, "lives that all end the same prove nothing"
    async with database.system() as tx:
        cursor = await tx.execute(
            'SELECT count(*) FROM "PolarEvent" WHERE "webhookId" = ANY(%s)', [[event.id for event in events]]
        )
        assert await cursor.fetchone() == (len(events),), "each is kept once"


async def test_a_tenth_is_lost_and_one_reconciliation_finds_it(shop: Shop, database: Database, database_url: str):
    lives = await born(database, seed=2)
    chance = random.Random(2)
    deliveries = [event for life in lives for event in life.events if chance.random() > 0.1]
    chance.shuffle(deliveries)
    await deliver_all(shop, deliveries)
    assert await wrong(database, lives), "nothing was lost that mattered: this proves nothing"
    # Its time stands still, or it would renew what is due by now.
    async with a_peer(Clock(lambda: BEGIN)) as peer:
        seller = shops.Shop(selling(a_settings(database_url), peer).polar)
        joined(lives, peer.organization)
        try:
            done = await reconcile(database, seller)
            assert done.read == sum(len(life.organization.subscriptions) for life in lives)
            assert done.corrected > 0
            assert await wrong(database, lives) == []
            assert (await reconcile(database, seller)).corrected == 0
        finally:
            await seller.close()
