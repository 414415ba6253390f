import json

import pytest
from hypothesis import given, settings

from libraries import comparable, documents
from quartet.prompts.documents import ImportDocument
from quartet.prompts.formats.loading import ImportUnreadable
from quartet.prompts.formats.reading import read


def a_document(*components: object, presets: object = (), **members: object) -> bytes:
    given = {"format": "quartet-prompts", "version": 1, "components": components, "presets": presets}
    return json.dumps(given | members).encode()


TUTOR = {"id": "t", "type": "role", "name": "Tutor", "content": "You tutor."}


@settings(max_examples=40, deadline=None)
@given(documents(twins=True))
def test_what_was_exported_is_read_whole(document: ImportDocument):
    if not document.components and not document.presets:
        return
    planned = read("export.json", document.model_dump_json(by_alias=True).encode())
    assert comparable(planned.document) == comparable(document)
    assert [each.id for each in planned.document.components] == [each.id for each in document.components]
    assert not any(remark.refused or remark.notes or remark.guessed for remark in planned.remarks.values())


def test_all_but_type_name_and_content_may_be_left_out():
    planned = read("", a_document({"type": "role", "name": " Tutor ", "content": "You tutor."}, presets=()))
    [component] = planned.document.components
    assert (component.name, component.description, component.tags, component.usage_count) == ("Tutor", None, [], 0)
    assert component.created_at is None


def test_an_item_that_breaks_a_rule_is_read_as_a_strangers_would_be():
    long = {"id": "l", "type": "mode", "name": "N" * 130, "content": "Plan. " * 1500, "versions": []}
    preset = {"id": "p", "name": "Both", "roleId": "t", "modeId": "l"}
    planned = read("", a_document(TUTOR, long, presets=(preset,)))
    tutor, first, second = planned.document.components
    assert (first.type, first.name) == ("mode", f"{'N' * 94} (1/2)")
    assert second.name.endswith(" (2/2)")
    assert planned.remarks[first.id].notes[0].startswith("name: String should have at most 100 characters.")
    assert planned.document.presets[0].slots() == {"role": tutor.id, "mode": first.id}


def test_what_cannot_be_kept_is_refused_and_the_rest_is_read():
    bad = [
        TUTOR | {"id": "nul", "content": "a\x00b"},
        TUTOR | {"id": "half", "name": "\ud83d"},
        TUTOR | {"id": "empty", "content": " "},
        {"id": "none"},
        TUTOR | {"id": "\ud83d"},
    ]
    presets = [
        {"id": "a", "name": "A", "roleId": "nul"},
        {"id": "b", "name": "B", "roleId": "t", "styleId": "empty"},
        {"id": "c", "name": "\x00", "roleId": "t"},
        {"id": "d", "name": "D"},
        {"id": "t", "name": "E", "roleId": "t"},
    ]
    planned = read("", a_document(TUTOR, *bad, 7, presets=(*presets, None)))
    reasons = [planned.remarks[each.id].refused for each in planned.document.components]
    assert reasons == [
        None,
        "It holds NUL characters, which cannot be kept.",
        "It holds half a surrogate pair, which is no character.",
        "It has no text.",
        "It has no text.",
        None,
    ]
    assert [each.content for each in planned.document.components[1:5]] == [""] * 4
    a, b, c, d, e = planned.document.presets
    assert planned.remarks[a.id].refused == "It has no part."
    assert (b.slots(), planned.remarks[b.id].notes) == (
        {"role": "t"},
        ["Its style is not among the parts that can be imported."],
    )
    assert planned.remarks[c.id].refused == "name: Value error, must not contain NUL characters."
    assert planned.remarks[d.id].refused == "It has no part."
    assert planned.remarks[e.id].refused is None
    assert e.id != "t"
    assert planned.notes == [
        "1 entry of its components that is none is left out.",
        "1 entry of its presets that is none is left out.",
    ]
    planned.document.model_dump_json()


def test_an_id_that_stands_twice_means_the_first():
    planned = read("", a_document(TUTOR, TUTOR | {"name": "Other"}, presets=({"name": "A", "roleId": "t"},)))
    first, second = planned.document.components
    assert (first.id, planned.document.presets[0].role_id) == ("t", "t")
    assert planned.remarks[second.id].notes == ["Its id stands in the file twice: presets have the first one."]


@pytest.mark.parametrize(
    "data",
    [
        a_document(TUTOR, version=2),
        a_document(TUTOR, components={}),
        a_document(TUTOR, presets=7),
        a_document(),
        a_document(*[TUTOR] * 10_001),
        a_document(TUTOR, presets=[{"name": "x", "roleId": "t"}] * 10_001),
        b'{"format": "quartet-prompts", "version": ' + b"1" * 5000 + b"}",
    ],
    ids=range(7),
)
def test_what_is_no_export_is_refused(data: bytes):
    with pytest.raises(ImportUnreadable):
        read("", data)
