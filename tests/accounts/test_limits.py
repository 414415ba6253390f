"""How often: by account and by address."""

import asyncio
from collections.abc import AsyncIterator

import pyotp
import pytest

from accounts.limiting import an_address, limited, log_in, refused, serving
from conftest import a_server, a_settings
from llm.peer import Answer, VendorPeer
from people import PASSWORD, Person
from quartet.core.database import Database


async def test_guessing_a_password_from_one_address_ends_soon(bob: Person, database_url: str):
    async with serving(limited(database_url, login="3/hour")) as browser:
        stranger = await browser()
        answers = [await log_in(stranger, bob) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [401] * 3 + [429] * 2
        assert answers[0].headers["ratelimit"] == '"login-3600";r=2'
        assert answers[0].headers["ratelimit-policy"] == '"login-3600";q=3;w=3600'
        assert refused(answers[3])
        assert refused(await log_in(stranger, bob, PASSWORD)), "the right one too, or it could be told"
        assert (await log_in(await browser(), bob, PASSWORD)).status_code == 200, "the owner comes in from elsewhere"


async def test_many_at_once_are_counted_one_by_one(bob: Person, database_url: str):
    async with serving(limited(database_url, login="5/hour")) as browser:
        stranger = await browser()
        answers = await asyncio.gather(*(log_in(stranger, bob) for _ in range(12)))
        assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 7


async def test_a_right_password_begins_anew(bob: Person, database_url: str):
    async with serving(limited(database_url, login="3/hour", login_account="3/hour")) as browser:
        owner = await browser()
        for _ in range(3):
            assert [(await log_in(owner, bob)).status_code for _ in range(2)] == [401, 401]
            assert (await log_in(owner, bob, PASSWORD)).status_code == 200


async def test_an_account_is_guarded_against_many_addresses_and_spelled_either_way(bob: Person, database_url: str):
    async with serving(limited(database_url, login_account="4/hour")) as browser:
        statuses = []
        for number in range(6):
            bob.email = bob.email.upper() if number % 2 else bob.email.lower()
            statuses.append((await log_in(await browser(), bob)).status_code)
        assert statuses == [401] * 4 + [429] * 2


async def test_an_account_that_is_not_there_is_counted_too(database_url: str):
    async with serving(limited(database_url, login="2/hour")) as browser:
        stranger = await browser()
        body = {"email": "nobody@example.com", "password": "wrong password"}
        answers = [await stranger.post("/api/auth/login", body) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [401, 401, 429]


@pytest.mark.parametrize(
    ("addresses", "statuses"),
    [
        (["198.18.0.1", "198.18.0.2"], [401, 401]),
        (["2001:db8:1:2::1", "2001:db8:1:2:ffff::9"], [401, 429]),
        (["2001:db8:1:2::1", "2001:db8:1:3::1"], [401, 401]),
        (["::ffff:198.18.0.7", "198.18.0.7"], [401, 429]),
        (["198.18.0.9:1234", "198.18.0.9"], [401, 429]),
        (["who knows", "nobody"], [401, 429]),
    ],
    ids=["two", "one /64", "two of /64", "mapped", "with a port", "no address at all"],
)
async def test_who_counts_as_one_address(database_url: str, addresses: list[str], statuses: list[int]):
    async with serving(limited(database_url, login_address="1/hour")) as browser:
        answers = []
        for number, at in enumerate(addresses):
            body = {"email": f"nobody{number}@example.com", "password": "wrong password"}
            answers.append(await (await browser(at)).post("/api/auth/login", body))
        assert [answer.status_code for answer in answers] == statuses


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen_as"),
    [
        ("127.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("127.0.0.0/8,10.0.0.0/8", "203.0.113.5, 10.1.2.3", "203.0.113.5"),
        ("127.0.0.1", "203.0.113.5, 10.1.2.3", "10.1.2.3"),
        ("10.0.0.0/8", "203.0.113.5", "127.0.0.1"),
        ("none", "203.0.113.5", "127.0.0.1"),
    ],
)
async def test_only_trusted_proxies_are_believed(
    bob: Person, database_url: str, proxies: str, forwarded: str, seen_as: str
):
    settings = a_settings(database_url)
    server = settings.server.model_copy(update={"trusted_proxies": proxies})
    async with serving(settings.model_copy(update={"server": server})) as browser:
        visitor = await browser(forwarded)
        visitor.http.headers["x-forwarded-proto"] = "https"
        answer = await log_in(visitor, bob, PASSWORD)
        is_believed = proxies.startswith("127.")
        assert answer.headers["set-cookie"].startswith("__Host-") == is_believed
        name, _, token = answer.headers["set-cookie"].partition(";")[0].partition("=")
        visitor.http.headers["cookie"] = f"{name}={token}"
        items = (await visitor.get("/api/account/sessions")).json()["items"]
        assert next(item["address"] for item in items if item["isCurrent"]) == seen_as


async def test_new_accounts_and_guests_from_one_address_are_bounded(database_url: str, database: Database):
    async with serving(limited(database_url, registration="2/day", guest="2/day")) as browser:
        at = an_address()
        made, guests = [], []
        for number in range(3):
            body = {"email": f"{at}.{number}@example.com", "password": PASSWORD}
            made.append(await (await browser(at)).post("/api/auth/register", body))
            guests.append(await (await browser(at)).get("/api/auth/guest"))
        assert [answer.status_code for answer in made] == [201, 201, 429]
        assert [answer.status_code for answer in guests] == [307, 307, 429]
        assert "set-cookie" not in guests[-1].headers
        guest = await browser(at)
        guest.http.cookies.set("quartet_session", guests[0].cookies["quartet_session"])
        assert (await guest.get("/api/auth/guest")).status_code == 307, "who is a guest already makes none"


@pytest.fixture
async def asking(database_url: str, vendor: VendorPeer, database: Database) -> AsyncIterator[Person]:
    """Somebody on the pro plan, on a server where three questions an hour may be asked."""
    settings = limited(database_url, chat="3/hour")
    openai = a_settings(database_url, openai_url=vendor.openai_url).openai
    async with (
        a_server(settings.model_copy(update={"openai": openai})) as address,
        Person(address, database) as person,
    ):
        await person.register()
        await person.subscribe("pro")
        yield person


async def test_questions_are_counted_by_account_and_so_are_comparisons(asking: Person, vendor: VendorPeer):
    vendor.script(Answer())
    async with asking.asking(asking.question()) as answer:
        assert answer.headers["ratelimit"] == '"chat-3600";r=2'
        await answer.aread()
    body = asking.question()
    compared = {"id": body["id"], "message": body["message"], "left": {}, "right": {}}
    assert (await asking.post("/api/comparisons", compared)).status_code == 201
    key = (await asking.post("/api/account/keys", {"name": "x", "scopes": ["chat"]})).json()["key"]
    headers = {"authorization": f"Bearer {key}"}
    assert (await asking.post("/api/chat", asking.question(), headers=headers)).status_code == 200, (
        "a key is no way out"
    )
    question = asking.question()
    answer = await asking.post("/api/chat", question)
    assert refused(answer, "chat")
    assert (await asking.get(f"/api/chat/{question['id']}")).status_code == 404, "nothing of it was kept"
    assert (await asking.get("/api/history")).status_code == 200, "reading goes on"


async def test_anothers_questions_are_not_ones_own(asking: Person, database: Database, vendor: VendorPeer):
    for _ in range(3):
        await asking.ask()
    async with Person(str(asking.http.base_url), database) as other:
        await other.register()
        await other.ask()


async def test_second_factors_are_counted_by_account_whatever_the_challenge(
    bob: Person, database_url: str, database: Database
):
    begun = (await bob.post("/api/account/second-factor", {"password": PASSWORD})).json()
    code = pyotp.parse_uri(begun["uri"]).now()
    assert (await bob.post("/api/account/second-factor/enable", {"code": code})).status_code == 200
    async with serving(limited(database_url, second_factor="3/hour")) as browser:
        statuses = []
        for _ in range(2):
            stranger = await browser()
            challenge = (await log_in(stranger, bob, PASSWORD)).json()["challenge"]
            for _ in range(2):
                body = {"challenge": challenge, "code": "000000"}
                statuses.append((await stranger.post("/api/auth/second-factor", body)).status_code)
        assert statuses == [401, 401, 401, 429]


async def test_asking_for_the_password_again_is_counted_as_signing_in(bob: Person, database_url: str):
    async with serving(limited(database_url, login="3/hour")) as browser:
        owner = await browser()
        await log_in(owner, bob, PASSWORD)
        body = {"current": "wrong password", "new": "another long password"}
        answers = [await owner.post("/api/account/password", body) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [403, 403, 403, 429]
        assert refused(await owner.http.request("DELETE", "/api/account", json={"password": PASSWORD}))


async def test_exports_are_counted(bob: Person, database_url: str):
    async with serving(limited(database_url, export="1/hour")) as browser:
        owner = await browser()
        await log_in(owner, bob, PASSWORD)
        assert (await owner.get("/api/account/export")).status_code == 200
        assert refused(await owner.get("/api/account/export"))
