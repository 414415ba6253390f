"""From the plan page to the seller and back: checkout, portal, and asking again."""

import asyncio
import json
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
from polar import deserialize
from polar.v2026_10 import inputs

from billing.buying import billing_of, buy, check_out, has, pay
from billing.selling import Shop, row
from people import Person, until
from quartet.core.database import Database

INPUTS = {
    "/v1/customers/": inputs.CustomerIndividualCreate,
    "/v1/checkouts/": inputs.CheckoutCreate,
    "/v1/customer-sessions/": inputs.CustomerSessionCustomerIDCreate,
}


async def test_pro_is_bought_and_the_limits_rise(shop: Shop, eve: Person):
    for number in range(5):
        await eve.preset(f"Preset {number}", role="You tutor.")
    one_more = {"name": "One more", "roleId": (await eve.component())["id"]}
    assert (await eve.post("/api/presets", one_more)).status_code == 402
    await buy(eve, shop)
    bought = await billing_of(eve)
    assert (bought["source"], bought["status"], bought["limits"]["maxPresets"]) == ("bought", "active", None)
    assert bought["hasPortal"]
    assert bought["endsAt"] is None, "it renews"
    assert (await eve.post("/api/presets", one_more)).status_code == 201
    assert (await billing_of(eve))["counts"] == {"components": 6, "presets": 6}


async def test_it_is_cancelled_to_the_day_and_nothing_is_deleted(shop: Shop, eve: Person):
    await buy(eve, shop)
    for _ in range(25):
        await eve.preset("More", role="You tutor.")
    portal = (await eve.post("/api/billing/portal")).json()["url"]
    token = parse_qs(urlsplit(portal).query)["customer_session_token"][0]
    organization = shop.peer.organization
    (subscription,) = organization.subscriptions_of(organization.customer_of(eve.id))
    action = f"{shop.peer.address}/portal/subscriptions/{subscription.id}?customer_session_token={token}"
    for act, cancels in (("cancel", True), ("uncancel", False), ("cancel", True)):
        async with httpx2.AsyncClient() as browser:
            assert (await browser.post(action, data={"act": act})).status_code == 303
        assert await until(lambda cancels=cancels: has(eve, cancelAtPeriodEnd=cancels, plan="pro"))
    cancelled = await billing_of(eve)
    assert cancelled["endsAt"] == cancelled["period"]["end"], "to the day, no longer"
    shop.peer.advance(timedelta(days=32))
    assert await until(lambda: has(eve, plan="free", status="cancelled"))
    over = await billing_of(eve)
    assert (over["counts"], over["limits"]["maxPresets"]) == ({"components": 25, "presets": 25}, 5)
    assert (over["period"], over["source"], over["cancelAtPeriodEnd"]) == (None, None, False)
    preset = (await eve.get("/api/presets")).json()["items"][0]
    assert preset["role"]["content"] == "You tutor."
    assert (await eve.patch(f"/api/presets/{preset['id']}", {"name": "Still mine"})).status_code == 200
    refused = await eve.post("/api/components", {"type": "role", "name": "New", "content": "No."})
    assert (refused.status_code, refused.json()["code"]) == (402, "payment_required:component")
    assert (await eve.delete(f"/api/presets/{preset['id']}")).status_code == 204
    await buy(eve, shop, "Business")
    assert (await billing_of(eve))["limits"]["tokensPerMonth"] == 2_000_000


async def test_a_payment_that_fails_is_told_with_its_day_of_grace(shop: Shop, eve: Person):
    await buy(eve, shop)
    organization = shop.peer.organization
    organization.customer_of(eve.id).card_works = False
    shop.peer.advance(timedelta(days=32))
    assert await until(lambda: has(eve, plan="pro", status="past_due"))
    late = await billing_of(eve)
    (subscription,) = organization.subscriptions_of(organization.customer_of(eve.id))
    assert late["pastDue"]["since"] == subscription.past_due_at.isoformat().replace("+00:00", "Z")
    assert late["pastDue"]["until"] == late["endsAt"]
    assert late["endsAt"] == (subscription.past_due_at + timedelta(days=21)).isoformat().replace("+00:00", "Z")
    shop.peer.lifecycle.change_card(organization.customer_of(eve.id), works=True)
    assert await until(lambda: has(eve, plan="pro", status="active", pastDue=None, endsAt=None))


async def test_what_is_asked_of_the_seller_is_what_its_sdk_would_ask(shop: Shop, eve: Person):
    before = len(shop.peer.received)
    await buy(eve, shop)
    await eve.post("/api/billing/portal")
    asked = [each for each in shop.peer.received[before:] if each.method == "POST" and eve.id.encode() in each.body]
    for each in asked:
        deserialize(json.loads(each.body), INPUTS[each.path])
    customer, checkout = (json.loads(each.body) for each in asked)
    assert customer == {"external_id": eve.id, "email": eve.email}
    assert checkout == {
        "products": [each.id for each in shop.peer.organization.products.values() if each.plan == "pro"],
        "customer_id": shop.peer.organization.customer_of(eve.id).id,
        "success_url": f"{shop.address}/plan?checkout_id={{CHECKOUT_ID}}",
        "return_url": f"{shop.address}/plan",
        "metadata": {"userId": eve.id},
    }
    paths = [each.path for each in shop.peer.received[before:] if each.method == "POST"]
    assert "/v1/customer-sessions/" in paths


async def test_two_clicks_make_one_customer(shop: Shop, eve: Person, database: Database):
    urls = await asyncio.gather(*(check_out(eve) for _ in range(5)))
    assert len(set(urls)) == 5
    customer = shop.peer.organization.customer_of(eve.id)
    assert (await row(database, eve.id))["polarCustomerId"] == customer.id
    assert await has(eve, plan="free", status="active", source=None, hasPortal=False), "nothing is paid yet"


async def test_who_has_a_plan_goes_to_the_portal(shop: Shop, eve: Person, database: Database):
    await buy(eve, shop)
    refused = await eve.post("/api/billing/checkout", {"plan": "business"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict:billing")
    assert "portal" in refused.json()["detail"]
    async with Person(shop.address, database) as given:
        await given.register()
        await given.subscribe("pro")
        billing = await billing_of(given)
        assert (billing["plan"], billing["source"], billing["hasPortal"]) == ("pro", "given", False)
        assert (await given.post("/api/billing/checkout", {"plan": "pro"})).status_code == 409
        refused = await given.post("/api/billing/portal")
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found:billing")


async def test_a_purchase_that_nobody_told_us_of_is_found_by_asking(shop: Shop, eve: Person, database: Database):
    """The buyer comes back to the page, and the event is lost."""
    url = await check_out(eve)
    shop.peer.deliverer.faults.drop = 1.0
    try:
        back = await pay(url, shop.product().id)
    finally:
        shop.peer.deliverer.faults.drop = 0.0
    assert back.startswith(f"{shop.address}/plan?checkout_id=")
    assert await has(eve, plan="free")
    # Another checkout: the seller knows that there is a subscription.
    assert (await eve.post("/api/billing/checkout", {"plan": "pro"})).status_code == 409
    before = len(shop.peer.received)
    answers = await asyncio.gather(*(eve.post("/api/billing/refresh") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {204}
    assert await has(eve, plan="pro", source="bought")
    assert len(shop.peer.received) - before == 1, "five times asked within two seconds is asked once"
    async with Person(shop.address, database) as other:
        await other.register()
        assert (await other.post("/api/billing/refresh")).status_code == 204
        assert await has(other, plan="free"), "it is not theirs"


async def test_a_customer_that_the_seller_deleted_is_made_anew(shop: Shop, eve: Person, database: Database):
    await check_out(eve)
    first = shop.peer.organization.customer_of(eve.id)
    shop.peer.deliverer.faults.drop = 1.0
    shop.peer.lifecycle.delete_customer(first)
    shop.peer.deliverer.faults.drop = 0.0
    await buy(eve, shop)
    second = shop.peer.organization.customer_of(eve.id)
    assert second.id != first.id
    assert (await row(database, eve.id))["polarCustomerId"] == second.id
