"""What the end-to-end tests stand on: the built wheel as a process, a real browser, and npm's packages."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Error, Page, async_playwright, expect

from e2e.browser import launch_options
from e2e.quartet_server import QuartetServer
from embedded.conftest import smollm2  # noqa: F401 - a fixture
from llm.peer import VendorPeer

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
OUTCOME = pytest.StashKey[pytest.TestReport]()

expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def npm_packages() -> Path:
    """The folder of the packages of `clients/package-lock.json`, installed when that has changed."""
    clients = HERE / "clients"
    installed, wanted = clients / "node_modules/.package-lock.json", clients / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
        # npm looks for node on the path, and in the environment for the registry that this machine reaches.
        path = os.pathsep.join([str(BIN), os.environ["PATH"]])
        npm = [BIN / "npm", "ci", "--loglevel=error"]
        subprocess.run(npm, cwd=clients, env={**os.environ, "PATH": path}, check=True)
    return clients / "node_modules"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel, unpacked: what is tested is what is shipped, its web app included."""
    built = list((HERE.parents[1] / "dist").glob("*.whl"))
    assert len(built) == 1, "there is no wheel to test, or more than one: run `make wheel`"
    folder = tmp_path_factory.mktemp("wheel")
    install = [BIN / "uv", "pip", "install", "-q", "--no-deps", "--no-index", "--python", sys.executable]
    subprocess.run([*install, "--target", folder, built[0]], check=True)
    where = [sys.executable, "-P", "-c", "import quartet; print(quartet.__file__)"]
    loaded = subprocess.run(where, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=True)
    assert Path(loaded.stdout.strip()).is_relative_to(folder), "the tests would run the sources, not the wheel"
    return folder


@pytest.fixture(scope="session")
async def quartet(wheel: Path, _peer: VendorPeer) -> AsyncIterator[QuartetServer]:
    """A server without an account, whose models are the scripted peer's."""
    async with QuartetServer(wheel, OPENAI_API_KEY="sk-test", OPENAI_BASE_URL=_peer.openai_url) as server:
        yield server


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(**launch_options())
        except Error as error:
            pytest.fail(f"No browser starts here: run `make .make/browser`. It said: {error.message.splitlines()[0]}")
        yield browser
        await browser.close()


@pytest.fixture
def trouble(request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """What the pages of this test complained of; a test that means to cause some clears it."""
    complaints: list[str] = []
    yield complaints
    if (outcome := request.node.stash.get(OUTCOME, None)) and outcome.passed:
        assert complaints == []


@pytest.fixture
async def page(chromium: Browser, trouble: list[str], request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """A tab of a fresh browser profile; a picture of it is kept when the test fails."""
    context = await chromium.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    context.on("weberror", lambda error: trouble.append(str(error.error)))
    context.on("console", lambda said: trouble.append(_told(said)) if said.type == "error" else None)
    tab = await context.new_page()
    yield tab
    if (outcome := request.node.stash.get(OUTCOME, None)) and outcome.failed:
        for number, left in enumerate(context.pages):
            await left.screenshot(path=HERE / "screenshots" / f"{request.node.name}-{number}.png")
    await context.close()


def _told(said: ConsoleMessage) -> str:
    return f"{said.text} ({said.location['url']})"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call" or report.failed:
        item.stash[OUTCOME] = report
    return report
