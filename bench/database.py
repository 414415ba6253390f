"""A fresh, migrated database in the embedded PostgreSQL."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quartet.embedded.postgres import EmbeddedPostgres
from quartet.migrations import migrate


@contextmanager
def a_database() -> Iterator[str]:
    """Yield the URL of a new database; everything is removed at the end."""
    home = Path(tempfile.mkdtemp(prefix="quartet-bench-"))
    postgres = EmbeddedPostgres(home)
    try:
        url = postgres.start(lambda _: None)
        migrate.upgrade(url)
        yield url
    finally:
        postgres.stop()
        shutil.rmtree(home, ignore_errors=True)
