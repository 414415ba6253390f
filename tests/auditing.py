"""Reading what was written down about a person, as that person does."""

from typing import Any

from people import Visitor


async def entries(browser: Visitor, **query: Any) -> list[dict[str, Any]]:
    """The newest first."""
    answer = await browser.get("/api/account/audit", **query)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def actions(browser: Visitor) -> list[str]:
    """The oldest first."""
    return [entry["action"] for entry in reversed(await entries(browser))]
