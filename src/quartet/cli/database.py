"""`quartet db …`, `quartet seed` and `quartet tidy`."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import psycopg
import typer
from sqlalchemy.exc import DBAPIError

from quartet import seed as demo
from quartet import tidy as tidying
from quartet.cli.machine import direct_url, ready
from quartet.cli.terminal import Failed, say
from quartet.core.database import Database, Transaction
from quartet.migrations import migrate
from quartet.settings import Settings

T = TypeVar("T")

app = typer.Typer(help="The database: bring it up to date, see whether it is.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Run the migrations that have not run yet."""
    with ready(Settings.load()) as settings:
        ran = bring_up_to_date(settings)
    typer.echo("\n".join(f"ran {name}" for name in ran) or "The database is up to date.")


@app.command()
def check() -> None:
    """Say whether migrations are missing; exit code 1 if so."""
    with ready(Settings.load()) as settings:
        missing = migrate.pending(direct_url(settings))
    if missing:
        raise Failed(f"Migrations are missing: {', '.join(missing)}. Run `quartet db upgrade`.")
    typer.echo("The database is up to date.")


def seed(quiet: Annotated[bool, typer.Option(help="Say nothing.")] = False) -> None:  # noqa: FBT002 - a flag
    """Add the demo account with its sample components and presets, where they are missing."""
    with ready(Settings.load()) as settings:
        bring_up_to_date(settings)
        made = plant(settings)
    if not quiet:
        typer.echo(f"Added {made.components} components and {made.presets} presets to {demo.EMAIL}.")
        typer.echo(f"Sign in with {demo.EMAIL} and the password {demo.PASSWORD}.")


def tidy() -> None:
    """Delete what is over: trash older than 30 days, expired sessions. A running server does it every hour."""
    with ready(Settings.load()) as settings:
        went = _in_transaction(settings, tidying.tidy)
    typer.echo(f"Deleted {went.trash} from the trash and {went.sessions} expired sessions.")


def bring_up_to_date(settings: Settings) -> list[str]:
    try:
        return migrate.upgrade(direct_url(settings))
    except (psycopg.Error, DBAPIError) as error:
        reason = str(error).strip().splitlines()[0]
        raise Failed(f"The database could not be brought up to date, and nothing of it was changed: {reason}") from None


def plant(settings: Settings) -> demo.Seeded:
    """Seed the demo account."""
    return _in_transaction(settings, demo.seed)


def is_empty(settings: Settings) -> bool:
    """Say whether nobody has an account yet."""
    with psycopg.connect(direct_url(settings)) as connection:
        return connection.execute('SELECT 1 FROM "User" LIMIT 1').fetchone() is None


def announce_upgrade(settings: Settings) -> None:
    for name in bring_up_to_date(settings):
        say(f"Database: {name}")


def _in_transaction(settings: Settings, act: Callable[[Transaction], Awaitable[T]]) -> T:
    async def run() -> T:
        database = Database(direct_url(settings))
        await database.open()
        try:
            async with database.transaction() as tx:
                return await act(tx)
        finally:
            await database.close()

    return asyncio.run(run())
