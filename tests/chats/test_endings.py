"""How an answer can end: stopped, failed, abandoned by its reader, by its process, or by the database."""

import asyncio
import json
from uuid import uuid4

import psycopg
import pytest

from chats.kept import answer_of, part, until_kept
from conftest import a_database, a_server, a_settings
from llm.peer import Answer, Fault, VendorPeer, refused_port
from people import Person, Reader, hear, until
from quartet.core.database import Database
from quartet.migrations import migrate


async def none_reserved(database: Database, person: Person) -> bool:
    return await reservations(database, person) == 0


async def reservations(database: Database, person: Person) -> int:
    async with database.system() as tx:
        cursor = await tx.execute('SELECT count(*) FROM "Reservation" WHERE "userId" = %s', [person.id])
        return (await cursor.fetchone())[0]


@pytest.mark.parametrize("model", ["openai/gpt-6-luna", "anthropic/claude-haiku-5-5"])
@pytest.mark.parametrize(
    ("answer", "words", "said"),
    [
        (Answer(status=401), "", "key"),
        (Answer(status=429, headers={"retry-after": "7"}), "", "7"),
        (Answer(status=500), "", ""),
        (Answer(status=529), "", ""),
        (Answer(fault=Fault.DROP), "", ""),
        (Answer(fault=Fault.WRONG_TYPE), "", ""),
        (Answer(fault=Fault.CUT, after=1), "Hello", ""),
        (Answer(fault=Fault.STOP_SHORT, after=2), "Hello, ", ""),
        (Answer(fault=Fault.GARBAGE, after=1), "Hello", ""),
        (Answer(fault=Fault.ERROR, after=2), "Hello, ", ""),
        (Answer(fault=Fault.LONG_LINE, after=1), "Hello", ""),
    ],
    ids=lambda value: (value.fault.name if value.fault else str(value.status)) if isinstance(value, Answer) else None,
)
async def test_a_providers_failure_is_one_clear_chunk_and_what_was_said_is_kept(
    ada: Person, vendor: VendorPeer, database: Database, model: str, answer: Answer, words: str, said: str
):
    vendor.script(answer)
    chat = str(uuid4())
    heard = await ada.ask(chat=chat, selectedChatModel=model)
    assert heard.text == words
    assert heard.types.count("error") == 1
    assert heard.types[-1] == "error"
    problem = heard.chunks[-1]["errorText"]
    assert said in problem
    assert heard.data("outcome") == {"outcome": "failed", "message": problem}
    kept = await answer_of(ada, chat)
    assert part(kept, "data-outcome")["data"]["message"] == problem
    assert "".join(each["text"] for each in kept["parts"] if each["type"] == "text") == words
    assert await reservations(database, ada) == 0
    vendor.script(Answer())
    assert (await ada.ask("Again?", chat=chat)).text == "Hello, world", "a failed answer must not block the chat"


async def test_a_provider_that_is_not_there(database_url: str, database: Database):
    with refused_port() as port:
        settings = a_settings(database_url, openai_url=f"http://127.0.0.1:{port.getsockname()[1]}/v1")
        async with a_server(settings) as address, Person(address, database) as eve:
            await eve.register()
            heard = await eve.ask()
            assert heard.types[-1] == "error"
            assert "OpenAI" in heard.chunks[-1]["errorText"]


async def test_stop_ends_the_request_and_keeps_what_was_said(ada: Person, vendor: VendorPeer, database: Database):
    vendor.script(Answer(deltas=["word "] * 500, pace=0.02))
    body = ada.question()
    async with ada.asking(body) as answer:
        reader = Reader(answer)
        await reader.words(3)
        assert (await ada.post(f"/api/chat/{body['id']}/stop")).status_code == 204
        kept = await answer_of(ada, body["id"])
        heard = await reader.rest()
    assert heard.types[-4:] == ["text-end", "data-usage", "data-outcome", "abort"]
    assert part(kept, "text")["text"] == heard.text
    assert part(kept, "data-outcome")["data"] == {"outcome": "stopped"}
    assert 0 < part(kept, "data-usage")["data"]["outputTokens"] < 100
    assert await asyncio.to_thread(vendor.calls[0].disconnected.wait, 5), "a stopped answer must not go on costing"
    assert await reservations(database, ada) == 0
    assert (await ada.post(f"/api/chat/{body['id']}/stop")).status_code == 204, "stopping twice is stopping once"


async def test_a_closed_tab_loses_nothing(ada: Person, vendor: VendorPeer):
    vendor.script(Answer(deltas=["word "] * 60, pace=0.01))
    body = ada.question()
    async with ada.asking(body) as answer:
        await Reader(answer).words()
    assert await answer_of(ada, body["id"]) is None, "an answer is not returned while it is written"
    assert (await ada.get(f"/api/chat/{body['id']}")).json()["isRunning"] is True
    kept = await until_kept(ada, body["id"])
    assert part(kept, "text")["text"] == "word " * 60
    assert not [each for each in kept["parts"] if each["type"] == "data-outcome"]


async def test_a_second_reader_hears_everything_from_the_first_chunk(ada: Person, vendor: VendorPeer):
    vendor.script(Answer(deltas=["word "] * 40, pace=0.01))
    body = ada.question()
    async with ada.asking(body) as first:
        await Reader(first).words(5)
        async with ada.http.stream("GET", f"/api/chat/{body['id']}/stream") as second:
            assert second.headers["x-vercel-ai-ui-message-stream"] == "v1"
            heard = await hear(second)
    assert heard.types[0] == "start"
    assert heard.types[-1] == "finish"
    assert heard.text == "word " * 40
    assert (await ada.get(f"/api/chat/{body['id']}/stream")).status_code == 204


async def test_a_chat_deleted_in_mid_answer_stays_deleted(ada: Person, vendor: VendorPeer, database: Database):
    vendor.script(Answer(deltas=["word "] * 200, pace=0.02))
    body = ada.question()
    async with ada.asking(body) as answer:
        await Reader(answer).words()
        assert (await ada.delete("/api/chat", id=body["id"])).status_code == 200
    assert (await ada.get(f"/api/chat/{body['id']}")).status_code == 404
    assert (await ada.get("/api/messages", chatId=body["id"])).json()["messages"] == []
    assert await reservations(database, ada) == 0
    assert (await ada.get("/api/usage")).json()["used"] > 0, "what was spent stays spent"


async def test_the_answer_of_a_dead_process_is_settled_by_another(ada: Person, vendor: VendorPeer, database: Database):
    # What kill -9 leaves behind: a reservation with its last checkpoint, whose lease nobody renews.
    chat, message = str(uuid4()), str(uuid4())
    await ada.ask(chat=chat)
    async with database.system() as tx:
        await tx.execute(
            """INSERT INTO "Message_v2" ("id", "chatId", "role", "parts", "attachments", "createdAt")
               VALUES (gen_random_uuid(), %s, 'user', '[{"type": "text", "text": "And?"}]', '[]', now())""",
            [chat],
        )
        await tx.execute(
            """INSERT INTO "Reservation" ("messageId", "chatId", "userId", "provider", "model", "inputTokens",
                 "outputTokens", "isMetered", "parts", "replaces", "leaseUntil")
               VALUES (%s, %s, %s, 'openai', 'openai/gpt-6-luna', 100, 4000, true,
                 '[{"type": "text", "text": "Half an ans", "state": "done"}]', '{}', now() - interval '1 second')""",
            [message, chat, ada.id],
        )
    await until(lambda: none_reserved(database, ada), seconds=20)
    said = (await ada.get("/api/messages", chatId=chat)).json()["messages"]
    assert said[-1]["id"] == message
    assert part(said[-1], "text")["text"] == "Half an ans"
    assert part(said[-1], "data-outcome")["data"]["outcome"] == "interrupted"
    assert (await ada.get("/api/usage")).json()["used"] in range(17 + 100, 17 + 106)


async def test_an_ended_answer_that_a_dead_process_could_not_keep_is_kept_as_it_ended(
    ada: Person, vendor: VendorPeer, database: Database
):
    chat, message = str(uuid4()), str(uuid4())
    await ada.ask(chat=chat)
    ended = [{"type": "text", "text": "Whole", "state": "done"}, {"type": "data-usage", "data": {"totalTokens": 3}}]
    async with database.system() as tx:
        await tx.execute(
            """INSERT INTO "Reservation" ("messageId", "chatId", "userId", "provider", "model", "inputTokens",
                 "outputTokens", "isMetered", "parts", "replaces", "leaseUntil")
               VALUES (%s, %s, %s, 'openai', 'openai/gone', 1, 9, true, %s, '{}', now() - interval '1 second')""",
            [message, chat, ada.id, json.dumps(ended)],
        )
    await until(lambda: none_reserved(database, ada), seconds=20)
    said = (await ada.get("/api/messages", chatId=chat)).json()["messages"]
    assert (said[-1]["id"], said[-1]["parts"]) == (message, ended)


async def test_running_answers_are_checkpointed_every_second(ada: Person, vendor: VendorPeer, database: Database):
    vendor.script(Answer(deltas=["word "] * 300, pace=0.02))
    body = ada.question()
    async with ada.asking(body) as answer:
        await Reader(answer).words(100)  # two seconds
        async with database.system() as tx:
            cursor = await tx.execute('SELECT "parts" FROM "Reservation" WHERE "userId" = %s', [ada.id])
            ((parts,),) = await cursor.fetchall()
        assert parts[-1]["text"].count("word") >= 45, "more than a second behind"
        await ada.post(f"/api/chat/{body['id']}/stop")


async def test_tokens_are_never_overspent_also_under_a_race(bob: Person, vendor: VendorPeer, database: Database):
    async with database.system() as tx:
        await tx.execute(
            """INSERT INTO "Usage" VALUES (gen_random_uuid(), %s, 'openai', 'openai/x', 45000, 0, true)""", [bob.id]
        )
    vendor.script(Answer(deltas=["word "] * 20, pace=0.02))
    answers = await asyncio.gather(*(bob.post("/api/chat", bob.question()) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 402, 402, 402, 402]
    refused = next(answer for answer in answers if answer.status_code == 402)
    assert refused.json()["code"] == "payment_required:chat"
    assert vendor.calls[0].json["max_tokens"] < 5000
    assert (await bob.get("/api/usage")).json()["reserved"] == 0
    assert (await bob.post("/api/chat", bob.question())).status_code == 200, "what was not used is free again"


async def test_a_column_that_a_chat_sdk_drops_meanwhile_costs_no_answer(
    postgres_url: str, worker_id: str, vendor: VendorPeer
):
    url = a_database(postgres_url, f"dropped_{worker_id}")
    migrate.upgrade(url)
    database = Database(url)
    await database.open()
    async with (
        a_server(a_settings(url, openai_url=vendor.openai_url)) as address,
        Person(address, database) as person,
    ):
        await person.register()
        with psycopg.connect(url) as chat_sdk:
            chat_sdk.execute('ALTER TABLE "Chat" DROP COLUMN "lastContext"')
        body = person.question()
        async with person.asking(body) as answer:
            await answer.aread()
        said = (await person.get("/api/messages", chatId=body["id"])).json()["messages"]
        assert [each["role"] for each in said] == ["user", "assistant"]
    await database.close()
