"""Pictures in a folder instead of the database."""

import asyncio
import shutil
from pathlib import Path

import pytest

from conftest import a_server, a_settings
from llm.peer import VendorPeer
from people import Person
from pictures import a_jpeg, a_png, about, ask, seen_by, upload, uploaded
from quartet.chats.storage import Storage
from quartet.core.database import Database
from quartet.tidy import empty_folder


async def test_a_folder_holds_contents_as_long_as_somebody_needs_them(
    database_url: str, database: Database, vendor: VendorPeer, ada: Person, tmp_path: Path
):
    settings = a_settings(database_url, openai_url=vendor.openai_url)
    folder = tmp_path / "not there yet"
    server = settings.server.model_copy(update={"files": folder})
    in_database = await uploaded(ada)
    async with a_server(settings.model_copy(update={"server": server})) as address, Person(address, database) as eve:
        eve.http.cookies = ada.http.cookies
        url = await uploaded(eve, a_jpeg(), "cat.jpg")
        (kept,) = [path for path in folder.rglob("*") if path.is_file()]
        assert kept.read_bytes() == a_jpeg()
        assert kept.name == url.rsplit("/", 1)[1].replace("-", "")
        assert (await eve.get(url)).content == a_jpeg()
        assert (await eve.get(in_database)).content == a_png()
        body = about(eve, url)
        await ask(eve, body)
        content = vendor.calls[-1].json["messages"][0]["content"]
        assert content[0]["image_url"]["url"].startswith("data:image/jpeg;base64,/9j/")
        await eve.delete("/api/chat", id=body["id"])
        assert await empty_folder(database, Storage(None)) == 0, "another server may know the folder"
        assert kept.exists()
        assert await empty_folder(database, Storage(folder)) >= 1
        assert not kept.exists()


async def test_a_picture_that_its_folder_lost_costs_no_chat(
    database_url: str, database: Database, vendor: VendorPeer, ada: Person, tmp_path: Path
):
    settings = a_settings(database_url, openai_url=vendor.openai_url)
    server = settings.server.model_copy(update={"files": tmp_path})
    async with a_server(settings.model_copy(update={"server": server})) as address, Person(address, database) as eve:
        eve.http.cookies = ada.http.cookies
        url = await uploaded(eve)
        body = about(eve, url)
        await ask(eve, body)
        await asyncio.to_thread(shutil.rmtree, tmp_path)
        assert await seen_by(url, eve) == [404]
        assert (await eve.ask("And now?", chat=body["id"])).text == "Hello, world"
        assert vendor.calls[-1].json["messages"][0]["content"] == "[1 picture left out]\n\nWhat is it?"


async def test_a_folder_that_cannot_be_written_is_a_refusal(
    database_url: str, database: Database, ada: Person, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    settings = a_settings(database_url)
    in_the_way = tmp_path / "a file"
    in_the_way.touch()
    server = settings.server.model_copy(update={"files": in_the_way})
    async with a_server(settings.model_copy(update={"server": server})) as address, Person(address, database) as eve:
        eve.http.cookies = ada.http.cookies
        answer = await upload(eve)
        assert (answer.status_code, answer.json()["code"]) == (503, "offline:file")
        assert answer.json()["error"]
        assert "a picture could not be kept" in caplog.text
        assert str(in_the_way) in caplog.text
