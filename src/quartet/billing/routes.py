from datetime import UTC

from fastapi import APIRouter

from quartet.accounts.asking import Anyone, Mine, SignedIn
from quartet.accounts.errors import SignInNeeded
from quartet.accounts.models import Account
from quartet.billing import plans, usage
from quartet.billing.models import BillingView, LimitsView, SessionState, UsageView
from quartet.core.errors import refusals

router = APIRouter(prefix="/api", tags=["Plans"])


# Here and not with the accounts: it says what the visitor's plan is, and accounts know nothing of plans.
@router.get("/auth/session", tags=["Accounts"])
async def read_session(asking: Anyone) -> SessionState:
    """Say who is signed in."""
    if asking.user is None:
        return SessionState(user=None, plan=None)
    plan = await plans.current(asking.tx, asking.user.id)
    user = Account(id=asking.user.id, email=asking.user.email, is_guest=asking.user.is_guest)
    return SessionState(user=user, plan=plan.name)


@router.get("/usage", responses=refusals(SignInNeeded))
async def read_usage(my: Mine) -> UsageView:
    """Show the tokens of the current month."""
    return await _usage(my, await plans.current(my.tx, my.id))


@router.get("/billing", responses=refusals(SignInNeeded))
async def read_billing(my: Mine) -> BillingView:
    """Show the plan, what it allows, and what of it is used."""
    plan = await plans.current(my.tx, my.id)
    return BillingView(
        plan=plan.name,
        status=plan.status,
        limits=LimitsView.of(plan.limits),
        usage=await _usage(my, plan),
    )


async def _usage(my: SignedIn, plan: plans.Plan) -> UsageView:
    spent = await usage.spent(my.tx, my.id, plan)
    return UsageView(
        period_start=spent.period.start.replace(tzinfo=UTC),
        period_end=spent.period.end.replace(tzinfo=UTC),
        used=spent.used,
        reserved=spent.reserved,
        limit=plan.limits.tokens_per_month,
    )
