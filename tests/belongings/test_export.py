"""Everything that is somebody's is in their export, nothing that is not, and no secret."""

import base64
import json
import re
import shutil
import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from belongings.conftest import Rich, tables, user_of
from conftest import a_server, a_settings
from people import PASSWORD, Person, Visitor
from pictures import a_png, upload
from quartet.belongings import sections
from quartet.belongings.export import export
from quartet.chats.storage import Storage
from quartet.core.database import Database

# What of a person's is not in the export, and why not.
LEFT_OUT = {
    "ComponentSearch": "the same texts, folded for the search",
    "ComponentTag": "each component's own tags once more",
    "RecoveryCode": "secrets",
    "Reservation": "an answer that is being written; it is a message soon",
    "SignInChallenge": "secrets, for five minutes",
    "SignInCutoff": "which sign-ins count no more",
}


async def exported(browser: Visitor) -> dict[str, Any]:
    answer = await browser.get("/api/account/export")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_everything_is_there(rich: Rich):
    answer = await rich.person.get("/api/account/export")
    assert re.fullmatch(r'attachment; filename="quartet-\d{4}-\d\d-\d\d\.json"', answer.headers["content-disposition"])
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    everything = answer.json()
    assert (everything["format"], everything["version"]) == ("quartet-account", 1)
    assert everything["account"]["email"] == rich.person.email
    assert [name for name, items in everything.items() if items == []] == []
    assert {name for name, items in everything.items() if isinstance(items, list)} == {
        "chats",
        "files",
        *(section.name for section in sections.LISTS),
    }
    versions = [each["content"] for each in everything["componentVersions"]]
    assert {"You were a tutor.", "You are a tutor."} <= set(versions)
    chat = next(each for each in everything["chats"] if each["id"] == rich.chat)
    assert [message["role"] for message in chat["messages"]] == ["user", "assistant"]
    assert chat["messages"][1]["isUpvoted"] is True
    assert {"type": "text", "text": "What is this?"} in chat["messages"][0]["parts"]
    (file,) = everything["files"]
    assert base64.b64decode(file["content"]) == rich.picture
    assert everything["documents"][0]["createdAt"] == "2026-01-02T03:04:05Z"
    assert everything["oldMessages"][0]["content"] == "Long ago \ud800", "passed on as the Chat SDK kept it"
    assert everything["audit"][-1]["action"] == "account.exported"


async def test_no_secret_is(rich: Rich, database: Database):
    text = (await rich.person.get("/api/account/export")).text
    async with database.system() as tx:
        cursor = await tx.execute('SELECT "password" FROM "User" WHERE "id" = %s', [rich.person.id])
        (hashed,) = await cursor.fetchone()
    token = rich.person.http.cookies["quartet_session"]
    for secret in (hashed, token, rich.key, rich.totp_secret):
        assert secret not in text
    assert "tokenHash" not in text
    assert '"secret"' not in text
    assert '"password"' not in text


async def test_every_table_of_a_persons_is_in_it_or_left_out_for_a_reason(database: Database):
    async with database.system() as tx:
        cursor = await tx.execute(
            """SELECT DISTINCT table_name FROM information_schema.columns
               WHERE table_schema = 'public' AND column_name IN ('userId', 'chatId')"""
        )
        personal = {row[0] for row in await cursor.fetchall()}
    listed = (*sections.LISTS, sections.CHATS, sections.MESSAGES, sections.FILES)
    taken = {found[1] for section in listed if (found := re.search(r'(?:^|FROM )"(\w+)"', section.table))}
    assert taken <= set(await tables(database))
    assert personal - taken == {*LEFT_OUT, "Stream", "Vote", "Vote_v2"}, "votes stand at their messages"


async def test_others_things_are_not_in_it(rich: Rich, ada: Person):
    await ada.component(name="Ada's own")
    text = (await ada.get("/api/account/export")).text
    assert "Ada's own" in text
    assert rich.person.id not in text
    assert "What is this?" not in text


async def test_signed_out_there_is_none(visitor: Visitor):
    assert (await visitor.get("/api/account/export")).status_code == 401


async def test_a_guest_with_nothing_has_one_too(visitor: Visitor):
    await visitor.get("/api/auth/guest")
    everything = await exported(visitor)
    assert everything["chats"] == everything["components"] == everything["files"] == []
    assert len(everything["sessions"]) == 1


async def test_pictures_in_a_folder_are_in_it(database: Database, database_url: str, tmp_path: Path):
    settings = a_settings(database_url)
    server = settings.server.model_copy(update={"files": tmp_path})
    async with (
        a_server(settings.model_copy(update={"server": server})) as address,
        Person(address, database) as person,
    ):
        await person.register()
        await upload(person, a_png(7, 7))
        (file,) = (await exported(person))["files"]
        assert base64.b64decode(file["content"]) == a_png(7, 7)
        shutil.rmtree(tmp_path)
        assert (await exported(person))["files"][0]["content"] is None


async def many(bob: Person, database: Database, chats: int, messages: int, size: int) -> None:
    """Chats with messages in the database, without asking a model."""
    async with database.system() as tx:
        for number in range(chats):
            chat = uuid4()
            await tx.execute(
                """INSERT INTO "Chat" ("id", "createdAt", "title", "userId")
                   VALUES (%s, now() - make_interval(mins => %s), %s, %s)""",
                [chat, number // 3, f"Chat {number}", bob.id],
            )
            await tx.execute(
                """INSERT INTO "Message_v2" ("chatId", "role", "parts", "attachments", "createdAt")
                   SELECT %s, 'user', json_build_array(json_build_object('type', 'text', 'text',
                     %s || '.' || n || ' ' || repeat('x', %s))), '[]', now() + make_interval(secs => n / 5)
                   FROM generate_series(1, %s) n""",
                [chat, str(number), size, messages],
            )


@pytest.mark.parametrize(("chats", "messages"), [(0, 0), (1, 0), (1, 1), (3, 50), (2, 131), (107, 2)])
async def test_batches_neither_lose_nor_repeat(bob: Person, database: Database, chats: int, messages: int):
    await many(bob, database, chats, messages, 1)
    everything = await exported(bob)
    assert len(everything["chats"]) == chats
    for chat in everything["chats"]:
        number = chat["title"].removeprefix("Chat ")
        said = [each["parts"][0]["text"].split()[0] for each in chat["messages"]]
        assert sorted(said) == sorted(f"{number}.{n}" for n in range(1, messages + 1))
        assert [each["createdAt"] for each in chat["messages"]] == sorted(
            each["createdAt"] for each in chat["messages"]
        )


async def test_memory_is_bounded(bob: Person, database: Database):
    await many(bob, database, chats=40, messages=50, size=20_000)
    size, largest = 0, 0
    tracemalloc.start()
    try:
        async for piece in export(partial(database.transaction, user_of(bob)), Storage(None), user_of(bob)):
            size += len(piece)
            largest = max(largest, len(piece))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size > 40_000_000
    assert peak < 8_000_000
    assert largest < 200_000


async def test_no_connection_is_held_while_somebody_reads_slowly(bob: Person, database_url: str):
    database = Database(database_url, max_connections=2)
    await database.open()
    try:
        await many(bob, database, chats=3, messages=60, size=10_000)
        slow = [export(partial(database.transaction, user_of(bob)), Storage(None), user_of(bob)) for _ in range(5)]
        begun = [await anext(each) for each in slow]
        assert all(begun)
        rest = [b"".join([piece async for piece in each]) for each in slow]
        assert all(json.loads(first + more)["format"] for first, more in zip(begun, rest, strict=True))
    finally:
        await database.close()


async def test_with_everything_taken_along_the_account_can_go(rich: Rich):
    everything = await exported(rich.person)
    assert len(everything["chats"]) == 2
    gone = await rich.person.http.request("DELETE", "/api/account", json={"password": PASSWORD})
    assert gone.status_code == 204
