"""Bring a database up to date. Alembic keeps the books; every revision executes one plain SQL file."""

from importlib import resources
from pathlib import Path

import psycopg
import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

_HERE = Path(str(resources.files("quartet.migrations")))
# Two servers that start at once must not both migrate: the second waits, then finds nothing to do.
_LOCK = 0x71756172746574


def upgrade(url: str) -> list[str]:
    """Run what is missing, all or nothing; return the names of the files that ran.

    Raises `psycopg.Error` for a file that fails, SQLAlchemy's `DBAPIError` for anything else.
    """
    with _engine(url).connect() as connection, connection.begin():
        connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
        before = _applied(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        return [name for name in revisions() if name not in before]


def pending(url: str) -> list[str]:
    """Return the names of the files that have not run yet."""
    with _engine(url).connect() as connection:
        applied = _applied(connection)
    return [name for name in revisions() if name not in applied]


def revisions() -> list[str]:
    """Every revision, oldest first."""
    script = ScriptDirectory.from_config(_config())
    return [revision.revision for revision in reversed(list(script.walk_revisions()))]


def execute_file(name: str) -> None:
    """Run `sql/<name>.sql`: the whole body of a revision."""
    text = (_HERE / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    # The driver's own cursor takes several statements at once and leaves `:` and `%` alone.
    op.get_bind().connection.cursor().execute(text.encode())


def _applied(connection: sa.Connection) -> set[str]:
    head = MigrationContext.configure(connection, opts={"version_table": "quartet_migrations"}).get_current_revision()
    names = revisions()
    return set(names[: names.index(head) + 1]) if head else set()


def _engine(url: str) -> sa.Engine:
    # libpq reads the address, as everywhere else: SQLAlchemy's own reading knows fewer forms.
    return sa.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=sa.NullPool)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    return config
