"""One login with a Chat SDK: its cookie says who a browser is, and ours says it to the Chat SDK."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pyotp
import pytest
from pydantic import SecretStr

from accounts.authjs_cookies import OLD_SECRET, PLAIN, SECRET, SECURE, claims, flipped, opened, sealed
from conftest import a_server, a_settings
from people import PASSWORD, Person, Visitor
from quartet.core.database import Database
from quartet.settings import AuthSettings

OURS = "quartet_session"


@pytest.fixture(scope="session")
async def house(database_url: str) -> AsyncIterator[str]:
    """A server that shares a Chat SDK's login, in the middle of a change of its secret."""
    auth = AuthSettings(secret=SecretStr(f"{SECRET}, {OLD_SECRET}"))
    async with a_server(a_settings(database_url).model_copy(update={"auth": auth})) as address:
        yield address


@pytest.fixture
async def dora(house: str, database: Database) -> AsyncIterator[Person]:
    """Somebody who made an account here, and is signed in with both cookies."""
    async with Person(house, database) as person:
        await person.register()
        yield person


@pytest.fixture
async def browser(house: str) -> AsyncIterator[Visitor]:
    async with Visitor(house) as visitor:
        yield visitor


async def who(browser: Visitor, **cookies: str) -> str | None:
    """Say who is signed in, by e-mail; with these cookies and no others, where some are given."""
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else None
    if cookies:
        browser.http.cookies.clear()
    user = (await browser.http.get("/api/auth/session", headers=headers)).json()["user"]
    return user["email"] if user else None


def carry(browser: Visitor, cookies: dict[str, str]) -> None:
    """Put cookies where the server's own would go, so that it can change and delete them."""
    for name, value in cookies.items():
        browser.http.cookies.set(name, value, domain="127.0.0.1")


async def shown(browser: Visitor, token: str, name: str = PLAIN) -> str | None:
    return await who(browser, **{name: token})


async def a_chat_sdk_user(database: Database, email: str | None = None, password: str | None = None) -> tuple[str, str]:
    email = email or f"{uuid4().hex[:12]}@example.com"
    async with database.system() as tx:
        cursor = await tx.execute(
            'INSERT INTO "User" ("email", "password") VALUES (%s, %s) RETURNING "id"::text', [email, password]
        )
        return (await cursor.fetchone())[0], email


async def test_who_is_signed_in_there_is_signed_in_here(browser: Visitor, database: Database):
    id_, email = await a_chat_sdk_user(database)
    carry(browser, {PLAIN: sealed(claims(id_))})
    assert (await browser.post("/api/components", {"type": "role", "name": "x", "content": "x"})).status_code == 201
    assert (await browser.get("/api/account")).status_code == 401, "not before there is a session of ours"
    assert await who(browser) == email
    assert (await browser.get("/api/account")).json()["email"] == email
    (session,) = (await browser.get("/api/account/sessions")).json()["items"]
    assert session["isCurrent"]
    told = opened(browser.http.cookies[PLAIN])
    assert told["sid"] == session["id"]
    assert await who(browser) == email
    assert len((await browser.get("/api/account/sessions")).json()["items"]) == 1, "one is enough"


async def test_a_guest_of_theirs_is_a_guest_of_ours_and_may_register_or_go(browser: Visitor, database: Database):
    id_, email = await a_chat_sdk_user(database, f"guest-{time.time_ns() // 1_000_000}", "x" * 60)
    carry(browser, {PLAIN: sealed(claims(id_, type="guest", email=email))})
    assert (await browser.get("/api/auth/session")).json()["user"] == {"id": id_, "email": email, "isGuest": True}
    body = {"email": f"{uuid4().hex[:12]}@example.com", "password": PASSWORD}
    assert (await browser.post("/api/auth/register", body)).json()["id"] == id_, "the guest keeps everything"
    told = opened(browser.http.cookies[PLAIN])
    assert (told["type"], told["email"], told["id"]) == ("regular", body["email"], id_)
    other, email = await a_chat_sdk_user(database, f"guest-{time.time_ns() // 1_000_000}", "x" * 60)
    browser.http.cookies.clear()
    carry(browser, {PLAIN: sealed(claims(other, type="guest"))})
    assert await who(browser) == email
    assert (await browser.http.request("DELETE", "/api/account")).status_code == 204, "nobody knows that password"
    assert await who(browser) is None


async def test_signing_in_here_signs_in_there(dora: Person):
    told = opened(dora.http.cookies[PLAIN])
    assert (told["sub"], told["id"], told["email"], told["type"]) == (dora.id, dora.id, dora.email, "regular")
    assert 29 * 86_400 < told["exp"] - time.time() <= 30 * 86_400
    answer = await dora.post("/api/auth/login", {"email": dora.email, "password": PASSWORD})
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if each.startswith(PLAIN)]
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


async def test_a_guest_of_ours_is_a_guest_of_theirs(browser: Visitor):
    await browser.get("/api/auth/guest", redirectUrl="/")
    assert opened(browser.http.cookies[PLAIN])["type"] == "guest"


async def test_over_https_the_cookie_has_the_other_name_and_key(browser: Visitor, dora: Person):
    browser.http.headers["x-forwarded-proto"] = "https"
    answer = await browser.post("/api/auth/login", {"email": dora.email, "password": PASSWORD})
    (cookie,) = [each for each in answer.headers.get_list("set-cookie") if "authjs" in each]
    name, _, token = cookie.partition(";")[0].partition("=")
    assert name == SECURE
    assert "Secure" in cookie.split("; ")
    assert opened(token, name=SECURE)["id"] == dora.id
    assert await shown(browser, token, SECURE) == dora.email
    planted = sealed(claims(dora.id))
    assert await shown(browser, planted) is None, "another host of the domain could plant this one"


async def test_without_its_cookie_nobody_is_signed_in(dora: Person):
    ours = dora.http.cookies[OURS]
    assert await who(dora, **{OURS: ours}) is None


async def test_a_session_of_ours_of_somebody_else_counts_nothing(dora: Person, browser: Visitor, database: Database):
    id_, email = await a_chat_sdk_user(database)
    cookies = {OURS: dora.http.cookies[OURS], PLAIN: sealed(claims(id_))}
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    assert (await browser.http.get("/api/account", headers=headers)).status_code == 401
    assert await who(browser, **cookies) == email
    assert (await browser.get("/api/account")).json()["email"] == email, "now it has a session of its own"


async def test_signing_out_takes_both_cookies_and_no_copy_is_left(dora: Person):
    copy = dora.http.cookies[PLAIN]
    carry(dora, {f"{PLAIN}.0": "left over"})
    answer = await dora.post("/api/auth/logout")
    gone = {each.partition("=")[0] for each in answer.headers.get_list("set-cookie") if "Max-Age=0" in each}
    assert gone == {OURS, PLAIN, f"{PLAIN}.0"}
    assert await shown(dora, copy) is None


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
@pytest.mark.parametrize("enc", ["A256CBC-HS512", "A256GCM"])
@pytest.mark.parametrize("header", [{}, {"kid": None}], ids=["kid", "no kid"])
async def test_every_secret_and_both_encryptions_are_read(
    dora: Person, browser: Visitor, secret: str, enc: str, header: dict[str, Any]
):
    assert await shown(browser, sealed(claims(dora.id), secret=secret, enc=enc, **header)) == dora.email


async def test_what_does_not_hold_is_nobody(dora: Person, browser: Visitor):
    now = int(time.time())
    good = sealed(claims(dora.id))
    bad = {
        "another secret": sealed(claims(dora.id), secret="a stranger's"),
        "another secret, without saying so": sealed(claims(dora.id), secret="a stranger's", kid=None),
        "another's kid": sealed(claims(dora.id), kid="x"),
        "made for the other name": sealed(claims(dora.id), name=SECURE),
        "made for the other name, no kid": sealed(claims(dora.id), name=SECURE, kid=None),
        "expired": sealed(claims(dora.id, exp=now - 17)),
        "without an end": sealed({**claims(dora.id), "exp": None}),
        "from the future": sealed(claims(dora.id, iat=now + 60)),
        "an end that is none": sealed(claims(dora.id, exp="tomorrow")),
        "compressed": sealed(claims(dora.id), zip="DEF"),
        "nobody": sealed(claims(str(uuid4()))),
        "no id": sealed(claims("x")),
        "not JSON": "x.y.z",
        "too long a header": "A" * 5000 + "....",
        "no object": "W10....",
        **{f"part {part} tampered": flipped(good, part) for part in (0, 2, 3, 4)},
    }
    assert await shown(browser, good) == dora.email
    assert {why: await shown(browser, token) for why, token in bad.items()} == dict.fromkeys(bad)
    assert await shown(browser, sealed(claims(dora.id, exp=now - 10))) == dora.email, "15 s for clocks that differ"


async def test_other_algorithms_are_not_tried(dora: Person, browser: Visitor):
    token = sealed(claims(dora.id))
    for header in ('{"alg":"A256KW","enc":"A256CBC-HS512"}', '{"alg":"dir","enc":"A128CBC-HS256"}', '{"alg":"none"}'):
        first = base64.urlsafe_b64encode(header.encode()).rstrip(b"=").decode()
        assert await shown(browser, ".".join([first, *token.split(".")[1:]])) is None


async def test_a_big_cookie_comes_and_goes_in_pieces(dora: Person, browser: Visitor):
    told = claims(dora.id, picture="x" * 5000)
    token = sealed(told)
    pieces = {f"{PLAIN}.{number}": token[number * 3936 : (number + 1) * 3936] for number in range(2)}
    carry(browser, pieces)
    answer = await browser.get("/api/auth/session")
    assert answer.json()["user"]["email"] == dora.email
    again = {name: browser.http.cookies[name] for name in pieces}
    assert again != pieces
    kept = opened("".join(again.values()))
    assert kept["picture"] == told["picture"], "what a Chat SDK put there stays"
    assert await who(browser, **{f"{PLAIN}.1": pieces[f"{PLAIN}.1"]}) is None
    carry(browser, again)
    answer = await browser.post("/api/auth/login", {"email": dora.email, "password": PASSWORD})
    gone = {each.partition("=")[0] for each in answer.headers.get_list("set-cookie") if "Max-Age=0" in each}
    assert gone == set(pieces), "the new one is small, and what was left over would spoil it"


async def test_other_sessions_end_everywhere(dora: Person, house: str):
    async with Visitor(house) as other:
        await other.post("/api/auth/login", {"email": dora.email, "password": PASSWORD})
        there = sealed(claims(dora.id, iat=int(time.time()) - 1))
        assert (await dora.delete("/api/account/sessions")).json()["endedCount"] == 1
        assert await who(other) is None
        assert await shown(other, there) is None, "nor what the Chat SDK made before"
    assert await who(dora) == dora.email
    assert await shown(dora, sealed(claims(dora.id, iat=int(time.time()) + 1))) == dora.email, "a new sign-in there"


async def test_another_password_ends_what_was_before(dora: Person):
    before = dora.http.cookies[PLAIN]
    changed = await dora.post("/api/account/password", {"current": PASSWORD, "new": "another horse battery"})
    assert changed.status_code == 204
    assert await who(dora) == dora.email
    assert dora.http.cookies[PLAIN] != before
    assert await shown(dora, before) is None


async def test_one_browser_can_be_signed_out_also_after_the_chat_sdk_renewed_its_cookie(dora: Person, house: str):
    async with Visitor(house) as other:
        carry(other, {PLAIN: sealed(claims(dora.id))})
        assert await who(other) == dora.email
        theirs = next(
            each["id"] for each in (await dora.get("/api/account/sessions")).json()["items"] if not each["isCurrent"]
        )
        renewed = sealed(opened(other.http.cookies[PLAIN]) | {"iat": int(time.time()) + 1, "jti": str(uuid4())})
        assert (await dora.delete(f"/api/account/sessions/{theirs}")).status_code == 204
        assert await who(other) is None
        assert await shown(other, renewed) is None
    assert await who(dora) == dora.email


async def test_a_session_that_continues_one_elsewhere_is_no_fresh_sign_in(browser: Visitor, database: Database):
    id_, _ = await a_chat_sdk_user(database)
    carry(browser, {PLAIN: sealed(claims(id_))})
    assert await who(browser) is not None
    answer = await browser.http.request("DELETE", "/api/account")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden:stale_session")


async def test_who_has_a_second_factor_shows_it_here(dora: Person, browser: Visitor):
    begun = (await dora.post("/api/account/second-factor", {"password": PASSWORD})).json()
    app = pyotp.parse_uri(begun["uri"])
    there = sealed(claims(dora.id))
    assert await shown(browser, there) == dora.email, "it is not on yet"
    on = await dora.post("/api/account/second-factor/enable", {"code": app.now()})
    recovery = on.json()["recoveryCodes"][0]
    assert await shown(browser, there) is None, "a Chat SDK asks for the password alone"
    browser.http.cookies.clear()
    answer = await browser.post("/api/auth/login", {"email": dora.email, "password": PASSWORD})
    assert (answer.status_code, browser.http.cookies.get(PLAIN)) == (401, None)
    step = {"challenge": answer.json()["challenge"], "code": recovery}
    assert (await browser.post("/api/auth/second-factor", step)).status_code == 200
    assert await who(browser) == dora.email
    assert opened(browser.http.cookies[PLAIN])["id"] == dora.id


async def test_an_api_key_needs_no_cookie_and_gets_none(dora: Person, browser: Visitor):
    made = (await dora.post("/api/account/keys", {"name": "x", "scopes": ["read"]})).json()
    headers = {"authorization": f"Bearer {made['key']}", "cookie": f"{PLAIN}={sealed(claims(str(uuid4())))}"}
    answer = await browser.http.get("/api/auth/session", headers=headers)
    assert answer.json()["user"]["id"] == dora.id
    assert "set-cookie" not in answer.headers
    assert (await browser.http.get("/api/account", headers=headers)).status_code == 403


async def test_who_is_told_apart_also_at_once(house: str, database: Database):
    people = [await a_chat_sdk_user(database) for _ in range(8)]

    async def look(id_: str) -> str | None:
        async with Visitor(house) as browser:
            return await shown(browser, sealed(claims(id_)))

    assert await asyncio.gather(*(look(id_) for id_, _ in people)) == [email for _, email in people]


async def test_without_the_setting_its_cookie_says_nothing(visitor: Visitor, bob: Person):
    assert await shown(visitor, sealed(claims(bob.id))) is None
    assert PLAIN not in bob.http.cookies
