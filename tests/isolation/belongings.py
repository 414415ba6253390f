"""Somebody who has one of everything, made through the API, and by which name each of it is asked for."""

from dataclasses import dataclass, field
from typing import Any

from isolation.contract import Operation, Slot
from people import PASSWORD, Person, Visitor, until
from pictures import a_png, upload

MARK = "Zanzibar"
"""Stands in whatever the owner wrote, and was answered: nobody else may ever read it."""


_TYPES = ("role", "style", "context", "mode")


class UnknownObjectError(Exception):
    """A parameter that no object is known for: say in `belongings.py` what it names."""


@dataclass
class Belongings:
    """`known` maps names of parameters to ids; a name of one operation alone begins with the operation."""

    person: Person
    mark: str
    known: dict[str, str] = field(default_factory=dict)

    def find(self, operation: Operation, slot: Slot) -> str:
        for name in (f"{operation} {slot}", slot.name, slot.name.rsplit(".", 1)[-1]):
            if name in self.known:
                return self.known[name]
        raise UnknownObjectError(f"no object known for parameter {slot} of {operation}")

    async def stop_answers(self) -> None:
        """End what may have begun, and wait until it is kept."""
        for chat in (self.known["chatId"], self.known["compared"]):
            await self.person.post(f"/api/chat/{chat}/stop")


async def make_belongings(person: Person, mark: str) -> Belongings:
    """Make everything that a guest may have, too; `mark` stands in whatever they write."""
    has = Belongings(person, mark, {"provider": "oidc", "name": "a-model"})
    await _make_library(has)
    await _make_chat(has)
    await _make_comparison(has)
    return has


async def add_account(has: Belongings) -> None:
    """Make what only accounts have: a key, and another session."""
    key = await _made(has.person, "/api/account/keys", {"name": has.mark, "scopes": ["read"]})
    has.known["key_id"] = key["item"]["id"]
    async with Visitor(str(has.person.http.base_url)) as browser:
        signed_in = await browser.post("/api/auth/login", {"email": has.person.email, "password": PASSWORD})
        assert signed_in.status_code == 200, signed_in.text
        sessions = (await browser.get("/api/account/sessions")).json()["items"]
    has.known["session_id"] = next(each["id"] for each in sessions if each["isCurrent"])


async def _make_library(has: Belongings) -> None:
    person = has.person
    parts = {type_: await person.component(type_, name=f"{has.mark} {type_}", content=has.mark) for type_ in _TYPES}
    changed = await person.patch(f"/api/components/{parts['role']['id']}", {"content": f"{has.mark} again"})
    assert changed.status_code == 200, changed.text
    lost = await person.component("style", name=has.mark)
    slots = {f"{type_}Id": part["id"] for type_, part in parts.items()}
    preset = await _made(person, "/api/presets", {"name": has.mark} | slots)
    incomplete = {"name": f"{has.mark}, incomplete", "roleId": slots["roleId"], "styleId": lost["id"]}
    incomplete = await _made(person, "/api/presets", incomplete)
    await person.delete(f"/api/components/{lost['id']}")
    has.known |= slots | {
        "component_id": slots["roleId"],
        "preset_id": preset["id"],
        "presetId": preset["id"],
        "POST /api/presets/{preset_id}/recover preset_id": incomplete["id"],
        "trash_id": lost["id"],
    }


async def _make_chat(has: Belongings) -> None:
    """A question with a picture, its answer, a vote for it; and a picture that is not sent."""
    person = has.person
    sent, unsent = [(await upload(person, a_png(), f"{has.mark}.png")).json()["url"] for _ in range(2)]
    body = person.question(f"What is {has.mark}?", presetId=has.known["presetId"])
    body["message"]["parts"].append({"type": "file", "mediaType": "image/png", "name": "x.png", "url": sent})
    async with person.asking(body) as answer:
        assert answer.status_code == 200, await answer.aread()
        await answer.aread()
    said = (await person.get("/api/messages", chatId=body["id"])).json()["messages"]
    has.known |= {
        "chat_id": body["id"],
        "chatId": body["id"],
        "starting_after": body["id"],
        "ending_before": body["id"],
        "DELETE /api/chat id": body["id"],
        "POST /api/chat id": body["id"],
        "POST /api/comparisons id": body["id"],
        "message_id": said[-1]["id"],
        "messageId": said[-1]["id"],
        "message.id": said[-1]["id"],
        "file_id": unsent.rsplit("/", 1)[1],
        "url": unsent,
        "sent": sent.rsplit("/", 1)[1],
    }
    voted = await person.patch("/api/vote", {"chatId": body["id"], "messageId": said[-1]["id"], "type": "up"})
    assert voted.status_code == 200, voted.text


async def _make_comparison(has: Belongings) -> None:
    question = has.person.question(f"Which {has.mark}?")
    body = {"id": question["id"], "message": question["message"], "left": {}, "right": {}}
    comparison = await _made(has.person, "/api/comparisons", body)

    async def done() -> bool:
        sides = (await has.person.get(f"/api/comparisons/{comparison['id']}")).json()["sides"]
        return all(side["parts"] for side in sides)

    await until(done)
    has.known |= {
        "compared": body["id"],
        "comparison_id": comparison["id"],
        "POST /api/comparisons/{comparison_id}/pick messageId": comparison["sides"][0]["messageId"],
    }


async def _made(person: Person, path: str, body: Any) -> Any:
    answer = await person.post(path, body)
    assert answer.status_code == 201, answer.text
    return answer.json()
