import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from people import Person, Visitor, hear
from quartet.accounts import keys
from quartet.core.database import Database

EVERYTHING = ["read", "chat", "write"]
NOWHERE = "00000000-0000-4000-8000-000000000000"


async def a_key(person: Person, *scopes: str, **members: Any) -> dict[str, Any]:
    body = {"name": "A program", "scopes": list(scopes) or EVERYTHING} | members
    answer = await person.post("/api/account/keys", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
async def program(address: str) -> AsyncIterator[httpx2.AsyncClient]:
    """No browser: no cookies, and nothing that says where it comes from."""
    async with httpx2.AsyncClient(base_url=address) as client:
        yield client


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


async def test_a_key_is_shown_once_and_only_its_keyed_hash_is_kept(bob: Person, database: Database):
    made = await a_key(bob, "read", name=" My editor ")
    key, item = made["key"], made["item"]
    assert key.startswith("qk_")
    assert len(key) == 49
    assert keys.is_well_formed(key)
    assert item["name"] == "My editor"
    assert item["hint"] == f"{key[:7]}…{key[-4:]}"
    assert item["lastUsedAt"] is None
    (listed,) = (await bob.get("/api/account/keys")).json()["items"]
    assert listed == item
    async with database.system() as tx:
        cursor = await tx.execute('SELECT to_jsonb(k)::text, "hash" FROM "ApiKey" k WHERE "id" = %s', [item["id"]])
        row, hashed = await cursor.fetchone()
    assert key not in row
    assert key[7:-4] not in row
    assert len(hashed) == 32


async def test_what_is_no_key_is_refused_and_never_anonymous(bob: Person, program: httpx2.AsyncClient):
    key = (await a_key(bob))["key"]
    other = "a" if key[10] != "a" else "b"
    no_keys = {
        "one letter wrong": f"{key[:10]}{other}{key[11:]}",
        "cut off": key[:-1],
        "its checksum alone": "qk_" + key[-6:],
        "in capitals": key.upper(),
        "another's": "sk-something-else",
        "well formed, never made": keys.generate(),
    }
    for what, shown in no_keys.items():
        for path in ("/api/components", "/api/models"):
            answer = await program.get(path, headers=bearer(shown))
            assert answer.status_code == 401, what
            assert answer.json()["code"] == "unauthorized:key"
            assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_another_scheme_is_not_ours(bob: Person, visitor: Visitor):
    basic = {"authorization": "Basic dXNlcjpwYXNz"}
    assert (await bob.http.get("/api/components", headers=basic)).status_code == 200
    assert (await visitor.http.get("/api/components", headers=basic)).json()["code"] == "unauthorized:auth"


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/api/components", "read"),
        ("GET", "/api/history", "read"),
        ("GET", "/api/usage", "read"),
        ("GET", "/api/auth/session", "read"),
        ("GET", f"/api/chat/{NOWHERE}/stream", "read"),
        ("GET", "/api/prompts/export", "read"),
        ("POST", "/api/prompt/preview", "read"),
        ("POST", "/api/prompts/import/read", "read"),
        ("POST", "/api/chat", "chat"),
        ("POST", f"/api/chat/{NOWHERE}/stop", "chat"),
        ("POST", "/api/comparisons", "chat"),
        ("POST", f"/api/comparisons/{NOWHERE}/pick", "chat"),
        ("POST", "/api/files/upload", "chat"),
        ("POST", "/api/components", "write"),
        ("PATCH", f"/api/presets/{NOWHERE}", "write"),
        ("DELETE", f"/api/chat?id={NOWHERE}", "write"),
        ("DELETE", "/api/history", "write"),
        ("PATCH", "/api/vote", "write"),
        ("PUT", f"/api/chat/{NOWHERE}/prompt", "write"),
        ("POST", "/api/prompts/import", "write"),
    ],
)
async def test_each_scope_opens_its_own(bob: Person, program: httpx2.AsyncClient, method: str, path: str, scope: str):
    body = {"json": a_body_for(path)} if method in {"POST", "PATCH", "PUT"} else {}
    for given in EVERYTHING:
        key = (await a_key(bob, given))["key"]
        answer = await program.request(method, path, headers=bearer(key), **body)
        forbidden = answer.status_code == 403 and answer.json()["code"] == "forbidden:scope"
        assert forbidden == (given != scope), f"{given} for {method} {path}: {answer.status_code} {answer.text}"
        assert answer.status_code < 500
        if forbidden:
            assert f'scope="{scope}"' in answer.headers["www-authenticate"]


def a_body_for(path: str) -> dict[str, Any]:
    """What the route reads before it asks who is there."""
    question = {"id": str(uuid4()), "role": "user", "parts": [{"type": "text", "text": "?"}]}
    return {
        "/api/chat": {"id": str(uuid4()), "message": question, "selectedChatModel": "nothing/such"},
        "/api/comparisons": {
            "id": str(uuid4()),
            "message": question,
            "left": {},
            "right": {},
            "selectedChatModel": "x",
        },
        "/api/components": {"type": "role", "name": "x", "content": "x"},
        "/api/vote": {"chatId": str(uuid4()), "messageId": str(uuid4()), "type": "up"},
        "/api/prompts/import": {"format": "quartet-prompts", "version": 1, "components": [], "presets": []},
    }.get(path, {"messageId": str(uuid4())})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/account"),
        ("DELETE", "/api/account"),
        ("GET", "/api/account/keys"),
        ("POST", "/api/account/keys"),
        ("DELETE", f"/api/account/keys/{NOWHERE}"),
        ("GET", "/api/account/sessions"),
        ("DELETE", "/api/account/sessions"),
        ("POST", "/api/account/password"),
        ("GET", "/api/account/export"),
        ("GET", "/api/account/audit"),
        ("GET", "/api/account/second-factor"),
        ("POST", "/api/account/second-factor"),
        ("GET", "/api/account/identities"),
        ("GET", "/api/billing"),
        ("POST", "/api/billing/checkout"),
        ("POST", "/api/billing/portal"),
        ("POST", "/api/auth/logout"),
    ],
)
async def test_no_key_reaches_the_account_its_keys_or_its_payments(
    bob: Person, program: httpx2.AsyncClient, method: str, path: str
):
    key = (await a_key(bob))["key"]
    body = {"password": "x", "new": "x" * 8, "name": "x", "scopes": ["read"], "plan": "pro"}
    answer = await program.request(method, path, headers=bearer(key), json=body if method == "POST" else None)
    assert answer.status_code == 403, answer.text
    assert answer.json()["code"] == "forbidden:key"


async def test_a_program_asks_and_hears(ada: Person, program: httpx2.AsyncClient):
    key = (await a_key(ada, "chat", "read"))["key"]
    async with program.stream("POST", "/api/chat", headers=bearer(key), json=ada.question()) as answer:
        assert answer.status_code == 200
        assert (await hear(answer)).text == "Hello, world"
    assert (await program.get("/api/auth/session", headers=bearer(key))).json()["user"]["id"] == ada.id


async def test_a_key_comes_before_a_cookie(ada: Person, bob: Person):
    key = (await a_key(ada, "read"))["key"]
    answer = await bob.http.get("/api/auth/session", headers=bearer(key))
    assert answer.json()["user"]["id"] == ada.id


async def test_a_key_sees_only_its_owners(ada: Person, bob: Person, program: httpx2.AsyncClient):
    component = await ada.component()
    key = (await a_key(bob))["key"]
    for method in ("GET", "DELETE"):
        answer = await program.request(method, f"/api/components/{component['id']}", headers=bearer(key))
        assert answer.status_code == 404


async def test_a_revoked_key_is_not_valid_and_cannot_be_revoked_twice(bob: Person, program: httpx2.AsyncClient):
    made = await a_key(bob)
    path = f"/api/account/keys/{made['item']['id']}"
    answers = await asyncio.gather(*(bob.delete(path) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404]
    assert (await program.get("/api/components", headers=bearer(made["key"]))).status_code == 401
    assert (await bob.get("/api/account/keys")).json()["items"] == []


async def test_others_keys_are_nobody_elses(ada: Person, bob: Person, program: httpx2.AsyncClient):
    made = await a_key(ada)
    assert (await bob.delete(f"/api/account/keys/{made['item']['id']}")).status_code == 404
    assert (await bob.get("/api/account/keys")).json()["items"] == []
    assert (await program.get("/api/components", headers=bearer(made["key"]))).status_code == 200


async def test_a_key_expires(bob: Person, program: httpx2.AsyncClient, database: Database):
    made = await a_key(bob, expiresInDays=1)
    assert made["item"]["expiresAt"] is not None
    assert (await a_key(bob, expiresInDays=None))["item"]["expiresAt"] is None
    async with database.system() as tx:
        await tx.execute("""UPDATE "ApiKey" SET "expiresAt" = now() WHERE "id" = %s""", [made["item"]["id"]])
    assert (await program.get("/api/components", headers=bearer(made["key"]))).status_code == 401


async def test_when_it_was_used_is_written_once_a_minute(bob: Person, program: httpx2.AsyncClient, database: Database):
    made = await a_key(bob)

    async def used(seconds_ago: int | None = None) -> float:
        """Seconds since the last use, after a request that comes when it was so long ago."""
        async with database.system() as tx:
            if seconds_ago is not None:
                await tx.execute(
                    """UPDATE "ApiKey" SET "lastUsedAt" = now() - make_interval(secs => %s) WHERE "id" = %s""",
                    [seconds_ago, made["item"]["id"]],
                )
        await asyncio.gather(*(program.get("/api/components", headers=bearer(made["key"])) for _ in range(3)))
        async with database.system() as tx:
            cursor = await tx.execute(
                'SELECT extract(epoch FROM now() - "lastUsedAt")::float FROM "ApiKey" WHERE "id" = %s',
                [made["item"]["id"]],
            )
            return (await cursor.fetchone())[0]

    assert await used() < 30, "the first use is written"
    assert await used(seconds_ago=45) >= 45, "less than a minute ago: nothing is written"
    assert await used(seconds_ago=90) < 30


async def test_twenty_keys_are_the_most_also_under_a_race(bob: Person, database: Database):
    async with database.system() as tx:
        await tx.execute(
            """INSERT INTO "ApiKey" ("userId", "hash", "hint", "name", "scopes")
               SELECT %s, uuid_send(gen_random_uuid()), '', 'One of many', '{read}' FROM generate_series(1, 19)""",
            [bob.id],
        )
    await asyncio.gather(*(bob.get("/api/account/keys") for _ in range(12)))  # a connection for each
    body = {"name": "The last", "scopes": ["read"]}
    answers = await asyncio.gather(*(bob.post("/api/account/keys", body) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"conflict:key"}
    assert len((await bob.get("/api/account/keys")).json()["items"]) == 20


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"name": " "}, "body.name"),
        ({"name": "x" * 101}, "body.name"),
        ({"name": "nul\x00"}, "body.name"),
        ({"scopes": []}, "body.scopes"),
        ({"scopes": ["admin"]}, "body.scopes.0"),
        ({"expiresInDays": 0}, "body.expiresInDays"),
        ({"expiresInDays": 4000}, "body.expiresInDays"),
    ],
)
async def test_what_is_not_valid_is_named(bob: Person, members: dict[str, Any], path: str):
    answer = await bob.post("/api/account/keys", {"name": "x", "scopes": ["read"]} | members)
    assert answer.status_code == 400
    assert [error["path"] for error in answer.json()["errors"]] == [path]


async def test_neither_guests_nor_strangers_make_keys(visitor: Visitor):
    body = {"name": "x", "scopes": ["read"]}
    assert (await visitor.post("/api/account/keys", body)).status_code == 401
    assert (await visitor.get("/api/account/keys")).status_code == 401
    await visitor.get("/api/auth/guest")
    answer = await visitor.post("/api/account/keys", body)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden:guest")


async def test_making_a_key_needs_a_page_of_ours(bob: Person):
    answer = await bob.post(
        "/api/account/keys", {"name": "x", "scopes": ["read"]}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden:origin"
