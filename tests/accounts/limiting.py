"""Servers that count, and browsers at addresses of their own."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx2
from pydantic import SecretStr

from conftest import a_server, a_settings
from people import Person, Visitor
from quartet.settings import LimitSettings, RedisSettings, Settings

Browser = Callable[..., Awaitable[Visitor]]
NUMBERS = itertools.count(1)
NONE = dict.fromkeys(LimitSettings.model_fields, "none")


def an_address() -> str:
    """An IPv4 address that nobody else in these tests has (TEST-NET-2 and what follows)."""
    return f"198.51.{100 + next(NUMBERS) // 250}.{next(NUMBERS) % 250 + 1}"


def limited(database_url: str, redis_url: str | None = None, **rates: str) -> Settings:
    settings = a_settings(database_url)
    changed: dict[str, Any] = {
        "server": settings.server.model_copy(update={"limits": "on"}),
        "limits": LimitSettings(**(NONE | rates)),
    }
    if redis_url:
        changed["redis"] = RedisSettings(url=SecretStr(redis_url))
    return settings.model_copy(update=changed)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Browser]:
    """Serve; yield what opens browsers, each at an address of its own unless it is told one."""
    async with AsyncExitStack() as things:
        address = await things.enter_async_context(a_server(settings))

        async def browser(at: str | None = None) -> Visitor:
            visitor = await things.enter_async_context(Visitor(address))
            visitor.http.headers["x-forwarded-for"] = at or an_address()
            return visitor

        yield browser


async def log_in(browser: Visitor, person: Person, password: str = "wrong password") -> httpx2.Response:
    return await browser.post("/api/auth/login", {"email": person.email, "password": password})


def refused(answer: httpx2.Response, surface: str = "auth") -> bool:
    if answer.status_code != 429:
        return False
    assert answer.json()["code"] == f"rate_limit:{surface}"
    wait = int(answer.headers["retry-after"])
    assert 1 <= wait <= 3600
    assert answer.headers["ratelimit"].endswith(f";r=0;t={wait}")
    assert ";q=" in answer.headers["ratelimit-policy"]
    return True
