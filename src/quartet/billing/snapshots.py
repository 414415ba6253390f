"""What we read of Polar's JSON: the dozen members that matter, and nothing else of it is required. Pure.

Polar's own SDK refuses a whole event for one unknown enum value; a status that Polar invents must not cost an event.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError

from quartet.core.wire import Text


def _naive_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _members(value: object) -> object:
    return value if isinstance(value, dict) else {}


Moment = Annotated[datetime, AfterValidator(_naive_utc)]
"""Naive UTC, as the database keeps it."""

_Metadata = Annotated[dict[str, Any], BeforeValidator(_members)]


class _Read(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class CustomerRef(_Read):
    id: Text | None = None
    external_id: Text | None = None


class ProductRef(_Read):
    name: Text | None = None
    metadata: _Metadata = {}


class Snapshot(_Read):
    """One of Polar's subscriptions as it was when Polar last changed it."""

    id: Text
    status: Text
    customer_id: Text
    product_id: Text
    created_at: Moment
    modified_at: Moment | None = None
    current_period_start: Moment | None = None
    current_period_end: Moment | None = None
    cancel_at_period_end: bool = False
    past_due_at: Moment | None = None
    metadata: _Metadata = {}
    customer: CustomerRef | None = None
    product: ProductRef | None = None

    @property
    def changed_at(self) -> datetime:
        return self.modified_at or self.created_at

    @property
    def product_plan(self) -> str | None:
        """What the product itself says it is, in its metadata."""
        plan = self.product.metadata.get("plan") if self.product else None
        return plan if isinstance(plan, str) else None

    def claims(self) -> list[str]:
        """Return whose subscription this says it is: our own mark from the checkout, then the customer's."""
        marks = [self.metadata.get("userId"), self.customer.external_id if self.customer else None]
        return [mark for mark in marks if isinstance(mark, str) and mark]


class Event(_Read):
    type: Text
    timestamp: Moment | None = None
    data: Annotated[dict[str, Any], BeforeValidator(_members)] = {}


def read_event(body: bytes) -> Event | None:
    """Read what an event says of itself; None for what is no event at all."""
    try:
        return Event.model_validate(json.loads(body))
    except (ValueError, RecursionError):  # pydantic's ValidationError is a ValueError too
        return None


def read_snapshot(data: Mapping[str, Any]) -> Snapshot | None:
    """Read a subscription; None when what we need is not there."""
    try:
        return Snapshot.model_validate(data)
    except ValidationError:
        return None
