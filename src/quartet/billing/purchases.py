"""Buying a plan and managing it. Nothing is held while Polar is asked: no transaction, no connection."""

import logging

from quartet.accounts.current import CurrentUser
from quartet.billing import customers, plans, subscriptions
from quartet.billing.customers import Disputed
from quartet.billing.errors import (
    CustomerTaken,
    GuestsCannotBuy,
    NothingBought,
    NothingSold,
    PlanHeld,
    SellerAway,
)
from quartet.billing.plans import PlanName
from quartet.billing.polar import Checkout, Polar, Refused
from quartet.billing.shop import Shop
from quartet.core.database import Database

_log = logging.getLogger(__name__)

# Polar puts the id of the checkout in its place.
_BACK = "?checkout_id={CHECKOUT_ID}"


async def check_out(database: Database, shop: Shop, user: CurrentUser, plan: PlanName, page: str) -> str:
    """Return the address of Polar's page to pay on; Polar leads back to `page`, an address of ours.

    Raises `NothingSold`, `GuestsCannotBuy`, `PlanHeld`, `CustomerTaken` or `SellerAway`.
    """
    polar, products = shop.counter(plan)
    if user.is_guest:
        raise GuestsCannotBuy
    async with database.transaction(user.id) as tx:
        if (await plans.current(tx, user.id)).name != "free":
            raise PlanHeld
        known = await customers.current(tx, user.id)
    if known:
        try:
            return await _check_out(database, polar, Checkout(user.id, known, products, page + _BACK, page))
        except Refused:
            # Deleted at Polar, or another organization's: it will buy nothing any more.
            async with database.system() as tx:
                await customers.forget(tx, known)
    customer = await _new_customer(database, polar, user)
    return await _check_out(database, polar, Checkout(user.id, customer, products, page + _BACK, page))


async def open_portal(database: Database, shop: Shop, user: CurrentUser, page: str) -> str:
    """Return the address of the customer's own page at Polar. Raises `NothingSold`, `NothingBought`, `SellerAway`."""
    if shop.polar is None:
        raise NothingSold
    async with database.transaction(user.id) as tx:
        bought = (await plans.current(tx, user.id)).bought
    if bought is None or bought.subscription_id is None:
        raise NothingBought
    try:
        return await shop.polar.create_portal(bought.customer_id, page)
    except Refused:
        raise NothingBought from None


async def _check_out(database: Database, polar: Polar, checkout: Checkout) -> str:
    """Make a checkout; raises `Refused` only for a customer that Polar does not know."""
    try:
        return await polar.create_checkout(checkout)
    except Refused as refused:
        if "customer_id" in refused.fields:
            raise
        if refused.error == "AlreadyActiveSubscriptionError":
            # Polar knows more than we do: an event is late or lost.
            async with database.system() as tx:
                await customers.hint(tx, checkout.customer_id)
            raise PlanHeld from None
        _log.error("Polar takes no checkout: %s", refused)
        raise SellerAway from None


async def _new_customer(database: Database, polar: Polar, user: CurrentUser) -> str:
    """Make the user's customer before the first checkout.

    Left to the checkout, Polar would look the customer up by whatever e-mail is typed there, and give the purchase to
    whoever has that address.
    """
    try:
        customer = await polar.create_customer(user.id, user.email)
        async with database.system() as tx:
            await subscriptions.begin(tx, user.id, customer)
    except (Refused, Disputed):
        raise CustomerTaken from None
    return customer
