"""`quartet archive`: old chats into a file, and back."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from quartet.chats.storage import Storage
from quartet.cli.backup import told
from quartet.cli.machine import direct_url, ready
from quartet.cli.terminal import Failed, say
from quartet.core.database import Database
from quartet.operations import archive as archiving
from quartet.operations import unarchive
from quartet.settings import Settings

T = TypeVar("T")


def archive(
    older_than: Annotated[
        str | None, typer.Option(help="Chats in which nothing was said for so long: 365d.", metavar="DAYS")
    ] = None,
    into: Annotated[Path | None, typer.Option(help="The folder; not set: `archive` in the data folder.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,  # noqa: FBT002 - a flag
    restore: Annotated[Path | None, typer.Option(help="Bring the chats of this file back.")] = None,
    user: Annotated[str | None, typer.Option(help="With --restore: only those of this e-mail address.")] = None,
) -> None:
    """Move old chats from the database to a file (gzip, a JSON object a line), or bring them back."""
    if (older_than is None) == (restore is None):
        raise Failed("Say which chats: quartet archive --older-than 365d, or which file: --restore FILE.")
    if restore and (into or dry_run):
        raise Failed("--into and --dry-run go with --older-than.")
    if user and not restore:
        raise Failed("--user goes with --restore.")
    days = _days(older_than) if older_than else 0
    with ready(Settings.load()) as settings, told():
        if restore:
            _bring_back(settings, restore, user)
        elif dry_run:
            _count(settings, days)
        else:
            _put_away(settings, days, into or _home(settings) / "archive")


def _put_away(settings: Settings, days: int, folder: Path) -> None:
    before = archiving.moment_before(days)
    done = _run(settings, lambda database, storage: archiving.put_away(database, storage, folder, before, say))
    if done is None:
        typer.echo("There are no such chats.")
        return
    if done.changed:
        say(f"{done.changed:,} chats changed meanwhile and stay.")
    typer.echo(f"{done.chats:,} chats ({done.rows:,} rows) went from the database to {done.path}.")


def _count(settings: Settings, days: int) -> None:
    before = archiving.moment_before(days)
    chats, people, messages = _run(settings, lambda database, _: archiving.count(database, before))
    typer.echo(f"{chats:,} chats of {people:,} people, with {messages:,} messages, would go.")


def _bring_back(settings: Settings, path: Path, email: str | None) -> None:
    done = _run(settings, lambda database, storage: unarchive.bring_back(database, storage, path, email, say))
    if done.there:
        say(f"{done.there:,} chats are there already and stay as they are.")
    if done.ownerless:
        say(f"{done.ownerless:,} chats stay in the file: the {len(done.gone):,} accounts whose they are, are gone.")
    typer.echo(f"{done.chats:,} chats ({done.rows:,} rows) are back.")


def _run(settings: Settings, act: Callable[[Database, Storage], Awaitable[T]]) -> T:
    async def run() -> T:
        database = Database(direct_url(settings), walled=settings.database.row_security == "on")
        await database.open()
        try:
            return await act(database, Storage(settings.server.files))
        finally:
            await database.close()

    return asyncio.run(run())


def _home(settings: Settings) -> Path:
    assert settings.server.home is not None  # noqa: S101 - `ready` has set it
    return settings.server.home


def _days(text: str) -> int:
    found = re.fullmatch(r"([1-9]\d{0,4})d", text)
    if not found:
        raise Failed(f"--older-than {text} is no number of days: 365d, for example.")
    return int(found[1])
