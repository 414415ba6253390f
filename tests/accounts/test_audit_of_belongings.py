"""What became of somebody's prompts and chats is written down too, through the door where it happens."""

import json
from typing import Any

from auditing import entries
from people import Person
from pictures import a_png, upload


async def noted(person: Person) -> list[tuple[str, dict[str, Any]]]:
    """What was noted since the registration, the oldest first."""
    return [(entry["action"], entry["details"]) for entry in reversed(await entries(person))][1:]


async def test_what_of_a_library_was_deleted(bob: Person):
    preset = await bob.preset("LinkedIn Pro", role="You tutor.")
    component = await bob.component("style", name="Short")
    await bob.delete(f"/api/components/{component['id']}")
    await bob.delete(f"/api/presets/{preset['id']}")
    await bob.delete("/api/trash")
    assert await noted(bob) == [
        ("component.deleted", {"name": "Short"}),
        ("preset.deleted", {"name": "LinkedIn Pro"}),
        ("trash.emptied", {"count": 2}),
    ]


async def test_a_library_that_went_and_came(bob: Person, ada: Person):
    await bob.preset("LinkedIn Pro", role="You tutor.")
    library = await bob.get("/api/prompts/export")
    assert (await bob.get("/api/prompts/export", format="skills")).status_code == 200
    assert (await ada.post("/api/prompts/import", library.json())).status_code == 200
    assert await noted(bob) == [
        ("library.exported", {"format": "json"}),
        ("library.exported", {"format": "skills"}),
    ]
    assert await noted(ada) == [("library.imported", {"count": 2})]


async def test_chats_that_were_shown_and_hidden_and_deleted(bob: Person):
    private, public, compared = bob.question(), bob.question(selectedVisibilityType="public"), bob.question()
    for question in (private, public):
        async with bob.asking(question) as answer:
            await answer.aread()
    for body in ({"visibility": "public"}, {"visibility": "public"}, {"title": "x"}, {"visibility": "private"}):
        assert (await bob.patch(f"/api/chat/{private['id']}", body)).status_code == 200
    await bob.ask("And now?", chat=public["id"], selectedVisibilityType="public")
    sides = {"left": {}, "right": {}, "selectedVisibilityType": "public"}
    begun = await bob.post("/api/comparisons", {"id": compared["id"], "message": compared["message"]} | sides)
    assert begun.status_code == 201, begun.text
    assert (await bob.delete("/api/chat", id=public["id"])).status_code == 200
    assert (await bob.delete("/api/history")).json() == {"deletedCount": 2}
    assert await noted(bob) == [
        ("chat.published", {"chatId": public["id"]}),
        ("chat.published", {"chatId": private["id"]}),
        ("chat.withdrawn", {"chatId": private["id"]}),
        ("chat.published", {"chatId": compared["id"]}),
        ("chat.deleted", {"chatId": public["id"]}),
        ("chats.deleted", {"count": 2}),
    ]
    assert "Hello" not in json.dumps(await entries(bob)), "nothing of what was said is kept here"


async def test_what_did_not_happen_is_not_there(bob: Person, ada: Person):
    hers = ada.question()
    async with ada.asking(hers) as answer:
        await answer.aread()
    library = (await bob.get("/api/prompts/export")).json()
    before = await noted(bob)
    component, preset = await ada.component(), await ada.preset(role="You tutor.")
    for path in (f"/api/components/{component['id']}", f"/api/presets/{preset['id']}"):
        assert (await bob.delete(path)).status_code == 404
    assert (await bob.delete("/api/trash")).status_code == 204
    assert (await bob.delete("/api/history")).json() == {"deletedCount": 0}
    assert (await bob.delete("/api/chat", id=hers["id"])).status_code == 403
    assert (await bob.patch(f"/api/chat/{hers['id']}", {"visibility": "public"})).status_code == 403
    assert (await bob.post("/api/chat", hers | {"selectedVisibilityType": "public"})).status_code == 403
    assert (await bob.post("/api/prompts/import", library)).json()["made"] == []
    assert (await bob.get("/api/prompts/export", format="pdf")).status_code == 400
    assert await noted(bob) == before


async def test_a_public_chat_that_was_not_begun_is_not_there(bob: Person):
    body = bob.question(selectedVisibilityType="public", selectedChatModel="anthropic/claude-haiku-5-5")
    assert (await bob.post("/api/chat", body)).status_code == 403
    assert await noted(bob) == []


async def test_pictures_are_not_worth_a_word(bob: Person):
    picture = (await upload(bob, a_png(), "cat.png")).json()
    assert (await bob.delete(picture["url"])).status_code == 204
    assert await noted(bob) == []
