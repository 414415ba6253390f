import pytest

from quartet.prompts.formats.guessing import guess_type
from quartet.prompts.starters import SAMPLE, STARTERS


@pytest.mark.parametrize("starter", [*SAMPLE, *STARTERS], ids=lambda each: each.name)
def test_our_own_starters_are_guessed(starter):
    if starter.name == "En français":
        assert guess_type(starter.name, starter.content) == "role", "other languages fall back to a role"
    else:
        assert guess_type(starter.name, starter.content) == starter.type


@pytest.mark.parametrize(
    ("name", "content", "type_"),
    [
        ("x", "I want you to act as a clerk. Write in bullets.", "role"),
        ("x", "**You are** a clerk.", "role"),
        ("x", "# Role: clerk", "role"),
        ("x", "", "role"),
        ("x", "Blue.", "role"),
        ("House tone", "Blue.", "style"),
        ("Background", "Blue.", "context"),
        ("My workflow", "Blue.", "mode"),
        ("x", "Use a formal tone and short sentences.", "style"),
        ("x", "Our company has two products. The team is small.", "context"),
        ("x", "First plan the steps, then evaluate each.", "mode"),
    ],
)
def test_rules(name: str, content: str, type_: str):
    assert guess_type(name, content) == type_
