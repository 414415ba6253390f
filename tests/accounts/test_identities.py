"""Providers linked to an account, and taken away again."""

import asyncio
from uuid import UUID

import pyotp
import pytest

from accounts.entering import KINDS, begin, enter, identities, link, linked, refused, visit, who
from accounts.identity_peer import CLIENT_ID, IdentityPeer
from conftest import a_server, a_settings
from people import PASSWORD, Person, Visitor
from quartet.core.database import Database
from quartet.settings import OAuthSettings


async def test_a_provider_that_is_away_or_another_is_told(carol: Person, peer: IdentityPeer, database_url: str):
    oauth = OAuthSettings(oidc_issuer=peer.address, oidc_client_id=CLIENT_ID)
    async with (
        a_server(a_settings(database_url).model_copy(update={"oauth": oauth})) as address,
        Visitor(address) as visitor,
    ):
        for peer.is_away, peer.lies in ((True, {}), (False, {"issuer": "https://elsewhere.example"})):
            assert await begin(visitor) == "/sign-in?error=provider"
        await visitor.post("/api/auth/login", {"email": carol.email, "password": PASSWORD})
        answer = await visitor.post("/api/account/identities", {"provider": "oidc", "password": PASSWORD})
        assert (answer.status_code, answer.json()["code"]) == (503, "offline:provider")
        peer.behave()
        assert (await begin(visitor)).startswith(peer.address)


async def test_a_second_factor_is_the_providers_business(browser: Visitor, carol: Person, peer: IdentityPeer):
    begun = (await carol.post("/api/account/second-factor", {"password": PASSWORD})).json()
    await carol.post("/api/account/second-factor/enable", {"code": pyotp.parse_uri(begun["uri"]).now()})
    await linked(carol)
    await enter(browser)
    assert (await who(browser))["id"] == carol.id


@pytest.mark.parametrize("kind", KINDS)
async def test_a_linked_provider_signs_in_to_the_account(
    browser: Visitor, carol: Person, peer: IdentityPeer, kind: str
):
    assert await linked(carol, kind) == "/account"
    (identity,) = await identities(carol)
    assert (identity["provider"], identity["email"]) == (kind, peer.somebody.email)
    await enter(browser, kind)
    assert (await who(browser))["id"] == carol.id
    assert await linked(carol, kind) == "/account", "once more changes nothing"
    assert len(await identities(carol)) == 1


async def test_linking_needs_the_password(carol: Person, peer: IdentityPeer):
    for password in (None, "wrong password"):
        answer = await link(carol, password=password)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden:password")
    assert (await link(carol, "nobody")).status_code == 404


async def test_what_is_linked_is_linked_to_one_account(carol: Person, browser: Visitor, peer: IdentityPeer):
    await enter(browser)
    assert await linked(carol) == "/account?error=identity_taken"
    assert await identities(carol) == []


async def test_a_link_ends_only_in_the_account_that_began_it(
    carol: Person, browser: Visitor, peer: IdentityPeer, door: str, database: Database
):
    back = await visit(carol, (await link(carol)).json()["url"])
    async with Person(door, database) as other:
        await other.register()
        flow = carol.http.cookies["quartet_oauth"]
        carol.http.cookies = other.http.cookies
        carol.http.cookies.set("quartet_oauth", flow)
        assert (await carol.http.get(back)).headers["location"] == "/account?error=expired"
        assert await identities(other) == []


async def test_unlinked_it_signs_in_no_more(carol: Person, browser: Visitor, door: str, peer: IdentityPeer):
    await linked(carol)
    (identity,) = await identities(carol)
    path = f"/api/account/identities/{identity['id']}"
    await enter(browser)
    assert (await browser.delete(path)).status_code == 204
    assert (await carol.delete(path)).status_code == 404
    peer.somebody.email = carol.email
    async with Visitor(door) as stranger:
        await refused(stranger, "email_taken")


async def test_the_last_way_in_stays_also_under_a_race(
    browser: Visitor, carol: Person, peer: IdentityPeer, database: Database
):
    await linked(carol)
    await linked(carol, "github")
    async with database.system() as tx:
        await tx.execute('UPDATE "User" SET "password" = NULL WHERE "id" = %s', [carol.id])
    paths = [f"/api/account/identities/{each['id']}" for each in await identities(carol)]
    answers = await asyncio.gather(*(carol.delete(path) for path in paths))
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    refusal = next(answer for answer in answers if answer.status_code == 409)
    assert refusal.json()["code"] == "conflict:identity"


async def test_others_links_are_nobody_elses(carol: Person, browser: Visitor, peer: IdentityPeer):
    await enter(browser)
    (theirs,) = await identities(browser)
    assert (await carol.delete(f"/api/account/identities/{theirs['id']}")).status_code == 404
    assert await identities(carol) == []


async def test_neither_strangers_nor_guests_link(browser: Visitor, peer: IdentityPeer):
    assert (await link(browser)).status_code == 401
    assert (await browser.get("/api/account/identities")).status_code == 401
    assert (await browser.delete(f"/api/account/identities/{UUID(int=1)}")).status_code == 401
    await browser.get("/api/auth/guest")
    answer = await link(browser)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden:guest")
