import asyncio
import time
from typing import Any

import httpx2
import pyotp
import pytest

from people import PASSWORD, Person, Visitor
from quartet.core.database import Database


class App:
    """An authenticator app."""

    def __init__(self, begun: dict[str, str]) -> None:
        self.totp = pyotp.parse_uri(begun["uri"])
        assert isinstance(self.totp, pyotp.TOTP)
        assert self.totp.secret == begun["secret"]

    def code(self, steps: int = 0) -> str:
        """The code of the present step, or of one before or after it."""
        return self.totp.at(time.time(), counter_offset=steps)


async def begun(person: Person) -> App:
    answer = await person.post("/api/account/second-factor", {"password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return App(answer.json())


async def turned_on(person: Person, database: Database) -> tuple[App, list[str]]:
    """Turn it on; return the app and the recovery codes."""
    app = await begun(person)
    answer = await person.post("/api/account/second-factor/enable", {"code": app.code()})
    assert answer.status_code == 200, answer.text
    await wait_for_a_step(person, database)
    return app, answer.json()["recoveryCodes"]


async def wait_for_a_step(person: Person, database: Database) -> None:
    """As if the time step of the last code were over."""
    async with database.system() as tx:
        await tx.execute('UPDATE "SecondFactor" SET "lastStep" = "lastStep" - 10 WHERE "userId" = %s', [person.id])


async def challenged(browser: Visitor, person: Person) -> str:
    """Show the password; return the challenge."""
    answer = await browser.post("/api/auth/login", {"email": person.email, "password": PASSWORD})
    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthorized:second_factor"
    assert "set-cookie" not in answer.headers
    return answer.json()["challenge"]


async def meet(browser: Visitor, challenge: str, code: str) -> httpx2.Response:
    return await browser.post("/api/auth/second-factor", {"challenge": challenge, "code": code})


async def delete(person: Person, body: Any) -> httpx2.Response:
    return await person.http.request("DELETE", "/api/account/second-factor", json=body)


async def test_turned_on_it_asks_for_a_code(bob: Person, visitor: Visitor, database: Database):
    assert (await bob.get("/api/account/second-factor")).json() == {
        "isOn": False,
        "since": None,
        "recoveryCodesLeft": 0,
    }
    app, codes = await turned_on(bob, database)
    assert len(set(codes)) == 10
    state = (await bob.get("/api/account/second-factor")).json()
    assert (state["isOn"], state["recoveryCodesLeft"]) == (True, 10)
    challenge = await challenged(visitor, bob)
    assert (await visitor.get("/api/auth/session")).json()["user"] is None
    answer = await meet(visitor, challenge, f" {app.code()[:3]} {app.code()[3:]} ")
    assert answer.status_code == 200
    assert answer.json()["id"] == bob.id
    assert (await visitor.get("/api/auth/session")).json()["user"]["id"] == bob.id
    assert (await meet(visitor, challenge, app.code(1))).json()["code"] == "unauthorized:auth", "met once, it is over"


async def test_only_begun_it_holds_nothing_up(bob: Person, visitor: Visitor):
    first, second = await begun(bob), await begun(bob)
    assert (await visitor.post("/api/auth/login", {"email": bob.email, "password": PASSWORD})).status_code == 200
    stale = await bob.post("/api/account/second-factor/enable", {"code": first.code()})
    assert (stale.status_code, stale.json()["code"]) == (403, "forbidden:second_factor")
    assert (await bob.post("/api/account/second-factor/enable", {"code": second.code()})).status_code == 200
    again = await bob.post("/api/account/second-factor/enable", {"code": second.code()})
    assert (again.status_code, again.json()["code"]) == (409, "conflict:second_factor")
    assert (await bob.post("/api/account/second-factor", {"password": PASSWORD})).status_code == 409


async def test_a_code_of_the_neighbouring_steps_will_do_and_no_other(bob: Person, visitor: Visitor, database: Database):
    app, _ = await turned_on(bob, database)
    challenge = await challenged(visitor, bob)
    for steps in (-3, 3):
        assert (await meet(visitor, challenge, app.code(steps))).status_code == 401
    assert (await meet(visitor, challenge, app.code(-1))).status_code == 200


async def test_a_code_is_taken_once_also_under_a_race(bob: Person, address: str, database: Database):
    app, _ = await turned_on(bob, database)
    code = app.code()  # once: half a minute may end between two of them

    async def sign_in() -> int:
        async with Visitor(address) as browser:
            return (await meet(browser, await challenged(browser, bob), code)).status_code

    assert sorted(await asyncio.gather(*(sign_in() for _ in range(4)))) == [200, 401, 401, 401]
    assert await sign_in() == 401, "nor later"


async def test_the_code_that_turned_it_on_signs_nobody_in(bob: Person, visitor: Visitor):
    app = await begun(bob)
    code = app.code()
    assert (await bob.post("/api/account/second-factor/enable", {"code": code})).status_code == 200
    assert (await meet(visitor, await challenged(visitor, bob), code)).status_code == 401


async def test_an_older_code_than_the_last_is_refused(bob: Person, visitor: Visitor, database: Database):
    app, _ = await turned_on(bob, database)
    assert (await meet(visitor, await challenged(visitor, bob), app.code(1))).status_code == 200
    assert (await meet(visitor, await challenged(visitor, bob), app.code(0))).status_code == 401


async def test_each_recovery_code_signs_in_once(bob: Person, address: str, database: Database):
    _, codes = await turned_on(bob, database)

    async def sign_in(code: str) -> int:
        async with Visitor(address) as browser:
            return (await meet(browser, await challenged(browser, bob), code)).status_code

    assert sorted(await asyncio.gather(*(sign_in(codes[0]) for _ in range(3)))) == [200, 401, 401]
    assert await sign_in(codes[1].replace("-", "").upper()) == 200
    assert (await bob.get("/api/account/second-factor")).json()["recoveryCodesLeft"] == 8


async def test_recovery_codes_can_be_made_anew(bob: Person, visitor: Visitor, database: Database):
    app, old = await turned_on(bob, database)
    body = {"password": PASSWORD, "code": app.code()}
    answer = await bob.post("/api/account/second-factor/recovery-codes", body)
    assert answer.status_code == 200
    new = answer.json()["recoveryCodes"]
    assert not set(old) & set(new)
    challenge = await challenged(visitor, bob)
    assert (await meet(visitor, challenge, old[0])).status_code == 401
    assert (await meet(visitor, challenge, new[0])).status_code == 200


async def test_turned_off_the_password_is_enough(bob: Person, visitor: Visitor, database: Database):
    app, codes = await turned_on(bob, database)
    for body, code in (
        ({"password": "wrong password", "code": app.code()}, "forbidden:password"),
        ({"password": PASSWORD, "code": "000000"}, "forbidden:second_factor"),
    ):
        answer = await delete(bob, body)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert (await delete(bob, {"password": PASSWORD, "code": codes[0]})).status_code == 204
    assert (await visitor.post("/api/auth/login", {"email": bob.email, "password": PASSWORD})).status_code == 200
    answer = await delete(bob, {"password": PASSWORD, "code": codes[1]})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict:second_factor")


async def test_a_challenge_takes_five_codes(bob: Person, visitor: Visitor, database: Database):
    app, _ = await turned_on(bob, database)
    challenge = await challenged(visitor, bob)
    answers = await asyncio.gather(*(meet(visitor, challenge, "000000") for _ in range(7)))
    codes = [answer.json()["code"] for answer in answers]
    assert codes.count("unauthorized:second_factor") == 5
    assert codes.count("unauthorized:auth") == 2
    assert (await meet(visitor, challenge, app.code())).json()["code"] == "unauthorized:auth"


async def test_a_challenge_lasts_five_minutes_and_not_past_a_new_password(
    bob: Person, visitor: Visitor, database: Database
):
    app, _ = await turned_on(bob, database)
    challenge = await challenged(visitor, bob)
    async with database.system() as tx:
        await tx.execute("""UPDATE "SignInChallenge" SET "expiresAt" = now() WHERE "userId" = %s""", [bob.id])
    assert (await meet(visitor, challenge, app.code())).json()["code"] == "unauthorized:auth"
    challenge = await challenged(visitor, bob)
    await bob.post("/api/account/password", {"current": PASSWORD, "new": "another long password"})
    assert (await meet(visitor, challenge, app.code())).json()["code"] == "unauthorized:auth"


async def test_anothers_app_opens_nothing(ada: Person, bob: Person, visitor: Visitor, database: Database):
    app, codes = await turned_on(ada, database)
    await turned_on(bob, database)
    challenge = await challenged(visitor, bob)
    assert (await meet(visitor, challenge, app.code())).status_code == 401
    assert (await meet(visitor, challenge, codes[0])).status_code == 401


async def test_a_made_up_challenge_is_over(visitor: Visitor):
    answer = await meet(visitor, "made up", "000000")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized:auth")
    for body in ({"challenge": "x"}, {"challenge": "x", "code": ""}, {"challenge": "x" * 300, "code": "1"}):
        assert (await visitor.post("/api/auth/second-factor", body)).status_code == 400


async def test_a_wrong_password_says_nothing_of_a_second_factor(bob: Person, visitor: Visitor, database: Database):
    await turned_on(bob, database)
    answer = await visitor.post("/api/auth/login", {"email": bob.email, "password": "wrong password"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized:auth")


async def test_neither_secret_nor_codes_are_kept_as_they_are(bob: Person, database: Database):
    app, codes = await turned_on(bob, database)
    async with database.system() as tx:
        cursor = await tx.execute(
            """SELECT f."secret", array_agg(r."hash") FROM "SecondFactor" f JOIN "RecoveryCode" r USING ("userId")
               WHERE f."userId" = %s GROUP BY 1""",
            [bob.id],
        )
        sealed, hashes = await cursor.fetchone()
    assert app.totp.secret.encode() not in sealed
    assert not {code.replace("-", "").encode() for code in codes} & set(hashes)


async def test_made_with_another_secret_it_stays_shut(bob: Person, visitor: Visitor, database: Database):
    app, _ = await turned_on(bob, database)
    async with database.system() as tx:
        await tx.execute("""UPDATE "SecondFactor" SET "secret" = "secret" || '\\x00' WHERE "userId" = %s""", [bob.id])
    assert (await meet(visitor, await challenged(visitor, bob), app.code())).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("POST", "", {"password": PASSWORD}),
        ("POST", "/enable", {"code": "000000"}),
        ("POST", "/recovery-codes", {"password": PASSWORD, "code": "000000"}),
        ("DELETE", "", {"password": PASSWORD, "code": "000000"}),
    ],
)
async def test_signed_out_there_is_nothing(visitor: Visitor, method: str, path: str, body: Any):
    assert (await visitor.http.request(method, f"/api/account/second-factor{path}", json=body)).status_code == 401


async def test_it_needs_the_password_and_so_a_password(bob: Person, visitor: Visitor, database: Database):
    answer = await bob.post("/api/account/second-factor", {"password": "wrong password"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden:password")
    await visitor.get("/api/auth/guest")
    answer = await visitor.post("/api/account/second-factor", {"password": ""})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden:guest")
    answer = await bob.post("/api/account/second-factor/enable", {"code": "000000"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict:second_factor"), "not begun"
    async with database.system() as tx:
        await tx.execute('UPDATE "User" SET "password" = NULL WHERE "id" = %s', [bob.id])
    answer = await bob.post("/api/account/second-factor", {"password": ""})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict:password")
