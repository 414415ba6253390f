from datetime import UTC

from fastapi import APIRouter, Request, Response

from quartet.accounts.asking import Anyone, Mine, SignedIn
from quartet.accounts.errors import SignInNeeded
from quartet.accounts.models import Account
from quartet.accounts.signing import settle
from quartet.billing import plans, reports, usage
from quartet.billing.models import (
    BillingView,
    Counts,
    LimitsView,
    PaidPeriod,
    SessionState,
    UsageReport,
    UsageView,
    past_due,
    utc,
)
from quartet.billing.shop import Shop
from quartet.core.errors import refusals

router = APIRouter(prefix="/api", tags=["Plans"])


# Here and not with the accounts: it says what the visitor's plan is, and accounts know nothing of plans.
@router.get("/auth/session", tags=["Accounts"])
async def read_session(asking: Anyone, request: Request, response: Response) -> SessionState:
    """Say who is signed in. Whom a Chat SDK signed in gets a session here."""
    if asking.user is None:
        return SessionState(user=None, plan=None)
    await settle(request, response, asking)
    plan = await plans.current(asking.tx, asking.user.id)
    user = Account(id=asking.user.id, email=asking.user.email, is_guest=asking.user.is_guest)
    return SessionState(user=user, plan=plan.name)


@router.get("/usage", responses=refusals(SignInNeeded))
async def read_usage(my: Mine) -> UsageReport:
    """Show the tokens of the current month, and by day, model, preset and component where they went."""
    plan = await plans.current(my.tx, my.id)
    spent = await usage.spent(my.tx, my.id, plan)
    return UsageReport(
        **_usage(plan, spent).model_dump(),
        days=await reports.days(my.tx, my.id, spent.period),
        models=await reports.models(my.tx, my.id, spent.period),
        presets=await reports.presets(my.tx, my.id, spent.period, spent.used),
        components=await reports.components(my.tx, my.id, spent.period, spent.used),
    )


@router.get("/billing", responses=refusals(SignInNeeded))
async def read_billing(my: Mine, request: Request) -> BillingView:
    """Show the plan, what it allows, what of it is used, and the plans on offer."""
    plan = await plans.current(my.tx, my.id)
    shop: Shop = request.app.state.shop
    return await _billing(my, plan, shop)


async def _billing(my: SignedIn, plan: plans.Plan, shop: Shop) -> BillingView:
    kept = await plans.kept(my.tx, my.id)
    bought = plan.bought
    has_paid = bought is not None and bought.subscription_id is not None
    counts = plan.name != "free"
    return BillingView(
        plan=plan.name,
        status=plan.status,
        source=("bought" if has_paid else "given") if counts else None,
        limits=LimitsView.of(plan.limits),
        counts=Counts(components=kept.components, presets=kept.presets),
        usage=_usage(plan, await usage.spent(my.tx, my.id, plan)),
        period=_period(bought) if counts and bought else None,
        cancel_at_period_end=bool(counts and bought and bought.cancels),
        ends_at=utc(bought.until) if bought and bought.until and _ends(plan, bought) else None,
        past_due=past_due(plan.status, bought),
        has_portal=has_paid and shop.polar is not None,
        is_configured=shop.is_open,
        offers=shop.offers(),
    )


def _period(bought: plans.Bought) -> PaidPeriod:
    return PaidPeriod(
        start=utc(bought.period_start) if bought.period_start else None,
        end=utc(bought.period_end) if bought.period_end else None,
    )


def _ends(plan: plans.Plan, bought: plans.Bought) -> bool:
    """Whether the plan ends by itself; one that renews has an `until` too, in case nothing is heard of it."""
    return plan.name != "free" and (bought.cancels or plan.status != "active")


def _usage(plan: plans.Plan, spent: usage.Spent) -> UsageView:
    return UsageView(
        period_start=spent.period.start.replace(tzinfo=UTC),
        period_end=spent.period.end.replace(tzinfo=UTC),
        used=spent.used,
        reserved=spent.reserved,
        limit=plan.limits.tokens_per_month,
    )
