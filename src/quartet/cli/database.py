"""`quartet db …`, `quartet seed` and `quartet tidy`."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import psycopg
import typer

from quartet import seed as demo
from quartet import tidy as tidying
from quartet.cli.findings import tell
from quartet.cli.machine import direct_url, ready
from quartet.cli.terminal import Failed, say
from quartet.core.database import Database, Transaction
from quartet.migrations import check as checking
from quartet.migrations import export as exporting
from quartet.migrations import fix as fixing
from quartet.migrations import migrate, online
from quartet.migrations import remove as removing
from quartet.migrations.errors import NotChanged
from quartet.migrations.missing import revisions
from quartet.migrations.statements import wanted
from quartet.settings import Settings

T = TypeVar("T")

app = typer.Typer(help="The database: bring it up to date, see how it is, leave it.", no_args_is_help=True)


@app.command()
def upgrade() -> None:
    """Run the migrations that have not run yet. The database may be one that a Chat SDK is using."""
    with ready(Settings.load()) as settings:
        ran = bring_up_to_date(settings)
    typer.echo("\n".join(f"ran {name}" for name in ran) or "The database is up to date.")


@app.command()
def check(
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can be mended.")] = False,  # noqa: FBT002 - a flag
    as_json: Annotated[bool, typer.Option("--json", help="Say it as JSON.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Compare the database with what the Chat SDK and Quartet need of it; exit code 1 when something is the matter."""
    with ready(Settings.load()) as settings, refusals_told():
        url = direct_url(settings)
        version, findings = checking.check(url)
        if fix and any(each.fix for each in findings):
            fixing.fix(url, findings, say)
            version, findings = checking.check(url)
    if not as_json and version:
        say(f"The Chat SDK's tables: {version}.")
    known = {"name": version.name, "commit": version.commit} if version else None
    tell(findings, as_json=as_json, more={"chatSdk": known})
    if not as_json:
        typer.echo("The database is up to date.")


@app.command()
def remove(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - a flag
    export: Annotated[Path | None, typer.Option(help="Where to export to; not set: a file in this folder.")] = None,
) -> None:
    """Take Quartet out of the database, exported to a file first. The Chat SDK's tables stay as they were."""
    with ready(Settings.load()) as settings, refusals_told():
        url = direct_url(settings)
        rows = removing.what_goes(url)
        if not rows:
            typer.echo("There is nothing of Quartet's in the database.")
            return
        say("\n".join(f"  {name:18} {count:8} rows" for name, count in rows.items() if count) or "  no rows")
        say('Accounts and chats stay: they are in the Chat SDK\'s "User" and "Chat". Stop every Quartet here first.')
        path = export or Path(f"quartet-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar.gz")
        if not yes:
            typer.confirm(f"Export this to {path}, and delete it from the database?", abort=True, err=True)
        count = _export(url, path)
        say(f"{count} rows are in {path}; how to bring them back stands inside.")
        removing.remove(url, say)
    typer.echo("Quartet is out of the database.")


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
    with refusals_told():
        try:
            return migrate.upgrade(direct_url(settings), say)
        except psycopg.Error as error:
            reason = str(error).strip().splitlines()[0]
            raise NotChanged(
                f"The database could not be brought up to date, and nothing of it was changed: {reason}"
            ) from None


def _export(url: str, path: Path) -> int:
    try:
        with online.connect(url) as connection:
            return exporting.write(connection, wanted(revisions()), path)
    except FileExistsError:
        raise Failed(f"{path} exists already, and nothing was removed: name another with --export.") from None
    except OSError as error:
        raise Failed(f"{path} cannot be written, and nothing was removed: {error.strerror}.") from None


@contextmanager
def refusals_told() -> Iterator[None]:
    try:
        yield
    except NotChanged as refused:
        raise Failed(str(refused)) from None


def plant(settings: Settings) -> demo.Seeded:
    """Seed the demo account."""
    return _in_transaction(settings, demo.seed)


def demo_is_open(settings: Settings) -> bool:
    return _in_transaction(settings, demo.is_open)


def is_empty(settings: Settings) -> bool:
    """Say whether nobody has an account yet."""
    with psycopg.connect(direct_url(settings)) as connection:
        return connection.execute('SELECT 1 FROM "User" LIMIT 1').fetchone() is None


def announce_upgrade(settings: Settings) -> None:
    for name in bring_up_to_date(settings):
        say(f"Database: {name}")


def _in_transaction(settings: Settings, act: Callable[[Transaction], Awaitable[T]]) -> T:
    async def run() -> T:
        database = Database(direct_url(settings), walled=settings.database.row_security == "on")
        await database.open()
        try:
            async with database.system() as tx:
                return await act(tx)
        finally:
            await database.close()

    return asyncio.run(run())
