"""What somebody who waits is told."""

import time
from collections.abc import Callable

Say = Callable[[str], None]

_SECONDS = 1


def seldom(say: Say) -> Say:
    """Pass a sentence on where the last one was a second ago, or more."""
    last = time.monotonic()

    def tell(sentence: str) -> None:
        nonlocal last
        if time.monotonic() - last >= _SECONDS:
            last = time.monotonic()
            say(sentence)

    return tell
