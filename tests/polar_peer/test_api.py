"""The peer is as Polar is: its official SDK reads every answer, and what the SDK would send is what it takes."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from polar import deserialize
from polar.base import PolarClientError
from polar.v2026_10 import PolarAsync, inputs, outputs
from polar.v2026_10.errors import HTTPValidationError, ResourceNotFound

from billing.selling import a_peer
from quartet.polar_peer.peer import TOKEN, Peer


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    async with a_peer() as peer:
        yield peer


@pytest.fixture
async def polar(peer: Peer) -> AsyncIterator[PolarAsync]:
    async with PolarAsync(TOKEN, base_url=peer.address) as polar:
        yield polar


def product(peer: Peer, name: str = "Pro") -> str:
    return next(each.id for each in peer.organization.products.values() if each.name == name)


async def bought(polar: PolarAsync, peer: Peer) -> str:
    """Buy Pro on the pay page as a browser does; return the subscription's id."""
    customer = await polar.customers.create(external_id="u1", email="ada@example.com")
    checkout = await polar.checkouts.create(
        products=[product(peer)],
        customer_id=customer.id,
        success_url="http://127.0.0.1:1/plan?checkout_id={CHECKOUT_ID}",
        metadata={"userId": "u1"},
    )
    async with httpx2.AsyncClient() as browser:
        shown = await browser.get(checkout.url)
        assert "Pro: 20.00 USD a month" in shown.text
        assert "ada@example.com" in shown.text
        paid = await browser.post(checkout.url, data={"product_id": product(peer)})
    assert paid.status_code == 303
    assert paid.headers["location"] == f"http://127.0.0.1:1/plan?checkout_id={checkout.id}"
    assert (await polar.checkouts.get(checkout.id)).status == "succeeded"
    (subscription,) = (await polar.subscriptions.list(external_customer_id="u1")).items
    return subscription.id


async def test_the_sdk_reads_a_whole_life(polar: PolarAsync, peer: Peer):
    id_ = await bought(polar, peer)
    subscription = await polar.subscriptions.get(id_)
    assert (subscription.status, subscription.metadata, subscription.customer.external_id) == (
        "active",
        {"userId": "u1"},
        "u1",
    )
    assert subscription.product.metadata == {"plan": "pro"}
    assert (await polar.subscriptions.update(id_, cancel_at_period_end=True)).status == "active", (
        "until the period ends"
    )
    assert (await polar.subscriptions.update(id_, cancel_at_period_end=False)).canceled_at is None
    changed = await polar.subscriptions.update(id_, product_id=product(peer, "Business"))
    assert (changed.product.name, changed.amount) == ("Business", 6000)
    peer.advance(timedelta(days=32))
    renewed = await polar.subscriptions.get(id_)
    assert renewed.current_period_start == changed.current_period_end
    assert (await polar.subscriptions.revoke(id_)).status == "canceled"
    session = await polar.customer_sessions.create(
        customer_id=subscription.customer_id, return_url="http://127.0.0.1:1/"
    )
    async with httpx2.AsyncClient() as browser:
        portal = await browser.get(session.customer_portal_url)
    assert "PEER-0001" in portal.text
    assert (await polar.customers.get_external("u1")).email == "ada@example.com"
    products = (await polar.products.list(id=[product(peer)])).items
    assert [(each.name, each.prices[0].price_amount) for each in products] == [("Pro", 2000)]


async def test_the_sdk_reads_an_ended_customers_state(polar: PolarAsync, peer: Peer):
    # One with an active subscription it cannot read in 1.0.2: it takes its status for a benefit grant's.
    await polar.subscriptions.revoke(await bought(polar, peer))
    assert (await polar.customers.get_state_external("u1")).active_subscriptions == []


async def test_the_sdk_reads_the_events(polar: PolarAsync, peer: Peer):
    kinds = {"subscription": outputs.Subscription, "order": outputs.Order, "checkout": outputs.Checkout}
    await polar.subscriptions.update(await bought(polar, peer), cancel_at_period_end=True)
    peer.advance(timedelta(days=32))
    read = set()
    for event in peer.deliverer.events.values():
        payload = json.loads(event.body)
        # Not through its union of all 42 kinds of event, which takes it 19 s to get ready.
        if model := kinds.get(event.type.split(".")[0]):
            deserialize(payload["data"], model)
            read.add(event.type)
    assert read == {
        *("checkout.created", "checkout.updated", "order.created", "order.updated", "order.paid"),
        *("subscription.created", "subscription.active", "subscription.updated", "subscription.canceled"),
        "subscription.revoked",
    }


async def test_it_refuses_as_polar_does(polar: PolarAsync, peer: Peer):
    await bought(polar, peer)
    for taken in ({"external_id": "u1", "email": "bob@example.com"}, {"external_id": "u2", "email": "ADA@example.com"}):
        with pytest.raises(HTTPValidationError, match="already exists"):
            await polar.customers.create(**taken)
    with pytest.raises(PolarClientError, match="already have an active subscription"):
        await polar.checkouts.create(products=[product(peer)], external_customer_id="u1")
    with pytest.raises(HTTPValidationError, match="Customer does not exist"):
        await polar.checkouts.create(products=[product(peer)], customer_id="nobody")
    with pytest.raises(HTTPValidationError, match="Product does not exist"):
        await polar.checkouts.create(products=["nothing"], external_customer_id="u1")
    with pytest.raises(ResourceNotFound):
        await polar.customers.get_external("u2")
    async with PolarAsync("polar_oat_wrong", base_url=peer.address) as stranger:
        with pytest.raises(PolarClientError, match="401"):
            await stranger.subscriptions.list()


@pytest.mark.parametrize(
    ("path", "model", "body"),
    [
        ("/v1/customers/", inputs.CustomerIndividualCreate, {"email": "a@example.com", "external_id": "x"}),
        ("/v1/customers/", inputs.CustomerIndividualCreate, {"external_id": "x"}),
        ("/v1/customers/", inputs.CustomerIndividualCreate, {"email": 7}),
        ("/v1/checkouts/", inputs.CheckoutCreate, {"products": ["p"], "customer_id": "c", "metadata": {"a": 1}}),
        ("/v1/checkouts/", inputs.CheckoutCreate, {"products": "p"}),
        ("/v1/checkouts/", inputs.CheckoutCreate, {"customer_id": "c"}),
        ("/v1/checkouts/", inputs.CheckoutCreate, {"products": ["p"], "metadata": {"a": []}}),
        ("/v1/checkouts/", inputs.CheckoutCreate, {"products": ["p"], "success_url": 1}),
        ("/v1/customer-sessions/", inputs.CustomerSessionCustomerIDCreate, {"customer_id": "c", "return_url": None}),
        ("/v1/customer-sessions/", inputs.CustomerSessionCustomerIDCreate, {"customer_id": 1}),
    ],
)
async def test_a_body_that_the_sdks_types_refuse_is_refused(peer: Peer, path: str, model: type, body: dict):
    try:
        deserialize(body, model)
        reads = True
    except Exception:  # noqa: BLE001 - the SDK's readers raise a dozen kinds
        reads = False
    async with httpx2.AsyncClient(base_url=peer.address, headers={"authorization": f"Bearer {TOKEN}"}) as http:
        answer = await http.post(path, content=json.dumps(body), headers={"content-type": "application/json"})
    is_shape = answer.status_code == 422 and answer.json()["error"] == "RequestValidationError"
    assert is_shape is not reads, answer.text
