import re

from hypothesis import given, settings
from hypothesis import strategies as st

from quartet.prompts.formats.splitting import MOST_IN_ONE, split

pieces = st.lists(
    st.sampled_from(
        ["# A heading\n", "\n\n", "\n", " ", "A sentence ends here. ", "word" * 300, "x" * 7000, "句。" * 900]
    ),
    min_size=1,
)


@settings(deadline=None)
@given(pieces)
def test_nothing_is_lost_but_white_space_at_the_seams(some: list[str]):
    text = "".join(some)
    parts = split(text)
    assert all(0 < len(part) <= MOST_IN_ONE and part == part.strip() for part in parts)
    assert re.sub(r"\s", "", "".join(parts)) == re.sub(r"\s", "", text)


def test_parts_end_where_a_reader_pauses():
    chapters = [f"# Chapter {number}\n\n{'A sentence. ' * 150}".strip() for number in range(6)]
    assert split("\n\n".join(chapters)) == [
        "\n\n".join(chapters[:2]),
        "\n\n".join(chapters[2:4]),
        "\n\n".join(chapters[4:]),
    ]
    paragraphs = ["word " * 300 + "end" for _ in range(9)]
    assert all(part.endswith("end") for part in split("\n\n".join(paragraphs)))
