"""A shop on this machine: the peer that stands in for Polar, and a server that sells through it."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from conftest import a_server, a_settings
from quartet.core.database import Database
from quartet.polar_peer import app as peer_app
from quartet.polar_peer.clock import Clock
from quartet.polar_peer.delivering import Deliverer
from quartet.polar_peer.events import Event, sign
from quartet.polar_peer.peer import SECRET, TOKEN, Peer
from quartet.polar_peer.records import Product
from quartet.settings import PolarSettings, Settings

WEBHOOK = "/api/webhooks/polar"


@dataclass
class Shop:
    """Where Quartet is, the seller it sells through, and the settings that it was started with."""

    address: str
    peer: Peer
    settings: Settings

    def product(self, name: str = "Pro") -> Product:
        return next(each for each in self.peer.organization.products.values() if each.name == name)


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """Serve an app on a free port of loopback; yield the address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="on"))
    task = asyncio.create_task(server._serve())  # noqa: SLF001 - serve() would take the test's signals
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def a_peer(clock: Clock | None = None) -> AsyncIterator[Peer]:
    """Serve a peer whose waits are a thousandth of Polar's; nobody takes its events yet."""
    peer = Peer("", Deliverer("http://127.0.0.1:9/", SECRET, base=0.002), clock=clock)
    async with serving(peer_app.create_app(peer)) as address:
        peer.address = address
        yield peer


def selling(settings: Settings, peer: Peer) -> Settings:
    products = {each.id: each.plan for each in peer.organization.products.values()}
    polar = PolarSettings(
        access_token=SecretStr(TOKEN), webhook_secret=SecretStr(SECRET), base_url=peer.address, products=products
    )
    return settings.model_copy(update={"polar": polar})


@asynccontextmanager
async def a_shop(database_url: str, *, openai_url: str | None = None) -> AsyncIterator[Shop]:
    async with a_peer() as peer:
        settings = selling(a_settings(database_url, openai_url=openai_url), peer)
        async with a_server(settings) as address:
            peer.deliverer.url = address + WEBHOOK
            yield Shop(address, peer, settings)


async def a_user(database: Database, email: str = "") -> str:
    """Make somebody who never signs in."""
    email = email or f"{random.getrandbits(60):x}@example.com"
    async with database.system() as tx:
        cursor = await tx.execute('INSERT INTO "User" ("email") VALUES (%s) RETURNING "id"::text', [email])
        return (await cursor.fetchone())[0]


async def row(database: Database, user_id: str) -> dict[str, Any] | None:
    """Read the user's row in "Subscription"."""
    names = ("plan", "status", "polarCustomerId", "polarSubscriptionId", "currentPeriodStart", "currentPeriodEnd")
    columns = ", ".join(f'"{name}"' for name in (*names, "cancelAtPeriodEnd"))
    async with database.system() as tx:
        cursor = await tx.execute(f'SELECT {columns} FROM "Subscription" WHERE "userId" = %s', [user_id])
        found = await cursor.fetchone()
    return dict(zip((*names, "cancelAtPeriodEnd"), found, strict=True)) if found else None


async def outcome(database: Database, webhook_id: str) -> str | None:
    async with database.system() as tx:
        cursor = await tx.execute('SELECT "outcome" FROM "PolarEvent" WHERE "webhookId" = %s', [webhook_id])
        found = await cursor.fetchone()
    return found[0] if found else None


async def deliver(
    http: httpx2.AsyncClient, event: Event, *, at: int, secret: str = SECRET, **headers: str
) -> httpx2.Response:
    """Send an event as Polar does, signed at `at` (Unix seconds)."""
    return await http.post(WEBHOOK, content=event.body, headers=sign(secret, event, at) | headers)
