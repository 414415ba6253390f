"""One login with the Auth.js that a Chat SDK has: whoever signs in with either is signed in with both."""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from conftest import a_server, a_settings
from people import PASSWORD, Person, Visitor
from quartet.core.database import Database
from quartet.settings import AuthSettings

SECRET, OLD_SECRET = "a secret that two programs share", "what it was last year"
PLAIN, SECURE = "authjs.session-token", "__Secure-authjs.session-token"
_CLIENTS = Path(__file__).parent / "clients"
_NODE = Path(sys.executable).parent / "node"
_PATIENCE = 30

AuthJs = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def authjs(npm_packages: Path) -> AsyncIterator[AuthJs]:
    """Auth.js in a process of its own, to be asked things."""
    del npm_packages
    node = await asyncio.create_subprocess_exec(*(_NODE, "authjs.mjs"), cwd=_CLIENTS, stdin=PIPE, stdout=PIPE)
    assert node.stdin
    assert node.stdout

    async def ask(act: str, *, url: str = "http://127.0.0.1", secrets: tuple[str, ...] = (SECRET,), **more: Any) -> Any:
        assert node.stdin
        assert node.stdout
        node.stdin.write(json.dumps({"act": act, "url": url, "secrets": secrets} | more).encode() + b"\n")
        return json.loads(await asyncio.wait_for(node.stdout.readline(), _PATIENCE))

    yield ask
    node.stdin.close()
    await asyncio.wait_for(node.wait(), _PATIENCE)


@pytest.fixture(scope="module")
async def house(database_url: str) -> AsyncIterator[str]:
    auth = AuthSettings(secret=SecretStr(f"{SECRET},{OLD_SECRET}"))
    async with a_server(a_settings(database_url).model_copy(update={"auth": auth})) as address:
        yield address


@pytest.fixture
async def erin(house: str, database: Database) -> AsyncIterator[Person]:
    async with Person(house, database) as person:
        await person.register()
        yield person


def header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items() if "session-token" in name and value)


async def who(browser: Visitor, cookies: dict[str, str]) -> str | None:
    browser.http.cookies.clear()
    answer = await browser.http.get("/api/auth/session", headers={"cookie": header(cookies)})
    user = answer.json()["user"]
    return user["id"] if user else None


async def test_who_signs_in_there_is_signed_in_here(authjs: AuthJs, erin: Person, house: str):
    for user in ({"type": "regular"}, {"type": "guest", "email": f"guest-{time.time_ns()}"}, {"image": "x" * 6000}):
        made = await authjs("sign in", user={"id": erin.id, "email": erin.email} | user)
        assert made["status"] == 302
        assert (f"{PLAIN}.1" in made["cookies"]) == ("image" in user)
        async with Visitor(house) as browser:
            assert await who(browser, made["cookies"]) == erin.id


async def test_over_https_and_with_an_older_secret(authjs: AuthJs, erin: Person, house: str):
    user = {"id": erin.id, "email": erin.email, "type": "regular"}
    older = await authjs("sign in", secrets=(OLD_SECRET,), user=user)
    safe = await authjs("sign in", url="https://chat.example.com", user=user)
    strange = await authjs("sign in", secrets=("somebody else's",), user=user)
    assert SECURE in safe["cookies"]
    async with Visitor(house) as browser:
        assert await who(browser, older["cookies"]) == erin.id
        assert await who(browser, strange["cookies"]) is None
        browser.http.headers["x-forwarded-proto"] = "https"
        assert await who(browser, safe["cookies"]) == erin.id
        assert await who(browser, older["cookies"]) is None


async def test_who_signs_in_here_is_signed_in_there_until_it_ends_here(authjs: AuthJs, erin: Person, house: str):
    ours = {PLAIN: erin.http.cookies[PLAIN]}
    seen = await authjs("session", secrets=("a new one", SECRET), cookie=header(ours))
    assert seen["body"]["user"] == {"email": erin.email, "id": erin.id, "type": "regular"}
    # Auth.js has renewed it meanwhile, with its newer secret; with its older one we know it.
    renewed = (await authjs("session", cookie=header(ours)))["cookies"]
    assert renewed[PLAIN] != ours[PLAIN]
    async with Visitor(house) as browser:
        assert await who(browser, renewed) == erin.id
        changed = await erin.post("/api/account/password", {"current": PASSWORD, "new": "another horse battery"})
        assert changed.status_code == 204
        assert await who(browser, renewed) is None, "its renewals do not make it younger"


async def test_what_we_change_of_a_big_cookie_of_theirs_it_reads(authjs: AuthJs, erin: Person, house: str):
    image = "x" * 6000
    made = await authjs("sign in", user={"id": erin.id, "email": erin.email, "type": "regular", "image": image})
    async with Visitor(house) as browser:
        assert await who(browser, made["cookies"]) == erin.id
        again = {name: value for name, value in browser.http.cookies.items() if name.startswith(PLAIN)}
    assert sorted(again) == [f"{PLAIN}.{number}" for number in range(3)]
    seen = await authjs("session", cookie=header(again))
    assert (seen["body"]["user"]["id"], seen["body"]["user"]["image"]) == (erin.id, image)
