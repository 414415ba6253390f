"""What is sold here: the plans that have a product at Polar, with their prices as Polar last told them."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from quartet.billing.errors import NothingSold, SellerAway
from quartet.billing.models import LimitsView, Offer, Price
from quartet.billing.plans import PLANS, PlanName
from quartet.billing.polar import Polar, Refused
from quartet.billing.subscriptions import Products, plan_of
from quartet.settings import PolarSettings

_AGAIN_SECONDS = 600
_SOON_SECONDS = 20

_log = logging.getLogger(__name__)


class Shop:
    """One for a process. Without a token and products nothing is sold; what was bought still counts."""

    def __init__(self, settings: PolarSettings) -> None:
        token = settings.access_token
        self.polar = Polar(token, settings.base_url) if token else None
        self.products: Products = settings.products
        self.webhook_secret = settings.webhook_secret
        self._prices: dict[PlanName, list[Price]] = {}

    @property
    def is_open(self) -> bool:
        return self.polar is not None and bool(self.products)

    def counter(self, plan: PlanName) -> tuple[Polar, list[str]]:
        """Return whom to buy a plan from, and its products; raises `NothingSold`."""
        ids = [id_ for id_, name in self.products.items() if name == plan]
        if self.polar is None or not ids:
            raise NothingSold
        return self.polar, ids

    def offers(self) -> list[Offer]:
        """Every plan, the smallest first; those that cannot be bought here say so."""
        sold = set(self.products.values()) if self.is_open else set()
        return [
            Offer(plan=name, limits=LimitsView.of(limits), is_for_sale=name in sold, prices=self._prices.get(name, []))
            for name, limits in PLANS.items()
        ]

    async def keep_priced(self) -> None:
        """Ask Polar for the prices now and every ten minutes, until cancelled; without an answer, again soon."""
        while self.polar and self.products:
            try:
                told = await self.polar.products(self.products)
            except (SellerAway, Refused):
                await asyncio.sleep(_SOON_SECONDS)
                continue
            self._prices = _prices(told, self.products)
            await asyncio.sleep(_AGAIN_SECONDS)

    async def close(self) -> None:
        if self.polar:
            await self.polar.close()


def _prices(told: list[dict[str, Any]], products: Products) -> dict[PlanName, list[Price]]:
    found: dict[PlanName, list[Price]] = {}
    for product in told:
        plan = plan_of(str(product.get("id")), None, products)
        if plan is None or product.get("is_archived"):
            continue
        prices = [price for each in product.get("prices", []) if (price := _price(product, each))]
        found.setdefault(plan, []).extend(prices)
    return {plan: sorted(prices, key=lambda price: price.amount) for plan, prices in found.items()}


def _price(product: Mapping[str, Any], price: Mapping[str, Any]) -> Price | None:
    """Read a fixed price by month or year; the other kinds have no one figure to show."""
    amount, currency, interval = (
        price.get("price_amount"),
        price.get("price_currency"),
        product.get("recurring_interval"),
    )
    if price.get("is_archived") or not isinstance(amount, int) or not isinstance(currency, str):
        return None
    if interval not in {"month", "year"}:
        return None
    return Price(
        amount=amount,
        currency=currency,
        interval=interval,
        interval_count=product.get("recurring_interval_count") or 1,
    )
