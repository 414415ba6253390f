"""Asking the seller again: when, how often, and what becomes of events that could not be matched."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from billing.selling import Shop, a_peer, a_user, deliver, outcome, row, selling
from conftest import a_settings
from people import Visitor
from quartet.billing import customers, webhooks
from quartet.billing import shop as shops
from quartet.billing.errors import NothingSold, SellerAway
from quartet.billing.reconciling import keep_reconciled, reconcile, reconcile_user
from quartet.core.database import Database
from quartet.polar_peer.clock import Clock
from quartet.polar_peer.events import raised
from quartet.polar_peer.peer import Peer
from quartet.polar_peer.records import Subscription
from quartet.settings import PolarSettings


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    """A seller whose events reach nobody."""
    async with a_peer() as peer:
        yield peer


@pytest.fixture
async def seller(peer: Peer, database_url: str) -> AsyncIterator[shops.Shop]:
    shop = shops.Shop(selling(a_settings(database_url), peer).polar)
    yield shop
    await shop.close()


async def sold(peer: Peer, database: Database) -> tuple[str, Subscription]:
    """Sell Pro to somebody new, whose customer is known here and nothing more."""
    user = await a_user(database)
    customer = peer.organization.create_customer(f"{user}@example.com", user)
    async with database.system() as tx:
        await customers.remember(tx, customer.id, user)
    product = next(iter(peer.organization.products))
    checkout = peer.organization.new_checkout(customer.id, [product], {"userId": user})
    return user, peer.lifecycle.pay(checkout, product)


async def due_at(database: Database, user: str) -> Any:
    async with database.system() as tx:
        cursor = await tx.execute(
            """SELECT nullif("dueAt", 'infinity') FROM "PolarCustomer" WHERE "userId" = %s""",
            [user],
        )
        return (await cursor.fetchone())[0]


async def make_due(database: Database, *users: str) -> None:
    async with database.system() as tx:
        await tx.execute('UPDATE "PolarCustomer" SET "dueAt" = now() WHERE "userId" = ANY(%s)', [list(users)])


async def test_every_page_is_read(peer: Peer, seller: shops.Shop, database: Database):
    users = [await sold(peer, database) for _ in range(105)]
    done = await reconcile(database, seller)
    assert (done.read, done.corrected, done.unmatched) == (105, 105, 0)
    for user, subscription in users:
        assert (await row(database, user))["polarSubscriptionId"] == subscription.id
    pages = [each for each in peer.received if each.path == "/v1/subscriptions/"]
    assert len(pages) == 2


async def test_what_is_nobodys_here_is_counted_and_left(peer: Peer, seller: shops.Shop, database: Database):
    for external_id in (str(uuid4()), "another-shop-7", None):
        customer = peer.organization.create_customer(f"{uuid4()}@example.com", external_id)
        product = next(iter(peer.organization.products))
        peer.lifecycle.pay(peer.organization.new_checkout(customer.id, [product], {}), product)
    done = await reconcile(database, seller)
    assert (done.read, done.corrected, done.unmatched) == (3, 0, 3)


async def test_paying_customers_are_asked_about_daily_and_after_their_period(
    peer: Peer, seller: shops.Shop, database: Database
):
    user, subscription = await sold(peer, database)
    now = datetime.now(UTC).replace(tzinfo=None)
    await reconcile_user(database, seller, user)
    assert abs(await due_at(database, user) - (now + timedelta(days=1))) < timedelta(minutes=1)
    async with database.system() as tx:
        await tx.execute("""UPDATE "PolarCustomer" SET "checkedAt" = NULL WHERE "userId" = %s""", [user])
    subscription.period_end = datetime.now(UTC) + timedelta(hours=2)
    subscription.modified_at = peer.clock.stamp()
    await reconcile_user(database, seller, user)
    assert abs(await due_at(database, user) - (now + timedelta(hours=2, minutes=10))) < timedelta(minutes=1)
    async with database.system() as tx:
        await tx.execute("""UPDATE "PolarCustomer" SET "checkedAt" = NULL WHERE "userId" = %s""", [user])
    peer.lifecycle.revoke(subscription)
    await reconcile_user(database, seller, user)
    assert (await row(database, user))["status"] == "cancelled"
    assert await due_at(database, user) is None, "nothing is paid for: nothing to ask"


async def test_a_server_asks_by_itself_when_a_customer_is_due(peer: Peer, seller: shops.Shop, database: Database):
    lost, quiet = (await sold(peer, database))[0], (await sold(peer, database))[0]
    await make_due(database, lost)
    task = asyncio.create_task(keep_reconciled(database, seller))
    async with asyncio.timeout(20):
        while not await row(database, lost):  # noqa: ASYNC110 - what we wait for happens in the database
            await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await row(database, quiet) is None, "not due, not asked"


async def test_a_renewal_that_is_late_at_the_seller_is_not_asked_for_without_end(database: Database, database_url: str):
    then = datetime.now(UTC) - timedelta(days=40)
    async with a_peer(Clock(lambda: then)) as peer:
        seller = shops.Shop(selling(a_settings(database_url), peer).polar)
        user, subscription = await sold(peer, database)
        await make_due(database, user)
        task = asyncio.create_task(keep_reconciled(database, seller))
        async with asyncio.timeout(20):
            while not await row(database, user):  # noqa: ASYNC110 - what we wait for happens in the database
                await asyncio.sleep(0.05)
            now = datetime.now(UTC).replace(tzinfo=None)
            while await due_at(database, user) < now + timedelta(minutes=6):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await seller.close()
    assert subscription.period_end < datetime.now(UTC)
    assert len([each for each in peer.received if each.path == "/v1/subscriptions/"]) == 1


async def test_each_due_customer_is_one_processes(peer: Peer, database: Database):
    users = {(await sold(peer, database))[0] for _ in range(30)}
    await make_due(database, *users)

    async def claim() -> list[str]:
        async with database.system() as tx:
            return [check.customer_id for check in await customers.due(tx)]

    claimed = [id_ for ids in await asyncio.gather(*(claim() for _ in range(8))) for id_ in ids]
    assert len(claimed) == len(set(claimed))
    assert {each.id for each in peer.organization.customers.values()} <= set(claimed)


async def test_a_hint_that_comes_while_we_ask_is_not_lost(peer: Peer, database: Database):
    user, subscription = await sold(peer, database)
    async with database.system() as tx:
        (check,) = await customers.due_now(tx, user)
    async with database.system() as tx:
        await customers.hint(tx, subscription.customer_id)
    async with database.system() as tx:
        await customers.checked(tx, check)
    due = await due_at(database, user)
    assert due < datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=2)


async def test_a_change_of_state_makes_us_ask(shop: Shop, peer: Peer, database: Database):
    user, subscription = await sold(peer, database)
    state = peer.organization.state(peer.organization.customers[subscription.customer_id])
    event = raised("customer.state_changed", state, peer.clock.stamp())
    assert await due_at(database, user) is None
    async with Visitor(shop.address) as polar:
        await deliver(polar.http, event, at=int(time.time()))
    assert await outcome(database, event.id) == "noted"
    assert await row(database, user) is None, "it cannot tell late from ended: nothing is written from it"
    assert await due_at(database, user) < datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=2)


async def test_an_event_that_came_before_its_user_is_settled_later(
    shop: Shop, peer: Peer, seller: shops.Shop, database: Database
):
    user = str(uuid4())
    customer = peer.organization.create_customer(f"{user}@example.com", user)
    product = next(iter(peer.organization.products))
    sold = peer.lifecycle.pay(peer.organization.new_checkout(customer.id, [product], {}), product)
    event = raised("subscription.active", peer.organization.render_subscription(sold), peer.clock.stamp())
    async with Visitor(shop.address) as polar:
        await deliver(polar.http, event, at=int(time.time()))
    assert await outcome(database, event.id) == "unmatched"
    async with database.system() as tx:
        await tx.execute('INSERT INTO "User" ("id", "email") VALUES (%s, %s)', [user, f"{user[:8]}@example.com"])
    del peer.organization.subscriptions[sold.id]
    done = await reconcile(database, seller)
    assert done.settled >= 1
    assert await outcome(database, event.id) == "applied"
    assert (await row(database, user))["plan"] == "pro"


async def test_a_new_product_is_known_after_it_was_named(peer: Peer, seller: shops.Shop, database: Database):
    user, subscription = await sold(peer, database)
    products = {id_: plan for id_, plan in seller.products.items() if id_ != subscription.product_id}
    peer.organization.products[subscription.product_id].plan = None
    seller.products = products
    await reconcile(database, seller)
    assert (await row(database, user))["plan"] == "free"
    seller.products = products | {subscription.product_id: "business"}
    assert (await reconcile(database, seller)).corrected == 1
    assert (await row(database, user))["plan"] == "business"


async def test_events_are_kept_for_90_days(database: Database):
    old, young = str(uuid4()), str(uuid4())
    async with database.system() as tx:
        for id_, days in ((old, 91), (young, 89)):
            await tx.execute(
                """INSERT INTO "PolarEvent" ("webhookId", "body", "outcome", "receivedAt")
                   VALUES (%s, '', 'noted', now() - %s)""",
                [id_, timedelta(days=days)],
            )
        assert await webhooks.forget_old(tx) >= 1
    assert (await outcome(database, old), await outcome(database, young)) == (None, "noted")


async def test_without_a_seller_there_is_nothing_to_ask(database: Database):
    nothing = shops.Shop(PolarSettings(access_token=None))
    with pytest.raises(NothingSold):
        await reconcile(database, nothing)
    await asyncio.wait_for(keep_reconciled(database, nothing), 1)


async def test_a_seller_in_trouble_leaves_everything_as_it_was(peer: Peer, seller: shops.Shop, database: Database):
    user, _ = await sold(peer, database)
    seller.polar._http.headers["authorization"] = "Bearer expired"  # noqa: SLF001 - as it would be tomorrow
    with pytest.raises(SellerAway):
        await reconcile_user(database, seller, user)
    assert await row(database, user) is None
    due = await due_at(database, user)
    assert due < datetime.now(UTC).replace(tzinfo=None) + timedelta(minutes=6), "it is tried again"


async def test_the_command(peer: Peer, database: Database, database_url: str):
    user, _ = await sold(peer, database)

    def run(**polar: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUARTET_", "POLAR_"))}
        with tempfile.TemporaryDirectory(prefix="quartet-billing-") as home:
            return subprocess.run(
                [sys.executable, "-c", "from quartet.cli import main; main()", "billing", "reconcile"],
                env=kept | {"DATABASE_URL": database_url, "QUARTET_HOME": home} | polar,
                cwd=home,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )

    failed = await asyncio.to_thread(run)
    assert failed.returncode == 1
    assert failed.stderr.startswith("Plans are not sold here")
    token = {"POLAR_ACCESS_TOKEN": "polar_oat_on_this_machine", "POLAR_BASE_URL": peer.address}
    wrong = await asyncio.to_thread(run, **token, POLAR_PRODUCTS="{pro}")
    assert wrong.stderr == "The setting POLAR_PRODUCTS is wrong: it is not JSON.\n"
    done = await asyncio.to_thread(run, **token)
    assert done.stdout.startswith("Read 1 subscriptions and put 1 plans right.\n"), done.stderr
    assert (await row(database, user))["plan"] == "pro", "by what the product says of itself"
