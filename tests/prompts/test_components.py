import asyncio
import base64
import json

import pytest

from people import Person, Visitor

NEW = {"type": "role", "name": "Tutor", "content": "You tutor."}


async def test_create_read_change_delete(bob: Person):
    created = await bob.post("/api/components", NEW | {"description": " For pupils ", "tags": ["a", " b ", "a"]})
    assert created.status_code == 201
    component = created.json()
    assert component == {
        "id": component["id"],
        "userId": bob.id,
        "type": "role",
        "name": "Tutor",
        "content": "You tutor.",
        "description": "For pupils",
        "tags": ["a", "b"],
        "usageCount": 0,
        "version": 1,
        "createdAt": component["createdAt"],
        "updatedAt": component["updatedAt"],
    }
    assert component["createdAt"].endswith("Z")
    path = f"/api/components/{component['id']}"
    changed = await bob.patch(path, {"content": "You teach."})
    assert changed.json()["content"] == "You teach."
    assert changed.json()["version"] == 2
    assert changed.headers["etag"] == '"2"'
    assert (await bob.get(path)).json() == changed.json()
    assert (await bob.delete(path)).json() == {"presets": []}
    assert (await bob.get(path)).status_code == 404


async def test_only_edits_make_versions(bob: Person):
    component = await bob.component()
    path = f"/api/components/{component['id']}"
    assert (await bob.patch(path, {"name": component["name"]})).json()["version"] == 1
    assert (await bob.patch(path, {"description": "New"})).json()["version"] == 2
    assert (await bob.patch(path, {"description": None})).json()["version"] == 3


async def test_the_second_editor_is_told(bob: Person):
    component = await bob.component()
    path = f"/api/components/{component['id']}"
    first = await bob.patch(path, {"content": "One"}, headers={"if-match": '"1"'})
    second = await bob.patch(path, {"content": "Two"}, headers={"if-match": '"1"'})
    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["code"] == "precondition_failed:component"
    assert (await bob.get(path)).json()["content"] == "One"
    assert (await bob.patch(path, {"content": "x"}, headers={"if-match": "rubbish"})).status_code == 412
    assert (await bob.patch(path, {"content": "Two"}, headers={"if-match": "*"})).status_code == 200


async def test_of_two_concurrent_editors_one_wins(bob: Person):
    component = await bob.component()
    answers = await asyncio.gather(
        *(
            bob.patch(f"/api/components/{component['id']}", {"content": str(n)}, headers={"if-match": '"1"'})
            for n in range(6)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 5


async def test_a_type_cannot_change(bob: Person):
    component = await bob.component("role")
    answer = await bob.patch(f"/api/components/{component['id']}", {"type": "mode"})
    assert answer.status_code == 409
    assert (await bob.patch(f"/api/components/{component['id']}", {"type": "role"})).status_code == 200


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"type": "tone"}, "body.type"),
        ({"name": ""}, "body.name"),
        ({"name": "  "}, "body.name"),
        ({"name": "x" * 101}, "body.name"),
        ({"name": "a\x00b"}, "body.name"),
        ({"content": ""}, "body.content"),
        ({"content": " \n"}, "body.content"),
        ({"content": "x" * 5001}, "body.content"),
        ({"description": "x" * 501}, "body.description"),
        ({"tags": ["x"] * 21}, "body.tags"),
        ({"tags": ["x" * 41]}, "body.tags.0"),
        ({"tags": [" "]}, "body.tags.0"),
    ],
)
async def test_what_breaks_a_rule_is_refused_by_name(bob: Person, change: dict, path: str):
    answer = await bob.post("/api/components", NEW | change)
    assert answer.status_code == 400
    assert [error["path"] for error in answer.json()["errors"]] == [path]
    if "type" not in change:
        component = await bob.component()
        assert (await bob.patch(f"/api/components/{component['id']}", change)).status_code == 400


@pytest.mark.parametrize(
    "change", [{"name": "x" * 100}, {"content": "\N{GRINNING FACE}" * 5000}, {"description": "x" * 500}]
)
async def test_the_longest_that_is_allowed(bob: Person, change: dict):
    assert (await bob.post("/api/components", NEW | change)).status_code == 201


async def test_required_texts_cannot_become_null(bob: Person):
    component = await bob.component()
    for field in ("name", "content"):
        assert (await bob.patch(f"/api/components/{component['id']}", {field: None})).status_code == 400


async def test_a_list_says_of_each_what_reading_it_says(ada: Person):
    await ada.component("role", description="x", tags=["a", "\N{GRINNING FACE}"])
    await ada.component("mode")
    await ada.ask(components={"roleId": (await ada.component("role"))["id"]})
    listed = (await ada.get("/api/components")).json()["items"]
    assert listed == [(await ada.get(f"/api/components/{each['id']}")).json() for each in listed]


async def test_the_list_is_ones_own_by_type_and_order(ada: Person, bob: Person):
    await bob.component("role")
    for name in ("b", "A", "c"):
        await ada.component("mode", name=name)
    style = await ada.component("style", name="d")
    listed = (await ada.get("/api/components", type="mode", sort="name")).json()
    assert [component["name"] for component in listed["items"]] == ["A", "b", "c"]
    assert listed["nextCursor"] is None
    assert len((await ada.get("/api/components")).json()["items"]) == 4
    recent = (await ada.get("/api/components", sort="recent", limit=1)).json()
    assert recent["items"][0]["id"] == style["id"]


@pytest.mark.parametrize("sort", ["usage", "recent", "name"])
async def test_pages_give_everything_once(ada: Person, sort: str):
    made = {(await ada.component(name=f"{n % 3} same"))["id"] for n in range(7)}
    seen, cursor = [], None
    while True:
        query = {"limit": 2, "sort": sort} | ({"cursor": cursor} if cursor else {})
        page = (await ada.get("/api/components", **query)).json()
        seen += [component["id"] for component in page["items"]]
        if not (cursor := page["nextCursor"]):
            break
    assert len(seen) == 7
    assert set(seen) == made


def a_cursor(key: object) -> str:
    return base64.urlsafe_b64encode(json.dumps([key, "00000000-0000-4000-8000-000000000000"]).encode()).decode()


@pytest.mark.parametrize(
    ("sort", "cursor"),
    [("usage", cursor) for cursor in ("x", "bm8=", "WzEsMl0=", "W10=", "\N{GRINNING FACE}")]
    + [("usage", a_cursor(key)) for key in ("9999999999", "-1", "x", None)]
    + [("recent", a_cursor(key)) for key in ("yesterday", 1)]
    + [("name", a_cursor(key)) for key in ("a\x00b", 1)],
)
async def test_a_cursor_of_no_list_is_refused(bob: Person, sort: str, cursor: str):
    for path in ("/api/components", "/api/presets"):
        answer = await bob.get(path, cursor=cursor, sort=sort.replace("usage", "popular") if "pre" in path else sort)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["path"] == "query.cursor"


async def test_search_takes_every_sign_literally(bob: Person):
    await bob.component(name="100 % sure")
    await bob.component(name="100 times sure", content="with_underscore")
    found = await bob.get("/api/components", q="100 %")
    assert [component["name"] for component in found.json()["items"]] == ["100 % sure"]
    assert len((await bob.get("/api/components", q="H_U")).json()["items"]) == 1
    assert (await bob.get("/api/components", q="a\x00b")).status_code == 400


async def test_somebody_elses_is_not_there(ada: Person, bob: Person):
    path = f"/api/components/{(await ada.component())['id']}"
    for answer in (await bob.get(path), await bob.patch(path, {"name": "x"}), await bob.delete(path)):
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found:component"
    assert (await ada.get(path)).json()["name"] == "A role"


async def test_signed_out_nothing_is_there(visitor: Visitor, ada: Person):
    path = f"/api/components/{(await ada.component())['id']}"
    answers = [
        await visitor.get("/api/components"),
        await visitor.post("/api/components", NEW),
        await visitor.get(path),
        await visitor.patch(path, {"name": "x"}),
        await visitor.delete(path),
    ]
    assert [answer.status_code for answer in answers] == [401] * 5


async def test_the_free_plan_keeps_twenty_also_under_a_race(bob: Person):
    for _ in range(17):
        await bob.component()
    answers = await asyncio.gather(*(bob.post("/api/components", NEW) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [402] * 7
    refused = next(answer for answer in answers if answer.status_code == 402)
    assert refused.json()["code"] == "payment_required:component"
    assert "20" in refused.json()["detail"]


async def test_the_pro_plan_keeps_more(ada: Person):
    for _ in range(21):
        await ada.component()
