import asyncio
from uuid import uuid4

import pytest

from people import Person, Visitor


async def test_create_read_change_delete(bob: Person):
    preset = await bob.preset("Ship", role="You tutor.", mode="Ship it.")
    assert preset["role"]["content"] == "You tutor."
    assert preset["mode"]["id"] == preset["modeId"]
    assert preset["role"]["createdAt"].endswith("Z")
    assert (preset["style"], preset["styleId"], preset["context"]) == (None, None, None)
    assert (preset["isIncomplete"], preset["missing"]) == (False, [])
    assert (preset["usageCount"], preset["lastUsedAt"]) == (0, None)
    path = f"/api/presets/{preset['id']}"
    style = await bob.component("style")
    changed = await bob.patch(path, {"name": "Ship now", "styleId": style["id"], "roleId": None})
    assert changed.status_code == 200
    assert changed.json()["role"] is None
    assert changed.json()["style"] == style
    assert changed.json()["mode"] == preset["mode"]
    assert changed.json()["isIncomplete"] is False, "a slot emptied on purpose is no loss"
    assert (await bob.get(path)).json() == changed.json()
    assert (await bob.get("/api/presets")).json()["items"] == [changed.json()]
    assert (await bob.delete(path)).status_code == 204
    assert (await bob.get(path)).status_code == 404


async def test_one_component_is_needed_and_the_last_one_stays(bob: Person):
    assert (await bob.post("/api/presets", {"name": "Empty"})).status_code == 400
    preset = await bob.preset(role="x")
    answer = await bob.patch(f"/api/presets/{preset['id']}", {"roleId": None})
    assert answer.status_code == 400
    assert "at least one part" in answer.json()["detail"]


async def test_a_slot_takes_its_own_type(bob: Person):
    role, preset = await bob.component("role"), await bob.preset(mode="x")
    for answer in (
        await bob.post("/api/presets", {"name": "x", "styleId": role["id"]}),
        await bob.patch(f"/api/presets/{preset['id']}", {"styleId": role["id"]}),
    ):
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["path"] == "body.styleId"


async def test_a_slot_takes_only_ones_own(ada: Person, bob: Person):
    theirs = await ada.component("role")
    for id_ in (theirs["id"], str(uuid4())):
        answer = await bob.post("/api/presets", {"name": "x", "roleId": id_})
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found:component"


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"name": "x" * 101}, {"name": None}, {"description": "x" * 501}, {"roleId": "x"}]
)
async def test_what_breaks_a_rule_is_refused(bob: Person, change: dict):
    preset = await bob.preset(role="x")
    assert (await bob.post("/api/presets", {"name": "x", "roleId": preset["roleId"]} | change)).status_code == 400
    assert (await bob.patch(f"/api/presets/{preset['id']}", change)).status_code == 400


async def test_a_lost_component_is_remembered_until_its_slot_is_filled(bob: Person):
    preset = await bob.preset("Lossy", role="x", style="y")
    path = f"/api/presets/{preset['id']}"
    deleted = await bob.delete(f"/api/components/{preset['roleId']}")
    assert deleted.json() == {"presets": [{"id": preset["id"], "name": "Lossy"}]}
    await bob.delete(f"/api/components/{preset['styleId']}")
    lossy = (await bob.get(path)).json()
    assert (lossy["isIncomplete"], lossy["missing"]) == (True, ["role", "style"])
    assert (lossy["role"], lossy["roleId"]) == (None, None)
    role = await bob.component("role")
    mended = (await bob.patch(path, {"roleId": role["id"]})).json()
    assert (mended["isIncomplete"], mended["missing"]) == (True, ["style"])
    listed = (await bob.get("/api/presets")).json()["items"]
    assert listed[0]["missing"] == ["style"]
    dismissed = (await bob.patch(path, {"styleId": None})).json()
    assert (dismissed["isIncomplete"], dismissed["missing"]) == (False, [])


async def test_orders(ada: Person):
    for name in ("b", "A", "c"):
        await ada.preset(name, role="x")
    await ada.ask(presetId=(await ada.get("/api/presets", q="b")).json()["items"][0]["id"])

    async def names(sort: str) -> list[str]:
        return [preset["name"] for preset in (await ada.get("/api/presets", sort=sort)).json()["items"]]

    assert await names("name") == ["A", "b", "c"]
    assert await names("recent") == ["b", "c", "A"]
    assert (await names("popular"))[0] == "b"


@pytest.mark.parametrize("sort", ["popular", "recent", "name"])
async def test_pages_give_everything_once(ada: Person, sort: str):
    role = await ada.component("role")
    for n in range(5):
        await ada.post("/api/presets", {"name": f"{n % 2} same", "roleId": role["id"]})
    seen, cursor = [], None
    while True:
        query = {"limit": 2, "sort": sort} | ({"cursor": cursor} if cursor else {})
        page = (await ada.get("/api/presets", **query)).json()
        seen += [preset["id"] for preset in page["items"]]
        if not (cursor := page["nextCursor"]):
            break
    assert len(seen) == len(set(seen)) == 5


async def test_somebody_elses_is_not_there(ada: Person, bob: Person, visitor: Visitor):
    path = f"/api/presets/{(await ada.preset(role='x'))['id']}"
    for person, status in ((bob, 404), (visitor, 401)):
        answers = [await person.get(path), await person.patch(path, {"name": "x"}), await person.delete(path)]
        assert [answer.status_code for answer in answers] == [status] * 3
    assert (await visitor.get("/api/presets")).status_code == 401
    assert (await bob.get("/api/presets")).json() == {"items": [], "nextCursor": None}


async def test_the_free_plan_keeps_five_also_under_a_race(bob: Person):
    role = await bob.component("role")
    answers = await asyncio.gather(*(bob.post("/api/presets", {"name": "x", "roleId": role["id"]}) for _ in range(9)))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [402] * 4


async def test_a_component_deleted_meanwhile_is_not_found_or_lost_but_never_an_error(bob: Person):
    role = await bob.component("role")
    made, deleted = await asyncio.gather(
        bob.post("/api/presets", {"name": "x", "roleId": role["id"]}), bob.delete(f"/api/components/{role['id']}")
    )
    assert deleted.status_code == 200
    assert made.status_code in {201, 404}
