"""Two nodes behind a proxy, a pooler, two PostgreSQL and a Redis: each is killed while people write and ask.

Whatever is killed: nothing that was acknowledged is lost, every question is kept, every answer has one honest end, and
what was reserved is settled.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import httpx2
import pytest

from failover.deployment import Deployment, deployed
from failover.load import PACE, WHOLE, WORDS, Load, signed_in
from failover.parts import HAPROXY, PGBOUNCER, Part
from llm.peer import Answer, Tokens, VendorPeer
from people import Person, until

IS_INSTALLED = HAPROXY.exists() and PGBOUNCER.exists()
pytestmark = pytest.mark.skipif(not IS_INSTALLED, reason="wants both: apt install haproxy pgbouncer")

PEOPLE, WRITERS = 6, 2
TOKENS = Tokens(100, 30)


class Storm:
    """What is killed, and how long it is until each node serves again."""

    def __init__(self, things: Deployment, load: Load, there: dict[str, Person]) -> None:
        self.things, self.load, self.there = things, load, there
        self.mended_at: dict[str, float] = {}
        self.written: dict[str, str] = {}

    async def in_full_swing(self) -> None:
        """Wait until both nodes are in the middle of answers."""

        async def speaking() -> bool:
            now = time.monotonic()
            long = PACE * len(WORDS)
            young = [each for each in self.load.asked if not each.kept and now - each.begun < long / 2]
            return {each.node for each in young} == set(self.things.nodes)

        await until(speaking, seconds=60)

    async def cut_off(self) -> None:
        """Keep the standby from hearing, and wait until an answer of each node hangs at being kept."""
        self.things.primary.hold_back()
        before = len(self.load.made)

        async def hangs() -> bool:
            acknowledged = len(self.load.made) - before
            assert acknowledged <= WRITERS, "what the standby does not have is acknowledged"
            return {each.node for each in self.load.asked if each.is_being_kept} == set(self.things.nodes)

        await until(hangs, seconds=60)

    async def written_down(self) -> None:
        """Wait until the database has the beginning of an answer, the end of which the node still owes."""
        query = """SELECT "chatId"::text, (SELECT string_agg(p ->> 'text', '') FROM jsonb_array_elements("parts") p
                   WHERE p ->> 'type' = 'text') FROM "Reservation" """

        async def begun() -> bool:
            now = dict(self.things.standby.ask(query))
            said = {each.chat: now.get(each.chat) or "" for each in self.load.asked if each.node == "direct"}
            self.written = {chat: text for chat, text in said.items() if 0 < len(text) < len(WHOLE) / 2}
            return bool(self.written)

        await until(begun, seconds=60)

    async def kill(
        self, part: Part, name: str, then: Callable[[], None], *, when: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Kill, mend, and wait until a component can be made on every node."""
        await self.in_full_swing()
        if when:
            await when()
        refused, begun = self.load.refused, time.monotonic()
        part.kill()
        await asyncio.to_thread(then)
        took = await asyncio.gather(*(self.serves(node, begun) for node in self.there))
        self.mended_at[name] = time.monotonic()
        told = ", ".join(f"{node} node after {seconds:.1f} s" for node, seconds in zip(self.there, took, strict=True))
        self.say(f"{name} killed; writes again: {told}; {self.load.refused - refused} requests refused")

    @staticmethod
    def say(sentence: str) -> None:
        print(sentence)  # noqa: T201 - how long it took is what one runs this for

    async def serves(self, node: str, since: float) -> float:
        async def writes() -> bool:
            try:
                return await self.load.write(self.there[node])
            except httpx2.TransportError:
                return False

        await until(writes, seconds=60)
        return time.monotonic() - since


async def test_each_part_dies_once_and_nothing_that_was_promised_is_lost(
    vendor: VendorPeer, capsys: pytest.CaptureFixture[str]
):
    vendor.script(Answer(deltas=WORDS, pace=PACE, tokens=TOKENS))
    began = time.monotonic()
    async with AsyncExitStack() as leaving:
        things = await leaving.enter_async_context(deployed(vendor))
        load = Load(things.nodes)
        people = [await leaving.enter_async_context(Person(things.address, None)) for _ in range(PEOPLE)]
        for person in people:
            await person.register()
        things.primary.ask(
            """INSERT INTO "Subscription" ("userId", "polarCustomerId", "plan", "status")
               SELECT "id", 'cus_' || "id", 'business', 'active' FROM "User" """
        )
        there = {}
        for name, node in things.nodes.items():
            person = await signed_in(f"http://127.0.0.1:{node.port}", people[0].email)
            there[name] = await leaving.enter_async_context(person)
        storm = Storm(things, load, there)
        living = [asyncio.create_task(load.go_on(load.ask, person)) for person in people]
        living += [asyncio.create_task(load.go_on(load.write, person)) for person in people[:WRITERS]]
        leaving.push_async_callback(ended, living)
        with capsys.disabled():
            storm.say(f"\neverything runs after {time.monotonic() - began:.1f} s")
            await storm.kill(things.pooler, "pgbouncer", things.pooler.start)
            await storm.kill(things.redis, "redis", things.redis.start)
            await storm.kill(things.standby, "standby", things.standby.start)
            await storm.kill(things.primary, "primary", things.fail_over, when=storm.cut_off)
            node = things.nodes["direct"]
            await storm.kill(node, "node", node.start, when=storm.written_down)
            await storm.kill(things.proxy, "proxy", things.proxy.start)
            await storm.in_full_swing()
            load.over.set()
            await asyncio.gather(*living)
            await until(lambda: nothing_reserved(things))
            took = time.monotonic() - began
            storm.say(f"{len(load.made)} components, {len(load.asked)} questions; over after {took:.1f} s")
        nothing_is_lost(things, load)
        answers_have_honest_ends(load, storm.mended_at)
        what_was_written_down_is_kept(load, storm.written)
        tokens_add_up(things)


async def ended(living: list[asyncio.Task[None]]) -> None:
    for each in living:
        each.cancel()
    await asyncio.gather(*living, return_exceptions=True)


async def nothing_reserved(things: Deployment) -> bool:
    return things.standby.ask('SELECT count(*) FROM "Reservation"') == [(0,)]


def nothing_is_lost(things: Deployment, load: Load) -> None:
    made = {str(row[0]) for row in things.standby.ask('SELECT "id" FROM "Component"')}
    assert load.made <= made
    assert len(load.made) > PEOPLE
    query = """SELECT "chatId"::text, "parts"->0->>'text' FROM "Message_v2" WHERE "role" = 'user'"""
    kept = set(things.standby.ask(query))
    assert {(each.chat, each.text) for each in load.asked} <= kept


def answers_have_honest_ends(load: Load, mended_at: dict[str, float]) -> None:
    for each in load.asked:
        begun_before = each.begun < mended_at["node"] and each.node == "direct"
        if each.outcome == "complete":
            assert (each.said, each.tokens) == (WHOLE, TOKENS.input + TOKENS.output)
        else:
            assert begun_before, f"only a killed node cuts answers: {each}"
            assert each.outcome == "interrupted"
            assert WHOLE.startswith(each.said)
        assert WHOLE.startswith(each.heard.text)
    cut = [each for each in load.asked if each.outcome == "interrupted"]
    assert cut, "a node was killed while it spoke"
    broken = [each for each in load.asked if each.broken_at]
    first = min(each.broken_at for each in broken)
    assert first > mended_at["primary"], "a stream needs neither PgBouncer nor Redis nor PostgreSQL"
    again = [each for each in broken if each.outcome == "complete"]
    assert all(each.broken_at > mended_at["node"] for each in again), "those of the other node go on"
    elsewhere = {each.node for each in again if WHOLE in (each.resumed or "")}
    assert elsewhere == load.nodes.keys(), "while it was written, an answer of each was heard whole on the other"


def what_was_written_down_is_kept(load: Load, written: dict[str, str]) -> None:
    """Of an answer that its node cannot end any more."""
    cut = [each for each in load.asked if each.outcome == "interrupted" and each.chat in written]
    assert cut
    for each in cut:
        assert each.said.startswith(written[each.chat])


def tokens_add_up(things: Deployment) -> None:
    """What was used is what the chats say, and one for each answer."""
    query = """SELECT c."totalTokens", (SELECT sum(u."inputTokens" + u."outputTokens") FROM "Usage" u
                 JOIN "Message_v2" m ON m."id" = u."messageId" WHERE m."chatId" = c."id"),
                 (SELECT count(*) FROM "Message_v2" m WHERE m."chatId" = c."id" AND m."role" = 'assistant')
               FROM "Chat" c"""
    for total, used, answers in things.standby.ask(query):
        assert (total, answers) == (used, 1)
