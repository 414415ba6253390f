"""What stands between a browser and a provider: which one, the way back, and the flow that the browser keeps."""

import hmac

from fastapi import Request, Response

from quartet.accounts.asking import cookie_name
from quartet.accounts.errors import ProviderUnknown
from quartet.accounts.oauth import flow as flows
from quartet.accounts.oauth.flow import Flow
from quartet.accounts.oauth.profile import Provider

_COOKIE = "quartet_oauth"


def provider_of(request: Request, provider: str) -> Provider:
    """Raises `ProviderUnknown`."""
    providers: dict[str, Provider] = request.app.state.providers
    if provider not in providers:
        raise ProviderUnknown
    return providers[provider]


def callback_of(request: Request, provider: str) -> str:
    """Return the address to come back to; the provider must know exactly this one."""
    return f"{request.base_url}api/auth/oauth/{provider}/callback"


def keep(request: Request, response: Response, flow: Flow) -> None:
    """Have the browser keep a flow; a second one takes its place."""
    response.set_cookie(
        cookie_name(request, _COOKIE),
        flows.seal(request.app.state.secret, flow),
        max_age=flows.LIFETIME_SECONDS,
        httponly=True,
        samesite="lax",  # the way back is a link from another site
        secure=request.scope["scheme"] == "https",
    )


def kept(request: Request, provider: str, state: str) -> Flow | None:
    """Return the flow that this browser began at this provider with this state."""
    sealed = request.cookies.get(cookie_name(request, _COOKIE))
    flow = flows.unseal(request.app.state.secret, sealed) if sealed else None
    if flow is None or flow.provider != provider:
        return None
    return flow if hmac.compare_digest(flow.state.encode(), state.encode(errors="replace")) else None


def forget(request: Request, response: Response) -> None:
    response.delete_cookie(
        cookie_name(request, _COOKIE), httponly=True, samesite="lax", secure=request.scope["scheme"] == "https"
    )
