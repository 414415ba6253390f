"""Providers before a scripted peer."""

from collections.abc import AsyncIterator, Iterator

import pytest

from llm.asking import PROVIDERS
from llm.peer import VendorPeer
from quartet.llm.types import Provider


@pytest.fixture
def peer() -> Iterator[VendorPeer]:
    with VendorPeer() as peer:
        yield peer


@pytest.fixture(params=PROVIDERS)
async def provider(request: pytest.FixtureRequest, peer: VendorPeer) -> AsyncIterator[Provider]:
    """Each vendor in turn."""
    provider = PROVIDERS[request.param](peer)
    yield provider
    await provider.close()
