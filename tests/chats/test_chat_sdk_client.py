"""A Chat SDK's own front end on our server: each of its requests as it sends them, and what it must get back.

It reads `code` and `cause` of every answer that is not 2xx, and has words for the codes that stand here.
"""

from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from chats.chat_sdk import write
from llm.peer import Answer, VendorPeer
from people import PASSWORD, Person, Reader, Visitor, hear
from pictures import a_png
from quartet.core.database import Database

pytestmark = pytest.mark.usefixtures("vendor")


def told(answer: httpx2.Response) -> tuple[int, str]:
    """Return status and code, after seeing that its client can read the rest."""
    body = answer.json()
    assert isinstance(body["message"], str)
    return answer.status_code, body["code"]


def post(chat: str | None = None, **members: Any) -> dict[str, Any]:
    """The body of `prepareSendMessagesRequest`."""
    message = {"id": str(uuid4()), "role": "user", "parts": [{"type": "text", "text": "Why is the sky blue?"}]}
    return {
        "id": chat or str(uuid4()),
        "message": message,
        "selectedChatModel": "openai/gpt-6-luna",
        "selectedVisibilityType": "private",
    } | members


class TestChat:
    async def test_asking(self, ada: Person):
        body = post()
        async with ada.asking(body) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert answer.headers["x-vercel-ai-ui-message-stream"] == "v1"
            heard = await hear(answer)
        assert heard.types[0] == "start"
        assert UUID(heard.chunks[0]["messageId"]), "it is voted for by this id, in a column of UUIDs"
        assert heard.types[-1] == "finish"

    @pytest.mark.parametrize("model", ["chat-model", "chat-model-reasoning"])
    async def test_names_of_models_that_older_ones_send_are_the_default(self, ada: Person, model: str):
        async with ada.asking(post(selectedChatModel=model)) as answer:
            assert answer.status_code == 200, (await answer.aread()).decode()
            await answer.aread()

    async def test_keys_that_we_do_not_know_are_ignored(self, ada: Person):
        body = post(somethingNew={"x": 1})
        body["message"]["parts"][0]["providerMetadata"] = {}
        body["message"]["metadata"] = {"createdAt": "2026-01-01T00:00:00.000Z"}
        async with ada.asking(body) as answer:
            assert answer.status_code == 200, (await answer.aread()).decode()
            await answer.aread()

    async def test_with_a_picture_as_its_upload_answered(self, ada: Person):
        uploaded = await ada.http.post("/api/files/upload", files={"file": ("cat.png", a_png(), "image/png")})
        assert uploaded.status_code == 200, uploaded.text
        blob = uploaded.json()
        assert {"url", "pathname", "contentType"} <= blob.keys()
        body = post()
        picture = {"type": "file", "url": blob["url"], "name": blob["pathname"], "mediaType": blob["contentType"]}
        body["message"]["parts"].insert(0, picture)
        async with ada.asking(body) as answer:
            assert answer.status_code == 200, (await answer.aread()).decode()
            await answer.aread()
        (asked, _) = (await ada.get("/api/messages", chatId=body["id"])).json()["messages"]
        assert asked["parts"][0] == picture

    @pytest.mark.parametrize(
        "wrong",
        [
            {"id": "no-uuid"},
            {"message": None},
            {"message": {"id": str(uuid4()), "role": "user", "parts": [{"type": "text", "text": ""}]}},
            {"message": {"id": str(uuid4()), "role": "assistant", "parts": [{"type": "text", "text": "x"}]}},
            {"message": {"id": str(uuid4()), "role": "user", "parts": [{"type": "text", "text": "x" * 20_001}]}},
            {"selectedVisibilityType": "secret"},
        ],
    )
    async def test_a_body_that_it_would_not_send(self, ada: Person, wrong: dict[str, Any]):
        assert told(await ada.post("/api/chat", post() | wrong)) == (400, "bad_request:api")

    async def test_no_json_at_all(self, ada: Person):
        headers = {"content-type": "application/json"}
        assert told(await ada.http.post("/api/chat", content=b"{", headers=headers)) == (400, "bad_request:api")

    async def test_refusals(self, ada: Person, bob: Person, visitor: Visitor):
        body = post()
        async with ada.asking(body) as answer:
            await answer.aread()
        assert told(await visitor.post("/api/chat", post())) == (401, "unauthorized:chat")
        assert told(await bob.post("/api/chat", post(body["id"]))) == (403, "forbidden:chat")

    async def test_where_no_model_is(self, bob: Person, vendor: VendorPeer):
        """An answer that fails is an `error` chunk, after a 200: its client shows that, too."""
        vendor.script(Answer(status=500))
        async with bob.asking(post()) as answer:
            heard = await hear(answer)
        assert "error" in heard.types

    async def test_deleting(self, ada: Person, bob: Person, visitor: Visitor):
        body = post()
        async with ada.asking(body) as answer:
            await answer.aread()
        path = "/api/chat"
        assert told(await ada.delete(path)) == (400, "bad_request:api")
        assert told(await visitor.delete(path, id=body["id"])) == (401, "unauthorized:chat")
        assert told(await bob.delete(path, id=body["id"])) == (403, "forbidden:chat")
        assert told(await ada.delete(path, id=str(uuid4()))) == (403, "forbidden:chat")
        deleted = await ada.delete(path, id=body["id"])
        assert deleted.status_code == 200
        assert {"id", "createdAt", "title", "userId", "visibility"} <= deleted.json().keys()
        assert deleted.json()["createdAt"].endswith("Z")


class TestResuming:
    async def test_what_runs_is_replayed_and_what_does_not_is_204(self, ada: Person, vendor: VendorPeer):
        vendor.script(Answer(deltas=["word "] * 40, pace=0.02))
        body = post()
        async with ada.asking(body) as answer:
            await Reader(answer).words(3)
            said = (await ada.get("/api/messages", chatId=body["id"])).json()["messages"]
            assert [message["role"] for message in said] == ["user"], "on which its `useAutoResume` resumes"
            async with ada.http.stream("GET", f"/api/chat/{body['id']}/stream") as resumed:
                assert resumed.status_code == 200
                heard = await hear(resumed)
        assert heard.text == "word " * 40
        nothing = await ada.get(f"/api/chat/{body['id']}/stream")
        assert (nothing.status_code, nothing.content) == (204, b"")

    async def test_refusals(self, ada: Person, bob: Person, visitor: Visitor, database: Database):
        it = await write(database, ada.id)
        path = f"/api/chat/{it.chat}/stream"
        assert told(await visitor.get(path)) == (401, "unauthorized:chat")
        assert told(await bob.get(path)) == (403, "forbidden:chat")
        assert told(await ada.get(f"/api/chat/{uuid4()}/stream")) == (404, "not_found:chat")


class TestHistory:
    async def test_pages(self, bob: Person, database: Database):
        chats = [(await write(database, bob.id)).chat for _ in range(5)]
        first = (await bob.get("/api/history", limit=3)).json()
        assert [chat["id"] for chat in first["chats"]] == chats[:1:-1]
        assert first["hasMore"] is True
        assert {"id", "createdAt", "title", "userId", "visibility"} <= first["chats"][0].keys()
        older = (await bob.get("/api/history", limit=3, ending_before=chats[2])).json()
        assert ([chat["id"] for chat in older["chats"]], older["hasMore"]) == (chats[1::-1], False)
        newer = (await bob.get("/api/history", starting_after=chats[3])).json()
        assert [chat["id"] for chat in newer["chats"]] == [chats[4]]
        assert (await bob.delete("/api/history")).json() == {"deletedCount": 5}

    async def test_refusals(self, bob: Person, visitor: Visitor):
        both = {"starting_after": str(uuid4()), "ending_before": str(uuid4())}
        assert told(await bob.get("/api/history", **both)) == (400, "bad_request:api")
        assert told(await visitor.get("/api/history")) == (401, "unauthorized:chat")
        assert told(await visitor.delete("/api/history")) == (401, "unauthorized:chat")
        assert told(await bob.get("/api/history", ending_before=str(uuid4()))) == (404, "not_found:chat")


class TestVotes:
    async def test_voting(self, ada: Person, database: Database):
        it = await write(database, ada.id)
        voted = await ada.patch("/api/vote", {"chatId": it.chat, "messageId": it.answer, "type": "down"})
        assert (voted.status_code, voted.text) == (200, "Message voted")
        assert (await ada.get("/api/vote", chatId=it.chat)).json() == [
            {"chatId": it.chat, "messageId": it.answer, "isUpvoted": False}
        ]

    async def test_refusals(self, ada: Person, bob: Person, visitor: Visitor, database: Database):
        it = await write(database, ada.id)
        cast = {"chatId": it.chat, "messageId": it.answer, "type": "up"}
        assert told(await ada.get("/api/vote")) == (400, "bad_request:api")
        assert told(await visitor.get("/api/vote", chatId=it.chat)) == (401, "unauthorized:vote")
        assert told(await ada.get("/api/vote", chatId=str(uuid4()))) == (404, "not_found:chat")
        assert told(await bob.get("/api/vote", chatId=it.chat)) == (403, "forbidden:vote")
        assert told(await visitor.patch("/api/vote", cast)) == (401, "unauthorized:vote")
        assert told(await bob.patch("/api/vote", cast)) == (403, "forbidden:vote")
        assert told(await ada.patch("/api/vote", cast | {"chatId": str(uuid4())})) == (404, "not_found:vote")
        assert told(await ada.patch("/api/vote", {"chatId": it.chat})) == (400, "bad_request:api")


class TestMessages:
    async def test_of_a_chat(self, ada: Person, bob: Person, database: Database):
        it = await write(database, ada.id, "public")
        read = (await ada.get("/api/messages", chatId=it.chat)).json()
        assert {"messages", "visibility", "userId", "isReadonly"} == read.keys()
        assert [message["id"] for message in read["messages"]] == [it.question, it.answer]
        assert read["messages"][0]["metadata"]["createdAt"].endswith("Z")
        assert (await bob.get("/api/messages", chatId=it.chat)).json()["isReadonly"] is True

    async def test_of_a_chat_that_is_not_there_yet(self, ada: Person):
        read = await ada.get("/api/messages", chatId=str(uuid4()))
        assert read.status_code == 200
        assert read.json() == {"messages": [], "visibility": "private", "userId": None, "isReadonly": False}

    async def test_refusals(self, ada: Person, bob: Person, database: Database):
        it = await write(database, ada.id)
        assert told(await bob.get("/api/messages")) == (400, "bad_request:api")
        assert (await bob.get("/api/messages", chatId=it.chat)).status_code == 403

    async def test_editing_instead_of_its_server_action(self, ada: Person, database: Database):
        it = await write(database, ada.id)
        assert (await ada.delete(f"/api/messages/{it.question}/trailing")).status_code == 200
        async with ada.asking(post(it.chat)) as answer:
            assert answer.status_code == 200
            await answer.aread()
        said = (await ada.get("/api/messages", chatId=it.chat)).json()["messages"]
        assert [message["role"] for message in said] == ["user", "assistant"]

    async def test_publishing_instead_of_its_server_action(self, ada: Person, visitor: Visitor, database: Database):
        it = await write(database, ada.id)
        assert (await ada.patch(f"/api/chat/{it.chat}", {"visibility": "public"})).status_code == 200
        assert (await visitor.get("/api/messages", chatId=it.chat)).json()["visibility"] == "public"


async def test_models(visitor: Visitor):
    models = (await visitor.get("/api/models")).json()
    assert models
    assert all({"tools", "vision", "reasoning"} <= model.keys() for model in models.values())


class TestUploads:
    @pytest.mark.parametrize(
        ("name", "content", "media_type"),
        [("x.txt", b"text", "text/plain"), ("x.png", b"no picture", "image/png"), ("x.png", b"", "image/png")],
    )
    async def test_what_is_no_picture(self, ada: Person, name: str, content: bytes, media_type: str):
        refused = await ada.http.post("/api/files/upload", files={"file": (name, content, media_type)})
        assert refused.status_code == 400
        assert isinstance(refused.json()["error"], str), "it shows this"

    async def test_signed_out(self, visitor: Visitor):
        refused = await visitor.http.post("/api/files/upload", files={"file": ("x.png", a_png(), "image/png")})
        assert refused.status_code == 401
        assert isinstance(refused.json()["error"], str)


class TestSigningIn:
    async def test_a_guest_goes_where_it_came_from(self, visitor: Visitor):
        sent = await visitor.get("/api/auth/guest", redirectUrl="/chat/x?y=1")
        assert (sent.status_code, sent.headers["location"]) == (307, "/chat/x?y=1")
        user = (await visitor.get("/api/auth/session")).json()["user"]
        assert user["email"].startswith("guest-"), "by which it tells a guest"
        away = await visitor.get("/api/auth/guest", redirectUrl="https://elsewhere.example")
        assert away.headers["location"] == "/", "never to another site"

    async def test_instead_of_its_server_actions(self, visitor: Visitor):
        body = {"email": f"{uuid4().hex[:12]}@example.com", "password": PASSWORD}
        assert (await visitor.post("/api/auth/register", body)).status_code == 201
        assert (await visitor.post("/api/auth/logout")).status_code == 204
        assert (await visitor.post("/api/auth/login", body)).status_code == 200
        assert told(await visitor.post("/api/auth/login", body | {"password": "x"})) == (401, "unauthorized:auth")
        assert told(await visitor.post("/api/auth/register", body)) == (409, "conflict:auth")
