import pytest

from quartet.prompts.formats.loading import ImportUnreadable
from quartet.prompts.formats.reading import read

TODAY = """act,prompt,for_devs,type,contributor
"Garden Planner","I want you to act as a garden planner. My plot is ${Size:4x4 m}.

Ask, then plan.",FALSE,TEXT,someone
Log Reader,"You are a log reader who says ""why"".",TRUE,TEXT,
Sunset,"a painting of a sunset",FALSE,IMAGE,
"Garden Planner","I want you to act as a garden planner. My plot is ${Size:4x4 m}.

Ask, then plan.",FALSE,TEXT,someone
"""


def test_rows_become_roles_with_their_variables_as_text():
    planned = read("prompts.csv", TODAY.encode())
    assert (planned.format, planned.format_name) == ("prompts-chat", "prompts.chat CSV")
    garden, log = planned.document.components
    assert (garden.name, garden.type, garden.tags) == ("Garden Planner", "role", [])
    assert garden.content.endswith("My plot is ${Size:4x4 m}.\n\nAsk, then plan.")
    assert (log.content, log.tags) == ('You are a log reader who says "why".', ["developers"])
    assert planned.remarks[garden.id].guessed
    assert planned.remarks[garden.id].notes == ["Its variables stay as text: ${Size:4x4 m}."]
    assert planned.notes == [
        "1 prompt for pictures is left out.",
        "1 text that says the same as another in the file is left out.",
    ]


def test_the_old_form_has_two_columns():
    planned = read("", b'\xef\xbb\xbf"act","prompt"\r\n"Tutor","You tutor."\r\n')
    assert [(each.name, each.content) for each in planned.document.components] == [("Tutor", "You tutor.")]


def test_a_cell_may_be_longer_than_the_readers_own_limit():
    planned = read("", f"act,prompt\nLong,{'x' * 200_000}\nShort,You are short.\n".encode())
    long, short = planned.document.components
    assert planned.remarks[long.id].refused == ("It has 200,000 characters; texts up to 50,000 are divided.")
    assert (long.content, planned.remarks[short.id].refused) == ("", None)


@pytest.mark.parametrize("text", ['act,"prompt\nx,y', "act,prompt\n", 'act,prompt\na,"broken off'])
def test_what_is_broken_is_refused(text: str):
    with pytest.raises(ImportUnreadable):
        read("", text.encode())
