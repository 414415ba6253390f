"""Whatever the bytes are: a reading, or one refusal with a reason."""

import base64
import json
import stat
import struct
from io import BytesIO
from zipfile import ZIP_LZMA, ZipFile, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archives import a_png, a_zip
from quartet.prompts.formats.loading import ImportUnreadable
from quartet.prompts.formats.reading import read


def a_card() -> bytes:
    return a_png(("chara", base64.b64encode(b'{"spec":"chara_card_v2","data":{"name":"M","description":"You"}}')))


SAMPLES = [
    b"act,prompt\nTutor,You tutor.\n",
    a_zip({"a/system.md": "# IDENTITY\n\nYou are a.\n\n# STEPS\n\nPlan.", "strategies/b.json": '{"prompt": "x"}'}),
    a_zip({"a/SKILL.md": "---\nname: a\ndescription: b\n---\nYou are a."}),
    a_card(),
    b"---\nname: a\n---\nYou are a.",
    b"# IDENTITY\n\nYou are a.",
    b'[{"command": "/x", "content": "You are {{x}}."}]',
    b'[{"name": "x", "params": {"system": "You"}, "meta": {"tags": [{"name": "a"}]}}]',
    b'{"presetId": "1", "title": "x", "promptPrefix": "You"}',
    b'[{"name": "a", "prompt": "@@@langfusePrompt:name=a|version=1@@@", "tags": ["x"]}]',
    b'{"prompts": [{"identifier": "a", "content": "You"}], "prompt_order": [{"order": []}]}',
    b'{"spec": "chara_card_v3", "data": {"name": "x", "description": "You", "tags": ["x"]}}',
    b'{"format": "quartet-prompts", "version": 1, "components": [{"type": "role", "name": "a", "content": "b"}]}',
]


@pytest.mark.parametrize("sample", SAMPLES, ids=range(len(SAMPLES)))
def test_samples_are_read(sample: bytes):
    assert read("x", sample).document.components


def attempt(name: str, data: bytes) -> None:
    try:
        planned = read(name, data)
    except ImportUnreadable as refusal:
        refusal.detail.encode()
        return
    planned.document.model_dump_json()
    ids = [each.id for each in planned.document.components] + [each.id for each in planned.document.presets]
    assert ids == list(planned.remarks)
    for remark in planned.remarks.values():
        "".join([*remark.notes, remark.refused or ""]).encode()


@settings(deadline=None)
@given(st.text(max_size=20), st.binary(max_size=300))
def test_any_bytes(name: str, data: bytes):
    attempt(name, data)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_any_damage(sample: bytes, data: st.DataObject):
    place = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(place, min(len(sample), place + 8)))
    attempt("x.y", sample[:place] + data.draw(st.binary(max_size=8)) + sample[end:])


WORDS = """format version components presets id type name content description tags versions lost roleId act prompt
command params system meta info presetId promptPrefix title role prompts prompt_order order identifier enabled data
spec mes_example character_book entries post_history quartet-prompts chara_card_v2 full"""
KEYS = st.sampled_from(WORDS.split())
ODD = st.text(st.characters(), max_size=3) | KEYS
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | ODD, inner, max_size=6),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.dictionaries(KEYS, JSON, max_size=6), max_size=3) | st.dictionaries(KEYS, JSON, max_size=8))
def test_any_json(value: object):
    attempt("", json.dumps(value).encode())
    if isinstance(value, dict):
        attempt("", json.dumps(value | {"format": "quartet-prompts", "version": 1}).encode())


def a_link() -> bytes:
    info = ZipInfo("a/system.md")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    written = BytesIO()
    with ZipFile(written, "w") as archive:
        archive.writestr(info, "../../etc/passwd")
    return written.getvalue()


def packed_otherwise() -> bytes:
    written = BytesIO()
    with ZipFile(written, "w", ZIP_LZMA) as archive:
        archive.writestr("a/system.md", "You are a.")
    return written.getvalue()


def a_lie() -> bytes:
    """A zip whose directory says that a file has 10 bytes."""
    honest = a_zip({"a/system.md": "ab" * 2_000_000})
    return honest.replace(struct.pack("<I", 4_000_000), struct.pack("<I", 10))


def encrypted() -> bytes:
    data = bytearray(a_zip({"a/system.md": "You are a."}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "none of the formats"),
        (b"Hello.", "none of the formats"),
        (b"\xff\xd8\xff\xe0 a photo", "not UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b'{"a": 1', "breaks off at line 1, column 8"),
        (b"[" + b"9" * 5_000 + b"]", "number that is too long"),
        (b"[]", "none of the formats"),
        (b'{"a": 1}', "none of the formats"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"PK\x03\x04", "damaged"),
        (a_zip({"a/system.md": "You"})[:-30], "damaged"),
        (a_zip({"a/readme.md": "You"}), "no texts"),
        (a_zip({}), "no texts"),
        (a_zip({"../system.md": "You", "/x/system.md": "You", "a\\system.md": "You"}), "no texts"),
        (a_zip({"__MACOSX/a/system.md": "You"}), "no texts"),
        (a_link(), "no texts"),
        (packed_otherwise(), "unusual way"),
        (encrypted(), "encrypted"),
        (a_lie(), "damaged|larger than 1 MB"),
        (a_zip({"a/system.md": "a" * 900_000}), "hundreds of times"),
        (a_zip({"a/system.md": "".join(map(str, range(200_000)))}), "larger than 1 MB"),
        (a_zip({f"{n}/system.md": "".join(map(str, range(150_000))) for n in range(30)}), "more than 20 MB"),
        (a_zip({f"{n}": "" for n in range(10_001)}), "more than 10000 files"),
        (b"act,prompt\n" + b"x,You are x.\n" * 3 + b"y," + b"You are y. " * 10 + b"\n" * 5, None),
        (b"act,prompt\n" + b"".join(b"%d,You\n" % n for n in range(10_001)), "more than 10,000 parts"),
    ],
    ids=range(26),
)
def test_each_refusal_says_why(data: bytes, why: str | None):
    if why is None:
        assert read("x", data).document.components
        return
    with pytest.raises(ImportUnreadable, match=why):
        read("x", data)


def test_utf_16_says_so_itself():
    assert read("", "act,prompt\nÉtienne,You are É.\n".encode("utf-16")).document.components[0].name == "Étienne"
