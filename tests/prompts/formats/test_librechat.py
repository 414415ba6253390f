import json

import pytest

from quartet.prompts.formats.loading import ImportUnreadable
from quartet.prompts.formats.reading import read

PRESET = {
    "presetId": "p-1",
    "title": "Harbour Pilot",
    "endpoint": "openAI",
    "model": "some-model",
    "promptPrefix": "You are a harbour pilot.",
    "temperature": 0.4,
    "tags": ["sea"],
    "tools": ["dall-e"],
    "x-unknown": {"y": [1]},
}


def test_a_preset_is_a_preset_of_its_prompt():
    planned = read("preset.json", json.dumps(PRESET).encode())
    assert planned.format == "librechat"
    [component] = planned.document.components
    assert (component.name, component.type, component.tags) == ("Harbour Pilot", "role", ["sea"])
    [preset] = planned.document.presets
    assert (preset.name, preset.role_id) == ("Harbour Pilot", component.id)
    assert "model" in planned.remarks[preset.id].notes[0]


def test_of_several_those_with_a_prompt():
    presets = [PRESET, {"presetId": "p-2", "title": "Bare", "promptPrefix": None}, PRESET | {"title": None, "x": 1}]
    planned = read("presets.json", json.dumps(presets).encode())
    assert [each.name for each in planned.document.presets] == ["Harbour Pilot", "You are a harbour pilot."]
    assert planned.notes == ["1 preset without a prompt is left out."]


def test_no_prompt_at_all_is_refused_with_the_reason():
    with pytest.raises(ImportUnreadable, match=r"import in this LibreChat preset\. 1 preset without a prompt"):
        read("", json.dumps({"presetId": "p", "endpoint": "x"}).encode())
