"""The seller's organization: products, customers, checkouts and portal sessions."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from quartet.polar_peer import checkout_rendering, rendering
from quartet.polar_peer.clock import Clock
from quartet.polar_peer.events import Event, raised
from quartet.polar_peer.records import (
    Checkout,
    Customer,
    Order,
    PortalSession,
    Product,
    Subscription,
    new_id,
    new_token,
)
from quartet.polar_peer.rendering import Json

_CHECKOUT_LASTS = timedelta(hours=1)
_SESSION_LASTS = timedelta(hours=1)

Record = TypeVar("Record", Checkout, Customer, PortalSession, Product, Subscription)


class NotFound(Exception):
    """There is no such record."""


class Invalid(Exception):
    """A field that breaks a rule of the seller's, as its API says it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class NotAllowed(Exception):
    """A refusal with a name, as `AlreadyActiveSubscriptionError`."""

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message


class Organization:
    """Keeps the records; every change raises its events into `emit`."""

    def __init__(self, products: Sequence[Product], clock: Clock, emit: Callable[[Event], None]) -> None:
        self.clock = clock
        self.products = {product.id: product for product in products}
        self.customers: dict[str, Customer] = {}
        self.checkouts: dict[str, Checkout] = {}
        self.sessions: dict[str, PortalSession] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.orders: list[Order] = []
        self._emit = emit

    def tell(self, type_: str, data: Json) -> None:
        self._emit(raised(type_, data, self.clock.stamp()))

    def create_customer(self, email: str, external_id: str | None, name: str | None = None) -> Customer:
        """Make a customer; address and external id are each of one customer. Raises `Invalid`."""
        for customer in self._present():
            if customer.email.lower() == email.lower():
                raise Invalid("email", "A customer with this email address already exists.")
            if external_id and customer.external_id == external_id:
                raise Invalid("external_id", "A customer with this external ID already exists.")
        made = Customer(new_id(), email, external_id, self.clock.stamp(), name)
        self.customers[made.id] = made
        self.tell("customer.created", rendering.customer(made))
        return made

    def customer_of(self, external_id: str) -> Customer:
        """Find by external id; raises `NotFound`."""
        found = next((each for each in self._present() if each.external_id == external_id), None)
        if found is None:
            raise NotFound
        return found

    def present_customer(self, field: str, id_: str) -> Customer:
        """Find a customer that a body names; raises `Invalid`."""
        found = self.customers.get(id_)
        if found is None or found.deleted_at:
            raise Invalid(field, "Customer does not exist.")
        return found

    def create_checkout(self, checkout: Checkout) -> Checkout:
        """Keep a checkout; raises `Invalid`, or `NotAllowed` for who has a subscription: Polar sells one at a time."""
        for id_ in checkout.product_ids:
            if id_ not in self.products:
                raise Invalid("products", "Product does not exist.")
        customer = self.present_customer("customer_id", checkout.customer_id)
        self.ensure_free(customer)
        self.checkouts[checkout.id] = checkout
        self.tell("checkout.created", self.render_checkout(checkout))
        return checkout

    def new_checkout(
        self,
        customer_id: str,
        product_ids: list[str],
        metadata: dict[str, str | int | float | bool],
        success_url: str | None = None,
        return_url: str | None = None,
    ) -> Checkout:
        now = self.clock.stamp()
        made = Checkout(
            id=new_id(),
            client_secret=new_token("c"),
            customer_id=customer_id,
            product_ids=product_ids,
            success_url=success_url,
            return_url=return_url,
            metadata=metadata,
            created_at=now,
            expires_at=now + _CHECKOUT_LASTS,
        )
        return self.create_checkout(made)

    def ensure_free(self, customer: Customer) -> None:
        if any(each.is_billable for each in self.subscriptions_of(customer)):
            raise NotAllowed("AlreadyActiveSubscriptionError", "You already have an active subscription.")

    def open_portal(self, customer: Customer, return_url: str | None) -> PortalSession:
        now = self.clock.stamp()
        session = PortalSession(new_id(), new_token("cst"), customer.id, return_url, now, now + _SESSION_LASTS)
        self.sessions[session.token] = session
        return session

    def session(self, token: str) -> PortalSession:
        """Find a portal session that has not expired; raises `NotFound`."""
        found = self.find(self.sessions, token)
        if found.expires_at < self.clock.now():
            raise NotFound
        return found

    def subscriptions_of(self, customer: Customer) -> list[Subscription]:
        return [each for each in self.subscriptions.values() if each.customer_id == customer.id]

    def find(self, records: dict[str, Record], id_: str) -> Record:
        try:
            return records[id_]
        except KeyError:
            raise NotFound from None

    def state(self, customer: Customer) -> Json:
        active = [
            (each, self.products[each.product_id])
            for each in self.subscriptions_of(customer)
            if each.status in {"active", "trialing"}
        ]
        return rendering.customer_state(customer, active)

    def render_subscription(self, subscription: Subscription) -> Json:
        owner = self.customers[subscription.customer_id]
        return rendering.subscription(subscription, owner, self.products[subscription.product_id])

    def render_checkout(self, checkout: Checkout, address: str = "") -> Json:
        products = [self.products[id_] for id_ in checkout.product_ids]
        return checkout_rendering.checkout(checkout, self.customers[checkout.customer_id], products, address)

    def _present(self) -> list[Customer]:
        return [each for each in self.customers.values() if each.deleted_at is None]
