"""That the plan changed is written down where it changes: with the event, or with what the seller was asked."""

from typing import Any

from auditing import entries
from billing.buying import buy, has
from billing.selling import Shop, a_peer, selling
from conftest import a_settings
from people import Person, until
from quartet.billing import shop as shops
from quartet.billing.reconciling import reconcile
from quartet.core.database import Database


async def changes(buyer: Person) -> list[tuple[dict[str, Any], object]]:
    """What changed and from where, the oldest first."""
    noted = [entry for entry in await entries(buyer) if entry["action"] == "plan.changed"]
    return [(entry["details"], entry["address"]) for entry in reversed(noted)]


async def test_a_plan_that_was_bought_changed_and_ended(shop: Shop, eve: Person):
    await buy(eve, shop)
    organization, lifecycle = shop.peer.organization, shop.peer.lifecycle
    customer = next(each for each in organization.customers.values() if each.external_id == eve.id)
    (subscription,) = organization.subscriptions_of(customer)
    lifecycle.change(subscription, shop.product("Business"))
    await until(lambda: has(eve, plan="business"))
    lifecycle.cancel(subscription)
    await until(lambda: has(eve, cancelAtPeriodEnd=True))
    lifecycle.revoke(subscription)
    await until(lambda: has(eve, plan="free"))
    assert await changes(eve) == [
        ({"plan": "pro", "before": "free"}, None),
        ({"plan": "business", "before": "pro"}, None),
        ({"plan": "free", "before": "business"}, None),
    ], "once each, and by the server itself"


async def test_a_plan_whose_events_were_lost(bob: Person, database_url: str, database: Database):
    async with a_peer() as peer:  # its events reach nobody
        customer = peer.organization.create_customer(bob.email, bob.id)
        product = next(each for each in peer.organization.products.values() if each.name == "Pro")
        checkout = peer.organization.new_checkout(customer.id, [product.id], {"userId": bob.id})
        peer.lifecycle.pay(checkout, product.id)
        seller = shops.Shop(selling(a_settings(database_url), peer).polar)
        try:
            for _ in range(2):
                await reconcile(database, seller)
        finally:
            await seller.close()
    assert await changes(bob) == [({"plan": "pro", "before": "free"}, None)]
