from collections.abc import AsyncIterator

import pytest

from billing.selling import Shop, a_shop
from llm.peer import VendorPeer
from people import Person
from quartet.core.database import Database


@pytest.fixture(scope="session")
async def shop(database_url: str, _peer: VendorPeer) -> AsyncIterator[Shop]:
    """A server that sells plans, and its seller; every test has buyers of its own."""
    async with a_shop(database_url, openai_url=_peer.openai_url) as selling:
        yield selling


@pytest.fixture
async def eve(shop: Shop, database: Database) -> AsyncIterator[Person]:
    """A signed-in person on the free plan, where plans are sold."""
    async with Person(shop.address, database) as person:
        await person.register()
        yield person
