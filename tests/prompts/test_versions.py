from uuid import uuid4

import pytest

from people import Person, Visitor


async def test_every_text_is_kept_and_comes_back_as_a_new_version(bob: Person):
    component = await bob.component(content="One", tags=["a"])
    path = f"/api/components/{component['id']}"
    await bob.patch(path, {"content": "Two", "tags": []})
    await bob.patch(path, {"name": "Renamed"})
    kept = (await bob.get(f"{path}/versions")).json()
    assert [(item["version"], item["name"], item["content"], item["tags"]) for item in kept["items"]] == [
        (3, "Renamed", "Two", []),
        (2, component["name"], "Two", []),
        (1, component["name"], "One", ["a"]),
    ]
    restored = await bob.post(f"{path}/restore", {"version": 1})
    assert restored.json() == component | {"version": 4, "updatedAt": restored.json()["updatedAt"]}
    assert restored.headers["etag"] == '"4"'


async def test_pages_of_versions(bob: Person):
    component = await bob.component()
    path = f"/api/components/{component['id']}"
    for n in range(6):
        await bob.patch(path, {"content": f"Text {n}"})
    first = (await bob.get(f"{path}/versions", limit=4)).json()
    second = (await bob.get(f"{path}/versions", limit=4, cursor=first["nextCursor"])).json()
    assert [item["version"] for item in first["items"] + second["items"]] == [7, 6, 5, 4, 3, 2, 1]
    assert second["nextCursor"] is None


async def test_restoring_looks_at_if_match_too(bob: Person):
    component = await bob.component()
    path = f"/api/components/{component['id']}"
    await bob.patch(path, {"content": "Two"})
    stale = await bob.post(f"{path}/restore", {"version": 1}, headers={"if-match": '"1"'})
    assert stale.status_code == 412
    assert (await bob.get(path)).json()["content"] == "Two"
    assert (await bob.post(f"{path}/restore", {"version": 1}, headers={"if-match": '"2"'})).status_code == 200


@pytest.mark.parametrize(
    ("body", "status"),
    [({"version": 9}, 404), ({"version": 0}, 400), ({"version": 2**40}, 400), ({"version": "x"}, 400), ({}, 400)],
)
async def test_no_such_version(bob: Person, body: dict, status: int):
    component = await bob.component()
    answer = await bob.post(f"/api/components/{component['id']}/restore", body)
    assert answer.status_code == status
    assert (status == 400) == ("errors" in answer.json())


async def test_somebody_elses_history_is_not_there(ada: Person, bob: Person, visitor: Visitor):
    component = await ada.component()
    path = f"/api/components/{component['id']}"
    for person, status in ((bob, 404), (visitor, 401)):
        assert (await person.get(f"{path}/versions")).status_code == status
        assert (await person.get(f"{path}/impact")).status_code == status
        assert (await person.post(f"{path}/restore", {"version": 1})).status_code == status
        assert (await person.post(f"{path}/duplicate")).status_code == status
    assert (await bob.get(f"/api/components/{uuid4()}/versions")).status_code == 404


async def test_a_duplicate_has_the_same_texts(bob: Person):
    component = await bob.component("mode", name="n" * 100, content=" Text ", description="Why", tags=["a", "b"])
    answer = await bob.post(f"/api/components/{component['id']}/duplicate")
    assert answer.status_code == 201
    copy = answer.json()
    same = ("type", "content", "description", "tags")
    assert {field: copy[field] for field in same} == {field: component[field] for field in same}
    assert copy["name"] == "n" * 95 + " copy"
    assert copy["id"] != component["id"]
    assert copy["version"] == 1


async def test_a_duplicate_counts_against_the_plan(bob: Person):
    *_, component = [await bob.component() for _ in range(20)]
    answer = await bob.post(f"/api/components/{component['id']}/duplicate")
    assert answer.status_code == 402


async def test_impact_names_presets_and_counts_chats(ada: Person, vendor: object):
    preset = await ada.preset("First", role="You tutor.", style="Be brief.")
    other = await ada.component("role", content="You sell.")
    await ada.post("/api/presets", {"name": "Second", "roleId": preset["roleId"]})
    await ada.ask(presetId=preset["id"])  # speaks with the role
    await ada.ask(presetId=preset["id"], components={"roleId": other["id"]})  # left it for another
    await ada.ask(components={"roleId": preset["roleId"]})  # has it without a preset
    await ada.ask()
    impact = (await ada.get(f"/api/components/{preset['roleId']}/impact")).json()
    assert [found["name"] for found in impact["presets"]] == ["First", "Second"]
    assert impact["chats"] == 2
    assert (await ada.get(f"/api/components/{other['id']}/impact")).json() == {"presets": [], "chats": 1}
    # A chat follows its preset: what the preset takes in now, the chat speaks with.
    await ada.patch(f"/api/presets/{preset['id']}", {"styleId": (await ada.component("style"))["id"]})
    assert (await ada.get(f"/api/components/{preset['styleId']}/impact")).json()["chats"] == 0
