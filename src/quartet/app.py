"""The composition root: the only module that knows every room."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from fastapi import FastAPI, Request, Response
from pydantic import SecretStr
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from quartet import __version__
from quartet.accounts import routes as accounts
from quartet.billing import routes as billing
from quartet.chats import chats, comparison_routes, history_routes, message_routes, model_routes
from quartet.chats import routes as conversations
from quartet.chats.relay import Relay
from quartet.chats.running import RunningTurns
from quartet.core.database import Database
from quartet.core.headers import SecureHeaders
from quartet.core.http import install_error_handlers
from quartet.core.openapi import describe
from quartet.core.origin import SameOrigin
from quartet.embedded.catalogue import CATALOGUE
from quartet.embedded.model import LocalModel
from quartet.embedded.pulls import Pulls
from quartet.llm import tokens
from quartet.llm.catalogue import Catalogue
from quartet.llm.local import LocalModel as RunningModel
from quartet.llm.local import LocalProvider
from quartet.llm.openai import OpenAIProvider
from quartet.llm.types import Provider, ProviderFailed, ProviderName
from quartet.prompts import component_routes, exchange_routes, preset_routes, preview_routes, trash_routes
from quartet.settings import Settings
from quartet.tidy import keep_tidy
from quartet.web.pages import Pages

_ASK_AGAIN_SECONDS = 20


def create_app(settings: Settings, weights: Path | None = None) -> FastAPI:
    """Build the server for complete settings: `database.url`, `server.secret` and `server.home` are set.

    `weights` is the .gguf to serve on this machine; None runs without a local model.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as open_things:
            await _open(app, settings, weights, open_things)
            yield

    app = FastAPI(
        title="Quartet",
        version=__version__,
        summary="An AI chat whose system prompt is made of four parts that you own.",
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(SecureHeaders), *_own_hosts(settings), Middleware(SameOrigin)],
        separate_input_output_schemas=False,
        max_body_size=1_000_000,
    )
    install_error_handlers(app)
    for router in (
        accounts.router,
        billing.router,
        component_routes.router,
        preset_routes.router,
        preview_routes.router,
        exchange_routes.router,
        trash_routes.router,
        conversations.router,
        history_routes.router,
        message_routes.router,
        comparison_routes.router,
        model_routes.router,
    ):
        app.include_router(router)
    app.add_api_route("/healthz", _alive, include_in_schema=False)
    app.mount("/", Pages())
    app.openapi = partial(describe, app)  # type: ignore[method-assign] # the framework's own way to replace it
    return app


def _own_hosts(settings: Settings) -> list[Middleware]:
    """Refuse other hosts' names where the demo account is: its password is public.

    A page elsewhere may give its own name this machine's address (DNS rebinding), and its requests then look as if
    they came from our page. Who puts a proxy in front has another name, and sets QUARTET_SEED=none.
    """
    if settings.server.seed == "none" or not settings.server.is_local:
        return []
    return [Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]", "::1"])]


async def _open(app: FastAPI, settings: Settings, weights: Path | None, things: AsyncExitStack) -> None:
    """Put what the rooms ask for into the app's state; `things` closes it, the last opened first."""
    state = app.state
    state.server = settings.server
    state.secret = _required(settings.server.secret)
    state.database = _database(settings)
    await state.database.open()
    things.push_async_callback(state.database.close)
    things.callback(asyncio.create_task(keep_tidy(state.database)).cancel)
    state.local, state.pulls = None, None
    if weights and settings.server.home:
        state.local, state.pulls = LocalModel(settings.server.home), Pulls(settings.server.home)
        await state.local.start(weights)
        things.push_async_callback(state.local.stop)
        things.push_async_callback(state.pulls.close)
    providers = _providers(settings, state.local)
    for provider in providers.values():
        things.push_async_callback(provider.close)
    state.catalogue = Catalogue(
        providers,
        local=partial(_running_model, state.local),
        compatible=_served(providers.get("openai"), things) if settings.openai.is_another_server else None,
    )
    async with state.database.transaction() as tx:
        has_last_context = await chats.has_last_context(tx)
    # The first count loads its tables, 0.2 s: not while somebody waits for a first word.
    await asyncio.to_thread(tokens.count, "", None)
    state.turns = RunningTurns(
        state.database,
        state.catalogue,
        has_last_context=has_last_context,
        relay=Relay(settings.redis.url.get_secret_value()) if settings.redis.url else None,
        names_chats=settings.server.titles == "model",
    )
    things.push_async_callback(state.turns.close)


def _database(settings: Settings) -> Database:
    # A direct address beside it means that the ordinary one goes through a pooler.
    return Database(_required(settings.database.url).decode(), pooled=settings.database.direct_url is not None)


def _providers(settings: Settings, local: LocalModel | None) -> dict[ProviderName, Provider]:
    """Return a provider for each vendor that this deployment has a key, an address or a model for."""
    providers: dict[ProviderName, Provider] = {}
    if local:
        providers["local"] = LocalProvider(partial(_running_model, local))
    if settings.openai.api_key or settings.openai.base_url:
        providers["openai"] = OpenAIProvider(
            api_key=_revealed(settings.openai.api_key), base_url=settings.openai.base_url
        )
    if settings.anthropic.api_key:
        # Its SDK takes half a second to import: whoever has no key need not wait for it.
        from quartet.llm.anthropic import AnthropicProvider  # noqa: PLC0415

        providers["anthropic"] = AnthropicProvider(
            api_key=settings.anthropic.api_key.get_secret_value(), base_url=settings.anthropic.base_url
        )
    return providers


def _served(provider: Provider | None, things: AsyncExitStack) -> Callable[[], list[str]] | None:
    """Ask a server that only speaks OpenAI's wire what it serves: in the background, for it may be down just now."""
    if not isinstance(provider, OpenAIProvider):
        return None
    served: list[str] = []

    async def ask() -> None:
        while not served:
            with suppress(ProviderFailed):
                served.extend(await provider.models())
            await asyncio.sleep(_ASK_AGAIN_SECONDS)

    things.callback(asyncio.create_task(ask()).cancel)
    return lambda: served


def _running_model(local: LocalModel | None) -> RunningModel | None:
    """Tell the providers' room what runs here now, in its own words; None while nothing is ready."""
    if local is None or not local.base_url or not local.api_key or not local.context_window:
        return None
    label = CATALOGUE[local.name].label if local.name in CATALOGUE else None
    return RunningModel(local.name, local.base_url, local.api_key, local.context_window, label)


def _revealed(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def _required(value: SecretStr | None) -> bytes:
    if value is None:
        raise ValueError("create_app wants complete settings: database.url and server.secret")
    return value.get_secret_value().encode()


async def _alive(_: Request) -> Response:
    return Response("ok", media_type="text/plain")
