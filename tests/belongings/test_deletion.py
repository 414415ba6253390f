"""An account goes with everything that is its own, and nothing that is not."""

import asyncio
import json
import time
from typing import Any

import httpx2
import pytest

from belongings.conftest import Rich, make_rich, rows_of, tables
from llm.peer import Answer, VendorPeer
from people import PASSWORD, Person, Reader, Visitor
from quartet.belongings import deletion
from quartet.core.database import Database
from quartet.tidy import tidy


async def delete(browser: Visitor, body: Any = None) -> httpx2.Response:
    return await browser.http.request("DELETE", "/api/account", json=body)


async def test_every_row_goes_and_no_other(rich: Rich, ada: Person, database: Database, vendor: VendorPeer):
    other = await make_rich_without_plan(ada, database, vendor)
    names = await tables(database)
    before = {table: await rows_of(database, table, other.ids) for table in names}
    had = {table for table in names if await rows_of(database, table, rich.ids)}
    assert set(names) - had == {"GoneFile"}, "somebody who has everything; that one is of a folder"
    assert (await delete(rich.person, {"password": PASSWORD})).status_code == 204
    left = {table: rows for table in names if (rows := await rows_of(database, table, rich.ids))}
    assert list(left) == ["AuditEntry"], left
    (entry,) = left["AuditEntry"]
    told = json.loads(entry)
    assert (told["action"], told["details"]) == ("account.deleted", {"userId": rich.person.id})
    assert told["userId"] is told["address"] is told["userAgent"] is None, "it does not say from where"
    assert before == {table: await rows_of(database, table, other.ids) for table in names}


async def make_rich_without_plan(person: Person, database: Database, vendor: VendorPeer) -> Rich:
    async with database.system() as tx:
        await tx.execute('DELETE FROM "Subscription" WHERE "userId" = %s', [person.id])
    return await make_rich(person, database, vendor)


async def test_afterwards_nobody_is_signed_in_and_the_address_is_free(bob: Person, address: str):
    async with Visitor(address) as other:
        await other.post("/api/auth/login", {"email": bob.email, "password": PASSWORD})
        answer = await delete(bob, {"password": PASSWORD})
        assert "max-age=0" in answer.headers["set-cookie"].lower()
        assert (await other.get("/api/components")).status_code == 401
        assert (await other.post("/api/auth/login", {"email": bob.email, "password": PASSWORD})).status_code == 401
        made = await other.post("/api/auth/register", {"email": bob.email, "password": PASSWORD})
        assert made.status_code == 201
        assert made.json()["id"] != bob.id


@pytest.mark.parametrize("body", [None, {}, {"password": None}, {"password": "wrong password"}])
async def test_without_the_password_nothing_happens(bob: Person, body: Any):
    answer = await delete(bob, body)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden:password")
    assert (await bob.get("/api/components")).status_code == 200


async def test_signed_out_there_is_nothing_to_delete(visitor: Visitor):
    assert (await delete(visitor, {"password": PASSWORD})).status_code == 401


async def test_another_site_deletes_nothing(bob: Person):
    bob.http.headers["sec-fetch-site"] = "cross-site"
    assert (await delete(bob, {"password": PASSWORD})).status_code == 403


async def test_without_a_password_a_fresh_session_will_do(bob: Person, database: Database):
    async def signed_in(minutes_ago: int) -> None:
        async with database.system() as tx:
            await tx.execute('UPDATE "User" SET "password" = NULL WHERE "id" = %s', [bob.id])
            await tx.execute(
                'UPDATE "UserSession" SET "createdAt" = now() - make_interval(mins => %s) WHERE "userId" = %s',
                [minutes_ago, bob.id],
            )

    await signed_in(minutes_ago=11)
    answer = await delete(bob)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden:stale_session")
    await signed_in(minutes_ago=9)
    assert (await delete(bob)).status_code == 204


async def test_a_guest_may_always_go(visitor: Visitor, database: Database):
    await visitor.get("/api/auth/guest")
    guest = (await visitor.get("/api/auth/session")).json()["user"]["id"]
    async with database.system() as tx:
        await tx.execute(
            """UPDATE "UserSession" SET "createdAt" = now() - interval '5 days' WHERE "userId" = %s""", [guest]
        )
    assert (await delete(visitor)).status_code == 204
    assert (await visitor.get("/api/auth/session")).json()["user"] is None


async def test_a_running_answer_is_stopped_first(ada: Person, database: Database, vendor: VendorPeer):
    vendor.script(Answer(deltas=[f"word{n} " for n in range(2000)], pace=0.02))
    body = ada.question()
    async with ada.asking(body) as answer:
        reader = Reader(answer)
        await reader.words(3)
        async with asyncio.timeout(10):
            assert (await delete(ada, {"password": PASSWORD})).status_code == 204
            heard = await reader.rest()
    assert heard.types[-1] in {"finish", "abort", "finish-step"}
    assert len(heard.text.split()) < 2000
    for table in await tables(database):
        rows = await rows_of(database, table, {ada.id, body["id"]})
        assert table == "AuditEntry" or rows == [], table


async def test_nobody_is_charged_for_an_account_that_is_gone(ada: Person, database: Database):
    async def bought(*, cancels: bool) -> None:
        async with database.system() as tx:
            await tx.execute(
                """UPDATE "Subscription" SET "polarSubscriptionId" = %s, "cancelAtPeriodEnd" = %s,
                     "currentPeriodEnd" = now() + interval '9 days' WHERE "userId" = %s""",
                [f"sub_{ada.id}", cancels, ada.id],
            )

    await bought(cancels=False)
    refused = await ada.http.request("DELETE", "/api/account", json={"password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict:billing")
    await bought(cancels=True)
    assert (await ada.http.request("DELETE", "/api/account", json={"password": PASSWORD})).status_code == 204


async def test_deleted_once_also_under_a_race(bob: Person):
    answers = await asyncio.gather(*(delete(bob, {"password": PASSWORD}) for _ in range(4)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(204) == 1
    assert set(statuses) <= {204, 401}


async def test_whatever_is_made_meanwhile_goes_too_or_is_refused(ada: Person, database: Database, vendor: VendorPeer):
    vendor.script(Answer())
    questions = [ada.question() for _ in range(4)]
    component = {"type": "role", "name": "x", "content": "x"}
    answers = await asyncio.gather(
        delete(ada, {"password": PASSWORD}),
        *(ada.post("/api/chat", question) for question in questions),
        *(ada.post("/api/components", component) for _ in range(6)),
        *(ada.post("/api/auth/login", {"email": ada.email, "password": PASSWORD}) for _ in range(3)),
    )
    assert answers[0].status_code == 204
    assert {answer.status_code for answer in answers[1:]} <= {200, 201, 401}
    for table in await tables(database):
        assert table == "AuditEntry" or await rows_of(database, table, {ada.id}) == [], table


def an_old_guest(days: int) -> str:
    return f"guest-{int((time.time() - days * 86_400) * 1000)}"


async def a_guest(database: Database, email: str, password: str | None = None) -> str:
    async with database.system() as tx:
        cursor = await tx.execute(
            'INSERT INTO "User" ("email", "password") VALUES (%s, %s) RETURNING "id"::text', [email, password]
        )
        return (await cursor.fetchone())[0]


async def asked(database: Database, guest: str, days_ago: int, answered_days_ago: int) -> None:
    async with database.system() as tx:
        cursor = await tx.execute(
            """INSERT INTO "Chat" ("createdAt", "title", "userId") VALUES (now() - make_interval(days => %s), 'x', %s)
               RETURNING "id" """,
            [days_ago, guest],
        )
        (chat,) = await cursor.fetchone()
        cursor = await tx.execute(
            """INSERT INTO "Message_v2" ("chatId", "role", "parts", "attachments", "createdAt")
               VALUES (%s, 'user', '[]', '[]', now() - make_interval(days => %s)) RETURNING "id" """,
            [chat, answered_days_ago],
        )
        (message,) = await cursor.fetchone()
        await tx.execute(
            'INSERT INTO "Vote_v2" ("chatId", "messageId", "isUpvoted") VALUES (%s, %s, true)', [chat, message]
        )


async def test_guests_who_left_are_swept_and_nobody_else(database: Database):
    gone = {
        "asked nothing": await a_guest(database, an_old_guest(31)),
        "asked long ago": await a_guest(database, an_old_guest(60)),
    }
    await asked(database, gone["asked long ago"], 59, 31)
    kept = {
        "young": await a_guest(database, an_old_guest(29)),
        "asked lately": await a_guest(database, an_old_guest(60)),
        "was here lately": await a_guest(database, an_old_guest(60)),
        "was given a plan": await a_guest(database, an_old_guest(60)),
        "a Chat SDK's": await a_guest(database, an_old_guest(60), "x" * 60),
        "no guest": await a_guest(database, f"oidc-{time.time_ns()}@accounts.invalid"),
    }
    await asked(database, kept["asked lately"], 59, 29)
    async with database.system() as tx:
        await tx.execute(
            """INSERT INTO "UserSession" ("tokenHash", "userId", "expiresAt", "seenAt")
               VALUES (%s, %s, now() + interval '1 day', now() - interval '10 days')""",
            [kept["was here lately"].encode(), kept["was here lately"]],
        )
        await tx.execute(
            """INSERT INTO "Subscription" ("userId", "polarCustomerId") VALUES (%s, %s)""",
            [kept["was given a plan"], kept["was given a plan"]],
        )
    async with database.system() as tx:
        assert (await tidy(tx)).guests >= 2
    async with database.system() as tx:
        cursor = await tx.execute('SELECT "id"::text FROM "User"')
        left = {row[0] for row in await cursor.fetchall()}
    assert {who for who, id_ in gone.items() if id_ in left} == set()
    assert {who for who, id_ in kept.items() if id_ not in left} == set()


async def test_guests_are_swept_some_at_a_time(database: Database):
    for number in range(5):
        await a_guest(database, an_old_guest(40 + number))
    async with database.system() as tx, database.system() as beside:
        first = await deletion.sweep_guests(tx)
        assert first >= 5
        assert await deletion.sweep_guests(beside) == 0, "another process takes others, and waits for none"
