from hypothesis import given
from hypothesis import strategies as st

from quartet.prompts.compose import TYPES, compose

contents = st.text(min_size=1).filter(lambda text: text.strip())
parts = st.dictionaries(st.sampled_from(TYPES), contents)


def test_a_whole_preset():
    composed = compose([("mode", " Ship it.\n"), ("role", "You tutor."), ("style", "Short."), ("context", "A bakery.")])
    assert composed == "# Role\n\nYou tutor.\n\n# Style\n\nShort.\n\n# Context\n\nA bakery.\n\n# Mode\n\nShip it."


def test_nothing_composes_to_nothing():
    assert compose([]) == ""


@given(parts)
def test_the_order_of_the_parts_does_not_matter(given: dict):
    assert compose(given.items()) == compose(reversed(list(given.items())))


@given(parts)
def test_every_part_stands_whole_under_its_heading(given: dict):
    composed = compose(given.items())
    for type_, content in given.items():
        assert f"# {type_.capitalize()}\n\n{content.strip()}" in composed
    assert len(composed) == sum(len(f"# {type_}\n\n{content.strip()}") for type_, content in given.items()) + 2 * max(
        0, len(given) - 1
    )
