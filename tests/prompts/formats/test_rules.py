import json

from quartet.prompts.formats.proposal import Reading
from quartet.prompts.formats.reading import read


def planned(**members: object) -> Reading:
    """What becomes of one Open WebUI prompt."""
    return read("", json.dumps([{"command": "/x", "content": "You are x."} | members]).encode())


def test_a_long_name_is_cut_and_whole_in_the_description_where_it_fits():
    short = planned(name="N" * 101)
    [component] = short.document.components
    assert (component.name, component.description) == (f"{'N' * 99}…", f"{'N' * 101}\n\n/x")
    assert short.remarks["c1"].notes == ["The name was cut at 100 characters; the description has all of it."]
    long = planned(name="N" * 501)
    assert long.document.components[0].description == "/x"
    assert long.remarks["c1"].notes == ["The name was cut at 100 characters."]
    assert planned(name="N" * 100).remarks["c1"].notes == []


def test_no_name_is_the_beginning_of_the_text():
    assert planned(command="", content="\n You  are x.\nAnd y.").document.components[0].name == "You are x. And y."


def test_a_long_description_is_cut():
    cut = planned(command="/" + "d" * 600)
    assert cut.document.components[0].description == f"/{'d' * 498}…"
    assert cut.remarks["c1"].notes[-1] == "The description was cut at 500 characters."


def test_tags_that_do_not_fit_are_left_out():
    many = planned(tags=["x" * 41, " a ", "a", "", "\x00", 7, None, *[f"t{number}" for number in range(1_000_000)]])
    assert many.document.components[0].tags == ["a", *[f"t{number}" for number in range(19)]]
    # Of a million only a thousand are looked at; two of those are no texts, one is empty, one stands there twice.
    assert many.remarks["c1"].notes == ["976 tags were left out: a part has up to 20, each of up to 40 characters."]


def test_a_long_text_is_divided_and_says_so():
    divided = planned(name="Book", content="You are long.\n\n" * 700)
    assert [each.name for each in divided.document.components] == ["Book (1/3)", "Book (2/3)", "Book (3/3)"]
    assert {each.type for each in divided.document.components} == {"role"}
    assert all(len(each.content) <= 5000 for each in divided.document.components)
    [note] = divided.remarks["c2"].notes
    assert note.startswith("Piece 2 of 3: a part holds 5,000 characters.")
    assert len(planned(content="x" * 5000).document.components) == 1
    assert planned(content="x" * 50_000).remarks["c1"].refused is None
    assert planned(content="x" * 50_001).remarks["c1"].refused is not None


def test_a_preset_has_the_first_part_of_a_long_text():
    model = {"name": "Long", "params": {"system": "You are long.\n\n" * 700}}
    divided = read("", json.dumps([model]).encode())
    [preset] = divided.document.presets
    assert preset.slots() == {"role": "c1"}
    assert divided.remarks[preset.id].notes[-1] == ("Only part 1 of 3 is in it: a preset holds one part of each type.")


def test_a_preset_of_what_is_refused_is_refused():
    refused = read("", json.dumps([{"name": "Bad", "params": {"system": "a\x00b"}}]).encode())
    [preset] = refused.document.presets
    assert refused.remarks[preset.id].refused == "None of its parts can be kept."
    assert refused.remarks[preset.id].notes[-1] == "“Bad” is refused and so is not in it."


def test_of_many_variables_three_are_named():
    noted = planned(content="You are ${a}, {{b}}, ${c:1, 2}, {{d | text:required}}, $e and {f}.")
    assert noted.remarks["c1"].notes == ["Its variables stay as text: ${a}, {{b}}, ${c:1, 2}, …."]


def test_what_a_text_names_stays_text():
    text = (
        "You are {{plugin:sys:cmd:rm -rf /}} and read @@@langfusePrompt:name=x|version=1@@@ http://127.0.0.1:1/ ../../x"
    )
    assert planned(content=text).document.components[0].content == text
