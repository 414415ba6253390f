"""Signing in with a provider that others wrote: discovery, PKCE, its signature, and what it is asked twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from conftest import a_server, a_settings
from e2e.openid import CLIENT_ID, CLIENT_SECRET, a_free_port, an_openid_provider, sign_in_there
from people import Visitor
from quartet.settings import OAuthSettings

CALLBACK = "/api/auth/oauth/oidc/callback"


@pytest.fixture
async def browser(database_url: str, npm_packages: Path) -> AsyncIterator[Visitor]:
    port = a_free_port()
    oauth = OAuthSettings(
        oidc_issuer=f"http://127.0.0.1:{port}", oidc_client_id=CLIENT_ID, oidc_client_secret=SecretStr(CLIENT_SECRET)
    )
    async with (
        a_server(a_settings(database_url).model_copy(update={"oauth": oauth})) as address,
        an_openid_provider(port, address + CALLBACK),
        Visitor(address) as visitor,
    ):
        yield visitor


async def enter(browser: Visitor, name: str) -> str:
    """Press the button and come back; return the page that it ends on."""
    begun = await browser.get("/api/auth/oauth/oidc", redirectUrl="/library")
    callback = str(browser.http.base_url.join(CALLBACK))
    back = await sign_in_there(browser.http, begun.headers["location"], name, callback)
    answer = await browser.http.get(back)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_a_person_comes_in_and_comes_back(browser: Visitor):
    assert await enter(browser, "grace") == "/library"
    user = (await browser.get("/api/auth/session")).json()["user"]
    assert user["email"] == "grace@example.com"
    await browser.post("/api/auth/logout")
    assert (await browser.get("/api/auth/session")).json()["user"] is None
    assert await enter(browser, "grace") == "/library", "signed in there already, and agreed"
    assert (await browser.get("/api/auth/session")).json()["user"]["id"] == user["id"]


async def test_a_code_is_taken_once(browser: Visitor):
    begun = await browser.get("/api/auth/oauth/oidc")
    kept = browser.http.cookies["quartet_oauth"]
    callback = str(browser.http.base_url.join(CALLBACK))
    back = await sign_in_there(browser.http, begun.headers["location"], "heidi", callback)
    assert (await browser.http.get(back)).headers["location"] == "/"
    await browser.post("/api/auth/logout")
    browser.http.cookies.set("quartet_oauth", kept)
    assert (await browser.http.get(back)).headers["location"] == "/sign-in?error=provider"
    assert (await browser.get("/api/auth/session")).json()["user"] is None
