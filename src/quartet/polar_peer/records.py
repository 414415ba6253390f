"""What the peer keeps, in memory and in Polar's words."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import uuid4

Interval = Literal["month", "year"]

ORGANIZATION_ID = "1dbfc517-0bbf-4301-9ba8-555ca42b9737"


def new_id() -> str:
    return str(uuid4())


def new_token(kind: str) -> str:
    return f"polar_{kind}_{secrets.token_urlsafe(24)}"


@dataclass(slots=True)
class Product:
    """`amount` in cents. `plan` goes into the metadata, as a seller would set it."""

    id: str
    name: str
    plan: str | None
    amount: int
    interval: Interval
    created_at: datetime
    trial_days: int = 0
    currency: str = "usd"

    @property
    def months(self) -> int:
        return 12 if self.interval == "year" else 1


@dataclass(slots=True)
class Customer:
    """`card_works`: whether the next charge succeeds."""

    id: str
    email: str
    external_id: str | None
    created_at: datetime
    name: str | None = None
    metadata: dict[str, str | int | float | bool] = field(default_factory=dict)
    modified_at: datetime | None = None
    deleted_at: datetime | None = None
    card_works: bool = True


@dataclass(slots=True)
class Checkout:
    id: str
    client_secret: str
    customer_id: str
    product_ids: list[str]
    success_url: str | None
    return_url: str | None
    metadata: dict[str, str | int | float | bool]
    created_at: datetime
    expires_at: datetime
    status: Literal["open", "expired", "succeeded"] = "open"
    subscription_id: str | None = None
    modified_at: datetime | None = None


@dataclass(slots=True)
class Subscription:
    """`charges_at`: when a failed payment is tried again."""

    id: str
    customer_id: str
    product_id: str
    checkout_id: str | None
    metadata: dict[str, str | int | float | bool]
    created_at: datetime
    period_start: datetime
    period_end: datetime
    status: str = "incomplete"
    modified_at: datetime | None = None
    started_at: datetime | None = None
    trial_end: datetime | None = None
    cancel_at_period_end: bool = False
    canceled_at: datetime | None = None
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    past_due_at: datetime | None = None
    pause_at_period_end: bool = False
    paused_at: datetime | None = None
    charges_at: list[datetime] = field(default_factory=list)

    @property
    def is_billable(self) -> bool:
        """Polar's word for those that stand in the way of another checkout."""
        return self.status in {"trialing", "active", "past_due"}


@dataclass(slots=True)
class Order:
    id: str
    number: str
    subscription: Subscription
    product: Product
    billing_reason: Literal["subscription_create", "subscription_cycle", "subscription_update"]
    created_at: datetime
    status: Literal["pending", "paid"] = "pending"
    modified_at: datetime | None = None


@dataclass(slots=True)
class PortalSession:
    id: str
    token: str
    customer_id: str
    return_url: str | None
    created_at: datetime
    expires_at: datetime
