"""Signing in with a provider: addresses that a browser goes to, so every outcome is a page of ours."""

import logging
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse

from quartet.accounts import audit, identities, pace
from quartet.accounts.asking import asking, is_from_elsewhere, source_of
from quartet.accounts.errors import EmailTaken, ProviderUnknown, TooManyAttempts
from quartet.accounts.identities import IdentityTaken
from quartet.accounts.oauth import browser
from quartet.accounts.oauth import flow as flows
from quartet.accounts.oauth.flow import Flow
from quartet.accounts.oauth.profile import Denied, Profile, Provider, ProviderFailed, Returned
from quartet.accounts.paths import local_path
from quartet.accounts.signing import sign_in
from quartet.core.errors import refusals
from quartet.core.wire import Page, Wire

router = APIRouter(prefix="/api/auth", tags=["Accounts"])

_SEE_OTHER = 303
_log = logging.getLogger(__name__)

Trouble = Literal["denied", "expired", "provider", "email_taken", "identity_taken", "too_many"]
"""What the page of `?error=` is told: the person said no; the sign-in took too long or began in another browser; the
provider failed; an account has the e-mail (sign in to it, then link); the identity is linked to another account; there
were too many tries."""


class ProviderView(Wire):
    id: str
    name: str


@router.get("/providers")
async def list_providers(request: Request) -> Page[ProviderView]:
    """List who else one can sign in with. Go to `/api/auth/oauth/{id}?redirectUrl=` for it."""
    providers: dict[str, Provider] = request.app.state.providers
    return Page(items=[ProviderView(id=each.id, name=each.name) for each in providers.values()])


@router.get(
    "/oauth/{provider}", status_code=_SEE_OTHER, response_class=RedirectResponse, responses=refusals(ProviderUnknown)
)
async def go_to_provider(
    provider: str, request: Request, redirect_url: Annotated[str, Query(alias="redirectUrl", max_length=2000)] = "/"
) -> RedirectResponse:
    """Send the browser to the provider, and afterwards to a local path, signed in."""
    if is_from_elsewhere(request):
        return RedirectResponse("/sign-in", _SEE_OTHER)
    flow = flows.begin(provider, local_path(redirect_url))
    try:
        url = await browser.provider_of(request, provider).authorize(flow, browser.callback_of(request, provider))
    except ProviderFailed as failure:
        return _trouble(flow, "provider", failure)
    response = RedirectResponse(url, _SEE_OTHER)
    browser.keep(request, response, flow)
    return response


@router.get(
    "/oauth/{provider}/callback",
    status_code=_SEE_OTHER,
    response_class=RedirectResponse,
    responses=refusals(ProviderUnknown),
)
async def come_back(
    provider: str,
    request: Request,
    code: Annotated[str | None, Query(max_length=4000)] = None,
    state: Annotated[str, Query(max_length=1000)] = "",
    error: Annotated[str | None, Query(max_length=1000)] = None,
    iss: Annotated[str | None, Query(max_length=1000)] = None,
) -> RedirectResponse:
    """Where a provider sends the browser back to. Trouble ends on `/sign-in?error=`; for a link, `/account?error=`."""
    known = browser.provider_of(request, provider)
    flow = browser.kept(request, provider, state)
    if flow is None:
        return _trouble(None, "expired")
    try:
        await pace.count_address(request, "login_address")
        profile = await known.identify(flow, browser.callback_of(request, provider), Returned(code, error, iss))
        response = await (_link if flow.user_id else _enter)(request, flow, profile)
    except Denied:
        response = _trouble(flow, "denied")
    except ProviderFailed as failure:
        response = _trouble(flow, "provider", failure)
    except EmailTaken:
        response = _trouble(flow, "email_taken")
    except IdentityTaken:
        response = _trouble(flow, "identity_taken")
    except TooManyAttempts:
        response = _trouble(flow, "too_many")
    browser.forget(request, response)
    return response


async def _enter(request: Request, flow: Flow, profile: Profile) -> RedirectResponse:
    """Sign in whoever this is; whoever was not here before gets an account."""
    response = RedirectResponse(flow.next, _SEE_OTHER)
    async with asking(request, as_system=True) as whoever:
        user = await identities.owner(whoever.tx, profile)
        if user is None:
            await pace.count_address(request, "registration")
            guest = whoever.user if whoever.user and whoever.user.is_guest else None
            user = await identities.make_account(whoever.tx, flow.provider, profile, guest)
            await audit.note(
                whoever.tx, user.id, "identity.linked", source_of(request), provider=flow.provider, email=profile.email
            )
        await sign_in(request, response, whoever.tx, user.id, flow.provider)
    return response


async def _link(request: Request, flow: Flow, profile: Profile) -> RedirectResponse:
    """Link to the account that began this, if it is still the one that is signed in here."""
    async with asking(request, as_system=True) as whoever:
        if whoever.user is None or whoever.user.id != flow.user_id:
            return _trouble(flow, "expired")
        owner = await identities.owner(whoever.tx, profile)
        await identities.link(whoever.tx, whoever.user.id, flow.provider, profile)
        if owner is None:
            await audit.note(
                whoever.tx,
                whoever.user.id,
                "identity.linked",
                source_of(request),
                provider=flow.provider,
                email=profile.email,
            )
    return RedirectResponse(flow.next, _SEE_OTHER)


def _trouble(flow: Flow | None, trouble: Trouble, failure: ProviderFailed | None = None) -> RedirectResponse:
    if failure:
        _log.warning("sign-in with %s failed: %s", flow.provider if flow else "a provider", failure)
    page = "/account" if flow and flow.user_id else "/sign-in"
    return RedirectResponse(f"{page}?{urlencode({'error': trouble})}", _SEE_OTHER)
