"""One question to two prompts: both answers kept, one of them picked."""

import asyncio
from typing import Any
from uuid import uuid4

from llm.peer import Answer, VendorPeer
from people import Person, Visitor, hear, until
from quartet.core.database import Database
from quartet.prompts.compose import compose


async def begin(person: Person, left: dict, right: dict, **members: Any) -> dict[str, Any]:
    question = person.question("Which?")
    body = {"id": question["id"], "message": question["message"], "left": left, "right": right} | members
    answer = await person.post("/api/comparisons", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def done(person: Person, comparison: dict[str, Any]) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        found = (await person.get(f"/api/comparisons/{comparison['id']}")).json()
        return found if all(side["parts"] for side in found["sides"]) else None

    return await until(look)


async def said(person: Visitor, chat: str) -> list[dict[str, Any]]:
    return (await person.get("/api/messages", chatId=chat)).json()["messages"]


async def test_two_prompts_answer_and_the_picked_one_is_the_chats(ada: Person, vendor: VendorPeer):
    style = await ada.component("style", content="S")
    one = await ada.preset("One", role="R1")
    two = (
        await ada.post(
            "/api/presets",
            {"name": "Two", "roleId": (await ada.component(content="R2"))["id"], "styleId": style["id"]},
        )
    ).json()
    comparison = await begin(
        ada, {"presetId": one["id"], "components": {"styleId": style["id"]}}, {"presetId": two["id"]}
    )
    left, right = comparison["sides"]
    assert (left["side"], right["side"]) == ("left", "right")
    comparison = await done(ada, comparison)
    chat = comparison["chatId"]
    prompts = {call.json["messages"][0]["content"] for call in vendor.calls}
    assert prompts == {compose([("role", "R1"), ("style", "S")]), compose([("role", "R2"), ("style", "S")])}
    assert [each["role"] for each in await said(ada, chat)] == ["user"]
    assert (await ada.get(f"/api/chat/{chat}")).json()["comparison"]["id"] == comparison["id"]

    picked = await ada.post(f"/api/comparisons/{comparison['id']}/pick", {"messageId": right["messageId"]})
    assert picked.json()["pickedId"] == right["messageId"]
    view = (await ada.get(f"/api/chat/{chat}")).json()
    assert (view["comparison"], view["prompt"]["presetName"]) == (None, "Two")
    assert (await said(ada, chat))[1]["id"] == right["messageId"]
    kept = (await ada.get(f"/api/comparisons/{comparison['id']}")).json()
    assert all(side["parts"] for side in kept["sides"]), "both answers are kept"
    votes = {
        part: (await ada.get(f"/api/components/{part}/votes")).json()
        for part in (one["roleId"], two["roleId"], style["id"])
    }
    assert votes == {
        one["roleId"]: {"up": 0, "down": 1},
        two["roleId"]: {"up": 1, "down": 0},
        style["id"]: {"up": 0, "down": 0},
    }
    await ada.ask("Go on", chat=chat)
    assert vendor.calls[-1].json["messages"][0]["content"] == compose([("role", "R2"), ("style", "S")])


async def test_each_answer_can_be_followed(ada: Person, vendor: VendorPeer):
    vendor.script(Answer(deltas=["word "] * 60, pace=0.02))
    comparison = await begin(ada, {}, {"components": {"roleId": (await ada.component())["id"]}})
    chat = comparison["chatId"]
    assert (await ada.get(f"/api/chat/{chat}")).json()["isRunning"] is True

    async def follow(message: str) -> list[str]:
        async with ada.http.stream("GET", f"/api/chat/{chat}/stream", params={"messageId": message}) as answer:
            heard = await hear(answer)
            return [heard.chunks[0]["messageId"], heard.text]

    heard = await asyncio.gather(*(follow(side["messageId"]) for side in comparison["sides"]))
    assert heard == [[side["messageId"], "word " * 60] for side in comparison["sides"]]


async def test_stop_ends_both(ada: Person, vendor: VendorPeer, database: Database):
    vendor.script(Answer(deltas=["word "] * 500, pace=0.02))
    comparison = await begin(ada, {}, {})
    assert (await ada.post(f"/api/chat/{comparison['chatId']}/stop")).status_code == 204
    stopped = (await ada.get(f"/api/comparisons/{comparison['id']}")).json()
    assert [side["parts"][-1]["data"]["outcome"] for side in stopped["sides"]] == ["stopped", "stopped"]
    assert (await ada.get("/api/usage")).json()["reserved"] == 0


async def test_the_last_question_can_be_compared_after_its_answer_was_taken_back(ada: Person, vendor: VendorPeer):
    body = ada.question("Hi")
    async with ada.asking(body) as answer:
        await hear(answer)
    refused = await ada.post("/api/comparisons", {"id": body["id"], "left": {}, "right": {}})
    assert refused.json()["code"] == "bad_request:chat"
    await ada.delete(f"/api/messages/{(await said(ada, body['id']))[1]['id']}/trailing")
    answer = await ada.post("/api/comparisons", {"id": body["id"], "left": {}, "right": {}})
    assert answer.status_code == 201


async def test_a_pick_that_cannot_be(ada: Person, bob: Person, visitor: Visitor, vendor: VendorPeer):
    vendor.script(Answer(deltas=["word "] * 40, pace=0.02))
    comparison = await begin(ada, {}, {})
    path, left = f"/api/comparisons/{comparison['id']}", {"messageId": comparison["sides"][0]["messageId"]}
    assert (await ada.post(f"{path}/pick", left)).json()["code"] == "conflict:comparison", "still written"
    busy = await ada.post("/api/chat", ada.question(chat=comparison["chatId"]))
    assert busy.status_code == 409
    await done(ada, comparison)
    assert (await ada.post(f"{path}/pick", {"messageId": str(uuid4())})).status_code == 404
    for person, status in ((bob, 404), (visitor, 401)):
        assert (await person.get(path)).status_code == status
        assert (await person.post(f"{path}/pick", left)).status_code == status
    answers = await asyncio.gather(*(ada.post(f"{path}/pick", left) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 4
    assert len(await said(ada, comparison["chatId"])) == 2


async def test_a_chat_that_went_on_cannot_be_decided(ada: Person, vendor: VendorPeer):
    comparison = await done(ada, await begin(ada, {}, {}))
    await ada.ask("Never mind", chat=comparison["chatId"])
    left = {"messageId": comparison["sides"][0]["messageId"]}
    assert (await ada.post(f"/api/comparisons/{comparison['id']}/pick", left)).status_code == 409
    await ada.delete("/api/chat", id=comparison["chatId"])
    assert (await ada.get(f"/api/comparisons/{comparison['id']}")).status_code == 404


async def test_a_parts_or_chat_that_is_not_ones_own(ada: Person, bob: Person, vendor: VendorPeer):
    role = await bob.component()
    question = ada.question()
    body = {"id": question["id"], "message": question["message"], "left": {}}
    answer = await ada.post("/api/comparisons", body | {"right": {"components": {"roleId": role["id"]}}})
    assert answer.status_code == 404
    assert await said(ada, question["id"]) == []
    await ada.ask(chat=question["id"])
    assert (await bob.post("/api/comparisons", body | {"right": {}})).json()["code"] == "forbidden:chat"
    assert vendor.calls
