"""A server with a database of its own, its owner of everything, and all who have no business there."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import psycopg
import pytest

from conftest import a_database
from isolation.belongings import MARK, Belongings, make_belongings
from isolation.rows import Rows
from isolation.serving import add_what_a_chat_sdk_made, add_what_is_bought_or_linked, serving
from llm.peer import VendorPeer
from people import PASSWORD, Person, Visitor
from quartet.core.database import Database
from quartet.migrations import migrate

OUTSIDERS = ("signed out", "other user", "guest", "expired session", "revoked key", "key without the scope")
STRANGERS = ("other user", "guest")
"""They are signed in, as somebody else."""


@dataclass
class House:
    """`others` are outsiders by their names; those who are somebody have things of their own."""

    owner: Belongings
    others: dict[str, Visitor]
    strangers: dict[str, Belongings]
    rows: Rows
    kept: dict[str, bytes]


@pytest.fixture(scope="session")
async def house(postgres_url: str, worker_id: str) -> AsyncIterator[House]:
    url = a_database(postgres_url, f"isolation_{worker_id}")
    migrate.upgrade(url)
    async with AsyncExitStack() as things:
        vendor = things.enter_context(VendorPeer())
        shop = await things.enter_async_context(serving(url, vendor))

        async def person() -> Person:
            return await things.enter_async_context(Person(shop.address, Database(url)))

        owner, other, guest = await person(), await person(), await person()
        for each in (owner, other):
            await each.register()
        await guest.get("/api/auth/guest")
        belongings = [
            await make_belongings(each, mark) for each, mark in ((owner, MARK), (other, "Bergen"), (guest, "Cusco"))
        ]
        await add_what_is_bought_or_linked(belongings[0], shop)
        connection = things.enter_context(psycopg.connect(url, autocommit=True))
        add_what_a_chat_sdk_made(belongings[0], connection)
        rows = Rows(connection)
        others = {name: await things.enter_async_context(Visitor(shop.address)) for name in OUTSIDERS}
        others |= {"other user": other, "guest": guest}
        await _expire(others["expired session"], owner, rows)
        others["revoked key"].http.headers["authorization"] = await _key(owner, ["read", "chat", "write"], revoked=True)
        others["key that reads"] = await things.enter_async_context(Visitor(shop.address))
        others["key that reads"].http.headers["authorization"] = await _key(owner, ["read"])
        others["key without the scope"].http.headers["authorization"] = await _key(owner, ["chat", "write"])
        strangers = dict(zip(STRANGERS, belongings[1:], strict=True))
        yield House(belongings[0], others, strangers, rows, rows.keep())


async def _expire(browser: Visitor, owner: Person, rows: Rows) -> None:
    """Sign in as the owner, and let the session be over."""
    assert (await browser.post("/api/auth/login", {"email": owner.email, "password": PASSWORD})).status_code == 200
    sessions = (await browser.get("/api/account/sessions")).json()["items"]
    current = next(each["id"] for each in sessions if each["isCurrent"])
    rows.execute('UPDATE "UserSession" SET "expiresAt" = now() WHERE "id" = %s', [current])


async def _key(owner: Person, scopes: list[str], *, revoked: bool = False) -> str:
    made = (await owner.post("/api/account/keys", {"name": "x", "scopes": scopes})).json()
    if revoked:
        assert (await owner.delete(f"/api/account/keys/{made['item']['id']}")).status_code == 204
    return f"Bearer {made['key']}"
