from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from cli.served import Served


@pytest.fixture
def serve(home: Path) -> Iterator[Callable[..., Served]]:
    """Start `quartet serve` with arguments and settings; a test that fails leaves none behind."""
    with ExitStack() as started:
        start = partial(Served, home)
        yield lambda *arguments, **changed: started.enter_context(start(*arguments, **changed))
