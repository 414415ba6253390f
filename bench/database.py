"""A fresh, migrated database in the embedded PostgreSQL."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from quartet.embedded.postgres import EmbeddedPostgres
from quartet.migrations import migrate


@contextmanager
def a_database(fill: Callable[[str], None] = lambda _: None) -> Iterator[str]:
    """Yield the URL of a new database; everything is removed at the end.

    Once it is filled, PostgreSQL starts anew: its memory would go on holding what the loading touched last.
    """
    home = Path(tempfile.mkdtemp(prefix="quartet-bench-"))
    postgres = EmbeddedPostgres(home)
    try:
        url = postgres.start(lambda _: None)
        migrate.upgrade(url)
        fill(url)
        postgres.stop()
        postgres = EmbeddedPostgres(home)
        yield postgres.start(lambda _: None)
    finally:
        postgres.stop()
        shutil.rmtree(home, ignore_errors=True)
