import base64
import json

import pytest

from archives import a_chunk, a_png
from quartet.prompts.formats.loading import ImportUnreadable
from quartet.prompts.formats.reading import read

CARD = {
    "name": "Mira",
    "description": "{{char}} keeps a lighthouse.",
    "personality": "patient",
    "scenario": "A storm is coming.",
    "first_mes": "Come in!",
    "mes_example": "<START>\n{{char}}: Sit down.",
    "creator_notes": "For winter evenings",
    "system_prompt": "Never break character.",
    "post_history_instructions": "End with the sea.",
    "tags": ["sea"],
    "character_book": {"entries": [{"content": "x"}, {"content": "y"}]},
    "extensions": {"unknown": {"z": 1}},
}
V2 = {"spec": "chara_card_v2", "spec_version": "2.0", "data": CARD}
V3 = {"spec": "chara_card_v3", "spec_version": "3.0", "data": CARD | {"name": "Mira the Third"}}


def packed(card: dict) -> bytes:
    return base64.b64encode(json.dumps(card).encode())


@pytest.mark.parametrize(
    "data", [json.dumps(V2).encode(), a_png(("chara", packed(V2))), json.dumps(V2 | {"name": "x"}).encode()]
)
def test_a_card_is_a_preset(data: bytes):
    planned = read("mira.png", data)
    assert planned.format == "character-card"
    said = {each.type: each.content for each in planned.document.components}
    assert said == {
        "role": "{{char}} keeps a lighthouse.\n\npatient",
        "style": "<START>\n{{char}}: Sit down.",
        "context": "A storm is coming.",
        "mode": "Never break character.\n\nEnd with the sea.",
    }
    [preset] = planned.document.presets
    assert (preset.name, preset.description) == ("Mira", "For winter evenings")
    assert list(preset.slots()) == ["role", "style", "context", "mode"]
    assert not any(planned.remarks[each.id].guessed for each in planned.document.components)
    assert planned.notes == [
        "Its greetings are left out: a system prompt has no place for them.",
        "Its lorebook of 2 entries is left out.",
    ]


def test_the_first_version_has_no_envelope():
    card = {key: CARD[key] for key in ("name", "description", "personality", "scenario", "first_mes", "mes_example")}
    planned = read("", json.dumps(card | {"scenario": ""}).encode())
    assert [each.type for each in planned.document.components] == ["role", "style"]


def test_the_newest_card_of_a_picture_is_read():
    planned = read("", a_png(("chara", packed(V2)), ("ccv3", packed(V3))))
    assert planned.document.presets[0].name == "Mira the Third"


PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (PNG, "carries no character card"),
        (a_png(), "carries no character card"),
        (a_png(("Comment", b"x")), "carries no character card"),
        (a_png(("chara", b"not base64!")), "is damaged"),
        (a_png(("chara", base64.b64encode(b"\xff\xff"))), "not UTF-8"),
        (a_png(("chara", base64.b64encode(b"[1]"))), "nothing to import"),
        (a_png(("chara", base64.b64encode(b"[" * 100_000))), "nested too deeply"),
        (a_png(("chara", packed(V2)))[:60], "ends too early"),
        (PNG + b"\xff\xff\xff\xfftEXtchara\0", "ends too early"),
        (PNG + b"\x00", "ends too early"),
        (PNG + a_chunk(b"tEXt", b"x\0y") * 10_001, "more than 10000 chunks"),
        (json.dumps({"spec": "chara_card_v2", "data": {"name": "Nobody"}}).encode(), "nothing to import"),
    ],
    ids=range(12),
)
def test_what_carries_no_card_is_refused(data: bytes, why: str):
    with pytest.raises(ImportUnreadable, match=why):
        read("x.png", data)
