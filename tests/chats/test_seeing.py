"""What of a chat's pictures a provider is shown: the newest, and no more than it can take."""

from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from llm.peer import VendorPeer
from people import Person
from pictures import FIVE_MB, a_png, a_png_of, about, ask, openai_image, part, uploaded
from quartet.chats import transcripts
from quartet.chats.models import Message
from quartet.core.database import Database
from quartet.llm.catalogue import Model
from quartet.llm.types import Image


async def test_how_many_pictures_a_question_may_have(ada: Person, vendor: VendorPeer):
    urls = [await uploaded(ada) for _ in range(9)]
    refused = await ada.post("/api/chat", about(ada, *urls))
    assert (refused.status_code, "up to 8" in refused.json()["detail"]) == (400, True)
    await ask(ada, about(ada, *urls[:8], urls[0]))
    assert len(vendor.calls[0].json["messages"][0]["content"]) == 9


async def test_how_large_the_pictures_of_a_question_may_be(ada: Person, vendor: VendorPeer):
    large = a_png_of(FIVE_MB)
    urls = [await uploaded(ada, large) for _ in range(3)]
    refused = await ada.post("/api/chat", about(ada, *urls))
    assert (refused.status_code, "15 MB" in refused.json()["detail"]) == (400, True)
    first, second = about(ada, *urls[:2]), about(ada, urls[2])
    second["id"] = first["id"]
    await ask(ada, first)
    await ask(ada, second)
    older, _, newer = [message["content"] for message in vendor.calls[1].json["messages"]]
    assert newer[0] == openai_image(large)
    assert [each["type"] for each in older] == ["image_url", "text"]
    assert older[1]["text"] == "[1 picture left out]\n\nWhat is it?"


async def test_the_newest_pictures_go_along(ada: Person, vendor: VendorPeer):
    pictures = [a_png(width) for width in range(1, 11)]
    urls = [await uploaded(ada, picture) for picture in pictures]
    first = about(ada, *urls[:5])
    await ask(ada, first)
    await ask(ada, about(ada, *urls[5:], text="And these?", chat=first["id"]))
    older, _, newer = [message["content"] for message in vendor.calls[1].json["messages"]]
    assert newer[:5] == [openai_image(picture) for picture in pictures[5:]]
    assert older[:3] == [openai_image(picture) for picture in pictures[:3]]
    assert older[3] == {"type": "text", "text": "[2 pictures left out]\n\nWhat is it?"}


def test_a_window_is_filled_with_pictures_as_with_words():
    def said(role: Literal["user", "assistant"], *parts: dict[str, Any]) -> Message:
        return Message(id=uuid4(), chatId=uuid4(), role=role, parts=list(parts), createdAt=datetime.now(UTC))

    transcript = [
        said("user", part("/api/files/1"), {"type": "text", "text": "Old?"}),
        said("assistant", {"type": "text", "text": "Yes."}),
        said("user", part("/api/files/2"), {"type": "text", "text": "New?"}),
    ]
    images = {f"/api/files/{n}": Image("image/png", b"", 1024, 1024) for n in (1, 2)}
    for window, words in ((4000, ["Old?", "Yes.", "New?"]), (2500, ["New?"])):
        model = Model("openai/small", "openai", "Small", window, 100, vision=True, encoding="o200k_base")
        fitting = transcripts.fit(transcript, model, "", 100, images)
        assert [message.text for message in fitting] == words
        assert len(fitting[-1].images) == 1


async def test_a_picture_of_a_chat_sdk_is_left_out(ada: Person, vendor: VendorPeer, database: Database):
    chat = str(uuid4())
    await ada.ask("One", chat=chat)
    async with database.system() as tx:
        await tx.execute(
            """UPDATE "Message_v2" SET "parts" = '[{"type": "file", "mediaType": "image/png", "name": "x",
                 "url": "https://store.example.com/x.png"}, {"type": "text", "text": "One"}]'
               WHERE "chatId" = %s AND "role" = 'user'""",
            [chat],
        )
    await ada.ask("Two", chat=chat)
    assert vendor.calls[1].json["messages"][0]["content"] == "[1 picture left out]\n\nOne"
