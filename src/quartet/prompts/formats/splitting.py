"""A text that is longer than a component holds, in parts that end where a reader would pause."""

import re

MOST_IN_ONE = 5_000
"""Characters that a component holds."""

MOST_IN_PARTS = 50_000
"""Characters that are still split: a text longer than that is no prompt but a book."""

# The best place first. A part is at least a third full, or many headings would make many small parts.
_PAUSES = tuple(
    re.compile(pattern) for pattern in (r"\n(?=#{1,6} )", r"\n\s*\n", r"\n", r"[.!?…]\s+|[\u3002\uff01\uff1f]", r"\s+")
)
_LEAST = MOST_IN_ONE // 3


def split(text: str) -> list[str]:
    """Split into parts of at most `MOST_IN_ONE` characters; nothing is lost but white space at the seams."""
    parts = []
    rest = text.strip()
    while len(rest) > MOST_IN_ONE:
        cut = _pause(rest[:MOST_IN_ONE])
        parts.append(rest[:cut].strip())
        rest = rest[cut:].strip()
    return [*parts, rest] if rest else parts


def _pause(window: str) -> int:
    for pause in _PAUSES:
        places = [match.end() for match in pause.finditer(window, _LEAST)]
        if places:
            return places[-1]
    return len(window)
