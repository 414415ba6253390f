"""Going through a provider's door and back, as a browser does."""

from typing import Any

import httpx2

from people import PASSWORD, Visitor

KINDS = ("oidc", "github")


async def begin(browser: Visitor, kind: str = "oidc", redirect_url: str = "/library") -> str:
    """Press the button; return where the browser is sent."""
    answer = await browser.get(f"/api/auth/oauth/{kind}", redirectUrl=redirect_url)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def visit(browser: Visitor, url: str) -> str:
    """Go to the provider, which sends the browser back; return the address it comes back to."""
    answer = await browser.http.get(url)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def enter(browser: Visitor, kind: str = "oidc", redirect_url: str = "/library") -> httpx2.Response:
    """Go all the way; return the last answer."""
    back = await visit(browser, await begin(browser, kind, redirect_url))
    answer = await browser.http.get(back)
    assert answer.status_code == 303, answer.text
    return answer


async def who(browser: Visitor) -> dict[str, Any] | None:
    return (await browser.get("/api/auth/session")).json()["user"]


async def refused(browser: Visitor, trouble: str, kind: str = "oidc") -> None:
    answer = await enter(browser, kind)
    assert answer.headers["location"] == f"/sign-in?error={trouble}"
    assert await who(browser) is None


async def link(person: Visitor, kind: str = "oidc", password: str | None = PASSWORD) -> httpx2.Response:
    return await person.post("/api/account/identities", {"provider": kind, "password": password})


async def linked(person: Visitor, kind: str = "oidc") -> str:
    """Link the provider; return the page that it ends on."""
    begun = await link(person, kind)
    assert begun.status_code == 200, begun.text
    answer = await person.http.get(await visit(person, begun.json()["url"]))
    assert answer.status_code == 303
    return answer.headers["location"]


async def identities(person: Visitor) -> list[dict[str, Any]]:
    return (await person.get("/api/account/identities")).json()["items"]
