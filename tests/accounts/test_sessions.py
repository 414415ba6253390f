import asyncio

import pytest

from accounts.conftest import Also
from people import PASSWORD, Person, Visitor
from quartet.core.database import Database


async def listed(browser: Visitor) -> list[dict]:
    answer = await browser.get("/api/account/sessions")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def age(database: Database, session_id: str, **columns: str) -> None:
    """Push moments of a session into the past: `seenAt="14 days"`."""
    async with database.system() as tx:
        for column, interval in columns.items():
            await tx.execute(
                f'UPDATE "UserSession" SET "{column}" = now() - %s::interval WHERE "id" = %s', [interval, session_id]
            )


async def seen(database: Database, session_id: str) -> float:
    """Seconds since a session was written down as seen."""
    async with database.system() as tx:
        cursor = await tx.execute(
            'SELECT extract(epoch FROM now() - "seenAt")::float FROM "UserSession" WHERE "id" = %s', [session_id]
        )
        return (await cursor.fetchone())[0]


async def test_sessions_are_listed_this_one_first(bob: Person, also: Also):
    other = await also(bob)
    items = await listed(bob)
    assert [(item["isCurrent"], item["userAgent"] == "Another browser") for item in items] == [
        (True, False),
        (False, True),
    ]
    assert {item["address"] for item in items} == {"127.0.0.1"}
    assert {"id", "createdAt", "lastSeenAt", "expiresAt"} < items[0].keys()
    assert items[0]["createdAt"].endswith("Z")
    assert [item["isCurrent"] for item in await listed(other)] == [True, False]


async def test_one_session_can_be_ended_from_another(bob: Person, also: Also):
    other = await also(bob)
    theirs = next(item["id"] for item in await listed(bob) if not item["isCurrent"])
    assert (await bob.delete(f"/api/account/sessions/{theirs}")).status_code == 204
    assert (await other.get("/api/components")).status_code == 401
    assert (await bob.get("/api/components")).status_code == 200
    assert (await bob.delete(f"/api/account/sessions/{theirs}")).status_code == 404


async def test_ending_this_one_signs_out(bob: Person):
    (this,) = await listed(bob)
    answer = await bob.delete(f"/api/account/sessions/{this['id']}")
    assert answer.status_code == 204
    assert "max-age=0" in answer.headers["set-cookie"].lower()
    assert (await bob.get("/api/account/sessions")).status_code == 401


async def test_everywhere_else_can_be_signed_out_at_once(bob: Person, also: Also):
    others = [await also(bob) for _ in range(3)]
    answer = await bob.delete("/api/account/sessions")
    assert answer.json() == {"endedCount": 3}
    assert [(await other.get("/api/components")).status_code for other in others] == [401] * 3
    assert (await bob.get("/api/components")).status_code == 200


async def test_a_session_is_ended_once_also_under_a_race(bob: Person, also: Also):
    await also(bob)
    theirs = next(item["id"] for item in await listed(bob) if not item["isCurrent"])
    answers = await asyncio.gather(*(bob.delete(f"/api/account/sessions/{theirs}") for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [204, 404, 404, 404]


async def test_others_sessions_are_nobody_elses(ada: Person, bob: Person):
    (theirs,) = await listed(ada)
    assert (await bob.delete(f"/api/account/sessions/{theirs['id']}")).status_code == 404
    await bob.delete("/api/account/sessions")
    assert (await ada.get("/api/components")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/account/sessions"),
        ("DELETE", "/api/account/sessions"),
        ("DELETE", "/api/account/sessions/00000000-0000-4000-8000-000000000000"),
        ("GET", "/api/account"),
        ("GET", "/api/account/audit"),
    ],
)
async def test_signed_out_there_is_nothing(visitor: Visitor, method: str, path: str):
    answer = await visitor.http.request(method, path)
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized:auth"


async def test_an_id_that_is_none_is_a_bad_request(bob: Person):
    assert (await bob.delete("/api/account/sessions/none")).status_code == 400


@pytest.mark.parametrize(
    ("aged", "status"),
    [
        ({"seenAt": "13 days 23 hours"}, 200),
        ({"seenAt": "14 days 1 minute"}, 401),
        ({"expiresAt": "1 second"}, 401),
    ],
)
async def test_idle_and_absolute_expiry(bob: Person, database: Database, aged: dict[str, str], status: int):
    (this,) = await listed(bob)
    await age(database, this["id"], **aged)
    assert (await bob.get("/api/components")).status_code == status


async def test_an_expired_session_is_not_listed(bob: Person, also: Also, database: Database):
    await also(bob)
    theirs = next(item["id"] for item in await listed(bob) if not item["isCurrent"])
    await age(database, theirs, seenAt="15 days")
    assert [item["isCurrent"] for item in await listed(bob)] == [True]


async def test_when_it_was_seen_is_written_once_an_hour(bob: Person, database: Database):
    (this,) = await listed(bob)
    await age(database, this["id"], seenAt="59 minutes")
    await bob.get("/api/components")
    assert await seen(database, this["id"]) > 3500, "less than an hour ago: nothing is written"
    await age(database, this["id"], seenAt="61 minutes")
    await asyncio.gather(*(bob.get("/api/components") for _ in range(5)))
    assert await seen(database, this["id"]) < 60


async def test_a_busy_session_row_holds_nobody_up(bob: Person, database: Database):
    (this,) = await listed(bob)
    await age(database, this["id"], seenAt="2 hours")
    async with database.system() as tx:
        await tx.execute('SELECT 1 FROM "UserSession" WHERE "id" = %s FOR UPDATE', [this["id"]])
        async with asyncio.timeout(5):
            assert (await bob.get("/api/components")).status_code == 200


async def test_looking_up_a_session_is_one_statement(bob: Person, database: Database):
    from quartet.accounts import sessions  # noqa: PLC0415

    token = bob.http.cookies["quartet_session"]
    async with database.system() as tx:
        asked = []
        execute = tx.execute

        class Counting:
            async def execute(self, *query: object) -> object:
                asked.append(query)
                return await execute(*query)

        found = await sessions.resume(Counting(), b"for tests", token)
    assert found is not None
    assert str(found.user_id) == bob.id
    assert not found.is_due
    assert len(asked) == 1


async def test_signing_in_makes_a_new_session_and_ends_this_browsers_old_one(bob: Person):
    before = (await listed(bob))[0]["id"]
    await bob.post("/api/auth/login", {"email": bob.email, "password": PASSWORD})
    (after,) = await listed(bob)
    assert after["id"] != before


async def test_over_https_the_cookie_is_bound_to_the_host(visitor: Visitor, bob: Person):
    visitor.http.headers["x-forwarded-proto"] = "https"
    answer = await visitor.post("/api/auth/login", {"email": bob.email, "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-quartet_session=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
