from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import Field

from quartet.accounts import audit, identities
from quartet.accounts.asking import InPerson, source_of
from quartet.accounts.confirming import Confirmation, confirm
from quartet.accounts.errors import (
    GuestsCannot,
    IdentityNotFound,
    KeyForbidden,
    LastWayIn,
    ProviderAway,
    ProviderUnknown,
    SignInAgain,
    SignInNeeded,
    TooManyAttempts,
    WrongPassword,
)
from quartet.accounts.identities import Identity
from quartet.accounts.oauth import browser
from quartet.accounts.oauth import flow as flows
from quartet.accounts.oauth.profile import ProviderFailed
from quartet.core.errors import refusals
from quartet.core.wire import Page, Wire

router = APIRouter(prefix="/api/account/identities", tags=["Accounts"])

_PAGE = "/account"


class LinkRequest(Confirmation):
    provider: str = Field(max_length=32, examples=["github"])


class LinkBegun(Wire):
    """Where to send the browser; it comes back to `/account`, or `/account?error=`."""

    url: str


@router.get("", responses=refusals(SignInNeeded, KeyForbidden))
async def list_identities(here: InPerson) -> Page[Identity]:
    """List the providers that one can sign in to this account with."""
    return Page(items=await identities.of_user(here.tx, here.id))


@router.post(
    "",
    responses=refusals(
        SignInNeeded,
        WrongPassword,
        SignInAgain,
        KeyForbidden,
        GuestsCannot,
        ProviderUnknown,
        ProviderAway,
        TooManyAttempts,
    ),
)
async def begin_link(body: LinkRequest, request: Request, response: Response) -> LinkBegun:
    """Begin to link a provider to this account."""
    provider = browser.provider_of(request, body.provider)
    confirmed = await confirm(request, body.password)
    if confirmed.user.is_guest:
        raise GuestsCannot
    flow = flows.begin(body.provider, _PAGE, confirmed.user.id)
    try:
        url = await provider.authorize(flow, browser.callback_of(request, body.provider))
    except ProviderFailed:
        raise ProviderAway from None
    browser.keep(request, response, flow)
    return LinkBegun(url=url)


@router.delete(
    "/{identity_id}", status_code=204, responses=refusals(SignInNeeded, KeyForbidden, IdentityNotFound, LastWayIn)
)
async def unlink(identity_id: UUID, request: Request, here: InPerson) -> None:
    """Take a provider away from this account."""
    gone = await identities.unlink(here.tx, here.id, identity_id)
    await audit.note(here.tx, here.id, "identity.unlinked", source_of(request), provider=gone.provider)
