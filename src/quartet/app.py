"""The composition root: the only module that knows every room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response
from pydantic import SecretStr
from starlette.middleware import Middleware

from quartet import __version__
from quartet.accounts import routes as accounts
from quartet.billing import routes as billing
from quartet.chats import chats, model_routes
from quartet.chats import routes as conversations
from quartet.chats.running import RunningTurns
from quartet.core.database import Database
from quartet.core.headers import SecureHeaders
from quartet.core.http import install_error_handlers
from quartet.core.limits import BodyLimit
from quartet.core.origin import SameOrigin
from quartet.embedded.model import LocalModel
from quartet.llm.anthropic import AnthropicProvider
from quartet.llm.catalogue import Catalogue
from quartet.llm.local import LocalProvider
from quartet.llm.openai import OpenAIProvider
from quartet.llm.types import Provider, ProviderName
from quartet.prompts import routes as prompts
from quartet.settings import Settings
from quartet.web.pages import Pages


def create_app(settings: Settings, local: LocalModel | None = None) -> FastAPI:
    """Build the server for complete settings: `database.url` and `server.secret` are set.

    `local` is the model on this machine, not started yet; None runs without one.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        database = _database(settings)
        await database.open()
        providers = _providers(settings, local)
        app.state.database = database
        app.state.secret = _required(settings.server.secret)
        app.state.local = local
        app.state.catalogue = Catalogue(providers, local)
        async with database.transaction() as tx:
            has_last_context = await chats.has_last_context(tx)
        app.state.turns = RunningTurns(database, app.state.catalogue, has_last_context=has_last_context)
        if local:
            await local.start()
        yield
        await app.state.turns.close()
        if local:
            await local.stop()
        for provider in providers.values():
            await provider.close()
        await database.close()

    app = FastAPI(
        title="Quartet",
        version=__version__,
        summary="An AI chat whose system prompt is made of four parts that you own.",
        lifespan=lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        middleware=[Middleware(SecureHeaders), Middleware(SameOrigin), Middleware(BodyLimit)],
        separate_input_output_schemas=False,
    )
    install_error_handlers(app)
    for router in (
        accounts.router,
        billing.router,
        prompts.router,
        conversations.router,
        model_routes.router,
    ):
        app.include_router(router)
    app.add_api_route("/healthz", _alive, include_in_schema=False)
    app.mount("/", Pages())
    return app


def _database(settings: Settings) -> Database:
    # A direct address beside it means that the ordinary one goes through a pooler.
    return Database(_required(settings.database.url).decode(), pooled=settings.database.direct_url is not None)


def _providers(settings: Settings, local: LocalModel | None) -> dict[ProviderName, Provider]:
    """Return a provider for each vendor that this deployment has a key, an address or a model for."""
    providers: dict[ProviderName, Provider] = {}
    if local:
        providers["local"] = LocalProvider(local)
    if settings.openai.api_key:
        providers["openai"] = OpenAIProvider(
            settings.openai.api_key.get_secret_value(), base_url=settings.openai.base_url
        )
    if settings.anthropic.api_key:
        providers["anthropic"] = AnthropicProvider(
            settings.anthropic.api_key.get_secret_value(), base_url=settings.anthropic.base_url
        )
    return providers


def _required(value: SecretStr | None) -> bytes:
    if value is None:
        raise ValueError("create_app wants complete settings: database.url and server.secret")
    return value.get_secret_value().encode()


async def _alive(_: Request) -> Response:
    return Response("ok", media_type="text/plain")
