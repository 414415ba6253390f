"""Signing in with a provider: everything that must not let anybody in."""

import time
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from joserfc.jwk import OctKey, RSAKey
from pydantic import SecretStr

from accounts.entering import begin, enter, refused, visit, who
from accounts.identity_peer import CLIENT_ID, CLIENT_SECRET, IdentityPeer
from accounts.limiting import an_address, limited, serving
from conftest import a_server, a_settings
from people import Visitor
from quartet.accounts.oauth import flow as flows
from quartet.settings import OAuthSettings


async def test_whoever_says_no_is_not_signed_in(browser: Visitor, peer: IdentityPeer):
    peer.denies = True
    await refused(browser, "denied")


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another client"},
        {"aud": "another client", "azp": CLIENT_ID},
        {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
        {"exp": int(time.time()) - 120},
        {"exp": None},
        {"iat": int(time.time()) + 3600},
        {"at_hash": "of another token"},
    ],
    ids=[
        "issuer",
        "audience",
        "audience, for us only on the way",
        "authorized party",
        "nonce",
        "no nonce",
        "no subject",
        "over",
        "no end",
        "not yet",
        "access token",
    ],
)
async def test_a_token_that_is_not_for_us_now_is_not_believed(browser: Visitor, peer: IdentityPeer, lies: dict):
    peer.lies = lies
    await refused(browser, "provider")


async def test_a_token_that_the_provider_did_not_sign_is_not_believed(browser: Visitor, peer: IdentityPeer):
    peer.key = RSAKey.generate_key(2048)
    await refused(browser, "provider")
    peer.algorithm, peer.key = "HS256", OctKey.import_key(CLIENT_SECRET)
    await refused(browser, "provider")
    peer.algorithm = "none"
    await refused(browser, "provider")


async def test_new_keys_of_the_provider_are_learned(browser: Visitor, peer: IdentityPeer, database_url: str):
    oauth = OAuthSettings(
        oidc_issuer=peer.address, oidc_client_id=CLIENT_ID, oidc_client_secret=SecretStr(CLIENT_SECRET)
    )
    async with (
        a_server(a_settings(database_url).model_copy(update={"oauth": oauth})) as address,
        Visitor(address) as visitor,
    ):
        keys = peer.keys
        peer.rotate()
        await enter(visitor)
        assert await who(visitor)
    peer.keys = keys  # a server learns new ones at most every ten seconds, and the others know the old


async def test_userinfo_tells_the_address_of_the_same_person_only(browser: Visitor, peer: IdentityPeer):
    peer.tells_email_in_userinfo = True
    peer.userinfo_lies = {"sub": "somebody else"}
    await refused(browser, "provider")
    peer.userinfo_lies = {}
    await enter(browser)
    assert (await who(browser))["email"] == peer.somebody.email


async def test_another_provider_that_answers_is_refused(browser: Visitor, peer: IdentityPeer):
    # The mix-up attack, RFC 9207.
    peer.answers_as = "https://evil.example"
    await refused(browser, "provider")
    peer.answers_as = peer.address
    assert (await enter(browser)).headers["location"] == "/library"


async def test_a_code_ends_only_in_the_browser_that_began(browser: Visitor, door: str, peer: IdentityPeer):
    back = await visit(browser, await begin(browser))
    async with Visitor(door) as victim:
        answer = await victim.http.get(back)
        assert answer.headers["location"] == "/sign-in?error=expired", "login CSRF: no cookie, no entry"
        own = urlsplit(await visit(victim, await begin(victim)))
        stolen = parse_qs(urlsplit(back).query)["code"][0]
        state = parse_qs(own.query)["state"][0]
        answer = await victim.get("/api/auth/oauth/oidc/callback", code=stolen, state=state)
        assert answer.headers["location"] == "/sign-in?error=provider", "PKCE: the code belongs to another verifier"
        assert await who(victim) is None


async def test_coming_back_twice_is_too_often(browser: Visitor, peer: IdentityPeer):
    back = await visit(browser, await begin(browser))
    cookie = browser.http.cookies["quartet_oauth"]
    assert (await browser.http.get(back)).headers["location"] == "/library"
    assert (await browser.http.get(back)).headers["location"] == "/sign-in?error=expired"
    browser.http.cookies.set("quartet_oauth", cookie)
    assert (await browser.http.get(back)).headers["location"] == "/sign-in?error=provider", "the code is used up"


async def test_a_wrong_state_or_provider_or_cookie_is_refused(browser: Visitor, peer: IdentityPeer):
    async def ends(back: str) -> str:
        return (await browser.http.get(back)).headers["location"]

    back = await visit(browser, await begin(browser))
    assert await ends(back + "x") == "/sign-in?error=expired"
    back = await visit(browser, await begin(browser))
    assert await ends(back.replace("/oidc/", "/github/")) == "/sign-in?error=expired"
    back = await visit(browser, await begin(browser))
    browser.http.cookies.clear()
    browser.http.cookies.set("quartet_oauth", "made up")
    assert await ends(back) == "/sign-in?error=expired"
    assert await who(browser) is None


async def test_after_ten_minutes_it_is_over(browser: Visitor, peer: IdentityPeer):
    flow = flows.begin("oidc", "/")
    old = msgspec.structs.replace(flow, started=time.time() - flows.LIFETIME_SECONDS - 1)
    for kept, ending in ((old, "expired"), (flow, "denied")):
        browser.http.cookies.set("quartet_oauth", flows.seal(b"for tests", kept))
        answer = await browser.get("/api/auth/oauth/oidc/callback", state=kept.state)
        assert answer.headers["location"] == f"/sign-in?error={ending}"
        browser.http.cookies.clear()


async def test_too_many_tries_end_on_the_page_too(database_url: str, peer: IdentityPeer):
    oauth = OAuthSettings(
        oidc_issuer=peer.address, oidc_client_id=CLIENT_ID, oidc_client_secret=SecretStr(CLIENT_SECRET)
    )
    settings = limited(database_url, login_address="1/hour").model_copy(update={"oauth": oauth})
    async with serving(settings) as browser:
        at = an_address()
        peer.denies = True
        await refused(await browser(at), "denied")
        peer.denies = False
        await refused(await browser(at), "too_many")
