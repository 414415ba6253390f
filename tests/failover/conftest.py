from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from failover.deployment import a_ground, a_pair
from failover.parts import Ground, Postgres


@pytest.fixture(scope="package")
async def pair() -> AsyncIterator[tuple[Ground, Postgres, Postgres]]:
    """A primary, and a standby that follows it some milliseconds later; for what kills neither for good."""
    async with AsyncExitStack() as things:
        ground = things.enter_context(a_ground())
        yield ground, *await a_pair(ground, things)
