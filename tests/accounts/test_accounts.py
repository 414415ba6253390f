import asyncio
from uuid import uuid4

import bcrypt
import pytest

from people import PASSWORD, Person, Visitor
from quartet.core.database import Database


def an_email() -> str:
    return f"{uuid4().hex[:12]}@Example.com"


async def test_register_signs_in(visitor: Visitor):
    email = an_email()
    answer = await visitor.post("/api/auth/register", {"email": email, "password": PASSWORD})
    assert answer.status_code == 201
    assert answer.json() == {"id": answer.json()["id"], "email": email, "isGuest": False}
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    session = (await visitor.get("/api/auth/session")).json()
    assert session == {"user": answer.json(), "plan": "free"}


async def test_nobody_is_signed_in_at_first(visitor: Visitor):
    assert (await visitor.get("/api/auth/session")).json() == {"user": None, "plan": None}


async def test_a_taken_email_is_refused_whatever_its_case(visitor: Visitor, bob: Person):
    answer = await visitor.post("/api/auth/register", {"email": bob.email.upper(), "password": PASSWORD})
    assert answer.status_code == 409
    assert answer.json()["code"] == "conflict:auth"
    assert "set-cookie" not in answer.headers


async def test_one_account_per_email_also_under_a_race(address: str):
    email = an_email()

    async def register() -> int:
        async with Visitor(address) as browser:
            return (await browser.post("/api/auth/register", {"email": email, "password": PASSWORD})).status_code

    assert sorted(await asyncio.gather(*(register() for _ in range(8)))) == [201] + [409] * 7


@pytest.mark.parametrize(
    ("email", "password", "path"),
    [
        ("no address", PASSWORD, "body.email"),
        ("a@b", PASSWORD, "body.email"),
        (f"{'a' * 60}@example.com", PASSWORD, "body.email"),
        ("nul\x00@example.com", PASSWORD, "body.email"),
        ("short@example.com", "1234567", "body.password"),
        ("long@example.com", "x" * 73, "body.password"),
        ("wide@example.com", "\N{GRINNING FACE}" * 19, "body.password"),
    ],
)
async def test_what_cannot_be_kept_is_refused_by_name(visitor: Visitor, email: str, password: str, path: str):
    answer = await visitor.post("/api/auth/register", {"email": email, "password": password})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["path"] for error in answer.json()["errors"]] == [path]


async def test_lone_surrogates_are_a_bad_request(visitor: Visitor):
    body = '{"email": "a@example.com", "password": "12345678\\ud800"}'
    for path in ("register", "login"):
        answer = await visitor.http.post(
            f"/api/auth/{path}", content=body, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 400


async def test_login_and_logout(visitor: Visitor, bob: Person):
    answer = await visitor.post("/api/auth/login", {"email": bob.email.upper(), "password": PASSWORD})
    assert answer.status_code == 200
    assert (await visitor.get("/api/auth/session")).json()["user"]["id"] == bob.id
    token = visitor.http.cookies["quartet_session"]
    assert (await visitor.post("/api/auth/logout")).status_code == 204
    assert (await visitor.get("/api/auth/session")).json()["user"] is None
    visitor.http.cookies.set("quartet_session", token)
    assert (await visitor.get("/api/auth/session")).json()["user"] is None, "a token outlived its logout"


async def test_every_failed_login_says_the_same(visitor: Visitor, bob: Person):
    wrong = await visitor.post("/api/auth/login", {"email": bob.email, "password": "wrong password"})
    unknown = await visitor.post("/api/auth/login", {"email": an_email(), "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()


async def test_a_guests_made_up_address_is_no_login(visitor: Visitor, address: str):
    await visitor.get("/api/auth/guest")
    guest = (await visitor.get("/api/auth/session")).json()["user"]
    async with Visitor(address) as other:
        answer = await other.post("/api/auth/login", {"email": guest["email"], "password": ""})
        assert answer.status_code == 401


async def test_hashes_of_the_chat_sdk_are_verified(visitor: Visitor, database: Database):
    # bcrypt-ts writes $2a$ and cuts at 72 bytes; its users' longer passwords must go on working.
    email, password = an_email(), "p" * 80
    hashed = bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4, prefix=b"2a")).decode()
    async with database.system() as tx:
        await tx.execute('INSERT INTO "User" ("email", "password") VALUES (%s, %s)', [email, hashed])
    assert (await visitor.post("/api/auth/login", {"email": email, "password": password})).status_code == 200


@pytest.mark.parametrize("stored", [None, "not a hash"])
async def test_an_account_without_a_usable_password_cannot_log_in(
    visitor: Visitor, database: Database, stored: str | None
):
    email = an_email()
    async with database.system() as tx:
        await tx.execute('INSERT INTO "User" ("email", "password") VALUES (%s, %s)', [email, stored])
    assert (await visitor.post("/api/auth/login", {"email": email, "password": "anything"})).status_code == 401


async def test_only_a_keyed_hash_of_the_token_is_stored(bob: Person, database: Database):
    token = bob.http.cookies["quartet_session"]
    async with database.system() as tx:
        cursor = await tx.execute(
            """SELECT "tokenHash", "userAgent", "expiresAt" > now() + interval '29 days'
               FROM "UserSession" WHERE "userId" = %s""",
            [bob.id],
        )
        ((hashed, _, lasts),) = await cursor.fetchall()
    assert token.encode() not in hashed
    assert lasts


async def test_an_expired_session_is_nobodys(bob: Person, database: Database):
    async with database.system() as tx:
        await tx.execute(
            """UPDATE "UserSession" SET "expiresAt" = now() - interval '1 second' WHERE "userId" = %s""", [bob.id]
        )
    assert (await bob.get("/api/components")).status_code == 401


async def test_a_guest_who_registers_keeps_everything(visitor: Visitor, address: str):
    answer = await visitor.get("/api/auth/guest", redirectUrl="/library?type=role")
    assert answer.status_code == 307
    assert answer.headers["location"] == "/library?type=role"
    guest = (await visitor.get("/api/auth/session")).json()["user"]
    assert guest["isGuest"] is True
    made = await visitor.post("/api/components", {"type": "role", "name": "Mine", "content": "x"})
    old_token = visitor.http.cookies["quartet_session"]
    email = an_email()
    answer = await visitor.post("/api/auth/register", {"email": email, "password": PASSWORD})
    assert answer.json() == {"id": guest["id"], "email": email, "isGuest": False}
    assert (await visitor.get(f"/api/components/{made.json()['id']}")).status_code == 200
    assert visitor.http.cookies["quartet_session"] != old_token


async def test_a_guest_becomes_one_account_also_under_a_race(visitor: Visitor):
    await visitor.get("/api/auth/guest")
    guest = (await visitor.get("/api/auth/session")).json()["user"]
    token = {"cookie": f"quartet_session={visitor.http.cookies['quartet_session']}"}
    answers = await asyncio.gather(
        *(
            visitor.post("/api/auth/register", {"email": an_email(), "password": PASSWORD}, headers=token)
            for _ in range(3)
        )
    )
    made = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    assert made.count(guest["id"]) == 1, "who comes later makes an account of their own, or is refused"


async def test_whoever_is_signed_in_stays_who_they_are(bob: Person):
    assert (await bob.get("/api/auth/guest")).status_code == 307
    assert (await bob.get("/api/auth/session")).json()["user"]["id"] == bob.id


@pytest.mark.parametrize("url", ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "x"])
async def test_a_guest_is_never_sent_elsewhere(visitor: Visitor, url: str):
    answer = await visitor.get("/api/auth/guest", redirectUrl=url)
    assert answer.headers["location"] == "/"
