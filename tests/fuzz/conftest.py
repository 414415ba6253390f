"""A server in a thread of its own: who fuzzes it waits for each answer, and may not hold up its loop."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
import pytest
import requests
from hypothesis import settings

from conftest import a_database
from isolation.belongings import Belongings, make_belongings
from isolation.serving import add_what_a_chat_sdk_made, add_what_is_bought_or_linked, serving
from llm.peer import VendorPeer
from people import PASSWORD, Person
from quartet.core.database import Database
from quartet.migrations import migrate

# `make fuzz` takes this one. The suite's own run is short, and the same every time.
settings.register_profile("fuzz", max_examples=60)


@dataclass
class Target:
    """Where the server is, and somebody who has one of everything there, with a key for it."""

    address: str
    has: Belongings
    key: str


@pytest.fixture(scope="session")
def target(postgres_url: str, worker_id: str) -> Iterator[Target]:
    url = a_database(postgres_url, f"fuzz_{worker_id}")
    migrate.upgrade(url)
    ready: Future[Target] = Future()
    over = threading.Event()
    with VendorPeer() as vendor:
        thread = threading.Thread(target=asyncio.run, args=[_serve(url, vendor, ready, over)], name="server")
        thread.start()
        try:
            yield ready.result(60)
        finally:
            over.set()
            thread.join(60)


async def _serve(url: str, vendor: VendorPeer, ready: "Future[Target]", over: threading.Event) -> None:
    try:
        async with _serving(url, vendor) as target:
            ready.set_result(target)
            await asyncio.to_thread(over.wait)
    except BaseException as error:
        if not ready.done():
            ready.set_exception(error)
        raise


@asynccontextmanager
async def _serving(url: str, vendor: VendorPeer) -> AsyncIterator[Target]:
    async with serving(url, vendor) as shop, Person(shop.address, Database(url)) as person:
        await person.register()
        has = await make_belongings(person, "Mine")
        await add_what_is_bought_or_linked(has, shop)
        with psycopg.connect(url, autocommit=True) as connection:
            add_what_a_chat_sdk_made(has, connection)
        scopes = ["read", "chat", "write"]
        key = (await person.post("/api/account/keys", {"name": "x", "scopes": scopes})).json()["key"]
        yield Target(shop.address, has, key)


@pytest.fixture(scope="session")
def _browser() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["sec-fetch-site"] = "same-origin"
        yield session


@pytest.fixture
def browser(target: Target, _browser: requests.Session) -> requests.Session:
    """Somebody who is signed in: again, where an operation ended the session or made it another's."""
    person = target.has.person
    user = _browser.get(f"{target.address}/api/auth/session").json()["user"]
    if user is None or user["id"] != person.id:
        body = {"email": person.email, "password": PASSWORD}
        assert _browser.post(f"{target.address}/api/auth/login", json=body).status_code == 200
    return _browser


@pytest.fixture
def program(target: Target) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.headers["authorization"] = f"Bearer {target.key}"
        yield session


@pytest.fixture
def nobody() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session
