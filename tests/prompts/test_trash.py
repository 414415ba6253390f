import asyncio
from typing import Any
from uuid import uuid4

import pytest

from people import Person, Visitor
from quartet.core.database import Database
from quartet.prompts import trash


async def trashed(person: Person, **query: Any) -> list[tuple[str, str]]:
    answer = await person.get("/api/trash", **query)
    assert answer.status_code == 200, answer.text
    return [(item["kind"], item["name"]) for item in answer.json()["items"]]


async def test_a_component_comes_back_whole(bob: Person):
    preset = await bob.preset("P", role="One", style="S")
    path = f"/api/components/{preset['roleId']}"
    await bob.patch(path, {"content": "Two", "description": "Why", "tags": ["t"]})
    before, history = (await bob.get(path)).json(), (await bob.get(f"{path}/versions")).json()
    assert (await bob.delete(path)).json()["presets"] == [{"id": preset["id"], "name": "P"}]
    assert (await bob.get(path)).status_code == 404
    assert await trashed(bob) == [("component", before["name"])]

    answer = await bob.post(f"/api/trash/{before['id']}/restore")
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "kind": "component",
        "component": before,
        "preset": None,
        "presets": [{"id": preset["id"], "name": "P"}],
    }
    assert (await bob.get(f"{path}/versions")).json() == history
    again = (await bob.get(f"/api/presets/{preset['id']}")).json()
    assert (again["roleId"], again["missing"], again["lost"]) == (before["id"], [], [])
    assert await trashed(bob) == []
    assert [item["id"] for item in (await bob.get("/api/components", q="two")).json()["items"]] == [before["id"]]


async def test_a_slot_that_was_filled_meanwhile_stays(bob: Person):
    preset = await bob.preset(role="One", style="S")
    await bob.delete(f"/api/components/{preset['roleId']}")
    other = await bob.component("role")
    await bob.patch(f"/api/presets/{preset['id']}", {"roleId": other["id"]})
    answer = await bob.post(f"/api/trash/{preset['roleId']}/restore")
    assert answer.json()["presets"] == []
    assert (await bob.get(f"/api/presets/{preset['id']}")).json()["roleId"] == other["id"]


async def test_a_preset_comes_back_and_says_what_it_lost_meanwhile(bob: Person):
    preset = await bob.preset("P", role="R", style="S", mode="M")
    await bob.delete(f"/api/components/{preset['modeId']}")
    await bob.delete(f"/api/presets/{preset['id']}")
    await bob.delete(f"/api/components/{preset['styleId']}")
    await bob.post(f"/api/trash/{preset['modeId']}/restore")
    answer = await bob.post(f"/api/trash/{preset['id']}/restore")
    back = answer.json()["preset"]
    assert (back["roleId"], back["styleId"], back["modeId"]) == (preset["roleId"], None, preset["modeId"])
    assert back["lost"] == [{"type": "style", "componentId": preset["styleId"], "name": preset["style"]["name"]}]
    assert (back["createdAt"], back["usageCount"]) == (preset["createdAt"], preset["usageCount"])
    recovered = (await bob.post(f"/api/presets/{preset['id']}/recover", {"type": "style"})).json()
    assert recovered["style"]["content"] == "S"


async def test_a_chat_has_its_preset_back_unless_it_chose_another(ada: Person, vendor: object):
    preset, other = await ada.preset("P", role="R"), await ada.preset("Q", style="S")
    stays, leaves = str(uuid4()), str(uuid4())
    for chat in (stays, leaves):
        await ada.ask(chat=chat, presetId=preset["id"])
    await ada.delete(f"/api/presets/{preset['id']}")
    await ada.ask(chat=leaves, presetId=other["id"])
    await ada.post(f"/api/trash/{preset['id']}/restore")
    found = [(await ada.get(f"/api/chat/{chat}")).json()["currentPresetId"] for chat in (stays, leaves)]
    assert found == [preset["id"], other["id"]]


async def test_recovering_brings_it_back_everywhere(bob: Person):
    first = await bob.preset("First", role="R", style="S")
    second = (await bob.post("/api/presets", {"name": "Second", "roleId": first["roleId"]})).json()
    await bob.delete(f"/api/components/{first['roleId']}")
    lost = (await bob.get(f"/api/presets/{second['id']}")).json()
    assert lost["isIncomplete"]
    assert lost["lost"] == [{"type": "role", "componentId": first["roleId"], "name": first["role"]["name"]}]
    recovered = (await bob.post(f"/api/presets/{first['id']}/recover", {"type": "role"})).json()
    assert recovered["role"] == first["role"]
    assert (await bob.get(f"/api/presets/{second['id']}")).json()["roleId"] == first["roleId"]
    assert await trashed(bob) == []


async def test_the_text_is_recovered_even_from_an_empty_trash(bob: Person):
    preset = await bob.preset(role="R", style="S")
    await bob.patch(f"/api/components/{preset['roleId']}", {"content": "R2", "tags": ["t"]})
    await bob.delete(f"/api/components/{preset['roleId']}")
    assert (await bob.delete("/api/trash")).status_code == 204
    recovered = (await bob.post(f"/api/presets/{preset['id']}/recover", {"type": "role"})).json()
    assert (recovered["role"]["content"], recovered["role"]["tags"], recovered["missing"]) == ("R2", ["t"], [])


async def test_nothing_was_lost_there(bob: Person):
    preset = await bob.preset(role="R", style="S")
    answer = await bob.post(f"/api/presets/{preset['id']}/recover", {"type": "style"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found:loss")
    assert (await bob.post(f"/api/presets/{uuid4()}/recover", {"type": "style"})).status_code == 404
    assert (await bob.post(f"/api/presets/{preset['id']}/recover", {"type": "x"})).status_code == 400


async def test_nobody_brings_back_anothers(ada: Person, bob: Person, visitor: Visitor):
    preset = await ada.preset(role="R", style="S")
    await ada.delete(f"/api/components/{preset['roleId']}")
    for person, status in ((bob, 404), (visitor, 401)):
        assert (await person.post(f"/api/trash/{preset['roleId']}/restore")).status_code == status
        assert (await person.delete(f"/api/trash/{preset['roleId']}")).status_code == status
        assert (await person.post(f"/api/presets/{preset['id']}/recover", {"type": "role"})).status_code == status
        assert (await person.post(f"/api/presets/{preset['id']}/duplicate")).status_code == status
    assert (await visitor.get("/api/trash")).status_code == (await visitor.delete("/api/trash")).status_code == 401
    assert await trashed(bob) == []
    await bob.delete("/api/trash")
    assert len(await trashed(ada)) == 1


async def test_bringing_back_counts_against_the_plan(bob: Person):
    preset = await bob.preset(role="R", style="S")
    await bob.delete(f"/api/components/{preset['roleId']}")
    for _ in range(19):
        await bob.component()
    assert (await bob.post(f"/api/trash/{preset['roleId']}/restore")).status_code == 402
    assert (await bob.post(f"/api/presets/{preset['id']}/recover", {"type": "role"})).status_code == 402
    assert len(await trashed(bob)) == 1
    await bob.delete(f"/api/presets/{preset['id']}")
    for n in range(5):
        await bob.post("/api/presets", {"name": f"P{n}", "styleId": preset["styleId"]})
    answer = await bob.post(f"/api/trash/{preset['id']}/restore")
    assert (answer.status_code, answer.json()["code"]) == (402, "payment_required:preset")


@pytest.mark.parametrize("act", ["restore", "recover", "delete"])
async def test_done_twice_at_once_it_is_done_once(bob: Person, act: str):
    preset = await bob.preset(role="R", style="S")
    path = f"/api/components/{preset['roleId']}"
    if act == "delete":
        answers = await asyncio.gather(*(bob.delete(path) for _ in range(6)))
    else:
        await bob.delete(path)
        url = f"/api/presets/{preset['id']}/recover" if act == "recover" else f"/api/trash/{preset['roleId']}/restore"
        answers = await asyncio.gather(*(bob.post(url, {"type": "role"}) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 5


async def test_deleted_for_good(bob: Person):
    component = await bob.component()
    await bob.delete(f"/api/components/{component['id']}")
    assert (await bob.delete(f"/api/trash/{component['id']}")).status_code == 204
    assert (await bob.delete(f"/api/trash/{component['id']}")).status_code == 404
    assert (await bob.post(f"/api/trash/{component['id']}/restore")).status_code == 404


async def test_pages_newest_first(bob: Person):
    for n in range(5):
        await bob.delete(f"/api/components/{(await bob.component(name=str(n)))['id']}")
    first = (await bob.get("/api/trash", limit=3)).json()
    second = (await bob.get("/api/trash", limit=3, cursor=first["nextCursor"])).json()
    assert [item["name"] for item in first["items"] + second["items"]] == ["4", "3", "2", "1", "0"]


async def test_after_thirty_days_it_is_gone(bob: Person, database: Database):
    old, young = [await bob.component(name=name) for name in ("Old", "Young")]
    for component, age in ((old, "30 days 1 minute"), (young, "29 days 23 hours")):
        await bob.delete(f"/api/components/{component['id']}")
        async with database.system() as tx:
            await tx.execute(
                'UPDATE "Trash" SET "deletedAt" = now() - %s::interval WHERE "id" = %s', [age, component["id"]]
            )
    async with database.system() as tx:
        await trash.empty_old(tx)
    assert await trashed(bob) == [("component", "Young")]


async def test_a_deleted_person_leaves_no_trash(bob: Person, database: Database):
    component = await bob.component()
    await bob.delete(f"/api/components/{component['id']}")
    async with database.system() as tx:
        await tx.execute('DELETE FROM "User" WHERE "id" = %s', [bob.id])
        cursor = await tx.execute('SELECT count(*) FROM "Trash" WHERE "id" = %s', [component["id"]])
        assert await cursor.fetchone() == (0,)
