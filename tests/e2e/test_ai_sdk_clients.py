"""The real AI SDK clients against the real server: what they end up with is what is kept.

Of each major the newest, and the strict ones that the Chat SDK's template has pinned: these refuse a whole answer
for one unknown key, where the newest look away.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from e2e.pages import questions_to
from e2e.sdk import Client
from llm.peer import Answer, Fault, VendorPeer
from people import Person

pytestmark = pytest.mark.parametrize(
    "alias", ["ai5", "ai6", "ai7", "ai5-oldest", "ai5-strict", "ai6-strict", "ai7-strict"]
)

# Ten seconds: whoever scripts it stops it, after doing something while it runs.
LONG = Answer(reasoning=["Hm", "m."], deltas=[f"word{n} " for n in range(200)], pace=0.05)


@pytest.fixture
async def sdk(alias: str, ada: Person, npm_packages: Path, tmp_path: Path) -> AsyncIterator[Client]:
    client = Client(alias, ada, tmp_path)
    yield client
    await client.close()


async def kept(person: Person, chat: str) -> dict[str, Any]:
    """The last message of a chat, as it is read back."""
    said = (await person.get("/api/messages", chatId=chat)).json()["messages"]
    return {name: said[-1][name] for name in ("id", "role", "parts")}


def held(heard: dict[str, Any]) -> dict[str, Any]:
    """The message in the client's hands, without the wire's ids of thoughts, which the newest write down too."""
    parts = [dict(part) for part in heard["message"]["parts"]]
    for part in parts:
        if part["type"] == "reasoning":
            part.pop("id", None)
    return heard["message"] | {"parts": parts}


def types(heard: dict[str, Any]) -> list[str]:
    return [part["type"] for part in heard["message"]["parts"]]


async def test_a_whole_answer(sdk: Client, ada: Person, vendor: VendorPeer):
    vendor.script(Answer(reasoning=["Hm", "m."], deltas=["Good", " day"]))
    preset = await ada.preset("Ship", role="You tutor.", mode="Ship it.")
    body = ada.question("Hi", presetId=preset["id"])
    heard = await (await sdk.ask(body)).ends()
    assert heard["errors"] == []
    assert held(heard) == await kept(ada, body["id"])
    assert types(heard) == ["data-prompt", "step-start", "reasoning", "text", "data-usage"]
    assert [part["text"] for part in heard["message"]["parts"] if "text" in part] == ["Hmm.", "Good day"]
    assert questions_to(vendor)[0].json["messages"][-1] == {"role": "user", "content": "Hi"}
    assert await (await sdk.resume(body["id"])).ends() is None, "nothing runs any more"


async def test_an_answer_that_fails_in_the_middle(sdk: Client, ada: Person, vendor: VendorPeer):
    vendor.script(Answer(deltas=["Good", " day"], fault=Fault.ERROR))
    body = ada.question()
    heard = await (await sdk.ask(body)).ends()
    assert held(heard) == await kept(ada, body["id"])
    assert types(heard) == ["data-prompt", "step-start", "text", "data-usage", "data-outcome"]
    text, _, outcome = heard["message"]["parts"][2:]
    assert text["text"] == "Good"
    assert outcome["data"]["outcome"] == "failed"
    assert heard["errors"] == [outcome["data"]["message"]]


async def test_a_running_answer_is_taken_up_from_its_first_chunk_and_stopped(
    sdk: Client, ada: Person, vendor: VendorPeer
):
    vendor.script(LONG)
    body = ada.question()
    asked = await sdk.ask(body)
    await asked.begins()
    resumed = await sdk.resume(body["id"])
    await resumed.begins()
    await ada.post(f"/api/chat/{body['id']}/stop")
    first, second = await asked.ends(), await resumed.ends()
    assert second == first
    assert second["errors"] == []
    assert held(second) == await kept(ada, body["id"])
    assert second["message"]["parts"][-1] == {"type": "data-outcome", "data": {"outcome": "stopped"}}
    said = json.dumps(second["message"])
    assert "Hmm." in said
    assert "word199" not in said
