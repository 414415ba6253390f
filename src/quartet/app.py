"""The composition root: with `opening`, the only module that knows every room."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from quartet import __version__
from quartet.accounts import account_routes, factor_routes, identity_routes, key_routes, oauth_routes, session_routes
from quartet.accounts import routes as accounts
from quartet.accounts.scopes import refused_before
from quartet.belongings import routes as belongings
from quartet.billing import purchase_routes, webhook_routes
from quartet.billing import routes as billing
from quartet.chats import (
    comparison_routes,
    document_routes,
    file_routes,
    history_routes,
    message_routes,
    model_routes,
)
from quartet.chats import routes as conversations
from quartet.core.compression import Compression
from quartet.core.headers import SecureHeaders
from quartet.core.http import install_error_handlers
from quartet.core.limit_headers import LimitHeaders
from quartet.core.measured import Measured
from quartet.core.openapi import describe
from quartet.core.origin import SameOrigin
from quartet.core.request_ids import RequestIds
from quartet.core.too_large import TooLarge
from quartet.core.too_slow import TooSlow
from quartet.core.tracing import of_requests
from quartet.opening import open_all
from quartet.prompts import component_routes, exchange_routes, preset_routes, preview_routes, trash_routes
from quartet.settings import Settings
from quartet.web.pages import Pages

# The most asked for first: a request is held against one after the other, 15 µs each.
_ROUTERS = (
    component_routes.router,
    preset_routes.router,
    conversations.router,
    message_routes.router,
    preview_routes.router,
    history_routes.router,
    model_routes.router,
    accounts.router,
    oauth_routes.router,
    account_routes.router,
    session_routes.router,
    key_routes.router,
    factor_routes.router,
    identity_routes.router,
    belongings.router,
    billing.router,
    purchase_routes.router,
    webhook_routes.router,
    exchange_routes.router,
    trash_routes.router,
    comparison_routes.router,
    document_routes.router,
    file_routes.router,
)


def create_app(settings: Settings, weights: Path | None = None) -> FastAPI:
    """Build the server for complete settings: `database.url`, `server.secret` and `server.home` are set.

    `weights` is the .gguf to serve on this machine; None runs without a local model. The state of its lifespan has
    `leave`, which ends the answers that are being written: for the server, when its port has closed.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Callable[[], None]]]:
        async with AsyncExitStack() as open_things:
            await open_all(app.state, settings, weights, open_things)
            yield {"leave": app.state.turns.interrupt}

    app = FastAPI(
        title="Quartet",
        version=__version__,
        summary="An AI chat whose system prompt is made of four parts that you own.",
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        middleware=_middleware(settings),
        separate_input_output_schemas=False,
        telemetry=of_requests(settings.tracing),
    )
    install_error_handlers(app)
    for router in _ROUTERS:
        app.include_router(router)
    app.add_api_route("/healthz", _alive, include_in_schema=False)
    app.add_api_route("/readyz", _ready, include_in_schema=False)
    app.mount("/", Pages())
    app.openapi = partial(describe, app, refused_before)  # type: ignore[method-assign] # the framework's own way to replace it
    return app


def _middleware(settings: Settings) -> list[Middleware]:
    """Return what stands around every request, the outermost first."""
    return [
        *([Middleware(Measured)] if settings.server.metrics else []),
        Middleware(RequestIds),
        Middleware(ProxyHeadersMiddleware, trusted_hosts=settings.server.proxies),
        Middleware(SecureHeaders),
        Middleware(Compression),
        Middleware(TooLarge),
        Middleware(TooSlow),
        # Not the application's own argument, which counts outside of all other middleware.
        Middleware(RequestBodyLimitMiddleware, max_body_size=1_000_000),
        *_own_hosts(settings),
        Middleware(SameOrigin),
        Middleware(LimitHeaders),
    ]


def _own_hosts(settings: Settings) -> list[Middleware]:
    """Refuse other hosts' names where the demo account is: its password is public.

    A page elsewhere may give its own name this machine's address (DNS rebinding), and its requests then look as if
    they came from our page. Who puts a proxy in front has another name, and sets QUARTET_SEED=none.
    """
    if settings.server.seed == "none" or not settings.server.is_local:
        return []
    return [Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]", "::1"])]


async def _alive(_: Request) -> Response:
    return Response("ok", media_type="text/plain")


async def _ready(request: Request) -> Response:
    fault = await request.app.state.readiness.fault()
    return Response(fault or "ready", 503 if fault else 200, media_type="text/plain")
