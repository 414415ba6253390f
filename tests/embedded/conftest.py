"""Data folders as real as a deployment's: below the temp folder, because as root PostgreSQL runs as another user."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.processes import running
from quartet.embedded import weights
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
