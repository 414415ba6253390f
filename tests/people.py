"""Who uses the product in tests: browsers with a cookie jar, that make valid things and say only what matters."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar
from uuid import uuid4

import httpx2

from quartet.core.database import Database

T = TypeVar("T")
PASSWORD = "correct horse battery"


@dataclass
class Heard:
    """A streamed answer as a client reads it."""

    chunks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(chunk["delta"] for chunk in self.chunks if chunk["type"] == "text-delta")

    def data(self, name: str) -> Any:
        return next(chunk["data"] for chunk in self.chunks if chunk["type"] == f"data-{name}")

    @property
    def types(self) -> list[str]:
        return [chunk["type"] for chunk in self.chunks]


class Visitor:
    """A browser: it keeps cookies and says where its requests come from."""

    def __init__(self, address: str) -> None:
        self.http = httpx2.AsyncClient(base_url=address, headers={"sec-fetch-site": "same-origin"}, timeout=60)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()

    async def get(self, path: str, **query: Any) -> httpx2.Response:
        return await self.http.get(path, params=query)

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx2.Response:
        return await self.http.post(path, json=body, **options)

    async def patch(self, path: str, body: Any, **options: Any) -> httpx2.Response:
        return await self.http.patch(path, json=body, **options)

    async def delete(self, path: str, **query: Any) -> httpx2.Response:
        return await self.http.delete(path, params=query)


class Person(Visitor):
    """Somebody with an account."""

    def __init__(self, address: str, database: Database) -> None:
        super().__init__(address)
        self.database = database
        self.email = f"{uuid4().hex[:12]}@example.com"
        self.id = ""

    async def register(self) -> None:
        answer = await self.post("/api/auth/register", {"email": self.email, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        self.id = answer.json()["id"]

    async def subscribe(self, plan: str, status: str = "active") -> None:
        async with self.database.system() as tx:
            await tx.execute(
                """INSERT INTO "Subscription" ("userId", "polarCustomerId", "plan", "status")
                   VALUES (%s, %s, %s, %s)""",
                [self.id, f"cus_{self.id}", plan, status],
            )

    async def component(self, type: str = "role", **members: Any) -> dict[str, Any]:  # noqa: A002 - the word of the API
        body = {"type": type, "name": f"A {type}", "content": f"You are the {type}."} | members
        answer = await self.post("/api/components", body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def preset(self, name: str = "A preset", **contents: str) -> dict[str, Any]:
        """Make a preset out of new components: `ada.preset(role="You tutor.")`."""
        slots = {
            f"{type_}Id": (await self.component(type_, content=content))["id"] for type_, content in contents.items()
        }
        answer = await self.post("/api/presets", {"name": name} | slots)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def question(self, text: str = "Hello?", *, chat: str | None = None, **members: Any) -> dict[str, Any]:
        """A body as the Chat SDK's client sends it."""
        return {
            "id": chat or str(uuid4()),
            "message": {"id": str(uuid4()), "role": "user", "parts": [{"type": "text", "text": text}]},
            "selectedChatModel": "openai/gpt-6-luna",
            "selectedVisibilityType": "private",
        } | members

    async def ask(self, text: str = "Hello?", *, chat: str | None = None, **members: Any) -> Heard:
        """Ask and hear the whole answer."""
        async with self.asking(self.question(text, chat=chat, **members)) as answer:
            assert answer.status_code == 200, (await answer.aread()).decode()
            return await hear(answer)

    @asynccontextmanager
    async def asking(self, body: dict[str, Any]) -> AsyncIterator[httpx2.Response]:
        async with self.http.stream("POST", "/api/chat", json=body) as answer:
            yield answer


async def hear(answer: httpx2.Response) -> Heard:
    """Read an answer to its end."""
    return await Reader(answer).rest()


class Reader:
    """Reads an answer piece by piece."""

    def __init__(self, answer: httpx2.Response) -> None:
        self._lines = answer.aiter_lines()
        self.heard = Heard()

    async def words(self, count: int = 1) -> Heard:
        """Read until `count` pieces of text were heard."""
        async for line in self._lines:
            self._take(line)
            if self.heard.types.count("text-delta") >= count:
                break
        return self.heard

    async def rest(self) -> Heard:
        async for line in self._lines:
            self._take(line)
        return self.heard

    def _take(self, line: str) -> None:
        if line.startswith("data: {"):
            self.heard.chunks.append(json.loads(line[6:]))


async def until(look: Callable[[], Awaitable[T]], seconds: float = 20) -> T:
    """Look again and again until there is something to see."""
    async with asyncio.timeout(seconds):
        while not (seen := await look()):  # noqa: ASYNC110 - what we wait for happens in another process
            await asyncio.sleep(0.05)
    return seen
