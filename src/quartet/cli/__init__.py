"""The command `quartet`: the only place that reads settings and starts things."""

import signal
import sys
from types import FrameType
from typing import Annotated, NoReturn

import psycopg
import typer
from pydantic import ValidationError

from quartet import __version__
from quartet.cli import (
    archive,
    backup,
    billing,
    database,
    dev,
    doctor,
    local_model,
    machine,
    openapi,
    serve,
    statistics,
    terminal,
)
from quartet.embedded.errors import EmbeddedFailed
from quartet.settings import NotRead, prefix_of

app = typer.Typer(
    help="Quartet: an AI chat whose system prompt you compose from parts you own.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("seed")(database.seed)
app.command("tidy")(database.tidy)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("archive")(archive.archive)
app.command("doctor")(doctor.doctor)
app.command("openapi")(openapi.openapi)
database.app.command("stats")(statistics.stats)
database.app.command("maintain")(statistics.maintain)
app.add_typer(database.app, name="db")
app.add_typer(local_model.app, name="model")
app.add_typer(billing.app, name="billing")
app.add_typer(dev.app, name="dev")


def _tell_version(wanted: bool) -> None:  # noqa: FBT001 - a flag
    if wanted:
        typer.echo(f"Quartet {__version__}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[  # noqa: FBT002 - a flag, which its callback answers
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """What `quartet` takes before a command."""


def main() -> None:
    """Run; whatever a person can mend ends as one sentence and exit code 1."""
    signal.signal(signal.SIGTERM, _leave)
    terminal.on_hang_up(_leave)
    try:
        app()
    except (EmbeddedFailed, NotRead, terminal.Failed) as failed:
        terminal.fail(str(failed))
    except psycopg.Error as error:
        terminal.fail(f"The database stopped it: {machine.why(error)}.")
    except ValidationError as error:
        wrong = error.errors()[0]
        field = "_".join(str(step) for step in wrong["loc"])
        why = wrong["msg"].removeprefix("Value error, ")  # what the library puts before our own
        terminal.fail(f"The setting {prefix_of(error.title)}{field.upper()} is wrong: {why}.")
    except KeyboardInterrupt:
        sys.exit(130)


def _leave(number: int, _: FrameType | None) -> NoReturn:
    """End as an exit does, so that nothing is left lying about."""
    sys.exit(128 + number)
