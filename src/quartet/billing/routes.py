from datetime import UTC

from fastapi import APIRouter

from quartet.accounts.current import Me, Visitor
from quartet.accounts.errors import SignInNeeded
from quartet.accounts.models import Account
from quartet.billing import plans, usage
from quartet.billing.models import BillingView, LimitsView, SessionState, UsageView
from quartet.core.errors import refusals
from quartet.core.http import Tx

router = APIRouter(prefix="/api", tags=["Plans"])


# Here and not with the accounts: it says what the visitor's plan is, and accounts know nothing of plans.
@router.get("/auth/session", tags=["Accounts"])
async def read_session(tx: Tx, visitor: Visitor) -> SessionState:
    """Say who is signed in."""
    if visitor is None:
        return SessionState(user=None, plan=None)
    plan = await plans.current(tx, visitor.id)
    user = Account(id=visitor.id, email=visitor.email, is_guest=visitor.is_guest)
    return SessionState(user=user, plan=plan.name)


@router.get("/usage", responses=refusals(SignInNeeded))
async def read_usage(tx: Tx, me: Me) -> UsageView:
    """Show the tokens of the current month."""
    return await _usage(tx, me, await plans.current(tx, me.id))


@router.get("/billing", responses=refusals(SignInNeeded))
async def read_billing(tx: Tx, me: Me) -> BillingView:
    """Show the plan, what it allows, and what of it is used."""
    plan = await plans.current(tx, me.id)
    return BillingView(
        plan=plan.name,
        status=plan.status,
        limits=LimitsView.of(plan.limits),
        usage=await _usage(tx, me, plan),
    )


async def _usage(tx: Tx, me: Me, plan: plans.Plan) -> UsageView:
    spent = await usage.spent(tx, me.id, plan)
    return UsageView(
        period_start=spent.period.start.replace(tzinfo=UTC),
        period_end=spent.period.end.replace(tzinfo=UTC),
        used=spent.used,
        reserved=spent.reserved,
        limit=plan.limits.tokens_per_month,
    )
