"""Data folders as real as a deployment's: below the temp folder, because as root PostgreSQL runs as another user."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.processes import running
from quartet.embedded import weights

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
def smollm2() -> Path:
    """The default model, fetched once for all later runs."""
    kept = REPOSITORY / ".make" / "home"
    kept.mkdir(parents=True, exist_ok=True)
    return weights.pull("smollm2-135m", kept, lambda _: None)
