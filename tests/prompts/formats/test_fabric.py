from archives import a_zip
from quartet.prompts.formats.reading import read

SYSTEM = """# IDENTITY and PURPOSE

You find the one idea in a talk.

# STEPS

- Read it twice.

# A HEADING OF ITS OWN

Think about the speaker.

# OUTPUT INSTRUCTIONS

- One sentence of 12 words about {{topic}}.

# INPUT

INPUT:
"""


def test_a_folder_of_patterns():
    planned = read(
        "fabric.zip",
        a_zip(
            {
                "data/patterns/find_idea/system.md": SYSTEM,
                "data/patterns/find_idea/user.md": "CONTENT:",
                "data/patterns/find_idea/README.md": "# STEPS\n\nNot read.",
                "data/patterns/fetch_it/system.md": "You fetch {{plugin:fetch:get:https://x.example}}.",
                "data/patterns/pattern_descriptions.json": '{"patterns": [{"patternName": "find_idea", '
                '"description": "Finds the idea", "tags": ["ANALYSIS"]}]}',
                "data/strategies/twice.json": '{"description": "Two passes", "prompt": "Answer, then check."}',
                "contexts/our-house.md": "We live by the sea.",
            }
        ),
    )
    assert planned.format == "fabric"
    found = {(each.name, each.type): each for each in planned.document.components}
    assert found["Find idea", "role"].content == "# IDENTITY and PURPOSE\n\nYou find the one idea in a talk."
    assert found["Find idea", "mode"].content == (
        "# STEPS\n\n- Read it twice.\n\n# A HEADING OF ITS OWN\n\nThink about the speaker."
    )
    assert found["Find idea", "style"].content.startswith("# OUTPUT INSTRUCTIONS\n\n- One")
    assert (found["Find idea", "role"].tags, found["Find idea", "role"].description) == (["analysis"], "Finds the idea")
    assert (found["Twice", "mode"].content, found["Twice", "mode"].description) == ("Answer, then check.", "Two passes")
    assert found["Our house", "context"].content == "We live by the sea."
    assert planned.remarks[found["Fetch it", "role"].id].notes == [
        "Its variables stay as text: {{plugin:fetch:get:https://x.example}}.",
        "What its plugins would fetch or run, nothing does here: they are only text.",
    ]
    assert len(found) == 6
    [preset] = planned.document.presets
    assert (preset.name, preset.description) == ("Find idea", "Finds the idea")
    assert preset.slots() == {type_: found["Find idea", type_].id for type_ in ("role", "style", "mode")}
    assert "user.md is left out" in planned.remarks[preset.id].notes[0]


def test_one_pattern_is_named_by_its_file():
    planned = read("write_haiku.md", SYSTEM.encode())
    assert {each.name for each in planned.document.components} == {"Write haiku"}
    planned = read("write_haiku.zip", a_zip({"system.md": "You write."}))
    assert [(each.name, each.type) for each in planned.document.components] == [("Write haiku", "role")]
    assert planned.document.presets == ()


def test_what_is_no_text_is_left_out_and_the_rest_is_read():
    planned = read("", a_zip({"contexts/picture.png": b"\xff\xfe\xfd", "a/system.md": "You read."}))
    assert planned.notes == ["contexts/picture.png is no text and is left out."]
    assert len(planned.document.components) == 1


def test_a_pattern_without_text_is_refused_by_name():
    planned = read("", a_zip({"empty_one/system.md": "# INPUT\n\nINPUT:\n", "full/system.md": "You are full."}))
    empty = next(each for each in planned.document.components if each.name == "Empty one")
    assert planned.remarks[empty.id].refused == "It has no text."
