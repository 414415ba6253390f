"""A Chat SDK and we, on one database: each reads what the other wrote, and neither stands in the other's way."""

from typing import Any
from uuid import uuid4

import pytest

from chats.chat_sdk import QUESTION, answer, delete_chat, left, write
from llm.peer import Answer, VendorPeer
from people import Person, Reader, Visitor, until
from pictures import a_png, upload
from quartet.core.database import Database

pytestmark = pytest.mark.usefixtures("vendor")


async def test_its_messages_are_read_as_it_wrote_them(ada: Person, database: Database):
    it = await write(database, ada.id)
    read = (await ada.get("/api/messages", chatId=it.chat)).json()
    assert [message["parts"] for message in read["messages"]] == [QUESTION, answer(it.document)]
    assert (read["visibility"], read["userId"], read["isReadonly"]) == ("private", ada.id, False)
    assert (await ada.get("/api/vote", chatId=it.chat)).json() == [
        {"chatId": it.chat, "messageId": it.answer, "isUpvoted": True}
    ]
    (chat,) = [each for each in (await ada.get("/api/history")).json()["chats"] if each["id"] == it.chat]
    assert chat["title"] == "Weather"
    view = (await ada.get(f"/api/chat/{it.chat}")).json()
    assert (view["presetHistory"], view["totalTokens"], view["isRunning"]) == ([], 0, False)
    found = (await ada.get("/api/history", q="7 degrees")).json()["chats"]
    assert [each["id"] for each in found] == [it.chat]


async def test_its_chat_goes_on_here_and_a_model_is_told_what_was_said(
    ada: Person, database: Database, vendor: VendorPeer
):
    it = await write(database, ada.id)
    await ada.ask("And tomorrow?", chat=it.chat)
    question, said, last = vendor.calls[-1].json["messages"]
    assert question["content"] == "[1 picture left out]\n\nWhat is the weather, and write it down?"
    assert said["content"].split("\n\n") == [
        "Looking outside.",
        "[The tool getWeather was used.]",
        "[The tool createDocument was used for “The weather”.]",
        "[The tool getWeather was used.]",
        "[The tool search was used.]",
        "It is 7 degrees.",
    ]
    assert last["content"] == "And tomorrow?"
    exported = (await ada.get(f"/api/chat/{it.chat}/export")).text
    assert "[The tool createDocument was used for “The weather”.]" in exported


async def test_what_we_write_it_reads(ada: Person, database: Database):
    preset = await ada.preset("P", role="R")
    body = ada.question("Hi", presetId=preset["id"])
    await ada.ask("Hi", chat=body["id"], presetId=preset["id"])
    async with database.system() as tx:
        cursor = await tx.execute(
            """SELECT "role", "parts", "attachments" FROM "Message_v2" WHERE "chatId" = %s ORDER BY "createdAt" """,
            [body["id"]],
        )
        (_, asked, none), (role, said, _) = await cursor.fetchall()
    assert asked == [{"type": "text", "text": "Hi"}]
    assert none == []
    assert role == "assistant"
    kinds = [part["type"] for part in said]
    assert kinds == ["data-prompt", "step-start", "text", "data-usage"], "what its client does not know is data-*"


async def test_it_deletes_what_is_its_own_past_everything_of_ours(ada: Person, database: Database):
    """Nothing of ours that refers to its tables holds them."""
    it = await write(database, ada.id)
    picture = (await upload(ada, a_png())).json()["url"]
    sent = ada.question("Look", chat=it.chat)
    sent["message"]["parts"].append({"type": "file", "mediaType": "image/png", "name": "x.png", "url": picture})
    async with ada.asking(sent) as heard:
        assert heard.status_code == 200, await heard.aread()
        await heard.aread()
    compared = await compare(ada, it.chat)
    async with database.system() as tx:
        for table in ("Vote", "Message"):  # a Chat SDK that knows these empties them
            await tx.execute(f'DELETE FROM "{table}" WHERE "chatId" = %s', [it.chat])
    await delete_chat(database, it.chat)
    assert set(await left(database, it.chat, compared)) == set()
    assert (await ada.get(f"/api/chat/{it.chat}")).status_code == 404
    assert (await ada.get(picture)).status_code == 404


async def compare(person: Person, chat: str) -> str:
    question = person.question("Which?", chat=chat)
    body = {"id": chat, "message": question["message"], "left": {}, "right": {}}
    made = await person.post("/api/comparisons", body)
    assert made.status_code == 201, made.text

    async def done() -> bool:
        return all(
            side["parts"] for side in (await person.get(f"/api/comparisons/{made.json()['id']}")).json()["sides"]
        )

    await until(done)
    return made.json()["id"]


async def test_nothing_of_ours_that_refers_to_its_tables_can_hold_them(database: Database):
    async with database.system() as tx:
        cursor = await tx.execute(
            """SELECT c.conname FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
                 JOIN pg_class r ON r.oid = c.confrelid
               WHERE c.contype = 'f' AND c.confdeltype NOT IN ('c', 'n') AND t.relname <> ALL(%(its)s)
                 AND r.relname = ANY(%(its)s)""",
            {
                "its": [
                    *("User", "Chat", "Message_v2", "Vote_v2", "Stream", "Document", "Suggestion", "Message", "Vote")
                ]
            },
        )
        assert await cursor.fetchall() == []


@pytest.mark.parametrize("how", ["one", "all", "trailing"])
async def test_what_we_delete_leaves_nothing_of_its_behind(ada: Person, database: Database, how: str):
    it, kept = await write(database, ada.id), await write(database, ada.id)
    if how == "one":
        assert (await ada.delete("/api/chat", id=it.chat)).status_code == 200
        assert await left(database, it.chat) == []
        assert set(await left(database, kept.chat)) == {"Chat", "Message_v2", "Vote_v2", "Stream", "Message", "Vote"}
        assert await left(database, it.document) == ["Document", "Suggestion"], "a document is of no chat"
    elif how == "all":
        assert (await ada.delete("/api/history")).json()["deletedCount"] == 2
        assert await left(database, it.chat, kept.chat) == []
    else:
        assert (await ada.delete(f"/api/messages/{it.question}/trailing")).json() == {"deletedCount": 2}
        assert await left(database, it.question, it.answer) == []


async def test_an_answer_that_is_gone_meanwhile_is_not_kept(ada: Person, database: Database, vendor: VendorPeer):
    vendor.script(Answer(deltas=["word "] * 100, pace=0.02))
    body = ada.question("Hi")
    async with ada.asking(body) as answered:
        reader = Reader(answered)
        await reader.words(2)
        await delete_chat(database, body["id"])
        heard = await reader.rest()
    assert heard.types.count("text-delta") == 100, "whoever listens hears it to its end"

    async def settled() -> bool:
        return not await left(database, body["id"])

    await until(settled)


class TestDocuments:
    async def test_all_versions_oldest_first(self, ada: Person, database: Database):
        it = await write(database, ada.id)
        found = (await ada.get("/api/document", id=it.document)).json()
        assert found == [
            {
                "id": it.document,
                "createdAt": moment,
                "title": "The weather",
                "content": content,
                "kind": "text",
                "userId": ada.id,
            }
            for moment, content in (
                ("2026-01-02T03:04:05.678000Z", "It rains."),
                ("2026-01-02T03:05:06Z", "It snows."),
            )
        ]

    async def test_suggestions(self, ada: Person, database: Database):
        it = await write(database, ada.id)
        (found,) = (await ada.get("/api/suggestions", documentId=it.document)).json()
        assert found.pop("id")
        assert found == {
            "documentId": it.document,
            "documentCreatedAt": "2026-01-02T03:05:06Z",
            "originalText": "snows",
            "suggestedText": "is snowing",
            "description": "More vivid.",
            "isResolved": False,
            "userId": ada.id,
            "createdAt": "2026-01-02T03:06:07Z",
        }

    @pytest.mark.parametrize(
        ("path", "name", "who", "status", "code"),
        [
            ("/api/document", "id", "nobody", 401, "unauthorized:document"),
            ("/api/document", "id", "bob", 403, "forbidden:document"),
            ("/api/document", "other", "ada", 400, "bad_request:api"),
            ("/api/suggestions", "documentId", "nobody", 401, "unauthorized:suggestions"),
            ("/api/suggestions", "documentId", "bob", 403, "forbidden:api"),
            ("/api/suggestions", "other", "ada", 400, "bad_request:api"),
        ],
    )
    async def test_refusals(
        self,
        ada: Person,
        bob: Person,
        visitor: Visitor,
        database: Database,
        path: str,
        name: str,
        who: str,
        status: int,
        code: str,
    ):
        it = await write(database, ada.id, "public")
        asking: Any = {"nobody": visitor, "bob": bob, "ada": ada}[who]
        refused = await asking.get(path, **{name: it.document})
        assert (refused.status_code, refused.json()["code"]) == (status, code)
        assert "snow" not in refused.text

    async def test_what_is_not_there(self, ada: Person):
        unknown = await ada.get("/api/document", id=str(uuid4()))
        assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found:document")
        assert (await ada.get("/api/suggestions", documentId=str(uuid4()))).json() == []

    @pytest.mark.parametrize("method", ["POST", "DELETE"])
    async def test_they_are_not_changed_here(self, ada: Person, database: Database, method: str):
        it = await write(database, ada.id)
        refused = await ada.http.request(method, "/api/document", params={"id": it.document}, json={})
        assert (refused.status_code, refused.json()["code"]) == (405, "bad_request:api")
        assert refused.headers["allow"] == "GET, HEAD"


async def test_half_a_surrogate_pair_and_a_nul_hurt_nobody(ada: Person, database: Database, vendor: VendorPeer):
    """JSON of PostgreSQL may hold them: an answer that was cut in the middle of an emoji does."""
    it = await write(database, ada.id)
    async with database.system() as tx:
        await tx.execute(
            'UPDATE "Message_v2" SET "parts" = %s WHERE "id" = %s',
            [r'[{"type": "text", "text": "Good \ud83d day\u0000."}]', it.answer],
        )
    read = await ada.get("/api/messages", chatId=it.chat)
    assert read.status_code == 200
    assert read.json()["messages"][1]["parts"] == [{"type": "text", "text": "Good \ufffd day\x00."}]
    for form in ("markdown", "json"):
        assert (await ada.get(f"/api/chat/{it.chat}/export", format=form)).status_code == 200
    await ada.ask("Go on", chat=it.chat)
    assert vendor.calls[-1].json["messages"][-2]["content"].startswith("Good ")
    assert (await ada.get("/api/history", q="Good")).status_code == 200
