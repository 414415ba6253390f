"""What a person does with a chat beside asking: prompts, receipts, votes, search, editing, sharing, taking along."""

from typing import Any
from uuid import uuid4

import pytest

from llm.peer import Answer, VendorPeer
from people import Person, Reader, Visitor
from quartet.prompts.compose import compose

pytestmark = pytest.mark.usefixtures("vendor")


async def messages(person: Visitor, chat: str) -> list[dict[str, Any]]:
    return (await person.get("/api/messages", chatId=chat)).json()["messages"]


async def a_chat(person: Person, *questions: str, **members: Any) -> str:
    chat = str(uuid4())
    for question in questions or ("Hello?",):
        await person.ask(question, chat=chat, **members)
    return chat


class TestPrompt:
    async def test_switched_between_answers(self, ada: Person, vendor: VendorPeer):
        preset, style = await ada.preset("P", role="R", style="S"), await ada.component("style", content="T")
        chat = await a_chat(ada, presetId=preset["id"])
        answer = await ada.http.put(
            f"/api/chat/{chat}/prompt", json={"presetId": preset["id"], "components": {"styleId": style["id"]}}
        )
        assert answer.status_code == 200, answer.text
        assert answer.json() == {
            "presetId": preset["id"],
            "presetName": "P",
            "components": {"roleId": preset["roleId"], "styleId": style["id"], "contextId": None, "modeId": None},
            "changedComponents": ["style"],
        }
        await ada.ask("Again", chat=chat)
        assert vendor.calls[-1].json["messages"][0]["content"] == compose([("role", "R"), ("style", "T")])
        seen = (await ada.get(f"/api/chat/{chat}")).json()["presetHistory"]
        assert [entry.get("changedComponents") for entry in seen] == [None, ["style"]]
        assert (await ada.get(f"/api/components/{style['id']}")).json()["usageCount"] == 1

    async def test_the_same_again_is_no_change(self, ada: Person):
        preset = await ada.preset("P", role="R")
        chat = await a_chat(ada, presetId=preset["id"])
        for _ in range(2):
            await ada.http.put(f"/api/chat/{chat}/prompt", json={"presetId": preset["id"]})
        assert len((await ada.get(f"/api/chat/{chat}")).json()["presetHistory"]) == 1
        assert (await ada.get(f"/api/presets/{preset['id']}")).json()["usageCount"] == 1

    async def test_refusals(self, ada: Person, bob: Person, visitor: Visitor):
        chat, preset = await a_chat(ada), await bob.preset("B", role="R")
        put = f"/api/chat/{chat}/prompt"
        assert (await ada.http.put(put, json={"presetId": preset["id"]})).status_code == 404
        assert (await ada.http.put(put, json={"components": {"styleId": "x"}})).status_code == 400
        assert (await bob.http.put(put, json={})).status_code == 403
        assert (await visitor.http.put(put, json={})).status_code == 401
        assert (await ada.http.put(f"/api/chat/{uuid4()}/prompt", json={})).status_code == 404


class TestReceipt:
    async def test_the_exact_text_outlives_its_parts(self, ada: Person):
        preset = await ada.preset("P", role="One", style="S")
        chat = await a_chat(ada, "Hi", presetId=preset["id"])
        await ada.patch(f"/api/components/{preset['roleId']}", {"content": "Two"})
        await ada.ask("Again", chat=chat)
        await ada.delete(f"/api/components/{preset['roleId']}")
        await ada.delete("/api/trash")
        first, second = [each["id"] for each in await messages(ada, chat) if each["role"] == "assistant"]
        one, two = [(await ada.get(f"/api/messages/{id_}/prompt")).json() for id_ in (first, second)]
        assert (one["text"], one["previousText"]) == (compose([("role", "One"), ("style", "S")]), None)
        assert (two["text"], two["previousText"]) == (compose([("role", "Two"), ("style", "S")]), one["text"])
        assert [(part["type"], part["version"], part["versionNow"]) for part in two["parts"]] == [
            ("role", 2, None),
            ("style", 1, 1),
        ]

    async def test_an_answer_without_a_prompt(self, ada: Person):
        chat = await a_chat(ada)
        answer = (await messages(ada, chat))[1]["id"]
        assert (await ada.get(f"/api/messages/{answer}/prompt")).json()["text"] == ""

    async def test_refusals(self, ada: Person, bob: Person, visitor: Visitor):
        chat = await a_chat(ada)
        await ada.patch(f"/api/chat/{chat}", {"visibility": "public"})
        question, answer = [each["id"] for each in await messages(ada, chat)]
        assert (await ada.get(f"/api/messages/{question}/prompt")).json()["code"] == "not_found:receipt"
        assert (await bob.get(f"/api/messages/{answer}/prompt")).status_code == 404
        assert (await visitor.get(f"/api/messages/{answer}/prompt")).status_code == 401
        assert (await ada.get(f"/api/messages/{uuid4()}/prompt")).status_code == 404


class TestVotes:
    async def test_counted_for_the_answer_and_its_parts(self, ada: Person):
        preset = await ada.preset("P", role="R", style="S")
        chat = await a_chat(ada, presetId=preset["id"])
        answer = (await messages(ada, chat))[1]["id"]
        cast = {"chatId": chat, "messageId": answer}
        assert (await ada.patch("/api/vote", cast | {"type": "up"})).text == "Message voted"
        assert (await ada.get("/api/vote", chatId=chat)).json() == [cast | {"isUpvoted": True}]
        votes = f"/api/components/{preset['roleId']}/votes"
        assert (await ada.get(votes)).json() == {"up": 1, "down": 0}
        await ada.patch("/api/vote", cast | {"type": "down"})
        assert (await ada.get("/api/vote", chatId=chat)).json() == [cast | {"isUpvoted": False}]
        assert (await ada.get(votes)).json() == {"up": 0, "down": 1}

    async def test_refusals_as_the_chat_sdk_has_them(self, ada: Person, bob: Person, visitor: Visitor):
        chat, other = await a_chat(ada), await a_chat(ada)
        question, answer = [each["id"] for each in await messages(ada, chat)]
        good = {"chatId": chat, "messageId": answer, "type": "up"}
        assert (await visitor.patch("/api/vote", good)).json()["code"] == "unauthorized:vote"
        assert (await bob.patch("/api/vote", good)).json()["code"] == "forbidden:vote"
        assert (await bob.get("/api/vote", chatId=chat)).status_code == 403
        assert (await ada.get("/api/vote", chatId=str(uuid4()))).json()["code"] == "not_found:chat"
        for change in ({"chatId": other}, {"messageId": question}, {"messageId": str(uuid4())}):
            assert (await ada.patch("/api/vote", good | change)).json()["code"] == "not_found:vote"
        assert (await ada.patch("/api/vote", good | {"type": "x"})).status_code == 400
        assert (await ada.get("/api/vote", chatId=chat)).json() == []


class TestTrailing:
    async def test_a_message_and_all_after_it(self, ada: Person, vendor: VendorPeer):
        chat = await a_chat(ada, "One", "Two", "Three")
        said = await messages(ada, chat)
        await ada.patch("/api/vote", {"chatId": chat, "messageId": said[3]["id"], "type": "up"})
        answer = await ada.delete(f"/api/messages/{said[2]['id']}/trailing")
        assert answer.json() == {"deletedCount": 4}
        assert [each["id"] for each in await messages(ada, chat)] == [each["id"] for each in said[:2]]
        await ada.ask("Two, edited", chat=chat)
        assert [message["content"] for message in vendor.calls[-1].json["messages"]] == [
            "One",
            "Hello, world",
            "Two, edited",
        ]

    async def test_an_answer_that_is_being_written_is_stopped_first(self, ada: Person, vendor: VendorPeer):
        vendor.script(Answer(deltas=["word "] * 400, pace=0.02))
        body = ada.question("Hi")
        async with ada.asking(body) as answer:
            await Reader(answer).words()
            deleted = await ada.delete(f"/api/messages/{body['message']['id']}/trailing")
        assert deleted.status_code == 200
        assert (await ada.get(f"/api/chat/{body['id']}")).json()["isRunning"] is False
        assert await messages(ada, body["id"]) == []

    async def test_refusals(self, ada: Person, bob: Person, visitor: Visitor):
        chat = await a_chat(ada)
        first = (await messages(ada, chat))[0]["id"]
        assert (await bob.delete(f"/api/messages/{first}/trailing")).status_code == 404
        assert (await visitor.delete(f"/api/messages/{first}/trailing")).status_code == 401
        assert (await ada.delete(f"/api/messages/{uuid4()}/trailing")).status_code == 404
        assert len(await messages(ada, chat)) == 2


class TestSearch:
    async def found(self, person: Person, q: str, **query: Any) -> list[tuple[str, str | None]]:
        answer = await person.get("/api/history", q=q, **query)
        assert answer.status_code == 200, answer.text
        return [(chat["id"], chat["snippet"]) for chat in answer.json()["chats"]]

    async def test_in_titles_and_messages(self, ada: Person, bob: Person, vendor: VendorPeer):
        vendor.script(Answer(deltas=["The Crème brûlée ", "is sweet.\n\nReally."]))
        titled, said = await a_chat(ada, "About cooking"), await a_chat(ada, "And?")
        await ada.patch(f"/api/chat/{titled}", {"title": "BRÛLÉE at home"})
        assert [chat for chat, _ in await self.found(ada, "brulee")] == [said, titled]
        snippets = dict(await self.found(ada, "brulee"))
        assert snippets[titled] is None
        assert snippets[said] == "The Crème brûlée is sweet. Really."
        assert await self.found(ada, "100%") == []
        assert await self.found(bob, "brulee") == []
        assert await self.found(ada, "brulee", limit=1) == [(said, snippets[said])]
        assert await self.found(ada, "brulee", ending_before=said) == [(titled, None)]

    async def test_refusals(self, ada: Person, visitor: Visitor):
        assert (await ada.get("/api/history", q="x" * 201)).status_code == 400
        assert (await ada.get("/api/history", q="\x00")).status_code == 400
        assert (await visitor.get("/api/history", q="x")).status_code == 401


class TestSharing:
    async def test_readers_see_what_was_said_and_nothing_else(self, ada: Person, bob: Person, visitor: Visitor):
        preset = await ada.preset("Secret sauce", role="R")
        chat = await a_chat(ada, "Hi", presetId=preset["id"])
        assert (await visitor.get("/api/messages", chatId=chat)).status_code == 403
        await ada.patch(f"/api/chat/{chat}", {"visibility": "public"})
        for reader in (bob, visitor):
            read = (await reader.get("/api/messages", chatId=chat)).json()
            assert read["isReadonly"] is True
            assert {part["type"] for part in read["messages"][1]["parts"]} == {"step-start", "text"}
            view = (await reader.get(f"/api/chat/{chat}")).json()
            assert view["prompt"] is None
            assert "Secret sauce" not in str(view)
        assert "data-prompt" in str((await messages(ada, chat))[1])
        await ada.patch(f"/api/chat/{chat}", {"visibility": "private"})
        assert (await bob.get(f"/api/chat/{chat}")).status_code == 403


class TestExport:
    async def test_markdown_tells_the_story(self, ada: Person):
        preset = await ada.preset("Ship", role="R")
        chat = await a_chat(ada, "Hi", presetId=preset["id"])
        await ada.patch(f"/api/chat/{chat}", {"title": "Ünï/1"})
        answer = await ada.get(f"/api/chat/{chat}/export")
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%9Cn%C3%AF-1.md"
        lines = [line for line in answer.text.splitlines() if line]
        assert lines[0] == "# Ünï/1"
        assert lines[2:6] == ["*From here on: Ship*", "## You", "Hi", "## Assistant"]
        assert lines[6] == "Hello, world"
        assert lines[7].startswith("> Prompt: Ship: role “A role” v1; ")

    async def test_json_has_everything(self, ada: Person):
        chat = await a_chat(ada, "Hi")
        taken = (await ada.get(f"/api/chat/{chat}/export", format="json")).json()
        assert (taken["format"], taken["id"], taken["title"]) == ("quartet-chat", chat, "Hi")
        assert [each["parts"] for each in taken["messages"]] == [each["parts"] for each in await messages(ada, chat)]

    async def test_refusals(self, ada: Person, bob: Person, visitor: Visitor):
        chat = await a_chat(ada)
        await ada.patch(f"/api/chat/{chat}", {"visibility": "public"})
        assert (await bob.get(f"/api/chat/{chat}/export")).status_code == 403
        assert (await visitor.get(f"/api/chat/{chat}/export")).status_code == 401
        assert (await ada.get(f"/api/chat/{chat}/export", format="pdf")).status_code == 400


async def test_streams_are_noted_as_the_chat_sdk_does(ada: Person, vendor: VendorPeer):
    chat = await a_chat(ada, "One", "Two")
    async with ada.database.system() as tx:
        cursor = await tx.execute('SELECT "id"::text FROM "Stream" WHERE "chatId" = %s ORDER BY "createdAt"', [chat])
        noted = [row[0] for row in await cursor.fetchall()]
    assert noted == [each["id"] for each in await messages(ada, chat) if each["role"] == "assistant"]
