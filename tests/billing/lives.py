"""Random lives of customers at the seller, with the events they raise and the row they should end in."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from quartet.polar_peer.clock import Clock
from quartet.polar_peer.events import Event
from quartet.polar_peer.lifecycle import Lifecycle
from quartet.polar_peer.organization import NotAllowed, Organization
from quartet.polar_peer.peer import products_for_sale
from quartet.polar_peer.records import Customer, Product, Subscription

BEGIN = datetime(2026, 1, 31, 9, tzinfo=UTC)
KNOWN = products_for_sale(Clock(lambda: BEGIN))
# Two that no table of ours names: one says what it is, the other does not.
SAYS_PRO = Product(
    "11111111-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "Pro, tried first", "pro", 2000, "month", BEGIN, trial_days=14
)
SAYS_NOTHING = Product("22222222-aaaa-4aaa-8aaa-aaaaaaaaaaaa", "A mug", None, 900, "month", BEGIN)
PRODUCTS = [*KNOWN, SAYS_PRO, SAYS_NOTHING]
PLANS = {each.id: each.plan for each in KNOWN}

_RANK = {"free": 0, "pro": 1, "business": 2}


@dataclass
class Life:
    """One user as the seller's customer, in an organization of its own."""

    user_id: str
    chance: random.Random
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.organization = Organization(PRODUCTS, Clock(lambda: BEGIN), self._keep)
        self.lifecycle = Lifecycle(self.organization)
        self.customer = self.organization.create_customer(f"{self.user_id}@example.com", self.user_id)

    def live(self) -> None:
        """Buy one to three times; change, cancel, pause, fail to pay; let time pass in between."""
        for _ in range(self.chance.randint(1, 3)):
            self._buy()
            for _ in range(self.chance.randint(0, 6)):
                self._pass()
                self._do_something()
            if running := self._running():
                self._try(self.chance.choice([self.lifecycle.revoke, self.lifecycle.cancel]), running)
                self._pass(days=40)
        if self.chance.random() < 0.05:
            self.lifecycle.delete_customer(self.customer)
        elif self.chance.random() < 0.7:
            self._buy()

    def expected(self) -> dict[str, Any] | None:
        """The row by the table in Polar's words, written down a second time."""
        held = [each for each in self.organization.subscriptions.values() if each.status != "incomplete"]
        if not held:
            return None
        best = max(held, key=lambda each: (self._is_paid(each), _RANK[self._plan(each)], each.created_at))
        status = {"past_due": "past_due"}.get(best.status, "active") if self._is_paid(best) else "cancelled"
        return {
            "plan": self._plan(best),
            "status": status,
            "polarCustomerId": self.customer.id,
            "polarSubscriptionId": best.id,
            "currentPeriodStart": best.period_start.replace(tzinfo=None),
            "currentPeriodEnd": best.period_end.replace(tzinfo=None),
            "cancelAtPeriodEnd": best.cancel_at_period_end and status != "cancelled",
        }

    def _keep(self, event: Event) -> None:
        if event.type.startswith(("subscription.", "customer.")):
            self.events.append(event)

    def _buy(self) -> None:
        if any(each.is_billable for each in self.organization.subscriptions_of(self.customer)):
            return
        marked = {"userId": self.user_id} if self.chance.random() < 0.8 else {}
        product = self.chance.choice(PRODUCTS)
        checkout = self.organization.new_checkout(self.customer.id, [product.id], marked)
        self.lifecycle.pay(checkout, product.id)

    def _do_something(self) -> None:
        running = self._running()
        if running is None:
            return
        self._try(
            self.chance.choice(
                [
                    self.lifecycle.cancel,
                    self.lifecycle.uncancel,
                    self.lifecycle.pause,
                    self.lifecycle.resume,
                    self._change_plan,
                    self._change_card,
                ]
            ),
            running,
        )

    def _try(self, act: Callable[[Subscription], None], subscription: Subscription) -> None:
        try:
            act(subscription)
        except NotAllowed:
            return  # the seller refuses it: nothing happened, and no event was raised

    def _change_plan(self, subscription: Subscription) -> None:
        self.lifecycle.change(subscription, self.chance.choice(KNOWN), reset=self.chance.random() < 0.3)

    def _change_card(self, _: Subscription) -> None:
        self.lifecycle.change_card(self.customer, works=self.chance.random() < 0.5)

    def _running(self) -> Subscription | None:
        held = self.organization.subscriptions_of(self.customer)
        return next((each for each in held if each.is_billable or each.status == "paused"), None)

    def _pass(self, days: int = 0) -> None:
        clock = self.organization.clock
        self.lifecycle.pass_time(clock.now() + timedelta(days=days or self.chance.choice([0, 0, 3, 10, 31]), minutes=1))

    def _is_paid(self, subscription: Subscription) -> bool:
        return subscription.status in {"active", "trialing", "past_due"}

    def _plan(self, subscription: Subscription) -> str:
        if not self._is_paid(subscription):
            return "free"
        return PLANS.get(subscription.product_id) or ("pro" if subscription.product_id == SAYS_PRO.id else "free")


def joined(lives: list[Life], organization: Organization) -> None:
    """Put what all these customers have into one organization, for its API to list."""
    for life in lives:
        customers: dict[str, Customer] = life.organization.customers
        organization.customers |= customers
        organization.subscriptions |= life.organization.subscriptions
    organization.products |= {each.id: each for each in PRODUCTS}
