"""Signing in with a provider: who comes in, and as whom."""

import asyncio
from contextlib import AsyncExitStack
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.entering import KINDS, begin, enter, refused, visit, who
from accounts.identity_peer import IdentityPeer
from people import Person, Visitor


async def test_the_page_learns_what_is_offered(browser: Visitor, visitor: Visitor):
    items = (await browser.get("/api/auth/providers")).json()["items"]
    assert items == [{"id": "oidc", "name": "Our company"}, {"id": "github", "name": "GitHub"}]
    assert (await visitor.get("/api/auth/providers")).json()["items"] == [], "none is set up there"
    for path in ("/api/auth/oauth/oidc", "/api/auth/oauth/oidc/callback?code=x&state=x"):
        answer = await visitor.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found:provider")


@pytest.mark.parametrize("kind", KINDS)
async def test_somebody_new_has_an_account_and_comes_back_to_it(
    browser: Visitor, peer: IdentityPeer, door: str, kind: str
):
    answer = await enter(browser, kind, "/library?type=role")
    assert answer.headers["location"] == "/library?type=role"
    user = await who(browser)
    assert user == {"id": user["id"], "email": peer.somebody.email, "isGuest": False}
    assert (await browser.get("/api/account")).json()["hasPassword"] is False
    assert "quartet_oauth" not in browser.http.cookies
    async with Visitor(door) as elsewhere:
        peer.somebody.email = "changed@example.com"
        await enter(elsewhere, kind)
        assert (await who(elsewhere))["id"] == user["id"]
        assert (await who(elsewhere))["email"] == user["email"], "an address elsewhere changes nothing here"


async def test_what_is_asked_of_the_provider(browser: Visitor, peer: IdentityPeer, door: str):
    url = await begin(browser)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["redirect_uri"] == f"{door}/api/auth/oauth/oidc/callback"
    assert asked["scope"] == "openid email"
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    again = {name: values[0] for name, values in parse_qs(urlsplit(await begin(browser)).query).items()}
    assert not {asked[name] for name in ("state", "nonce", "code_challenge")} & set(again.values())
    cookie = browser.http.cookies["quartet_oauth"]
    assert again["state"] not in cookie, "sealed"


@pytest.mark.parametrize("url", ["https://evil.example", "//evil.example", "/\\evil.example", "x"])
async def test_afterwards_only_a_local_path(browser: Visitor, peer: IdentityPeer, url: str):
    assert (await enter(browser, redirect_url=url)).headers["location"] == "/"


async def test_a_guest_keeps_everything(browser: Visitor, peer: IdentityPeer):
    await browser.get("/api/auth/guest")
    guest = await who(browser)
    made = await browser.post("/api/components", {"type": "role", "name": "Mine", "content": "x"})
    await enter(browser)
    assert await who(browser) == {"id": guest["id"], "email": peer.somebody.email, "isGuest": False}
    assert (await browser.get(f"/api/components/{made.json()['id']}")).status_code == 200


@pytest.mark.parametrize("verified", [True, None])
async def test_an_address_links_nothing_not_even_a_verified_one(
    browser: Visitor, carol: Person, peer: IdentityPeer, *, verified: bool | None
):
    # Nobody showed here that the address is theirs: whoever registered it first would get the other's sign-in.
    peer.somebody.email, peer.somebody.verified = carol.email.upper(), verified
    await refused(browser, "email_taken")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("email", "verified"), [("{taken}", False), (None, None), ("no address", True), (f"{'x' * 60}@example.com", True)]
)
async def test_an_address_that_cannot_be_had_is_not(
    browser: Visitor, carol: Person, peer: IdentityPeer, kind: str, email: str | None, *, verified: bool | None
):
    peer.somebody.email = carol.email if email == "{taken}" else email
    peer.somebody.verified = verified
    await enter(browser, kind)
    user = await who(browser)
    assert user["id"] != carol.id
    assert user["email"].startswith(f"{kind}-")
    assert user["email"].endswith("@accounts.invalid")


async def test_the_same_person_at_once_is_one_account(door: str, peer: IdentityPeer):
    async with AsyncExitStack() as things:
        browsers = [await things.enter_async_context(Visitor(door)) for _ in range(4)]
        backs = [await visit(each, await begin(each)) for each in browsers]
        await asyncio.gather(*(each.http.get(back) for each, back in zip(browsers, backs, strict=True)))
        assert len({(await who(each))["id"] for each in browsers}) == 1
