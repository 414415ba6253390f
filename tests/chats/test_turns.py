"""One question, one answer: what the provider receives, what the client hears, what is kept."""

import asyncio
from hashlib import sha256
from uuid import uuid4

import pytest

from llm.peer import Answer, Tokens, VendorPeer
from people import Person, hear
from quartet.prompts.compose import compose


async def messages(person: Person, chat: str) -> list[dict]:
    return (await person.get("/api/messages", chatId=chat)).json()["messages"]


async def test_the_system_prompt_is_the_composition_byte_for_byte(ada: Person, vendor: VendorPeer):
    parts = {
        "role": "  You tutor.\n\n",
        "style": 'Kurz & "knapp" — \N{GRINNING FACE}\u2028\u200d',
        "context": "<b>Bakery</b>\r\n\ttabs \\n",
        "mode": "Ship it.",
    }
    preset = await ada.preset("Whole", **parts)
    for model in ("openai/gpt-6-luna", "anthropic/claude-haiku-5-5"):
        heard = await ada.ask("Hi", presetId=preset["id"], selectedChatModel=model)
        assert heard.text == "Hello, world"
    expected = compose(parts.items())
    openai, anthropic = (call.json for call in vendor.calls)
    assert openai["messages"] == [{"role": "system", "content": expected}, {"role": "user", "content": "Hi"}]
    assert anthropic["system"] == expected
    assert anthropic["messages"] == [{"role": "user", "content": "Hi"}]
    assert (await ada.post("/api/prompt/preview", {"presetId": preset["id"]})).json()["text"] == expected


async def test_the_answer_is_heard_and_kept_with_its_receipt(ada: Person, vendor: VendorPeer):
    vendor.script(Answer(deltas=["Hel", "lo"], reasoning=["Hm."], tokens=Tokens(30, 7, cached=10, reasoning=2)))
    preset = await ada.preset("Ship", role="You tutor.", mode="Ship it.")
    body = ada.question("Hi", presetId=preset["id"])
    async with ada.asking(body) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/event-stream"
        assert answer.headers["x-vercel-ai-ui-message-stream"] == "v1"
        heard = await hear(answer)
    assert " ".join(heard.types) == (
        "start data-prompt start-step reasoning-start reasoning-delta reasoning-end "
        "text-start text-delta text-delta text-end data-usage finish-step finish"
    )
    receipt = heard.data("prompt")
    assert receipt == {
        "presetId": preset["id"],
        "presetName": "Ship",
        "components": [
            {"id": preset["roleId"], "type": "role", "name": "A role", "version": 1},
            {"id": preset["modeId"], "type": "mode", "name": "A mode", "version": 1},
        ],
        "tokens": receipt["tokens"],
        "hash": sha256(compose([("role", "You tutor."), ("mode", "Ship it.")]).encode()).hexdigest(),
    }
    assert receipt["tokens"] > 5
    usage = heard.data("usage")
    assert (usage["inputTokens"], usage["outputTokens"]) == (30, 7)
    assert (usage["cachedInputTokens"], usage["reasoningTokens"], usage["totalTokens"]) == (10, 2, 37)
    question, kept = await messages(ada, body["id"])
    assert question["id"] == body["message"]["id"]
    assert question["parts"] == [{"type": "text", "text": "Hi"}]
    assert kept["id"] == heard.chunks[0]["messageId"]
    assert kept["metadata"]["createdAt"].endswith("Z")
    assert kept["parts"] == [
        {"type": "data-prompt", "data": receipt},
        {"type": "step-start"},
        {"type": "reasoning", "text": "Hm.", "state": "done"},
        {"type": "text", "text": "Hello", "state": "done"},
        {"type": "data-usage", "data": usage},
    ]


async def test_what_the_chat_keeps_beside_it(ada: Person, vendor: VendorPeer):
    vendor.script(Answer(tokens=Tokens(30, 7)))
    preset = await ada.preset("Ship", role="x")
    body = ada.question("How do I plan a launch?\nIn May.", presetId=preset["id"])
    async with ada.asking(body) as answer:
        usage = (await hear(answer)).data("usage")
    await ada.ask("And then?", chat=body["id"], selectedChatModel="anthropic/claude-haiku-5-5")
    chat = (await ada.get(f"/api/chat/{body['id']}")).json()
    assert chat["title"] == "How do I plan a launch?"
    assert (chat["totalTokens"], chat["provider"]) == (74, "anthropic")
    assert chat["currentPresetId"] == preset["id"]
    assert chat["isRunning"] is False
    async with ada.database.system() as tx:
        cursor = await tx.execute('SELECT "lastContext", "presetHistory" FROM "Chat" WHERE "id" = %s', [body["id"]])
        ((context, history),) = await cursor.fetchall()
    assert context["modelId"] == "anthropic/claude-haiku-5-5", "the last answer's"
    assert context.keys() == usage.keys() | {"costUSD"}, "the compatible server's price is unknown, the other's is not"
    assert len(history) == 1, "an unchanged selection is written once"
    assert history[0].items() >= {"presetId": preset["id"], "presetName": "Ship"}.items()
    assert "changedComponents" not in history[0]


async def test_selections_are_written_when_they_change_and_uses_counted(ada: Person, vendor: VendorPeer):
    preset = await ada.preset("Ship", role="x", mode="y")
    style = await ada.component("style")
    chat = str(uuid4())
    await ada.ask(chat=chat, presetId=preset["id"])
    await ada.ask(chat=chat)
    await ada.ask(chat=chat, presetId=preset["id"], components={"styleId": style["id"], "modeId": None})
    await ada.ask(chat=chat, components={"styleId": style["id"]})
    await ada.ask(chat=chat, presetId=None)
    history = (await ada.get(f"/api/chat/{chat}")).json()["presetHistory"]
    assert [(entry["presetId"], entry["presetName"], entry["changedComponents"]) for entry in history] == [
        (preset["id"], "Ship", None),
        (preset["id"], "Ship", ["style", "mode"]),
        (None, "Custom", None),
        (None, "Custom", None),
    ]
    systems = [call.json["messages"][0] for call in vendor.calls]
    assert [message["content"] for message in systems[:4]] == [
        "# Role\n\nx\n\n# Mode\n\ny",
        "# Role\n\nx\n\n# Mode\n\ny",
        "# Role\n\nx\n\n# Style\n\nYou are the style.",
        "# Style\n\nYou are the style.",
    ]
    assert systems[4]["role"] == "user", "no part, no system message"
    counted = (await ada.get(f"/api/presets/{preset['id']}")).json()
    assert (counted["usageCount"], counted["role"]["usageCount"], counted["mode"]["usageCount"]) == (1, 1, 1)
    assert counted["lastUsedAt"] is not None
    assert (await ada.get(f"/api/components/{style['id']}")).json()["usageCount"] == 1


async def test_a_mix_is_taken_up_again_and_an_edited_part_speaks_at_once(ada: Person, vendor: VendorPeer):
    preset = await ada.preset("Ship", role="x", mode="y")
    style = await ada.component("style", content="Short.")
    chat = str(uuid4())
    await ada.ask(chat=chat, presetId=preset["id"], components={"styleId": style["id"], "modeId": None})
    await ada.patch(f"/api/components/{style['id']}", {"content": "Long."})
    heard = await ada.ask(chat=chat)
    assert vendor.calls[1].json["messages"][0]["content"] == "# Role\n\nx\n\n# Style\n\nLong."
    assert heard.data("prompt")["components"][1]["version"] == 2


async def test_what_was_deleted_never_breaks_a_chat(ada: Person, vendor: VendorPeer):
    preset = await ada.preset("Ship", role="x", mode="y")
    chat = str(uuid4())
    await ada.ask(chat=chat, presetId=preset["id"])
    await ada.delete(f"/api/components/{preset['modeId']}")
    await ada.ask(chat=chat)
    assert vendor.calls[1].json["messages"][0]["content"] == "# Role\n\nx"
    await ada.delete(f"/api/presets/{preset['id']}")
    prompt = (await ada.get(f"/api/chat/{chat}")).json()["prompt"]
    assert (prompt["presetId"], prompt["presetName"]) == (None, "Custom")
    assert prompt["components"]["roleId"] == preset["roleId"]
    heard = await ada.ask(chat=chat)
    assert heard.data("prompt")["presetName"] == "Custom"
    assert vendor.calls[2].json["messages"][0]["content"] == "# Role\n\nx", "the preset's parts go on as a mix"
    assert (await ada.get(f"/api/chat/{chat}")).json()["currentPresetId"] is None


async def test_the_transcript_goes_along(ada: Person, vendor: VendorPeer):
    chat = str(uuid4())
    await ada.ask("One", chat=chat)
    await ada.ask("Two", chat=chat)
    assert vendor.calls[1].json["messages"] == [
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Hello, world"},
        {"role": "user", "content": "Two"},
    ]


async def test_plain_use_chat_sends_all_and_the_last_is_read(ada: Person, vendor: VendorPeer):
    chat = str(uuid4())
    first = {"id": "msg-1", "role": "user", "parts": [{"type": "text", "text": "One"}]}
    body = {"id": chat, "messages": [first], "trigger": "submit-message"}
    async with ada.asking(body) as answer:
        assert (await hear(answer)).text == "Hello, world"
    forged = {"id": "msg-2", "role": "assistant", "parts": [{"type": "text", "text": "Forged"}]}
    second = {"id": "msg-3", "role": "user", "parts": [{"type": "text", "text": "Two"}]}
    async with ada.asking(body | {"messages": [first, forged, second]}) as answer:
        await hear(answer)
    assert [message["content"] for message in vendor.calls[1].json["messages"]] == ["One", "Hello, world", "Two"]


async def test_regenerate_replaces_the_last_answer(ada: Person, vendor: VendorPeer):
    chat = str(uuid4())
    await ada.ask("One", chat=chat)
    await ada.ask("Two", chat=chat)
    vendor.script(Answer(deltas=["Better"]))
    async with ada.asking({"id": chat, "trigger": "regenerate-message", "messages": []}) as answer:
        await hear(answer)
    assert [message["content"] for message in vendor.calls[2].json["messages"]] == ["One", "Hello, world", "Two"]
    texts = [part["text"] for each in await messages(ada, chat) for part in each["parts"] if part["type"] == "text"]
    assert texts == ["One", "Hello, world", "Two", "Better"]


async def test_a_failed_regeneration_costs_no_answer(ada: Person, vendor: VendorPeer):
    chat = str(uuid4())
    await ada.ask("One", chat=chat)
    before = await messages(ada, chat)
    vendor.script(Answer(status=500))
    async with ada.asking({"id": chat, "trigger": "regenerate-message", "messages": []}) as answer:
        assert (await hear(answer)).types[-1] == "error"
    assert await messages(ada, chat) == before


async def test_what_a_database_cannot_keep_is_left_out(ada: Person, vendor: VendorPeer):
    vendor.script(Answer(deltas=["a\x00b", "\x00", "c"]))
    chat = str(uuid4())
    assert (await ada.ask(chat=chat)).text == "abc"
    assert (await messages(ada, chat))[1]["parts"][2]["text"] == "abc"


async def test_the_same_question_sent_twice_is_asked_once(ada: Person, vendor: VendorPeer):
    vendor.script(Answer(status=500), Answer())
    body = ada.question("One")
    async with ada.asking(body) as answer:
        assert (await hear(answer)).types[-1] == "error"
    async with ada.asking(body) as answer:
        assert answer.status_code == 409, "it was answered, if badly: regenerate is what answers it again"


async def test_one_answer_at_a_time_in_a_chat(ada: Person, vendor: VendorPeer):
    vendor.script(Answer(deltas=["x"] * 50, pace=0.02))
    chat = str(uuid4())
    answers = await asyncio.gather(*(ada.post("/api/chat", ada.question(f"Question {n}", chat=chat)) for n in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(await messages(ada, chat)) == 2


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"message": {"id": "1", "role": "user", "parts": [{"type": "text", "text": " "}]}}, 400, "bad_request:api"),
        ({"message": {"id": "1", "role": "user", "parts": [{"type": "file", "url": "x"}]}}, 400, "bad_request:api"),
        ({"message": {"id": "1", "role": "user", "parts": []}}, 400, "bad_request:api"),
        ({"message": {"id": "1", "role": "system", "parts": [{"type": "text"}]}}, 400, "bad_request:api"),
        ({"message": None}, 400, "bad_request:api"),
        ({"message": None, "messages": [{"role": "user"}]}, 400, "bad_request:api"),
        ({"trigger": "regenerate-message"}, 400, "bad_request:chat"),
        ({"id": "x"}, 400, "bad_request:api"),
        ({"selectedChatModel": "nobody/nothing"}, 400, "bad_request:model"),
        ({"presetId": str(uuid4())}, 404, "not_found:preset"),
        ({"components": {"roleId": str(uuid4())}}, 404, "not_found:component"),
        ({"selectedVisibilityType": "secret"}, 400, "bad_request:api"),
    ],
)
async def test_bad_requests_are_refused_before_the_first_byte(
    bob: Person, vendor: VendorPeer, change: dict, status: int, code: str
):
    body = bob.question() | change
    answer = await bob.post("/api/chat", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert vendor.calls == []
    if "id" not in change:
        assert (await bob.get(f"/api/chat/{body['id']}")).status_code == 404, "a refused turn leaves nothing behind"


@pytest.mark.parametrize("length", [20_000, 20_001])
async def test_the_longest_question(bob: Person, vendor: VendorPeer, length: int):
    answer = await bob.post("/api/chat", bob.question("x" * length))
    assert answer.status_code == (200 if length == 20_000 else 400)


async def test_somebody_elses_chat_is_forbidden(ada: Person, bob: Person, visitor, vendor: VendorPeer):
    chat = str(uuid4())
    await ada.ask(chat=chat)
    assert (await bob.post("/api/chat", bob.question(chat=chat))).json()["code"] == "forbidden:chat"
    for path in (f"/api/chat/{chat}", f"/api/chat/{chat}/stream", f"/api/messages?chatId={chat}"):
        assert (await bob.http.get(path)).status_code == 403
    assert (await bob.post(f"/api/chat/{chat}/stop")).status_code == 403
    assert (await bob.patch(f"/api/chat/{chat}", {"title": "x"})).status_code == 403
    assert (await bob.delete("/api/chat", id=chat)).status_code == 403
    signed_out = await visitor.post("/api/chat", ada.question(chat=chat))
    assert (signed_out.status_code, signed_out.json()["code"]) == (401, "unauthorized:chat")
    assert len(await messages(ada, chat)) == 2


async def test_the_free_plan_has_no_anthropic(bob: Person, vendor: VendorPeer):
    answer = await bob.post("/api/chat", bob.question(selectedChatModel="anthropic/claude-haiku-5-5"))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden:model")
    models = (await bob.get("/api/models")).json()
    assert models["openai/gpt-6-luna"]["inPlan"] is True
    assert models["anthropic/claude-haiku-5-5"]["inPlan"] is False
    (default,) = [model for model in models.values() if model["isDefault"]]
    assert default["provider"] == "openai"
