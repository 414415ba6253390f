"""How the peer delivers: one id for all attempts, retries, faults, and giving up, as Polar does."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from aiohttp import web
from polar.webhooks import PolarWebhookVerificationError, validate_event

from llm.peer import refused_port
from quartet.polar_peer.delivering import Deliverer
from quartet.polar_peer.faults import Faults
from quartet.polar_peer.peer import SECRET, Peer

SAMPLES = Path(__file__).parents[1] / "billing" / "samples"


@dataclass
class Shop:
    """Whoever takes events; answers what it is told, 202 otherwise."""

    url: str = ""
    answer: Callable[[web.Request], int] = lambda _: 202
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.heard.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        return web.Response(status=self.answer(request))

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.heard]

    @property
    def ids(self) -> Counter[str]:
        return Counter(headers["webhook-id"] for headers, _ in self.heard)


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    taking = Shop()
    app = web.Application()
    app.router.add_post("/", taking.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    taking.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield taking
    await runner.cleanup()


@dataclass
class Seller:
    peer: Peer

    def sell(self) -> str:
        """Sell Pro to somebody new; return the subscription's id."""
        organization = self.peer.organization
        number = len(organization.customers)
        customer = organization.create_customer(f"c{number}@example.com", f"u{number}")
        product = next(iter(organization.products))
        checkout = organization.new_checkout(customer.id, [product], {})
        return self.peer.lifecycle.pay(checkout, product).id


@pytest.fixture
async def seller(shop: Shop) -> AsyncIterator[Seller]:
    deliverer = Deliverer(shop.url, SECRET, Faults(chance=Random(1)), base=0.0001)
    yield Seller(Peer("http://127.0.0.1:1", deliverer))
    await deliverer.close()


BOUGHT = [
    "customer.created",
    "checkout.created",
    "checkout.updated",
    "subscription.created",
    "subscription.active",
    "order.created",
    "order.updated",
    "order.paid",
    "customer.state_changed",
]


async def test_events_come_in_order_with_a_signature_that_the_sdk_takes(shop: Shop, seller: Seller):
    seller.sell()
    await seller.peer.deliverer.settled()
    assert shop.types == BOUGHT
    assert set(shop.ids.values()) == {1}
    assert {verdict(headers, body) for headers, body in shop.heard} == {"good"}
    assert {headers["user-agent"] for headers, _ in shop.heard} == {"polar.sh webhooks"}


async def test_its_snapshots_have_every_member_of_the_samples(shop: Shop, seller: Seller):
    seller.sell()
    await seller.peer.deliverer.settled()

    def members(value: object, path: str = "") -> set[str]:
        if isinstance(value, dict):
            inner = {step for key, each in value.items() for step in members(each, f"{path}.{key}")}
            return inner | {path}
        if isinstance(value, list) and value:
            return members(value[0], f"{path}[]")
        return {path}

    heard = {payload["type"]: payload for payload in (json.loads(body) for _, body in shop.heard)}
    for name in ("customer.created", "subscription.active", "customer.state_changed"):
        ours, theirs = members(heard[name]), members(json.loads((SAMPLES / f"{name}.json").read_text()))
        unset = {each for each in theirs if "billing_address." in each or each.endswith("metadata.userId")}
        assert theirs - ours - unset == set(), name


async def test_a_refused_event_comes_again_under_its_id_with_its_body(shop: Shop, seller: Seller):
    refusals = iter([503, 302, 404])
    shop.answer = lambda _: next(refusals, 202)
    seller.peer.organization.create_customer("ada@example.com", "u")
    await seller.peer.deliverer.settled()
    assert [attempt.status for attempt in seller.peer.deliverer.attempts] == [503, 302, 404, 202]
    assert len(shop.ids) == 1
    assert len({body for _, body in shop.heard}) == 1


async def test_a_failed_event_is_overtaken(shop: Shop, seller: Seller):
    seller.peer.deliverer._base = 0.05  # noqa: SLF001 - long enough that the others come first
    failing: list[str] = []

    def fail_the_first(request: web.Request) -> int:
        id_ = request.headers["webhook-id"]
        if not failing:
            failing.append(id_)
            return 500
        return 202

    shop.answer = fail_the_first
    seller.sell()
    await seller.peer.deliverer.settled()
    assert shop.types == [*BOUGHT, BOUGHT[0]]


async def test_after_ten_attempts_it_gives_up_and_after_ten_such_events_for_good(shop: Shop, seller: Seller):
    shop.answer = lambda _: 500
    for number in range(10):
        assert seller.peer.deliverer.is_enabled, number
        seller.peer.organization.create_customer(f"{number}@example.com", None)
        await seller.peer.deliverer.settled()
    assert set(shop.ids.values()) == {10}
    assert not seller.peer.deliverer.is_enabled
    seller.peer.organization.create_customer("skipped@example.com", None)
    await seller.peer.deliverer.settled()
    assert len(shop.ids) == 10
    seller.peer.deliverer.enable()
    shop.answer = lambda _: 202
    seller.peer.deliverer.redeliver(next(iter(seller.peer.deliverer.events)))
    await seller.peer.deliverer.settled()
    assert sorted(shop.ids.values()) == [10] * 9 + [11], "by hand, under the old id"


async def test_a_shop_that_is_away_is_tried_again(seller: Seller):
    with refused_port() as port:
        seller.peer.deliverer.url = f"http://127.0.0.1:{port.getsockname()[1]}/"
        seller.peer.organization.create_customer("ada@example.com", None)
        await seller.peer.deliverer.settled()
    assert [attempt.status for attempt in seller.peer.deliverer.attempts] == [None] * 10


async def test_what_goes_wrong_goes_wrong(shop: Shop, seller: Seller):
    faults = seller.peer.deliverer.faults
    for name, chance in {"drop": 0.2, "duplicate": 0.3, "forge": 0.2, "stale": 0.2}.items():
        setattr(faults, name, chance)
    faults.reorder, faults.delay = True, 0.05
    for _ in range(10):
        seller.sell()
    await seller.peer.deliverer.settled()
    raised = list(seller.peer.deliverer.events)
    assert 0.05 < 1 - len(shop.ids) / len(raised) < 0.4, "dropped"
    assert 0.1 < sum(count > 1 for count in shop.ids.values()) / len(shop.ids) < 0.6, "doubled"
    assert list(shop.ids) != [id_ for id_ in raised if id_ in shop.ids], "out of order"
    verdicts = Counter(verdict(headers, body) for headers, body in shop.heard)
    assert min(verdicts["good"], verdicts["forged or stale"]) > len(shop.heard) / 10


def verdict(headers: dict[str, str], body: bytes) -> str:
    try:
        validate_event(body, headers, SECRET, event_types=frozenset({json.loads(body)["type"]}), payload_loader=dict)
    except PolarWebhookVerificationError:
        return "forged or stale"
    return "good"


async def test_time_brings_what_is_due_in_its_order(shop: Shop, seller: Seller):
    id_ = seller.sell()
    organization, lifecycle = seller.peer.organization, seller.peer.lifecycle
    subscription = organization.subscriptions[id_]
    owner = organization.customers[subscription.customer_id]
    lifecycle.change_card(owner, works=False)
    seller.peer.advance(timedelta(days=32))
    assert subscription.status == "past_due"
    assert subscription.period_end > seller.peer.clock.now(), "the period went on before the charge failed"
    seller.peer.advance(timedelta(days=8))
    assert len(subscription.charges_at) == 2
    lifecycle.change_card(owner, works=True)
    assert subscription.status == "active"
    lifecycle.change_card(owner, works=False)
    seller.peer.advance(timedelta(days=60))
    assert subscription.status == "unpaid"
    await seller.peer.deliverer.settled()
    told = [each for each in shop.types[len(BOUGHT) :] if each.startswith("subscription.")]
    assert told == [
        *("subscription.cycled", "subscription.updated", "subscription.updated", "subscription.past_due"),
        *("subscription.updated", "subscription.active"),
        *("subscription.cycled", "subscription.updated", "subscription.updated", "subscription.past_due"),
        *("subscription.updated", "subscription.canceled", "subscription.revoked"),
    ]
