from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from quartet.accounts.models import Account
from quartet.billing.plans import Bought, Limits, PlanName, Status
from quartet.core.wire import Body, UtcTime, Wire


def utc(moment: datetime) -> datetime:
    """Say of a naive moment of the database what it is."""
    return moment.replace(tzinfo=UTC)


class SessionState(Wire):
    """Who is signed in, and with which plan; both null when nobody is."""

    user: Account | None
    plan: PlanName | None


class LimitsView(Wire):
    """What the plan allows; null is no limit."""

    max_components: int | None
    max_presets: int | None
    tokens_per_month: int
    providers: list[str]

    @classmethod
    def of(cls, limits: Limits) -> "LimitsView":
        return cls(
            max_components=limits.max_components,
            max_presets=limits.max_presets,
            tokens_per_month=limits.tokens_per_month,
            providers=sorted(limits.providers),
        )


class UsageView(Wire):
    """Tokens of the current month: settled, held by running answers, and the plan's limit."""

    period_start: UtcTime
    period_end: UtcTime
    used: int
    reserved: int
    limit: int


class Counts(Wire):
    """How many the user has, of what the plan limits."""

    components: int
    presets: int


class Price(Wire):
    """`amount` in the smallest unit of `currency` (cents), for every `intervalCount` months or years."""

    amount: int = Field(examples=[2000])
    currency: str = Field(examples=["usd"])
    interval: Literal["month", "year"]
    interval_count: int


class Offer(Wire):
    """A plan as it is offered here. `prices` is empty for the free plan, and while the seller cannot be asked."""

    plan: PlanName
    limits: LimitsView
    is_for_sale: bool
    prices: list[Price]


class PastDue(Wire):
    """A payment failed at `since`; the plan goes on until `until`, while the seller tries again."""

    since: UtcTime | None
    until: UtcTime | None


class PaidPeriod(Wire):
    """The period that was paid for. The month of tokens is `usage`'s: a yearly plan has one each month."""

    start: UtcTime | None
    end: UtcTime | None


class BillingView(Wire):
    """The plan, what it allows, what of it is used, and what else there is to have.

    `plan` is what counts now. `source` says where a plan other than free came from: bought, or given by whoever runs
    this server. `endsAt` is when it ends unless something happens: cancelled, or a payment that stays out.
    """

    plan: PlanName
    status: Status
    source: Literal["bought", "given"] | None
    limits: LimitsView
    counts: Counts
    usage: UsageView
    period: PaidPeriod | None
    cancel_at_period_end: bool
    ends_at: UtcTime | None
    past_due: PastDue | None
    has_portal: bool = Field(description="Whether there is something to manage in the customer portal.")
    is_configured: bool = Field(description="Whether plans are sold here at all.")
    offers: list[Offer]


class CheckoutBody(Body):
    plan: Literal["pro", "business"] = Field(examples=["pro"])


class Elsewhere(Wire):
    """Where to send the browser."""

    url: str = Field(examples=["https://polar.sh/checkout/polar_c_8V0mOVyNG3SYy4Ff"])


class DayUsage(Wire):
    """A day (UTC). `used` counts against the month, `local` is what the local model said."""

    date: date
    used: int
    local: int


class ModelUsage(Wire):
    """`isMetered`: these tokens count against the month."""

    provider: str
    model: str
    answers: int
    input_tokens: int
    output_tokens: int
    is_metered: bool


class PresetUsage(Wire):
    """The whole cost of answers made with a preset; `id` null: with a free mix, or without a prompt.

    `share` is of the month's metered tokens, 0 to 1.
    """

    id: UUID | None
    name: str | None
    answers: int
    tokens: int
    share: float


class ComponentUsage(Wire):
    """What a component's own text cost, sent along with every question; `exists`: it is still there.

    `share` is of the month's metered tokens, 0 to 1.
    """

    id: UUID
    type: str
    name: str
    exists: bool
    answers: int
    tokens: int
    share: float


class UsageReport(UsageView):
    """Where the month's tokens went. Every day of the month is there, those to come with zeros."""

    days: list[DayUsage]
    models: list[ModelUsage]
    presets: list[PresetUsage]
    components: list[ComponentUsage]


def past_due(status: Status, bought: Bought | None) -> PastDue | None:
    if status != "past_due" or bought is None:
        return None
    return PastDue(
        since=utc(bought.past_due_since) if bought.past_due_since else None,
        until=utc(bought.until) if bought.until else None,
    )
