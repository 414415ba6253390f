import asyncio
import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libraries import BOTH, MODE, ROLE, a_document, bring, counts, export, many, read
from people import Person, Visitor


async def test_a_file_is_looked_at_changed_and_imported(bob: Person):
    own = await bob.component("role", name="Tutor", content="You tutor.")
    rows = b"act,prompt\nTutor,You tutor.\nBullets,Use a formal tone.\nBad,\n"
    planned = (await read(bob, rows, "prompts.csv")).json()
    assert (planned["format"], planned["formatName"]) == ("prompts-chat", "prompts.chat CSV")
    assert planned["room"] == {"components": 19, "presets": 5}
    same, style, bad = planned["items"]
    assert same["duplicateOf"] == {"id": own["id"], "name": "Tutor"}
    assert style == {"id": style["id"], "guessed": True, "duplicateOf": None, "notes": [], "refused": None}
    assert (bad["refused"], bad["duplicateOf"]) == ("It has no text.", None)
    assert await counts(bob) == (1, 0), "looking writes nothing"
    document = planned["document"]
    document["components"] = [each for each in document["components"] if each["id"] != bad["id"]]
    document["components"][1]["type"] = "mode"
    report = (await bring(bob, document)).json()
    [made] = report["made"]
    assert report == {
        "made": [{"id": made["id"], "name": "Bullets", "kind": "component"}],
        "merged": [{"id": own["id"], "name": "Tutor", "kind": "component"}],
        "skipped": [],
    }
    brought = (await bob.get(f"/api/components/{made['id']}")).json()
    assert (brought["type"], brought["content"], brought["version"]) == ("mode", "Use a formal tone.", 1)
    found = (await bob.get("/api/components", q="formal")).json()["items"]
    assert [each["id"] for each in found] == [made["id"]]


async def test_presets_find_their_components_new_or_own(bob: Person):
    own = await bob.component("role", name="Tutor", content="You tutor.")
    report = (await bring(bob, a_document(ROLE, MODE, presets=[BOTH]))).json()
    assert [(each["name"], each["kind"]) for each in report["made"]] == [("Ship", "component"), ("Both", "preset")]
    preset = (await bob.get(f"/api/presets/{report['made'][1]['id']}")).json()
    assert (preset["roleId"], preset["modeId"]) == (own["id"], report["made"][0]["id"])
    again = (await bring(bob, a_document(ROLE, MODE, presets=[BOTH]))).json()
    assert (again["made"], len(again["merged"])) == ([], 3)
    planned = (await read(bob, json.dumps(a_document(ROLE, MODE, presets=[BOTH])).encode())).json()
    assert [each["duplicateOf"]["id"] for each in planned["items"]] == [own["id"], preset["modeId"], preset["id"]]
    other = a_document(ROLE, MODE, presets=[BOTH | {"modeId": None}])
    assert len((await bring(bob, other)).json()["made"]) == 1, "other slots, another preset"


async def test_a_changed_type_moves_a_component_to_its_slot(bob: Person):
    await bring(bob, a_document(ROLE | {"type": "context"}, MODE, presets=[BOTH]))
    [preset] = (await export(bob))["presets"]
    assert (preset["roleId"], bool(preset["contextId"]), bool(preset["modeId"])) == (None, True, True)


@pytest.mark.parametrize(
    ("preset", "why", "path"),
    [
        (BOTH | {"styleId": "gone"}, "Its style names no part of the document.", "body.presets.1.styleId"),
        (BOTH | {"styleId": "r2"}, "Its style is a second role; a preset holds one.", "body.presets.1.styleId"),
        ({"name": "Both"}, "It needs at least one part.", "body.presets.1"),
    ],
)
async def test_a_preset_that_cannot_be_is_skipped_or_stops_it_all(bob: Person, preset: dict, why: str, path: str):
    document = a_document(ROLE, ROLE | {"id": "r2", "name": "Other"}, MODE, presets=[BOTH | {"name": "Fine"}, preset])
    refused = await bring(bob, document, all=True)
    assert (refused.status_code, refused.json()["errors"][0]["path"]) == (400, path)
    assert await counts(bob) == (0, 0)
    planned = (await read(bob, json.dumps(document).encode())).json()
    assert planned["items"][4]["refused"] or planned["items"][4]["notes"]
    report = (await bring(bob, document)).json()
    assert report["skipped"] == [{"name": "Both", "kind": "preset", "why": why}]
    assert await counts(bob) == (3, 1)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"type": "tone"}, "body.components.1.type"),
        ({"name": " "}, "body.components.1.name"),
        ({"name": "x" * 101}, "body.components.1.name"),
        ({"content": "x" * 5001}, "body.components.1.content"),
        ({"content": ""}, "body.components.1.content"),
        ({"content": "a\x00b"}, "body.components.1.content"),
        ({"content": "\ud83d"}, "body.components.1.content"),
        ({"tags": ["x" * 41]}, "body.components.1.tags.0"),
        ({"usageCount": -1}, "body.components.1.usageCount"),
        ({"usageCount": 2**31}, "body.components.1.usageCount"),
        ({"createdAt": "yesterday"}, "body.components.1.createdAt"),
        ({"createdAt": "0001-01-01T00:00:00+14:00"}, "body.components.1.createdAt"),
        ({"versions": [MODE | {"version": 0}]}, "body.components.1.versions.0.version"),
        ({"versions": [MODE | {"version": 1}] * 2}, "body.components.1"),
        ({"id": "r"}, "body.components.1.id"),
    ],
)
async def test_what_breaks_a_rule_is_refused_by_name_and_nothing_is_made(bob: Person, change: dict, path: str):
    body = json.dumps(a_document(ROLE, MODE | change))
    answer = await bob.http.post("/api/prompts/import", content=body)
    assert answer.status_code == 400
    assert [error["path"] for error in answer.json()["errors"]] == [path]
    assert await counts(bob) == (0, 0)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"format": "other"}',
        b"\xff",
        json.dumps(a_document(*many(10_001))).encode(),
    ],
)
async def test_what_is_no_document_is_refused(bob: Person, body: bytes):
    assert (await bob.http.post("/api/prompts/import", content=body)).status_code == 400


async def test_a_huge_wrong_document_has_a_short_answer(bob: Person):
    answer = await bring(bob, a_document(*[{"type": 1}] * 9_000))
    assert answer.status_code == 400
    assert len(answer.content) < 5_000


async def test_the_free_plan_takes_what_fits_and_says_what_not(bob: Person):
    presets = [{"name": f"P{n}", "roleId": f"c{n}"} for n in (*range(6), 24)]
    document = a_document(*many(25), presets=presets)
    refused = await bring(bob, document, all=True)
    assert (refused.status_code, refused.json()["code"]) == (402, "payment_required:component")
    assert await counts(bob) == (0, 0)
    report = (await bring(bob, document)).json()
    assert await counts(bob) == (20, 5)
    assert len(report["made"]) == 25
    assert report["skipped"] == [
        *({"name": f"Role {n}", "kind": "component", "why": "Your plan keeps 20 parts."} for n in range(20, 25)),
        {"name": "P5", "kind": "preset", "why": "Your plan keeps 5 presets."},
        {"name": "P24", "kind": "preset", "why": "It needs parts that are not imported."},
    ]
    planned = (await read(bob, json.dumps(document).encode())).json()
    assert planned["room"] == {"components": 0, "presets": 0}
    over = await bring(bob, a_document(*many(2), presets=[{"name": "New", "roleId": "c0"}]), all=True)
    assert (over.status_code, over.json()["code"]) == (402, "payment_required:preset")
    merged = await bring(bob, a_document(*many(20)), all=True)
    assert len(merged.json()["merged"]) == 20, "what is there already needs no room"


async def test_the_limits_are_exact_under_a_race(bob: Person):
    imports = [
        bring(
            bob, a_document(*many(8, 100 * n), presets=[{"name": f"P{n}{m}", "roleId": f"c{100 * n}"} for m in "abc"])
        )
        for n in range(6)
    ]
    answers = await asyncio.gather(*imports)
    assert [answer.status_code for answer in answers] == [200] * 6
    assert await counts(bob) == (20, 5)
    assert sum(len(answer.json()["made"]) for answer in answers) == 25


async def test_of_the_same_import_twice_at_once_one_makes_and_one_merges(ada: Person):
    document = a_document(ROLE, MODE, presets=[BOTH])
    first, second = await asyncio.gather(bring(ada, document), bring(ada, document))
    assert sorted([len(first.json()["made"]), len(second.json()["made"])]) == [0, 3]
    assert await counts(ada) == (2, 1)


async def test_an_import_beside_a_deletion_never_fails(ada: Person):
    for _ in range(5):
        own = await ada.component("role", name="Tutor", content="You tutor.")
        deleted, brought = await asyncio.gather(
            ada.delete(f"/api/components/{own['id']}"),
            bring(ada, a_document(ROLE, presets=[{"name": "A", "roleId": "r"}])),
        )
        assert (deleted.status_code, brought.status_code) == (200, 200)
        for component in (await export(ada))["components"]:
            await ada.delete(f"/api/components/{component['id']}")


async def test_signed_out_nothing_is_there(visitor: Visitor):
    answers = [
        await visitor.get("/api/prompts/export"),
        await read(visitor, b"act,prompt\na,b\n"),
        await bring(visitor, a_document(ROLE)),
    ]
    assert [answer.status_code for answer in answers] == [401] * 3


async def test_an_export_is_ones_own(ada: Person, bob: Person):
    await ada.preset(role="x")
    assert await counts(bob) == (0, 0)
    assert await counts(ada) == (1, 1)


async def test_exports_are_files(bob: Person):
    await bob.preset("Both", role="You tutor.", mode="Ship it.")
    files = {}
    for format_, media_type, end in (
        ("json", "application/json", ".json"),
        ("markdown", "text/markdown; charset=utf-8", ".md"),
        ("skills", "application/zip", "-skills.zip"),
    ):
        answer = await bob.get("/api/prompts/export", format=format_)
        assert answer.headers["content-type"] == media_type
        assert answer.headers["content-disposition"].startswith('attachment; filename="quartet-prompts-2')
        assert answer.headers["content-disposition"].endswith(f'{end}"')
        files[format_] = answer.content
    assert "- Role: A role\n- Mode: A mode\n" in files["markdown"].decode()
    assert ZipFile(BytesIO(files["skills"])).namelist() == ["a-role/SKILL.md", "a-mode/SKILL.md"]
    assert json.loads(files["json"])["exportedAt"].endswith("Z")
    planned = (await read(bob, files["skills"])).json()
    assert [each["duplicateOf"]["name"] for each in planned["items"]] == ["A role", "A mode"]
    assert (await bob.get("/api/prompts/export", format="xml")).status_code == 400


async def test_larger_files_than_other_requests_but_not_any(bob: Person):
    padding = "x" * 2_000_000
    assert (await read(bob, json.dumps(a_document(ROLE) | {"padding": padding}).encode())).status_code == 200
    assert (await bring(bob, a_document(ROLE) | {"padding": padding})).status_code == 200
    for answer in (await read(bob, b"x" * 10_000_001), await bring(bob, {"padding": "x" * 20_000_001})):
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "bad_request:import"


async def test_an_upload_of_no_declared_length_is_bounded_too(bob: Person):
    async def endless():
        for _ in range(200):
            yield b"x" * 100_000

    answer = await bob.http.post("/api/prompts/import/read", content=endless())
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


async def test_what_cannot_be_read_is_refused_with_the_reason(bob: Person):
    answer = await read(bob, b"Hello.")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_request:import")
    assert "formats that can be imported" in answer.json()["detail"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    data=st.binary(max_size=60) | st.sampled_from([b"[]", b"{}", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n", b"act,prompt\n"])
)
async def test_no_file_is_an_error_of_ours(bob: Person, data: bytes):
    assert (await read(bob, data)).status_code in {200, 400}
    assert (await bob.http.post("/api/prompts/import", content=data)).status_code in {200, 400}
