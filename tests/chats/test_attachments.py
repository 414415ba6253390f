"""Pictures on their way: from the client's message to the kept one, and to the provider that sees."""

import asyncio
import base64
from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.errors import LockNotAvailable

from llm.peer import Answer, VendorPeer
from people import Person, Visitor, hear, until
from pictures import a_jpeg, a_png, about, ask, openai_image, part, rows, seen_by, uploaded
from quartet.chats import attachments, files
from quartet.core.database import Database

TEXT_ONLY = "openai/some-model"


async def kept_parts(person: Person, chat: str) -> list[dict[str, Any]]:
    return (await person.get("/api/messages", chatId=chat)).json()["messages"][0]["parts"]


async def test_a_picture_is_kept_as_the_chat_sdk_keeps_it_and_the_provider_sees_it(ada: Person, vendor: VendorPeer):
    preset = await ada.preset("Ship", role='  Kurz & "knapp" \N{GRINNING FACE}\n')
    url = await uploaded(ada, a_jpeg(), "cat.jpg")
    body = about(ada, url, presetId=preset["id"])
    body["message"]["parts"][0] |= {"name": "another name", "providerMetadata": {"x": 1}}
    await ask(ada, body)
    assert await kept_parts(ada, body["id"]) == [
        {"type": "file", "mediaType": "image/jpeg", "name": "cat.jpg", "url": url},
        {"type": "text", "text": "What is it?"},
    ]
    system, question = vendor.calls[0].json["messages"]
    assert system["content"] == '# Role\n\nKurz & "knapp" \N{GRINNING FACE}'
    assert question["content"] == [openai_image(a_jpeg(), "image/jpeg"), {"type": "text", "text": "What is it?"}]
    await ask(ada, ada.question("And now?", chat=body["id"], selectedChatModel="anthropic/claude-haiku-5-5"))
    assert vendor.calls[1].json["system"] == system["content"]
    image = {"type": "base64", "media_type": "image/jpeg", "data": base64.b64encode(a_jpeg()).decode()}
    assert vendor.calls[1].json["messages"] == [
        {
            "role": "user",
            "content": [{"type": "image", "source": image}, {"type": "text", "text": "What is it?"}],
        },
        {"role": "assistant", "content": "Hello, world"},
        {"role": "user", "content": "And now?"},
    ]


async def test_the_ai_sdks_own_file_part_will_do(ada: Person, vendor: VendorPeer):
    url = await uploaded(ada)
    message = {
        "id": "msg-1",
        "role": "user",
        "parts": [
            {"type": "file", "mediaType": "image/png", "filename": "x.png", "url": url},
            {"type": "text", "text": "Hi"},
        ],
    }
    await ask(ada, {"id": str(uuid4()), "messages": [message], "trigger": "submit-message"})
    assert vendor.calls[0].json["messages"][0]["content"][0] == openai_image(a_png())


@pytest.mark.parametrize("model", ["openai/gpt-6-luna", "anthropic/claude-haiku-5-5"])
async def test_a_picture_says_enough(ada: Person, vendor: VendorPeer, model: str):
    url = await uploaded(ada)
    body = about(ada, url, text="", selectedChatModel=model)
    await ask(ada, body)
    assert [each["type"] for each in await kept_parts(ada, body["id"])] == ["file"]
    (image,) = vendor.calls[0].json["messages"][0]["content"]
    assert image["type"] in {"image", "image_url"}
    assert (await ada.get(f"/api/chat/{body['id']}")).json()["title"]


async def test_an_answer_given_again_sees_it_again(ada: Person, vendor: VendorPeer):
    body = about(ada, await uploaded(ada))
    await ask(ada, body)
    await ask(ada, {"id": body["id"], "trigger": "regenerate-message", "messages": []})
    assert vendor.calls[1].json["messages"] == vendor.calls[0].json["messages"]


async def test_two_prompts_see_the_same_picture(ada: Person, vendor: VendorPeer):
    question = about(ada, await uploaded(ada))
    sides = {side: {"components": {"roleId": (await ada.component(content=side))["id"]}} for side in ("left", "right")}
    answer = await ada.post("/api/comparisons", question | sides)
    assert answer.status_code == 201, answer.text

    async def both() -> bool:
        return len(vendor.calls) == 2

    assert await until(both)
    assert [call.json["messages"][1]["content"][0] for call in vendor.calls] == [openai_image(a_png())] * 2


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("data:image/png;base64,iVBORw0KGgo=", "uploaded to this server first"),
        ("https://example.com/cat.png", "uploaded to this server first"),
        ("http://127.0.0.1:1/api/files/{own}", "uploaded to this server first"),
        ("//example.com/api/files/{own}", "uploaded to this server first"),
        ("file:///etc/passwd", "uploaded to this server first"),
        ("/api/files/{own}/../../chat", "uploaded to this server first"),
        ("/api/files/{own}?x", "uploaded to this server first"),
        ("", "uploaded to this server first"),
        (None, "uploaded to this server first"),
        ("/api/files/{foreign}", "Upload it again"),
        ("/api/files/00000000-0000-4000-8000-000000000000", "Upload it again"),
    ],
)
async def test_only_ones_own_uploads_can_be_sent(
    ada: Person, bob: Person, vendor: VendorPeer, url: str | None, said: str
):
    own, foreign = await uploaded(ada), await uploaded(bob)
    if url:
        url = url.format(own=own.rsplit("/", 1)[1], foreign=foreign.rsplit("/", 1)[1])
    body = about(ada, own)
    body["message"]["parts"].insert(1, part("x") | {"url": url})
    refused = await ada.post("/api/chat", body)
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request:api")
    assert said in refused.json()["detail"]
    assert vendor.calls == []
    assert (await ada.get(f"/api/chat/{body['id']}")).status_code == 404, "a refused turn leaves nothing behind"
    await ask(ada, about(ada, own))


async def test_a_picture_of_another_chat_is_uploaded_again(ada: Person, vendor: VendorPeer):
    url = await uploaded(ada)
    body = about(ada, url, selectedVisibilityType="public")
    await ask(ada, body)
    refused = await ada.post("/api/chat", about(ada, url))
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request:api")
    await ask(ada, about(ada, url, chat=body["id"]))


async def test_a_picture_sent_twice_stays_where_it_was_first(ada: Person, visitor: Visitor, vendor: VendorPeer):
    url = await uploaded(ada)
    body = about(ada, url, selectedVisibilityType="public")
    await ask(ada, body)
    again = about(ada, url, chat=body["id"])
    await ask(ada, again)
    await ada.delete(f"/api/messages/{again['message']['id']}/trailing")
    assert await seen_by(url, visitor) == [200]


async def test_what_is_being_sent_cannot_be_deleted_meanwhile(ada: Person, database: Database):
    url = await uploaded(ada)
    user_id, file_id = UUID(ada.id), UUID(url.rsplit("/", 1)[1])
    async with database.system() as tx:
        await attachments.sendable(tx, user_id, uuid4(), [url])
        async with database.system() as other:
            await other.execute("SET LOCAL lock_timeout = '100ms'")
            with pytest.raises(LockNotAvailable):
                await files.discard(other, user_id, file_id)


async def test_two_chats_cannot_both_have_it(ada: Person, vendor: VendorPeer):
    url = await uploaded(ada)
    answers = await asyncio.gather(*(ada.post("/api/chat", about(ada, url)) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]


async def test_the_same_question_sent_again_has_its_picture(ada: Person, vendor: VendorPeer):
    vendor.script(Answer(deltas=["x"] * 50, pace=0.02))
    body = about(ada, await uploaded(ada))
    answers = await asyncio.gather(*(ada.post("/api/chat", body) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(await kept_parts(ada, body["id"])) == 2


async def test_an_edited_question_keeps_its_picture(ada: Person, vendor: VendorPeer, visitor: Visitor):
    url = await uploaded(ada)
    body = about(ada, url, selectedVisibilityType="public")
    await ask(ada, body)
    await ada.delete(f"/api/messages/{body['message']['id']}/trailing")
    edited = about(ada, url, text="What is it, really?", chat=body["id"])
    await ask(ada, edited)
    assert await kept_parts(ada, body["id"]) == [part(url), {"type": "text", "text": "What is it, really?"}]
    assert vendor.calls[1].json["messages"][0]["content"][0] == openai_image(a_png())
    assert await seen_by(url, visitor) == [200]


async def test_a_model_that_cannot_see_is_asked_nothing_about_pictures(ada: Person, vendor: VendorPeer):
    url = await uploaded(ada)
    refused = await ada.post("/api/chat", about(ada, url, selectedChatModel=TEXT_ONLY))
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_request:api")
    assert "cannot see" in refused.json()["detail"]
    body = about(ada, url)
    await ask(ada, body)
    await ask(ada, ada.question("And now?", chat=body["id"], selectedChatModel=TEXT_ONLY))
    assert vendor.calls[1].json["messages"] == [
        {"role": "user", "content": "[1 picture left out]\n\nWhat is it?"},
        {"role": "assistant", "content": "Hello, world"},
        {"role": "user", "content": "And now?"},
    ]


async def test_nobody_sees_a_foreign_picture_through_a_forged_message(
    ada: Person, bob: Person, vendor: VendorPeer, database: Database
):
    url = await uploaded(ada)
    await ask(ada, about(ada, url))
    chat = str(uuid4())
    await bob.ask("One", chat=chat)
    async with database.system() as tx:
        await tx.execute(
            """UPDATE "Message_v2" SET "parts" = jsonb_build_array(jsonb_build_object('type', 'file', 'url', %s::text))
               WHERE "chatId" = %s AND "role" = 'user'""",
            [url, chat],
        )
    await bob.ask("Two", chat=chat)
    assert vendor.calls[-1].json["messages"][0]["content"] == "[1 picture left out]"


async def test_a_picture_costs_tokens(bob: Person, vendor: VendorPeer, database: Database):
    url = await uploaded(bob, a_png(3000, 2000))
    async with database.system() as tx:
        await tx.execute(
            """INSERT INTO "Usage" VALUES (gen_random_uuid(), %s, 'openai', 'openai/x', 48000, 0, true)""", [bob.id]
        )
    refused = await bob.post("/api/chat", about(bob, url))
    assert (refused.status_code, refused.json()["code"]) == (402, "payment_required:chat")
    assert (await bob.ask("Without it")).text == "Hello, world"
    assert await rows(database, bob) == 1, "it is still there to be sent"


async def test_a_provider_that_refuses_a_picture_is_one_clear_chunk(ada: Person, vendor: VendorPeer):
    for model in ("openai/gpt-6-luna", "anthropic/claude-haiku-5-5"):
        vendor.script(Answer(status=400))
        async with ada.asking(about(ada, await uploaded(ada), selectedChatModel=model)) as answer:
            heard = await hear(answer)
        assert heard.types[-1] == "error"
        assert heard.data("outcome")["outcome"] == "failed"
