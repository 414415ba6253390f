"""`quartet serve`: everything that a fresh machine needs, then the server."""

import errno
import signal
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from fastapi import FastAPI

from quartet import seed as demo
from quartet.app import create_app
from quartet.cli.database import announce_upgrade, demo_is_open, is_empty, plant
from quartet.cli.leaving import Connection
from quartet.cli.local_model import fetch
from quartet.cli.machine import ready, see_login, see_redis, see_walls
from quartet.cli.terminal import Failed, on_hang_up, say
from quartet.cli.workers import ANSWERS_WITHIN_SECONDS, Make, Workers
from quartet.core import logging, tracing
from quartet.embedded.errors import EmbeddedFailed
from quartet.settings import Settings

# An open answer stream must not hold up Ctrl-C: it is cut, and what was said is kept.
_GRACE_SECONDS = 1


def serve(
    workers: Annotated[int | None, typer.Option(min=1, help="Server processes; not set: QUARTET_WORKERS.")] = None,
) -> None:
    """Start the server, and a database and a model on this machine where none are configured."""
    # SIGTERM ends Python without cleaning up; as an exit, everything we started is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    settings = _settings(workers)
    logging.configure(as_json=settings.server.log == "json")
    listening = _listen(settings)
    with ready(settings) as complete:
        announce_upgrade(complete)
        see_login(complete)
        see_walls(complete)
        welcome = _welcome(listening, _first_start(complete))
        weights = _weights(complete)
        if complete.server.workers == 1:
            server = _Server(_config(create_app(complete, weights)), welcome)
            on_hang_up(server.handle_exit)
            server.run([listening])
        else:
            several = _config(Make(complete, weights), workers=complete.server.workers)
            Workers(several, listening, welcome, complete.server.drain).run()


def _settings(workers: int | None) -> Settings:
    settings = Settings.load()
    if workers is not None:
        settings = settings.model_copy(update={"server": settings.server.model_copy(update={"workers": workers})})
    if settings.tracing.exporter_otlp_endpoint and not tracing.is_installed():
        raise Failed(tracing.MISSING)
    see_redis(settings)
    if settings.server.workers > 1 and settings.redis.url is None:
        say(
            f"{settings.server.workers} processes and no REDIS_URL: an answer can be followed while it is written only "
            "on the process that writes it (others show it once it is kept), and each counts the LIMIT_ rates alone."
        )
    return settings


def _config(app: FastAPI | Make, workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, Make),
        workers=workers,
        log_level="warning",
        log_config=None,  # its lines look like ours
        access_log=False,
        server_header=False,
        proxy_headers=False,  # ours to believe: QUARTET_TRUSTED_PROXIES
        http=Connection,
        lifespan="on",
        timeout_graceful_shutdown=_GRACE_SECONDS,
        timeout_worker_healthcheck=ANSWERS_WITHIN_SECONDS,
    )


class _Server(uvicorn.Server):
    """Says where to go once it really answers."""

    def __init__(self, config: uvicorn.Config, welcome: str) -> None:
        super().__init__(config)
        self._welcome = welcome

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            typer.echo(self._welcome)


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything else is started: a taken one is told at once."""
    host, port = settings.server.host, settings.server.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Failed(f"Port {port} is taken: stop what listens there, or set QUARTET_PORT.") from None
        raise Failed(f"Cannot listen on {host}, port {port}: {error.strerror}. Set QUARTET_HOST.") from None
    listening.set_inheritable(True)
    return listening


def _first_start(settings: Settings) -> str:
    """Seed an empty database; return how to sign in."""
    if (settings.server.seed == "none" or not settings.server.is_local) and demo_is_open(settings):
        return (
            f"  {demo.EMAIL} is still here, with the password that everybody knows:\n"
            "  sign in with it, and change the password or delete the account.\n"
        )
    if settings.server.seed == "none" or not is_empty(settings):
        return ""
    if not settings.server.is_local:
        say("No demo account: its password is public, and others can reach this address.")
        return ""
    plant(settings)
    return f"  Sign in with {demo.EMAIL} and the password {demo.PASSWORD}, or make your own account.\n"


def _weights(settings: Settings) -> Path | None:
    """Return the weights of the local model, fetched first if need be; without them, say so and go on."""
    try:
        return fetch(settings.server.home or Path(), settings.server.local_model)
    except EmbeddedFailed as failed:
        say(f"No local model: {failed}")
        return None


def _welcome(listening: socket.socket, hint: str) -> str:
    host, port = listening.getsockname()[:2]
    if host not in {"127.0.0.1", "::1"}:
        hint += "  Others can reach this address: put a proxy with HTTPS in front of it.\n"
    shown = f"[{host}]" if ":" in host else host
    return f"\n  Quartet is ready at http://{shown}:{port}\n{hint}  Stop it with Ctrl-C.\n"
