import asyncio
from uuid import uuid4

import pytest

from people import PASSWORD, Person, Visitor
from quartet.core.database import Database

NEW = "another long password"
SMILE = "\N{GRINNING FACE}"  # 4 bytes of UTF-8
# Made by Node, with bcrypt-ts 5.0.2 and 9.0.2: of "chat sdk password", and of 80 times p, which it cuts in silence.
FROM_NODE = [
    (
        "$2a$10$wESEIzl8YbvVF4JBWB2ul.l0Wpjk.nIxNf2KZMY5o9Gf4/7JALYMe",
        "$2a$04$NtQa5eyolcC60gLP1iwIS.kvSucFZSscC2wkQgdImgEBRlyzi.Hc.",
    ),
    (
        "$2b$10$aFQbFjDO5K5lM67JjsP6fu.zNuhUmDY1ka4ig0Pr10PH/LRRItfZa",
        "$2b$04$WpnsRhiJEwr50jguPFUQYOxj2E2pZ1JM3ir6i/.JUZjmk9Lq2o9c.",
    ),
]


async def change(browser: Visitor, current: str | None, new: str) -> int:
    answer = await browser.post("/api/account/password", {"current": current, "new": new})
    return answer.status_code


async def log_in(address: str, email: str, password: str) -> int:
    async with Visitor(address) as browser:
        return (await browser.post("/api/auth/login", {"email": email, "password": password})).status_code


async def an_account(database: Database, hashed: str | None) -> str:
    """Somebody whom the Chat SDK, or a provider, made."""
    email = f"{uuid4().hex[:12]}@example.com"
    async with database.system() as tx:
        await tx.execute('INSERT INTO "User" ("email", "password") VALUES (%s, %s)', [email, hashed])
    return email


async def test_a_changed_password_is_the_only_one_and_other_sessions_end(bob: Person, address: str):
    async with Visitor(address) as other:
        await other.post("/api/auth/login", {"email": bob.email, "password": PASSWORD})
        assert await change(bob, PASSWORD, NEW) == 204
        assert (await other.get("/api/components")).status_code == 401
    assert (await bob.get("/api/components")).status_code == 200
    assert await log_in(address, bob.email, PASSWORD) == 401
    assert await log_in(address, bob.email, NEW) == 200


@pytest.mark.parametrize("current", ["wrong password", None, "", "x" * 900])
async def test_without_the_current_one_nothing_changes(bob: Person, address: str, current: str | None):
    answer = await bob.post("/api/account/password", {"current": current, "new": NEW})
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden:password"
    assert await log_in(address, bob.email, PASSWORD) == 200


@pytest.mark.parametrize("new", ["short", "x" * 73, SMILE * 19])
async def test_a_new_one_must_fit(bob: Person, new: str):
    answer = await bob.post("/api/account/password", {"current": PASSWORD, "new": new})
    assert answer.status_code == 400
    assert [error["path"] for error in answer.json()["errors"]] == ["body.new"]


async def test_of_two_changes_at_once_one_holds(bob: Person, address: str):
    answers = await asyncio.gather(change(bob, PASSWORD, NEW), change(bob, PASSWORD, "a third password"))
    assert sorted(answers) == [204, 403]
    held = NEW if answers[0] == 204 else "a third password"
    assert await log_in(address, bob.email, held) == 200


async def test_signed_out_and_as_a_guest_there_is_none_to_change(visitor: Visitor):
    assert await change(visitor, PASSWORD, NEW) == 401
    await visitor.get("/api/auth/guest")
    assert await change(visitor, None, NEW) == 403
    assert (await visitor.get("/api/account")).json()["hasPassword"] is False


@pytest.mark.parametrize("password", ["x" * 72, SMILE * 18, "pässwörd\N{COMBINING ACUTE ACCENT}"])
async def test_up_to_72_bytes_every_byte_counts(visitor: Visitor, address: str, password: str):
    email = f"{uuid4().hex[:12]}@example.com"
    made = await visitor.post("/api/auth/register", {"email": email, "password": password})
    assert made.status_code == 201
    assert await log_in(address, email, password) == 200
    assert await log_in(address, email, password[:-1]) == 401


async def test_a_longer_one_is_no_server_error(bob: Person, address: str):
    # bcrypt 5 raises for more than 72 bytes; at login they are cut, as Node's bcrypt-ts did when it hashed.
    assert await log_in(address, bob.email, "x" * 73) == 401
    assert await log_in(address, bob.email, PASSWORD + SMILE * 100) == 401


@pytest.mark.parametrize(("hashed", "cut"), FROM_NODE)
async def test_hashes_made_by_node_are_verified(database: Database, address: str, hashed: str, cut: str):
    email = await an_account(database, hashed)
    assert await log_in(address, email, "chat sdk password") == 200
    assert await log_in(address, email, "chat sdk passwort") == 401
    long = await an_account(database, cut)
    assert await log_in(address, long, "p" * 80) == 200
    assert await log_in(address, long, "p" * 71) == 401


@pytest.mark.parametrize("body", ['"12345678\\ud800"', '"\\udfff12345678"'])
async def test_half_a_surrogate_pair_is_a_bad_request(bob: Person, body: str):
    for members in (f'{{"current": {body}, "new": "{NEW}"}}', f'{{"current": "{PASSWORD}", "new": {body}}}'):
        answer = await bob.http.post(
            "/api/account/password", content=members, headers={"content-type": "application/json"}
        )
        assert answer.status_code == 400


async def test_who_has_no_password_sets_a_first_one_soon_after_signing_in(
    bob: Person, address: str, database: Database
):
    async with database.system() as tx:
        await tx.execute('UPDATE "User" SET "password" = NULL WHERE "id" = %s', [bob.id])
        await tx.execute(
            """UPDATE "UserSession" SET "createdAt" = now() - interval '11 minutes' WHERE "userId" = %s""", [bob.id]
        )
    answer = await bob.post("/api/account/password", {"new": NEW})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden:stale_session")
    async with database.system() as tx:
        await tx.execute(
            """UPDATE "UserSession" SET "createdAt" = now() - interval '9 minutes' WHERE "userId" = %s""", [bob.id]
        )
    assert (await bob.get("/api/account")).json()["hasPassword"] is False
    assert await change(bob, None, NEW) == 204
    assert (await bob.get("/api/account")).json()["hasPassword"] is True
    assert await log_in(address, bob.email, NEW) == 200
