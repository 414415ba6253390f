"""`quartet backup` and `quartet restore`."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from quartet.cli.machine import direct_url, ready
from quartet.cli.terminal import Failed, say
from quartet.operations import backup as backing_up
from quartet.operations import restoring
from quartet.operations.errors import NotDone
from quartet.settings import Settings

_PIPE = Path("-")


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="Where to; `-`: standard output; not set: a file in this folder.")
    ] = None,
    schema_only: Annotated[bool, typer.Option("--schema-only", help="No rows.")] = False,  # noqa: FBT002 - a flag
    data_only: Annotated[bool, typer.Option("--data-only", help="No tables, only rows.")] = False,  # noqa: FBT002 - a flag
    only_ours: Annotated[bool, typer.Option("--only-ours", help="Without the Chat SDK's tables.")] = False,  # noqa: FBT002 - a flag
    verify: Annotated[
        bool | None,
        typer.Option(help="Restore it for a proof, and compare every row; not set: up to 1 GiB."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Write the database as it is at one moment, while others use it: PostgreSQL's custom format."""
    if schema_only and data_only:
        raise Failed("--schema-only and --data-only leave nothing: take one of them.")
    what = backing_up.What(schema=not data_only, data=not schema_only, only_ours=only_ours)
    if verify and (file == _PIPE or not what.is_all):
        raise Failed("Only a whole backup, in a file, can be restored for a proof: leave out --verify.")
    loaded = Settings.load()
    with ready(loaded) as settings, told():
        url = direct_url(settings)
        backing_up.refuse_nothing(url)
        if file == _PIPE:
            if sys.stdout.isatty():
                raise Failed("A backup is no text to look at: send it on (`quartet backup - > FILE`), or name a file.")
            # With PYTHONUNBUFFERED, sys.stdout.buffer is none and may write less than it was given.
            with os.fdopen(sys.stdout.fileno(), "wb", closefd=False) as output:
                held = backing_up.to_stream(url, output, what, say)
        else:
            file = file or Path(f"quartet-{datetime.now(UTC):%Y%m%d-%H%M%S}.dump")
            is_embedded = loaded.database.url is None
            held = backing_up.to_file(url, file, what, say, force=force, proven=verify, is_embedded=is_embedded)
    if settings.server.files:
        say(f"Pictures in {settings.server.files} are not in it: back that folder up too.")
    rows = f"{sum(count for count, _ in held.values()):,} rows"
    say(f"{rows if what.data else 'The tables'} are in {'the backup' if file == _PIPE else file}.")


def restore(
    file: Annotated[Path | None, typer.Argument(help="A backup; `-`: standard input.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002 - a flag
    drop_old: Annotated[  # noqa: FBT002 - a flag
        bool,
        typer.Option("--drop-old", help="Do not keep the replaced database; without a file: drop the kept ones."),
    ] = False,
) -> None:
    """Put a backup in the place of the database, in one stroke: whoever is interrupted has the old one whole."""
    if file is None and not drop_old:
        raise Failed("Name the backup: quartet restore FILE.")
    if file == _PIPE and not yes:
        raise Failed("With the backup on standard input nobody can be asked: add --yes.")
    loaded = Settings.load()
    is_embedded = loaded.database.url is None
    with ready(loaded) as settings, told():
        url = direct_url(settings)
        if file is None:
            _drop_kept(url, is_embedded=is_embedded, yes=yes)
            return
        with _named(file) as path, restoring.prepared(url, path, say, is_embedded=is_embedded) as about:
            say(about.summary())
            if not yes:
                typer.confirm("Go on?", abort=True, err=True)
            kept = about.run(drop_old=drop_old)
    if kept:
        say(f'The replaced database is kept as "{kept}". When you need it no more: quartet restore --drop-old')
    typer.echo("The backup is restored.")


def _drop_kept(url: str, *, is_embedded: bool, yes: bool) -> None:
    dropped = 0
    for name in restoring.drop_kept(url, is_embedded=is_embedded):
        if not yes:
            typer.confirm(f'Drop the database "{name}", for good?', abort=True, err=True)
        say(f'Dropping "{name}".')
        dropped += 1
    typer.echo(f"Dropped: {dropped}." if dropped else "There was none to drop.")


@contextmanager
def _named(file: Path) -> Iterator[Path]:
    """Yield a file that can be read twice: standard input is written to one first."""
    if file != _PIPE:
        yield file
        return
    with tempfile.NamedTemporaryFile(prefix="quartet-restore-") as spool:
        try:
            shutil.copyfileobj(sys.stdin.buffer, spool)
            spool.flush()
        except OSError as error:
            spool.truncate(0)  # what is in its buffer still would not fit either
            raise Failed(
                f"Standard input cannot be kept in {tempfile.gettempdir()}: {error.strerror}. Set TMPDIR to a folder "
                "with room, or name the file."
            ) from None
        try:
            yield Path(spool.name)
        except NotDone as refused:
            raise NotDone(str(refused).replace(spool.name, "Standard input")) from None


@contextmanager
def told() -> Iterator[None]:
    try:
        yield
    except NotDone as refused:
        raise Failed(str(refused)) from None
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise Failed(f"The database stopped it, and what was there is there still: {reason}") from None
