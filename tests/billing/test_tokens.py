"""200 questions at once against the free plan's 50,000 tokens: none overspent, none lost, also after a kill."""

import asyncio
import os
import re
import sys
import tempfile
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from llm.peer import Answer, Call, Tokens, VendorPeer
from people import Person, Reader, Visitor, until
from quartet.core.database import Database

LIMIT = 50_000
QUESTION = "How do I bake bread? " * 40


def honest(call: Call) -> Answer:
    """Count as a vendor does: about the prompt that came, and an answer as long as it may be."""
    asked, allowed = len(call.body) // 6, call.json["max_tokens"]
    return Answer(deltas=["word "] * 5, pace=0.02, tokens=Tokens(asked, min(allowed, 1500 + asked % 7 * 400)))


async def sums(database: Database, person: Person) -> tuple[int, int, int]:
    """Tokens used, tokens reserved, answers settled."""
    async with database.system() as tx:
        cursor = await tx.execute(
            """SELECT (SELECT coalesce(sum("inputTokens" + "outputTokens"), 0) FROM "Usage" WHERE "userId" = %(id)s),
                 (SELECT coalesce(sum("inputTokens" + "outputTokens"), 0) FROM "Reservation" WHERE "userId" = %(id)s),
                 (SELECT count(*) FROM "Usage" WHERE "userId" = %(id)s)""",
            {"id": person.id},
        )
        return await cursor.fetchone()


async def ask_200_at_once(person: Person) -> list[int]:
    """Ask, then in tens until nothing is left; return how each was answered.

    A question holds the longest answer that it may get, and what was not said is free again.
    """

    async def ask(browser: Visitor) -> int:
        return (await browser.post("/api/chat", person.question(QUESTION))).status_code

    # A browser's client opens 100 connections at most.
    async with Visitor(str(person.http.base_url)) as other:
        other.http.cookies = person.http.cookies
        statuses = await asyncio.gather(*(ask(browser) for _ in range(100) for browser in (person, other)))
    while 200 in (wave := await asyncio.gather(*(ask(person) for _ in range(10)))):
        statuses += wave
    return statuses


async def test_200_questions_at_once_spend_no_more_than_there_is(bob: Person, vendor: VendorPeer, database: Database):
    said: list[Tokens] = []

    def answer(call: Call) -> Answer:
        told = honest(call)
        said.append(told.tokens)
        return told

    vendor.script(answer)
    most = 0

    async def watch() -> None:
        nonlocal most
        while True:
            used, reserved, _ = await sums(database, bob)
            most = max(most, used + reserved)
            await asyncio.sleep(0.05)

    watching = asyncio.create_task(watch())
    statuses = await ask_200_at_once(bob)
    watching.cancel()
    used, reserved, settled = await sums(database, bob)
    assert set(statuses) == {200, 402}
    assert used == sum(each.input + each.output for each in said), "a token was lost"
    assert settled == statuses.count(200) == len(said)
    assert LIMIT * 0.9 < used <= LIMIT
    assert 0 < most <= LIMIT, "what is held counts as well"
    assert reserved == 0
    usage = (await bob.get("/api/usage")).json()
    assert (usage["used"], usage["reserved"]) == (used, 0)
    refused = await bob.post("/api/chat", bob.question(QUESTION * 20))
    assert (refused.status_code, refused.json()["code"]) == (402, "payment_required:chat")


@asynccontextmanager
async def a_process(database_url: str, vendor: VendorPeer) -> AsyncIterator[tuple[str, Process]]:
    """`quartet serve` in a process of its own, on the database of this run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUARTET_", "POLAR_"))}
    with tempfile.TemporaryDirectory(prefix="quartet-tokens-") as home:
        serving = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from quartet.cli import main; main()", "serve"),
            cwd=home,
            env=kept
            | {"QUARTET_HOME": home, "QUARTET_PORT": "0", "QUARTET_LOCAL_MODEL": "none", "QUARTET_SEED": "none"}
            # The secret of the other server of this run: who is signed in there is signed in here.
            | {"DATABASE_URL": database_url, "QUARTET_SECRET": "for tests", "QUARTET_LIMITS": "off"}
            | {"OPENAI_API_KEY": "sk-test", "OPENAI_BASE_URL": vendor.openai_url},
            stdout=PIPE,
            stderr=STDOUT,
        )
        assert serving.stdout
        try:
            async with asyncio.timeout(60):
                said = ""
                while not (found := re.search(r"ready at (http://\S+)", said)):
                    line = await serving.stdout.readline()
                    assert line, said
                    said += line.decode()
            yield found[1], serving
        finally:
            if serving.returncode is None:
                serving.kill()
            await serving.communicate()


async def test_what_a_killed_server_held_is_settled_by_another(
    bob: Person, database_url: str, vendor: VendorPeer, database: Database
):
    vendor.script(Answer(deltas=["word "] * 500, pace=0.05, tokens=Tokens(100, 500)))
    said, answered = 0, []
    async with a_process(database_url, vendor) as (address, process), Person(address, database) as there:
        there.http.cookies, there.id = bob.http.cookies, bob.id

        async def ask() -> None:
            nonlocal said
            try:
                async with there.asking(there.question(QUESTION)) as answer:
                    answered.append(answer.status_code)
                    assert answer.status_code in {200, 402}
                    if answer.status_code == 200:
                        reader = Reader(answer)
                        said += (await reader.words(30)).types.count("text-delta")
                        await reader.rest()
            except httpx2.HTTPError:
                return  # killed in mid-answer

        asked = [asyncio.create_task(ask()) for _ in range(20)]
        await until(lambda: spoken(database, bob, len(answered) == len(asked) and answered.count(200)))
        process.kill()
        await process.wait()
        await asyncio.gather(*asked)
    used, reserved, settled = await sums(database, bob)
    assert reserved > 0, "nothing was running when it was killed"
    assert settled == 0
    # The server of this run shares the database: after the lease of 10 s it settles what nobody speaks for.
    await until(lambda: nothing_held(database, bob), seconds=40)
    used, reserved, settled = await sums(database, bob)
    assert (reserved, settled) == (0, answered.count(200))
    assert 0 < used <= LIMIT
    assert used >= said, "what was heard is paid for"
    usage = (await bob.get("/api/usage")).json()
    assert (usage["used"], usage["reserved"]) == (used, 0)


async def spoken(database: Database, person: Person, running: int) -> bool:
    """Whether so many answers run, and every one was written down with some words."""
    async with database.system() as tx:
        cursor = await tx.execute(
            """SELECT count(*) FROM "Reservation" WHERE "userId" = %s AND "parts"::text LIKE '%%word word word%%'""",
            [person.id],
        )
        row: Any = await cursor.fetchone()
    return 0 < row[0] == running


async def nothing_held(database: Database, person: Person) -> bool:
    return (await sums(database, person))[1] == 0
