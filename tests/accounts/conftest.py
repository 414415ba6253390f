from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from pydantic import SecretStr

from accounts.identity_peer import CLIENT_ID, CLIENT_SECRET, IdentityPeer, Somebody, an_identity_peer
from conftest import a_server, a_settings
from people import PASSWORD, Person, Visitor
from quartet.core.database import Database
from quartet.settings import OAuthSettings

Also = Callable[[Person], Awaitable[Visitor]]


@pytest.fixture
async def also(address: str) -> AsyncIterator[Also]:
    """Signs a person in with another browser."""
    async with AsyncExitStack() as open_browsers:

        async def sign_in(person: Person) -> Visitor:
            browser = await open_browsers.enter_async_context(Visitor(address))
            browser.http.headers["user-agent"] = "Another browser"
            answer = await browser.post("/api/auth/login", {"email": person.email, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            return browser

        yield sign_in


@pytest.fixture(scope="session")
async def _peer_process() -> AsyncIterator[IdentityPeer]:
    async with an_identity_peer() as peer:
        yield peer


@pytest.fixture
def peer(_peer_process: IdentityPeer) -> IdentityPeer:
    """The providers, who behave; somebody is signed in there."""
    _peer_process.behave()
    _peer_process.somebody = Somebody(email=f"{uuid4().hex[:12]}@example.com")
    return _peer_process


@pytest.fixture(scope="session")
async def door(_peer_process: IdentityPeer, database_url: str) -> AsyncIterator[str]:
    """A server that knows both providers."""
    oauth = OAuthSettings(
        oidc_issuer=_peer_process.address,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=SecretStr(CLIENT_SECRET),
        oidc_name="Our company",
        github_url=_peer_process.address,
        github_client_id=CLIENT_ID,
        github_client_secret=SecretStr(CLIENT_SECRET),
    )
    async with a_server(a_settings(database_url).model_copy(update={"oauth": oauth})) as address:
        yield address


@pytest.fixture
async def browser(door: str) -> AsyncIterator[Visitor]:
    async with Visitor(door) as visitor:
        yield visitor


@pytest.fixture
async def carol(door: str, database: Database) -> AsyncIterator[Person]:
    """Somebody with a password, on this server."""
    async with Person(door, database) as person:
        await person.register()
        yield person
