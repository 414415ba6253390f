"""What the rooms ask for, opened when a server starts and closed when it ends, the last opened first."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path

from pydantic import SecretStr
from starlette.datastructures import State

from quartet import __version__
from quartet.accounts.authjs import AuthJs
from quartet.accounts.oauth.profile import Provider as SignInProvider
from quartet.billing.outstanding import keep_counted
from quartet.billing.reconciling import keep_reconciled
from quartet.billing.shop import Shop
from quartet.chats import chats
from quartet.chats.running import RunningTurns
from quartet.chats.storage import Storage
from quartet.core import metrics, tracing
from quartet.core.database import Database
from quartet.core.limits import RateLimits
from quartet.core.readiness import Readiness, leave_first
from quartet.core.replica import Replica
from quartet.embedded.catalogue import CATALOGUE
from quartet.embedded.model import LocalModel
from quartet.embedded.pulls import Pulls
from quartet.llm import tokens
from quartet.llm.catalogue import Catalogue
from quartet.llm.types import LocalModel as RunningModel
from quartet.llm.types import Provider, ProviderFailed, ProviderName
from quartet.migrations.before import BOOKS
from quartet.migrations.missing import revisions
from quartet.settings import Settings
from quartet.tidy import keep_tidy

_ASK_AGAIN_SECONDS = 20


async def open_all(state: State, settings: Settings, weights: Path | None, things: AsyncExitStack) -> None:
    """Put everything into the app's state; `things` closes it."""
    if traces := tracing.start(settings.tracing, __version__):
        things.push_async_callback(asyncio.to_thread, tracing.stop, traces)
    state.server = settings.server
    state.secret = _required(settings.server.secret)
    state.database = _database(settings)
    await state.database.open()
    things.push_async_callback(state.database.close)
    state.replica = await _replica(state.database, settings, things)
    state.limits = _limits(settings)
    if state.limits:
        things.push_async_callback(state.limits.close)
    state.providers = _sign_in_providers(settings)
    state.authjs = AuthJs(settings.auth.secrets) if settings.auth.secrets else None
    state.storage = Storage(settings.server.files)
    state.shop = Shop(settings.polar)
    things.push_async_callback(state.shop.close)
    for work in (
        keep_tidy(state.database, state.storage),
        state.shop.keep_priced(),
        keep_reconciled(state.database, state.shop),
    ):
        things.callback(asyncio.create_task(work).cancel)
    await _open_models(state, settings, weights, things)
    await _open_turns(state, settings, things)
    _open_to_operators(state, settings, things)


async def _open_models(state: State, settings: Settings, weights: Path | None, things: AsyncExitStack) -> None:
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
    # The first count loads its tables, 0.2 s: not while somebody waits for a first word.
    await asyncio.to_thread(tokens.count, "", None)


async def _open_turns(state: State, settings: Settings, things: AsyncExitStack) -> None:
    async with state.database.system() as tx:
        has_last_context = await chats.has_last_context(tx)
    relay = None
    if settings.redis.url:
        from quartet.chats.relay import Relay  # noqa: PLC0415 - see `core.limits`

        relay = Relay(settings.redis.url.get_secret_value())
    state.turns = RunningTurns(
        state.database,
        state.catalogue,
        has_last_context=has_last_context,
        relay=relay,
        names_chats=settings.server.titles == "model",
    )
    things.push_async_callback(state.turns.close)


def _open_to_operators(state: State, settings: Settings, things: AsyncExitStack) -> None:
    state.readiness = Readiness(state.database, BOOKS, revisions())
    things.callback(state.readiness.leave)
    if settings.server.drain:
        leave_first(state.readiness, settings.server.drain)
    if settings.server.metrics:
        pools = {"primary": state.database.stats} | ({"replica": state.replica.stats} if state.replica else {})
        served = metrics.Served(settings.server.metrics, settings.server.workers, pools)
        things.push_async_callback(asyncio.to_thread, served.close)
        things.callback(asyncio.create_task(keep_counted(state.database)).cancel)


def _database(settings: Settings) -> Database:
    # A direct address beside it means that the ordinary one goes through a pooler.
    return Database(
        _required(settings.database.url).decode(),
        pooled=settings.database.direct_url is not None,
        walled=settings.database.row_security == "on",
    )


async def _replica(primary: Database, settings: Settings, things: AsyncExitStack) -> Replica | None:
    if settings.database.replica_url is None:
        return None
    replica = Replica(
        primary, settings.database.replica_url.get_secret_value(), walled=settings.database.row_security == "on"
    )
    await replica.open()
    things.push_async_callback(replica.close)
    return replica


def _limits(settings: Settings) -> RateLimits | None:
    if settings.server.limits == "off":
        return None
    return RateLimits(settings.limits, _revealed(settings.redis.url))


def _sign_in_providers(settings: Settings) -> dict[str, SignInProvider]:
    oauth = settings.oauth
    if not (oauth.oidc_client_id or oauth.google_client_id or oauth.github_client_id):
        return {}
    # Authlib takes a third of a second to import: whoever has no provider need not wait for it.
    from quartet.accounts.oauth.providers import configured  # noqa: PLC0415

    return configured(oauth)


def _providers(settings: Settings, local: LocalModel | None) -> dict[ProviderName, Provider]:
    """Return a provider for each vendor that this deployment has a key, an address or a model for.

    Their SDKs take up to half a second and 23 MB to import: whoever has no use for one need not wait for it.
    """
    providers: dict[ProviderName, Provider] = {}
    if local:
        from quartet.llm.local import LocalProvider  # noqa: PLC0415

        providers["local"] = LocalProvider(partial(_running_model, local))
    if settings.openai.api_key or settings.openai.base_url:
        from quartet.llm.openai import OpenAIProvider  # noqa: PLC0415

        providers["openai"] = OpenAIProvider(
            api_key=_revealed(settings.openai.api_key), base_url=settings.openai.base_url
        )
    if settings.anthropic.api_key:
        from quartet.llm.anthropic import AnthropicProvider  # noqa: PLC0415

        providers["anthropic"] = AnthropicProvider(
            api_key=settings.anthropic.api_key.get_secret_value(), base_url=settings.anthropic.base_url
        )
    return providers


def _served(provider: Provider | None, things: AsyncExitStack) -> Callable[[], list[str]] | None:
    """Ask a server that only speaks OpenAI's wire what it serves: in the background, for it may be down just now."""
    from quartet.llm.openai import OpenAIProvider  # noqa: PLC0415 - as above; the provider has it already

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
