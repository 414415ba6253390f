from typing import Literal

from quartet.accounts.models import Account
from quartet.billing.plans import Limits, PlanName
from quartet.core.wire import UtcTime, Wire


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


class BillingView(Wire):
    plan: PlanName
    status: Literal["active", "cancelled", "past_due"]
    limits: LimitsView
    usage: UsageView
