"""`quartet doctor`: everything that can be wrong with a deployment, looked at from here."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx2
import psycopg
import typer

from quartet.cli import networks
from quartet.cli.findings import tell
from quartet.cli.machine import direct_url, ready, see_redis, why
from quartet.cli.terminal import Failed, say
from quartet.core import logins, walls
from quartet.embedded import weights
from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.home import data_folder
from quartet.migrations.check import check
from quartet.migrations.findings import Finding, Fix
from quartet.settings import Settings

_SECONDS = 5
_LITTLE_SPACE = 1_000_000_000
_POOLER_PORT = 6543
_REFUSED = {401, 403}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Say it as JSON.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Look at settings, data folder, database, Redis and models; exit code 1 when something is the matter."""
    settings = Settings.load()
    findings = [finding for each in CHECKS for finding in each(settings)]
    tell(findings, as_json=as_json, more={})
    if not as_json:
        typer.echo("All is well.")


def _settings(settings: Settings) -> Iterator[Finding]:
    polar, oauth = settings.polar, settings.oauth
    if polar.access_token and not polar.webhook_secret:
        yield Finding("Plans are sold, but POLAR_WEBHOOK_SECRET is not set: no event of Polar's is taken.", "Set it.")
    if polar.access_token and not polar.products:
        yield Finding("Plans are sold, but POLAR_PRODUCTS names none.", "Set it: docs/billing.md.")
    for name, client, secret in (
        ("GOOGLE", oauth.google_client_id, oauth.google_client_secret),
        ("GITHUB", oauth.github_client_id, oauth.github_client_secret),
    ):
        if client and not secret:
            yield Finding(f"OAUTH_{name}_CLIENT_ID is set, OAUTH_{name}_CLIENT_SECRET is not.", "Set both.")
    if settings.server.secret is None and not settings.server.is_local:
        yield Finding(
            "QUARTET_SECRET is not set: the one in the data folder is used.",
            "Other servers of the same database need the same one: set it.",
            is_trouble=False,
        )


def _folders(settings: Settings) -> Iterator[Finding]:
    try:
        home = data_folder(settings.server.home)
    except EmbeddedFailed as failed:
        yield Finding(str(failed))
        return
    for folder, name in ((home, "data folder"), (settings.server.files, "folder of QUARTET_FILES")):
        if folder is None:
            continue
        # The first that is written there makes what is missing.
        there = next(each for each in (folder, *folder.absolute().parents) if os.access(each, os.F_OK))
        if not (there.is_dir() and os.access(there, os.W_OK | os.X_OK)):
            yield Finding(f"The {name}, {folder}, cannot be written.", "Make it, for Quartet's user.")
            continue
        if there != folder:
            made = "The first picture makes it. A folder that servers share must be mounted before."
            yield Finding(f"The {name}, {folder}, is not there yet.", made, is_trouble=False)
        if (free := shutil.disk_usage(there).free) < _LITTLE_SPACE:
            yield Finding(f"The {name}, {folder}, has {free // 1_000_000} MB left.", "Free some space.")


def _database(settings: Settings) -> Iterator[Finding]:
    url = settings.database.url.get_secret_value() if settings.database.url else ""
    if _is_pooler(url) and settings.database.direct_url is None:
        yield Finding(
            "DATABASE_URL goes through a pooler, as its address says.",
            "Set DATABASE_DIRECT_URL to the same database past the pooler: migrations need it.",
        )
    try:
        with ready(settings) as complete:
            version, found = check(direct_url(complete))
            # Its notes are for whoever has a Chat SDK beside: `quartet db check` says them.
            findings = [each for each in found if each.is_trouble]
            if not any(each.fix is Fix.UPGRADE for each in findings):
                findings += [*_login(complete), *_walls(complete)]
    except (Failed, EmbeddedFailed) as failed:
        yield Finding(str(failed))
        return
    except psycopg.Error as error:
        owner = "Look as the owner of the tables: behind a pooler it is DATABASE_DIRECT_URL's."
        yield Finding(f"The database does not let itself be looked at: {why(error)}.", owner)
        return
    if version:
        say(f"The Chat SDK's tables: {version}.")
    yield from findings


def _login(settings: Settings) -> Iterator[Finding]:
    url, is_pooled = settings.database.url, settings.database.direct_url is not None
    if url and is_pooled and (fault := logins.missing(url.get_secret_value())):
        yield Finding(fault)


def _replica(settings: Settings) -> Iterator[Finding]:
    if settings.database.replica_url is None:
        return
    try:
        with psycopg.connect(settings.database.replica_url.get_secret_value(), connect_timeout=_SECONDS) as connection:
            if connection.execute("SELECT pg_is_in_recovery()").fetchone() != (True,):
                yield Finding("DATABASE_REPLICA_URL leads to no standby.", "Name one, or unset it.")
    except psycopg.Error as error:
        yield Finding(
            f"The standby of DATABASE_REPLICA_URL does not answer: {why(error)}.",
            "Start it; meanwhile the primary reads for it.",
            is_trouble=False,
        )


def _walls(settings: Settings) -> Iterator[Finding]:
    if settings.database.row_security == "off":
        yield Finding("Row-level security is off (DATABASE_ROW_SECURITY).", is_trouble=False)
        return
    url = settings.database.url.get_secret_value() if settings.database.url else direct_url(settings)
    if fault := walls.fault(url, pooled=settings.database.direct_url is not None):
        yield Finding(fault)


def _is_pooler(url: str) -> bool:
    with suppress(ValueError):
        address = urlsplit(url)
        return "pooler" in (address.hostname or "") or address.port == _POOLER_PORT
    return False


def _redis(settings: Settings) -> Iterator[Finding]:
    if settings.redis.url is None:
        return
    # A server starts by the same command, and need not hold what it has no use for.
    from redis import Redis, RedisError  # noqa: PLC0415

    try:
        see_redis(settings)
        with Redis.from_url(settings.redis.url.get_secret_value(), socket_timeout=_SECONDS) as client:
            client.ping()
    except Failed as failed:
        yield Finding(str(failed))
    except RedisError as error:
        reason = str(error).rstrip(".")
        yield Finding(f"The Redis of REDIS_URL does not answer: {reason}.", "Start it, or unset REDIS_URL.")


def _models(settings: Settings) -> Iterator[Finding]:
    openai, anthropic = settings.openai, settings.anthropic
    if openai.api_key or openai.base_url:
        key = openai.api_key.get_secret_value() if openai.api_key else "none"
        address = (openai.base_url or "https://api.openai.com/v1").rstrip("/")
        yield from _vendor("OPENAI", f"{address}/models", {"Authorization": f"Bearer {key}"})
    if anthropic.api_key:
        headers = {"x-api-key": anthropic.api_key.get_secret_value(), "anthropic-version": "2023-06-01"}
        address = (anthropic.base_url or "https://api.anthropic.com").rstrip("/")
        yield from _vendor("ANTHROPIC", f"{address}/v1/models", headers)
    local = _local(settings)
    if local is None and not (openai.api_key or openai.base_url or anthropic.api_key):
        yield Finding("There is no model: nobody can answer.", "Set a provider's key, or `quartet model use`.")
    elif local and not local.exists():
        yield Finding(f"The local model {local.stem} is not here yet: the next start fetches it.", is_trouble=False)


def _local(settings: Settings) -> Path | None:
    try:
        return weights.chosen(data_folder(settings.server.home), settings.server.local_model)
    except EmbeddedFailed:
        return None  # told with the data folder


def _vendor(name: str, url: str, headers: dict[str, str]) -> Iterator[Finding]:
    try:
        status = httpx2.get(url, headers=headers, timeout=_SECONDS).status_code
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        yield Finding(f"{url} cannot be reached: {error}.", f"See to the network, or to {name}_BASE_URL.")
        return
    if status in _REFUSED:
        yield Finding(f"{url} refuses the key (status {status}).", f"Set {name}_API_KEY.")
    elif status >= httpx2.codes.INTERNAL_SERVER_ERROR:
        yield Finding(f"{url} answers with status {status}.", "Try again later.")


CHECKS: tuple[Callable[[Settings], Iterable[Finding]], ...] = (
    _settings,
    _folders,
    _database,
    _replica,
    networks.unchecked,
    _redis,
    _models,
)
"""All of `quartet doctor`. What concerns the database alone belongs to `quartet.migrations.check.CHECKS`."""
