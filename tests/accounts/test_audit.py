"""Who did what, when, from where: written with what it tells, shown to whose it is, kept for 180 days."""

from typing import Any

import pyotp
import pytest

from accounts.conftest import Also
from accounts.entering import enter, identities, linked
from accounts.identity_peer import IdentityPeer
from auditing import actions, entries
from people import PASSWORD, Person, Visitor
from quartet.accounts import audit
from quartet.accounts.current import Source
from quartet.core.database import Database
from quartet.tidy import tidy


async def test_an_entry_says_who_what_when_and_from_where(bob: Person, also: Also):
    await also(bob)
    newest, oldest = await entries(bob)
    assert newest == {
        "id": newest["id"],
        "action": "session.started",
        "at": newest["at"],
        "address": "127.0.0.1",
        "userAgent": "Another browser",
        "keyId": None,
        "details": {"how": "password"},
    }
    assert newest["at"].endswith("Z")
    assert newest["at"] > oldest["at"]
    assert oldest["details"] == {"how": "registration"}


async def test_what_changes_security_is_there(bob: Person, also: Also, visitor: Visitor):
    await also(bob)
    made = (await bob.post("/api/account/keys", {"name": "Editor", "scopes": ["write", "read"]})).json()
    await bob.delete(f"/api/account/keys/{made['item']['id']}")
    await bob.delete("/api/account/sessions")
    begun = (await bob.post("/api/account/second-factor", {"password": PASSWORD})).json()
    code = pyotp.parse_uri(begun["uri"]).now()
    enabled = await bob.post("/api/account/second-factor/enable", {"code": code})
    recovery = enabled.json()["recoveryCodes"]
    challenge = (await visitor.post("/api/auth/login", {"email": bob.email, "password": PASSWORD})).json()["challenge"]
    for given in ("000000", recovery[0]):
        await visitor.post("/api/auth/second-factor", {"challenge": challenge, "code": given})
    await visitor.post("/api/auth/logout")
    body = {"password": PASSWORD, "code": recovery[1]}
    assert (await bob.post("/api/account/second-factor/recovery-codes", body)).status_code == 200
    await bob.post("/api/account/password", {"current": "wrong password", "new": "another long password"})
    await bob.post("/api/account/password", {"current": PASSWORD, "new": "another long password"})
    await bob.get("/api/account/export")
    assert await actions(bob) == [
        "session.started",
        "session.started",
        "key.made",
        "key.revoked",
        "sessions.ended",
        "second_factor.enabled",
        "second_factor.failed",
        "session.started",
        "session.ended",
        "recovery_codes.made",
        "confirmation.failed",
        "password.changed",
        "account.exported",
    ]
    details = {entry["action"]: entry["details"] for entry in await entries(bob)}
    assert details["key.made"] == {"name": "Editor", "scopes": "read write"}
    assert details["sessions.ended"] == {"count": 1}
    text = (await bob.get("/api/account/audit")).text
    assert not any(secret in text for secret in (made["key"], begun["secret"], recovery[0], PASSWORD))


async def test_providers_are_there(carol: Person, peer: IdentityPeer, browser: Visitor):
    await linked(carol)
    await enter(browser)
    (identity,) = await identities(carol)
    await carol.delete(f"/api/account/identities/{identity['id']}")
    assert [(entry["action"], entry["details"]) for entry in await entries(carol)] == [
        ("identity.unlinked", {"provider": "oidc"}),
        ("session.started", {"how": "oidc"}),
        ("identity.linked", {"provider": "oidc", "email": peer.somebody.email}),
        ("session.started", {"how": "registration"}),
    ]


async def test_failed_sign_ins_are_there_for_an_account_that_exists(bob: Person, visitor: Visitor, database: Database):
    async def all_of_it() -> int:
        async with database.system() as tx:
            cursor = await tx.execute("""SELECT count(*) FROM "AuditEntry" WHERE "action" = 'session.failed'""")
            return (await cursor.fetchone())[0]

    before = await all_of_it()
    visitor.http.headers["user-agent"] = "A stranger's"
    for email in (bob.email, "nobody@example.com"):
        await visitor.post("/api/auth/login", {"email": email, "password": "wrong password"})
    assert await all_of_it() == before + 1
    newest, *_ = await entries(bob)
    assert (newest["action"], newest["userAgent"]) == ("session.failed", "A stranger's")


async def test_what_did_not_happen_is_not_there(bob: Person):
    before = await actions(bob)
    for _ in range(20):
        await bob.post("/api/account/keys", {"name": "x", "scopes": ["read"]})
    assert (await bob.post("/api/account/keys", {"name": "x", "scopes": ["read"]})).status_code == 409
    assert await actions(bob) == [*before, *["key.made"] * 20]


async def test_it_comes_in_pages(bob: Person, database: Database):
    async with database.system() as tx:
        for number in range(7):
            await audit.note(tx, bob.id, "chats.deleted", None, count=number)
    seen, cursor = [], None
    while True:
        page = (await bob.get("/api/account/audit", limit=3, **({"cursor": cursor} if cursor else {}))).json()
        assert len(page["items"]) <= 3
        seen += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert [entry["details"].get("count") for entry in seen] == [6, 5, 4, 3, 2, 1, 0, None]
    assert seen[0]["address"] is seen[0]["userAgent"] is None, "the server did it"


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"cursor": "made up"}])
async def test_what_is_not_valid_is_refused(bob: Person, query: dict[str, Any]):
    assert (await bob.get("/api/account/audit", **query)).status_code == 400


async def test_others_entries_are_nobody_elses(ada: Person, bob: Person, database: Database):
    async with database.system() as tx:
        await audit.note(tx, ada.id, "plan.changed", Source("192.0.2.1", "x"), plan="pro")
    assert "plan.changed" in await actions(ada)
    assert "plan.changed" not in await actions(bob)


async def test_it_is_kept_for_180_days(bob: Person, database: Database):
    async with database.system() as tx:
        for days in (179, 181):
            id_ = await audit.note(tx, bob.id, "plan.changed", None, days=days)
            await tx.execute(
                """UPDATE "AuditEntry" SET "at" = now() - make_interval(days => %s) WHERE "id" = %s""", [days, id_]
            )
        await tidy(tx)
    old = [entry["details"] for entry in await entries(bob) if entry["action"] == "plan.changed"]
    assert old == [{"days": 179}]


async def test_a_program_is_named_by_its_key(bob: Person):
    made = (await bob.post("/api/account/keys", {"name": "x", "scopes": ["write"]})).json()
    component = await bob.component(name="Tutor")
    async with Visitor(str(bob.http.base_url)) as program:
        program.http.headers |= {"authorization": f"Bearer {made['key']}", "user-agent": "a program"}
        assert (await program.delete(f"/api/components/{component['id']}")).status_code == 200
    newest, *_ = await entries(bob)
    assert (newest["keyId"], newest["userAgent"]) == (made["item"]["id"], "a program")
