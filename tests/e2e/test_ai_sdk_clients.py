"""The real AI SDK clients against the real server: what they end up with is what is kept.

Of each major the newest, and the strict ones that the Chat SDK's template has pinned: these refuse a whole answer
for one unknown key, where the newest look away.
"""

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from llm.peer import Answer, Fault, VendorPeer
from people import Person

CLIENTS = ("ai5", "ai6", "ai7", "ai5-oldest", "ai5-strict", "ai6-strict", "ai7-strict")
FOLDER = Path(__file__).parent / "clients"
NODE = Path(sys.executable).parent / "node"
# Long enough to do something while the answer runs; ended by a stop, or about a second after the last delta.
PACED = Answer(reasoning=["Hm", "m."], deltas=[f"word{n} " for n in range(20)], pace=0.1)

pytestmark = pytest.mark.parametrize("client", CLIENTS)


@dataclass
class Client:
    """One of the clients, signed in as a person."""

    name: str
    person: Person
    folder: Path

    async def ask(self, body: dict[str, Any]) -> Any:
        file = self.folder / "body.json"
        file.write_text(json.dumps(body))
        return await self._run("ask", str(file))

    async def resume(self, chat: str) -> Any:
        return await self._run("resume", chat)

    async def _run(self, act: str, subject: str) -> Any:
        http = self.person.http
        cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
        origin = str(http.base_url).rstrip("/")
        node = await asyncio.create_subprocess_exec(
            *(NODE, "read_message.mjs", self.name, origin, cookie, act, subject),
            cwd=FOLDER,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            said, complaint = await asyncio.wait_for(node.communicate(), 30)
        finally:
            if node.returncode is None:
                node.kill()
        assert node.returncode == 0, complaint.decode()
        return json.loads(said)


@pytest.fixture
def sdk(client: str, ada: Person, npm_packages: Path, tmp_path: Path) -> Client:
    return Client(client, ada, tmp_path)


async def kept(person: Person, chat: str) -> dict[str, Any]:
    """The last message of a chat, as it is read back."""
    said = (await person.get("/api/messages", chatId=chat)).json()["messages"]
    return {name: said[-1][name] for name in ("id", "role", "parts")}


async def running(person: Person, chat: str) -> None:
    """Wait until the server writes an answer in this chat."""
    async with asyncio.timeout(10):
        while True:
            answer = await person.get(f"/api/chat/{chat}")
            if answer.status_code == 200 and answer.json()["isRunning"]:
                return
            await asyncio.sleep(0.02)


def message(heard: dict[str, Any]) -> dict[str, Any]:
    """What the client holds, without the stream's own ids of thoughts, which the newest write down too."""
    parts = heard["message"]["parts"]
    without = [{name: part[name] for name in part if name != "id"} if part["type"] == "reasoning" else part for part in parts]
    return heard["message"] | {"parts": without}


def types(heard: dict[str, Any]) -> list[str]:
    return [part["type"] for part in heard["message"]["parts"]]


async def test_a_whole_answer(sdk: Client, ada: Person, vendor: VendorPeer):
    vendor.script(Answer(reasoning=["Hm", "m."], deltas=["Good", " day"]))
    preset = await ada.preset("Ship", role="You tutor.", mode="Ship it.")
    body = ada.question("Hi", presetId=preset["id"])
    heard = await sdk.ask(body)
    assert heard["errors"] == []
    assert message(heard) == await kept(ada, body["id"])
    assert types(heard) == ["data-prompt", "step-start", "reasoning", "text", "data-usage"]
    assert [part["text"] for part in heard["message"]["parts"] if "text" in part] == ["Hmm.", "Good day"]
    assert vendor.calls[0].json["messages"][-1] == {"role": "user", "content": "Hi"}


async def test_an_answer_that_fails_in_the_middle(sdk: Client, ada: Person, vendor: VendorPeer):
    vendor.script(Answer(deltas=["Good", " day"], fault=Fault.ERROR))
    body = ada.question()
    heard = await sdk.ask(body)
    assert message(heard) == await kept(ada, body["id"])
    assert types(heard) == ["data-prompt", "step-start", "text", "data-usage", "data-outcome"]
    text, _, outcome = heard["message"]["parts"][2:]
    assert text["text"] == "Good"
    assert outcome["data"]["outcome"] == "failed"
    assert heard["errors"] == [outcome["data"]["message"]]


async def test_an_answer_that_is_stopped(sdk: Client, ada: Person, vendor: VendorPeer):
    vendor.script(PACED)
    body = ada.question()
    asking = asyncio.create_task(sdk.ask(body))
    await running(ada, body["id"])
    await ada.post(f"/api/chat/{body['id']}/stop")
    heard = await asking
    assert heard["errors"] == []
    assert message(heard) == await kept(ada, body["id"])
    assert heard["message"]["parts"][-1] == {"type": "data-outcome", "data": {"outcome": "stopped"}}
    assert "word19" not in json.dumps(heard["message"])


async def test_a_running_answer_is_taken_up_from_its_first_chunk(sdk: Client, ada: Person, vendor: VendorPeer):
    vendor.script(PACED)
    body = ada.question()
    first = asyncio.create_task(sdk.ask(body))
    await running(ada, body["id"])
    second = await sdk.resume(body["id"])
    assert second == await first
    assert second["errors"] == []
    assert message(second) == await kept(ada, body["id"])


async def test_nothing_to_take_up(sdk: Client, ada: Person, vendor: VendorPeer):
    body = ada.question()
    await sdk.ask(body)
    assert await sdk.resume(body["id"]) is None
