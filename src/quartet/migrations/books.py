"""Alembic's part: it keeps the books, and runs each revision, which executes one plain SQL file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
import sqlalchemy as sa
from alembic import command, context, op
from alembic.config import Config
from sqlalchemy.exc import DBAPIError

from quartet.migrations.missing import run_missing
from quartet.migrations.online import Connection
from quartet.migrations.statements import HERE


@contextmanager
def running(url: str, *, is_empty: bool) -> Iterator[tuple[Connection, Callable[[str], None]]]:
    """Open one transaction; yield its connection and what brings the database to a revision in it, or to "head".

    `is_empty`: nothing of what the files make can be there yet. Raises `psycopg.Error`.
    """
    # libpq reads the address, as everywhere else: SQLAlchemy's own reading knows fewer forms.
    engine = sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=sa.NullPool)
    try:
        with engine.begin() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, psycopg.Connection)  # noqa: S101 - the engine above makes no other
            config = Config()
            config.set_main_option("script_location", str(HERE))
            config.attributes |= {"connection": connection, "is_empty": is_empty}
            yield driver, partial(command.upgrade, config)
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.Error):
            raise error.orig from None
        raise


def execute_file(name: str) -> None:
    """Run `sql/<name>.sql`: the whole body of a revision."""
    cursor = op.get_bind().connection.cursor()
    if context.config.attributes["is_empty"]:
        # The driver's own cursor takes several statements at once and leaves `:` and `%` alone.
        cursor.execute((HERE / "sql" / f"{name}.sql").read_bytes())
    else:
        run_missing(cursor.connection, [name])
