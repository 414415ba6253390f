"""What the peer's API takes, as the API's description has it: unknown members are ignored, wrong types are not."""

from typing import Annotated

from pydantic import BaseModel, Field

Metadata = Annotated[dict[Annotated[str, Field(max_length=40)], str | int | float | bool], Field(max_length=50)]


class CustomerCreate(BaseModel):
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")
    external_id: str | None = None
    name: str | None = None
    metadata: Metadata = {}


class CheckoutCreate(BaseModel):
    products: list[str] = Field(min_length=1)
    customer_id: str | None = None
    external_customer_id: str | None = None
    success_url: str | None = None
    return_url: str | None = None
    metadata: Metadata = {}


class SessionCreate(BaseModel):
    customer_id: str | None = None
    external_customer_id: str | None = None
    return_url: str | None = None


class SubscriptionUpdate(BaseModel):
    product_id: str | None = None
    proration_behavior: str | None = None
    cancel_at_period_end: bool | None = None
