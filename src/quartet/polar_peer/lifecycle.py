"""What happens to a subscription, and which events Polar raises for it, in its order.

Sequences: Polar's docs/integrate/webhooks/events.mdx and server/polar/subscription/service.py. Where they differ, the
code is followed: an end at the period's end raises `canceled` a second time.
"""

from datetime import datetime, timedelta
from typing import Literal

from quartet.polar_peer import rendering
from quartet.polar_peer.clock import add_months
from quartet.polar_peer.organization import NotAllowed, Organization
from quartet.polar_peer.records import Checkout, Customer, Order, Product, Subscription, new_id

Reason = Literal["subscription_create", "subscription_cycle", "subscription_update"]

# After the first failure; the last one ends the subscription.
_CHARGES_AGAIN_AFTER = (timedelta(days=2), timedelta(days=7), timedelta(days=14), timedelta(days=21))


class Lifecycle:
    def __init__(self, organization: Organization) -> None:
        self._organization = organization

    def pay(self, checkout: Checkout, product_id: str) -> Subscription:
        """Complete a checkout; raises `NotAllowed` when it is not open, or its customer has a subscription by now."""
        organization = self._organization
        if checkout.status != "open":
            raise NotAllowed("NotOpenCheckout", "Checkout is not open.")
        customer = organization.present_customer("customer_id", checkout.customer_id)
        organization.ensure_free(customer)
        subscription = self._begin(checkout, product_id)
        checkout.status, checkout.subscription_id = "succeeded", subscription.id
        checkout.modified_at = organization.clock.stamp()
        organization.tell("checkout.updated", organization.render_checkout(checkout))
        self._tell(subscription, "created")
        self._tell(subscription, "active")
        self._charge(subscription, "subscription_create")
        self._tell_state(subscription)
        return subscription

    def cancel(self, subscription: Subscription) -> None:
        """End it at the end of the period: until then it stays `active`. Raises `NotAllowed`."""
        self._ensure_running(subscription)
        if subscription.cancel_at_period_end:
            raise NotAllowed("AlreadyCanceledSubscription", "This subscription is already canceled.")
        now = self._stamp(subscription)
        subscription.cancel_at_period_end = True
        subscription.canceled_at, subscription.ends_at = now, subscription.period_end
        self._tell_changed(subscription, "canceled")

    def uncancel(self, subscription: Subscription) -> None:
        self._ensure_running(subscription)
        self._stamp(subscription)
        subscription.cancel_at_period_end = False
        subscription.canceled_at = subscription.ends_at = None
        self._tell_changed(subscription, "uncanceled")

    def revoke(self, subscription: Subscription) -> None:
        """End it now. Raises `NotAllowed`."""
        self._ensure_running(subscription)
        self._end(subscription, "canceled")

    def change(self, subscription: Subscription, product: Product, *, reset: bool = False) -> None:
        """Change the plan: `updated` is all that tells of it. `reset`, or another interval, begins a new period."""
        self._ensure_running(subscription)
        before = self._organization.products[subscription.product_id]
        now = self._stamp(subscription)
        subscription.product_id = product.id
        if reset or product.interval != before.interval:
            subscription.period_start = now
            subscription.period_end = add_months(now, product.months, now.day)
        self._tell_changed(subscription)
        self._charge(subscription, "subscription_update")

    def pause(self, subscription: Subscription) -> None:
        """Pause it at the end of the period. Raises `NotAllowed`."""
        self._ensure_running(subscription)
        self._stamp(subscription)
        subscription.pause_at_period_end = True
        self._tell_changed(subscription)

    def resume(self, subscription: Subscription) -> None:
        """Go on with a paused one, in a new period."""
        if subscription.status != "paused":
            raise NotAllowed("InactiveSubscription", "This subscription is not paused.")
        now = self._stamp(subscription)
        subscription.status, subscription.paused_at, subscription.pause_at_period_end = "active", None, False
        self._next_period(subscription, now)
        self._tell_changed(subscription, "resumed")
        self._charge(subscription, "subscription_cycle")

    def change_card(self, customer: Customer, *, works: bool) -> None:
        """Give a customer another card; what is past due is charged to it at once."""
        customer.card_works = works
        for subscription in self._organization.subscriptions_of(customer):
            if works and subscription.status == "past_due":
                self._charge_again(subscription)

    def delete_customer(self, customer: Customer) -> None:
        """Delete a customer; whatever runs ends at once."""
        for subscription in self._organization.subscriptions_of(customer):
            if subscription.is_billable or subscription.status == "paused":
                self._end(subscription, "canceled")
        customer.deleted_at = customer.modified_at = self._organization.clock.stamp()
        self._organization.tell("customer.deleted", rendering.customer(customer))

    def run_due(self) -> None:
        """Do what the clock has brought, in the order of time."""
        clock = self._organization.clock
        now = clock.now()
        while due := self._next_due(now):
            self._run(due)

    def pass_time(self, to: datetime) -> None:
        """Push the clock forward, doing at each moment what is due then."""
        clock = self._organization.clock
        while due := self._next_due(to):
            clock.push_to(_due_at(due) or to)
            self._run(due)
        clock.push_to(to)

    def _next_due(self, until: datetime) -> Subscription | None:
        due = [
            (at, each) for each in self._organization.subscriptions.values() if (at := _due_at(each)) and at <= until
        ]
        return min(due, key=lambda pair: (pair[0], pair[1].id))[1] if due else None

    def _run(self, subscription: Subscription) -> None:
        if subscription.status == "past_due":
            self._charge_again(subscription)
        elif subscription.cancel_at_period_end:
            self._end(subscription, "canceled")
        elif subscription.pause_at_period_end:
            now = self._stamp(subscription)
            subscription.status, subscription.paused_at = "paused", now
            self._tell_changed(subscription, "paused")
        else:
            self._renew(subscription)

    def _renew(self, subscription: Subscription) -> None:
        """Begin the next period first; only then is it charged."""
        subscription.status = "active"
        self._next_period(subscription, subscription.period_end)
        self._stamp(subscription)
        self._tell(subscription, "cycled")
        self._tell_changed(subscription)
        if not self._charge(subscription, "subscription_cycle"):
            now = self._stamp(subscription)
            subscription.status, subscription.past_due_at = "past_due", now
            subscription.charges_at = [now + wait for wait in _CHARGES_AGAIN_AFTER]
            self._tell_changed(subscription, "past_due")

    def _charge_again(self, subscription: Subscription) -> None:
        subscription.charges_at.pop(0)
        if self._organization.customers[subscription.customer_id].card_works:
            self._stamp(subscription)
            subscription.status, subscription.past_due_at, subscription.charges_at = "active", None, []
            self._tell_changed(subscription, "active")
            self._settle_orders(subscription)
        elif not subscription.charges_at:
            self._end(subscription, "unpaid")

    def _end(self, subscription: Subscription, status: Literal["canceled", "unpaid"]) -> None:
        now = self._stamp(subscription)
        subscription.status = status
        subscription.ended_at = subscription.ends_at = now
        subscription.canceled_at = subscription.canceled_at or now
        subscription.charges_at = []
        self._tell(subscription, "updated")
        self._tell(subscription, "canceled")
        self._tell(subscription, "revoked")
        self._tell_state(subscription)

    def _begin(self, checkout: Checkout, product_id: str) -> Subscription:
        product = self._organization.products[product_id]
        now = self._organization.clock.stamp()
        trial_end = now + timedelta(days=product.trial_days) if product.trial_days else None
        subscription = Subscription(
            id=new_id(),
            customer_id=checkout.customer_id,
            product_id=product_id,
            checkout_id=checkout.id,
            metadata=dict(checkout.metadata),
            created_at=now,
            period_start=now,
            period_end=trial_end or add_months(now, product.months, now.day),
            status="trialing" if trial_end else "active",
            started_at=now,
            trial_end=trial_end,
        )
        self._organization.subscriptions[subscription.id] = subscription
        return subscription

    def _next_period(self, subscription: Subscription, start: datetime) -> None:
        months = self._organization.products[subscription.product_id].months
        subscription.period_start = start
        subscription.period_end = add_months(start, months, start.day)

    def _charge(self, subscription: Subscription, reason: Reason) -> bool:
        """Make an order and pay it, where the card works and nothing is on trial."""
        organization = self._organization
        number = f"PEER-{len(organization.orders) + 1:04}"
        product = organization.products[subscription.product_id]
        order = Order(new_id(), number, subscription, product, reason, organization.clock.stamp())
        organization.orders.append(order)
        customer = organization.customers[subscription.customer_id]
        organization.tell("order.created", rendering.order(order, customer))
        # The first payment is made in the checkout: without it there would be no subscription.
        if customer.card_works or reason != "subscription_cycle":
            self._settle_orders(subscription)
            return True
        return False

    def _settle_orders(self, subscription: Subscription) -> None:
        organization = self._organization
        for order in organization.orders:
            if order.subscription is subscription and order.status == "pending":
                order.status, order.modified_at = "paid", organization.clock.stamp()
                shown = rendering.order(order, organization.customers[subscription.customer_id])
                organization.tell("order.updated", shown)
                organization.tell("order.paid", shown)

    def _stamp(self, subscription: Subscription) -> datetime:
        subscription.modified_at = self._organization.clock.stamp()
        return subscription.modified_at

    def _ensure_running(self, subscription: Subscription) -> None:
        if not subscription.is_billable:
            raise NotAllowed("AlreadyCanceledSubscription", "This subscription is not active.")

    def _tell_changed(self, subscription: Subscription, also: str | None = None) -> None:
        self._tell(subscription, "updated")
        if also:
            self._tell(subscription, also)
        self._tell_state(subscription)

    def _tell(self, subscription: Subscription, what: str) -> None:
        self._organization.tell(f"subscription.{what}", self._organization.render_subscription(subscription))

    def _tell_state(self, subscription: Subscription) -> None:
        customer = self._organization.customers[subscription.customer_id]
        self._organization.tell("customer.state_changed", self._organization.state(customer))


def _due_at(subscription: Subscription) -> datetime | None:
    if subscription.status == "past_due":
        return subscription.charges_at[0]
    return subscription.period_end if subscription.status in {"active", "trialing"} else None
