"""People who write and ask without pause, whatever happens, and remember what they were promised."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2

from failover.parts import Node
from people import PASSWORD, Heard, Person, Reader, until

WORDS = [f"word{n} " for n in range(30)]
WHOLE = "".join(WORDS)
PACE = 0.1


@dataclass
class Asked:
    """A question that was taken: which node began the answer, what came of it, and what is kept in the end."""

    chat: str
    text: str
    node: str
    begun: float = field(default_factory=time.monotonic)
    heard: Heard = field(default_factory=Heard)
    broken_at: float | None = None
    resumed: str | None = None
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def outcome(self) -> str:
        ends = [part["data"]["outcome"] for part in self.kept["parts"] if part["type"] == "data-outcome"]
        return ends[0] if ends else "complete"

    @property
    def is_being_kept(self) -> bool:
        """Whether all of it was said, and the end is not told before it is in the database."""
        return self.heard.text == WHOLE and "finish" not in self.heard.types and self.broken_at is None

    @property
    def tokens(self) -> int:
        return next(part["data"]["totalTokens"] for part in self.kept["parts"] if part["type"] == "data-usage")

    @property
    def said(self) -> str:
        return "".join(part["text"] for part in self.kept["parts"] if part["type"] == "text")


class Load:
    """What everybody was promised: ids of components that were made, and questions that were taken."""

    def __init__(self, nodes: dict[str, Node]) -> None:
        self.nodes = nodes
        self.made: set[str] = set()
        self.asked: list[Asked] = []
        self.refused = 0
        self.over = asyncio.Event()

    async def go_on(self, act: Callable[[Person], Awaitable[object]], person: Person) -> None:
        """Do it again and again until it is over; an answer that was begun is heard to its end."""
        while not self.over.is_set():
            try:
                await act(person)
            except httpx2.TransportError:
                self.refused += 1
            await asyncio.sleep(0.05)

    async def write(self, person: Person) -> bool:
        """Make a component; say whether it was."""
        body = {"type": "role", "name": f"Role {uuid4().hex}", "content": "You are in a storm."}
        answer = await person.post("/api/components", body)
        if answer.status_code == 201:
            self.made.add(answer.json()["id"])
            return True
        await self._refuse(answer)
        return False

    async def ask(self, person: Person) -> None:
        body = person.question(f"What of {uuid4().hex}?")
        async with person.asking(body) as answer:
            if answer.status_code != 200:
                await answer.aread()
                await self._refuse(answer)
                return
            asked = Asked(body["id"], body["message"]["parts"][0]["text"], answer.headers["x-node"])
            self.asked.append(asked)
            reader = Reader(answer)
            asked.heard = reader.heard
            with suppress(httpx2.TransportError):
                await reader.rest()
            if "finish" not in asked.heard.types:
                asked.broken_at = time.monotonic()
        if asked.broken_at is not None:
            asked.resumed = await until(lambda: self.resumed(person, asked), seconds=30)
        asked.kept = await until(lambda: self.kept(person, asked.chat), seconds=30)

    async def resumed(self, person: Person, asked: Asked) -> str | None:
        """Follow the answer as the page does, on a node that does not write it; a blank when nothing is to be heard."""
        elsewhere = next(node for name, node in self.nodes.items() if name != asked.node)
        address = f"http://127.0.0.1:{elsewhere.port}/api/chat/{asked.chat}/stream"
        try:
            async with person.http.stream("GET", address) as answer:
                if answer.status_code == 204:
                    return " "
                if answer.status_code != 200:
                    return None
                return (await Reader(answer).rest()).text or " "
        except httpx2.TransportError:
            return None

    async def kept(self, person: Person, chat: str) -> dict[str, Any] | None:
        try:
            answer = await person.get("/api/messages", chatId=chat)
        except httpx2.TransportError:
            return None
        said = answer.json()["messages"] if answer.status_code == 200 else []
        return next((each for each in said if each["role"] == "assistant"), None)

    async def _refuse(self, answer: httpx2.Response) -> None:
        # The proxy's own, while no node is ready, or ours. Nothing else may happen to anybody.
        assert answer.status_code in {502, 503, 504}, answer.text
        self.refused += 1


async def signed_in(address: str, email: str) -> Person:
    """The same person, elsewhere."""
    person = Person(address, None)  # type: ignore[arg-type] # nobody buys anything here
    person.email = email
    answer = await person.post("/api/auth/login", {"email": email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return person
