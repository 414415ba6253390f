"""Pictures in and out through the HTTP door: what is taken, who may see it, how it is served, when it goes."""

import asyncio
from uuid import uuid4

import pytest

from llm.peer import VendorPeer
from people import Person, Visitor
from pictures import FIVE_MB, a_jpeg, a_png, a_png_of, an_exif, chunk, rows, seen_by, upload, uploaded
from quartet.core.database import Database
from quartet.tidy import tidy


async def sent(person: Person, url: str, *, visibility: str = "private") -> str:
    """Send an uploaded picture in a new chat; return the chat."""
    body = person.question(selectedVisibilityType=visibility)
    body["message"]["parts"].insert(0, {"type": "file", "mediaType": "image/png", "name": "cat.png", "url": url})
    async with person.asking(body) as answer:
        assert answer.status_code == 200, await answer.aread()
        await answer.aread()
    return body["id"]


async def test_an_upload_answers_in_the_chat_sdks_shape(ada: Person):
    answer = await upload(ada, name="A cat.PNG")
    assert answer.status_code == 200
    body = answer.json()
    assert body["url"].startswith("/api/files/")
    assert body == {
        "url": body["url"],
        "downloadUrl": f"{body['url']}?download=1",
        "pathname": "A cat.PNG",
        "contentType": "image/png",
        "contentDisposition": "inline; filename=\"A cat.PNG\"; filename*=UTF-8''A%20cat.PNG",
    }


async def test_a_picture_is_served_as_what_it_is_and_as_nothing_else(ada: Person):
    url = await uploaded(ada, a_jpeg(), 'dir/évil".html')
    answer = await ada.get(url)
    assert (answer.status_code, answer.content) == (200, a_jpeg())
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["content-disposition"] == (
        "inline; filename=\"_vil_22.jpg\"; filename*=UTF-8''%C3%A9vil%2522.jpg"
    )
    saved = await ada.get(url, download=1)
    assert saved.headers["content-disposition"].startswith("attachment; ")


async def test_a_browser_that_has_it_gets_it_once_and_is_checked_each_time(ada: Person, bob: Person):
    url = await uploaded(ada)
    etag = (await ada.get(url)).headers["etag"]
    for asked in (etag, f'"other", W/{etag}'):
        again = await ada.http.get(url, headers={"if-none-match": asked})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert (await ada.http.get(url, headers={"if-none-match": '"other"'})).status_code == 200
    assert (await bob.http.get(url, headers={"if-none-match": etag})).status_code == 404


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (a_png() + b"PK\x03\x04<script>", a_png()),
        (a_png(extra=chunk(b"tEXt", b"x\0<script>")), a_png()),
        (a_jpeg(extra=an_exif(camera=b"<script>")), a_jpeg()),
        (a_jpeg() + b"<script>", a_jpeg()),
    ],
)
async def test_what_is_a_picture_and_something_else_is_kept_as_a_picture(ada: Person, content: bytes, kept: bytes):
    url = await uploaded(ada, content)
    assert (await ada.get(url)).content == kept


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"GIF89a" + bytes(100),
        b"%PDF-1.7",
        a_png()[:-1],
        a_jpeg()[:-1],
        a_png(8001, 1, pixels=b""),
        a_png(7500, 7500, pixels=b""),
    ],
)
async def test_the_content_counts_and_not_what_it_is_called(ada: Person, content: bytes):
    answer = await upload(ada, content, "cat.png")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request:file")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["error"] == answer.json()["detail"], "what the Chat SDK's client shows"
    assert answer.json()["error"].endswith(".")


async def test_what_it_is_called_does_not_count(ada: Person):
    answer = await upload(ada, a_jpeg(), "cat.exe", kind="application/x-msdownload")
    assert (answer.json()["contentType"], answer.json()["pathname"]) == ("image/jpeg", "cat.jpg")


@pytest.mark.parametrize(
    "form",
    [
        {"data": {"file": "text"}},
        {"files": {"picture": ("cat.png", a_png(), "image/png")}},
        {"files": [("file", ("a.png", a_png(), "image/png")), ("file", ("b.png", a_png(), "image/png"))]},
        {"json": {"file": "x"}},
        {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
        {"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=b"}},
        {"content": b"--b\r\nwhat", "headers": {"content-type": "multipart/form-data; boundary=b"}},
        {"content": a_png(), "headers": {"content-type": "image/png"}},
    ],
)
async def test_a_form_without_a_picture_is_told_what_is_missing(ada: Person, form: dict):
    answer = await ada.http.post("/api/files/upload", **form)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request:file")
    assert answer.json()["error"]


async def test_five_megabytes_and_not_a_byte_more(ada: Person):
    content = a_png_of(FIVE_MB)
    url = await uploaded(ada, content)
    assert (await ada.get(url)).content == content
    for size in (FIVE_MB + 1, FIVE_MB + 200_000, 20_000_000):
        answer = await upload(ada, a_png_of(size))
        assert (answer.status_code, answer.json()["code"]) == (413, "bad_request:file")
        assert "5 MB" in answer.json()["error"]


async def test_nobody_uploads_signed_out(visitor: Visitor):
    answer = await upload(visitor)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized:file")
    assert answer.json()["error"] == "Sign in to upload a picture."


async def test_before_it_is_sent_only_its_uploader_sees_it(ada: Person, bob: Person, visitor: Visitor):
    url = await uploaded(ada)
    assert await seen_by(url, ada, bob, visitor) == [200, 404, 404]
    assert (await bob.get(url)).json()["code"] == "not_found:file"
    assert await seen_by(f"/api/files/{uuid4()}", ada, visitor) == [404, 404]
    assert (await ada.get("/api/files/x")).status_code == 400


async def test_who_may_read_the_chat_sees_its_pictures(
    ada: Person, bob: Person, visitor: Visitor, vendor: VendorPeer, database: Database
):
    url = await uploaded(ada)
    chat = await sent(ada, url)
    assert await seen_by(url, ada, bob, visitor) == [200, 404, 404]
    await ada.patch(f"/api/chat/{chat}", {"visibility": "public"})
    assert await seen_by(url, ada, bob, visitor) == [200, 200, 200]
    (question, _) = (await visitor.get("/api/messages", chatId=chat)).json()["messages"]
    assert question["parts"][0]["url"] == url
    await ada.patch(f"/api/chat/{chat}", {"visibility": "private"})
    assert await seen_by(url, ada, bob, visitor) == [200, 404, 404]


async def test_a_deleted_message_takes_its_pictures_out_of_a_public_chat(
    ada: Person, visitor: Visitor, vendor: VendorPeer
):
    url = await uploaded(ada)
    chat = await sent(ada, url, visibility="public")
    assert await seen_by(url, visitor) == [200]
    (question, _) = (await ada.get("/api/messages", chatId=chat)).json()["messages"]
    answer = await ada.delete(f"/api/messages/{question['id']}/trailing")
    assert answer.status_code == 200
    assert await seen_by(url, ada, visitor) == [200, 404]


async def test_a_deleted_chat_takes_its_pictures_along(ada: Person, vendor: VendorPeer, database: Database):
    first, second = await uploaded(ada), await uploaded(ada)
    chat = await sent(ada, first)
    await sent(ada, second)
    await ada.delete("/api/chat", id=chat)
    assert await seen_by(first, ada) == [404]
    assert await seen_by(second, ada) == [200]
    await ada.delete("/api/history")
    assert await seen_by(second, ada) == [404]
    assert await rows(database, ada) == 0


async def test_a_chat_sdk_on_the_same_database_deletes_them_too(ada: Person, vendor: VendorPeer, database: Database):
    url = await uploaded(ada)
    chat = await sent(ada, url)
    async with database.system() as tx:
        for table, column in (("Vote_v2", "chatId"), ("Message_v2", "chatId"), ("Stream", "chatId"), ("Chat", "id")):
            await tx.execute(f'DELETE FROM "{table}" WHERE "{column}" = %s', [chat])
    assert await seen_by(url, ada) == [404]


async def test_two_of_one_name_are_two(ada: Person):
    first = await uploaded(ada, a_png(), "cat.png")
    second = await uploaded(ada, a_png(9, 9), "cat.png")
    assert first != second
    assert (await ada.get(first)).content == a_png()
    assert (await ada.get(second)).content == a_png(9, 9)


async def test_what_is_not_sent_can_be_taken_back(ada: Person, bob: Person, visitor: Visitor, vendor: VendorPeer):
    url = await uploaded(ada)
    assert (await visitor.delete(url)).status_code == 401
    assert (await bob.delete(url)).status_code == 404
    assert (await ada.delete(url)).status_code == 204
    assert (await ada.delete(url)).status_code == 404
    assert await seen_by(url, ada) == [404]
    url = await uploaded(ada)
    await sent(ada, url, visibility="public")
    refused = await ada.delete(url)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict:file")
    assert (await bob.delete(url)).status_code == 404
    assert await seen_by(url, ada) == [200]


async def test_unsent_pictures_have_a_bound_also_under_a_race(ada: Person, vendor: VendorPeer):
    large = a_png_of(FIVE_MB)
    answers = await asyncio.gather(*(upload(ada, large) for _ in range(7)))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 2
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert (refused.json()["code"], "error" in refused.json()) == ("rate_limit:file", True)
    kept = [answer.json()["url"] for answer in answers if answer.status_code == 200]
    assert (await upload(ada)).status_code == 429
    await ada.delete(kept[0])
    await sent(ada, kept[1])
    assert [(await upload(ada, large)).status_code for _ in range(3)] == [200, 200, 429]


async def test_many_small_ones_have_a_bound_too(bob: Person, ada: Person):
    assert {(await upload(bob)).status_code for _ in range(50)} == {200}
    assert (await upload(bob)).status_code == 429
    assert (await upload(ada)).status_code == 200


async def test_what_nobody_sent_goes_after_a_day(ada: Person, vendor: VendorPeer, database: Database):
    old, young, kept, edited = [await uploaded(ada) for _ in range(4)]
    await sent(ada, kept)
    chat = await sent(ada, edited)
    await age(database, ada, "2 days")
    young = await uploaded(ada)
    (question, _) = (await ada.get("/api/messages", chatId=chat)).json()["messages"]
    await ada.delete(f"/api/messages/{question['id']}/trailing")
    async with database.system() as tx:
        assert (await tidy(tx)).files >= 1
    assert await seen_by(old, ada) == [404]
    assert [await seen_by(url, ada) for url in (young, kept, edited)] == [[200]] * 3


async def age(database: Database, person: Person, by: str) -> None:
    async with database.system() as tx:
        await tx.execute(
            'UPDATE "File" SET "unsentSince" = "unsentSince" - %s::interval WHERE "userId" = %s', [by, person.id]
        )
