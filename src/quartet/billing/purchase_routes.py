from fastapi import APIRouter, Request

from quartet.accounts.asking import asking
from quartet.accounts.current import CurrentUser
from quartet.accounts.errors import SignInNeeded
from quartet.billing import purchases, reconciling
from quartet.billing.errors import (
    CustomerTaken,
    GuestsCannotBuy,
    NothingBought,
    NothingSold,
    PlanHeld,
    SellerAway,
)
from quartet.billing.models import CheckoutBody, Elsewhere
from quartet.core.errors import refusals

router = APIRouter(prefix="/api/billing", tags=["Plans"])

_PAGE = "plan"


@router.post(
    "/checkout",
    responses=refusals(SignInNeeded, GuestsCannotBuy, PlanHeld, CustomerTaken, NothingSold, SellerAway),
)
async def check_out(body: CheckoutBody, request: Request) -> Elsewhere:
    """Begin to buy a plan: the address of the page to pay on, which leads back to /plan?checkout_id=…."""
    user = await _user(request)
    state = request.app.state
    return Elsewhere(url=await purchases.check_out(state.database, state.shop, user, body.plan, _page(request)))


@router.post("/portal", responses=refusals(SignInNeeded, NothingBought, NothingSold, SellerAway))
async def open_portal(request: Request) -> Elsewhere:
    """Manage what was bought: cancel, change the plan, the card, invoices. The address opens for an hour."""
    user = await _user(request)
    state = request.app.state
    return Elsewhere(url=await purchases.open_portal(state.database, state.shop, user, _page(request)))


@router.post("/refresh", status_code=204, responses=refusals(SignInNeeded, NothingSold, SellerAway))
async def refresh(request: Request) -> None:
    """Ask the seller what this user has bought, now: for the page that a buyer comes back to."""
    user = await _user(request)
    state = request.app.state
    await reconciling.reconcile_user(state.database, state.shop, user.id)


async def _user(request: Request) -> CurrentUser:
    """Read who asks and let the connection go: the seller may take seconds to answer."""
    async with asking(request) as whoever:
        if whoever.user is None:
            raise SignInNeeded
        return whoever.user


def _page(request: Request) -> str:
    return f"{request.base_url}{_PAGE}"
