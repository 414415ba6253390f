"""`quartet model list · pull · use`: the model that runs on this machine."""

from collections.abc import Callable
from pathlib import Path

import typer

from quartet.cli.terminal import say
from quartet.embedded import catalogue, weights
from quartet.embedded.home import data_folder
from quartet.embedded.weights import Progress
from quartet.settings import Settings

app = typer.Typer(help="The model on this machine: see, fetch and choose it.", no_args_is_help=True)

_MEGABYTE = 1_000_000


@app.command("list")
def list_models() -> None:
    """Show the models that can run here; * marks the one in use."""
    settings = Settings.load()
    for kept in weights.state(data_folder(settings.server.home), settings.server.local_model):
        each = kept.weights
        mark = "*" if kept.is_chosen else " "
        state = "here" if kept.is_here else f"{each.download // _MEGABYTE} MB to fetch"
        typer.echo(f"{mark} {each.name:20} {state:17} {each.title}. {each.label}")


@app.command()
def pull(name: str) -> None:
    """Fetch a model; an interrupted fetch goes on where it was."""
    path = weights.pull(name, data_folder(Settings.load().server.home), progress_line())
    typer.echo(f"{name} is at {path}. Use it with `quartet model use {name}`.")


@app.command()
def use(name_or_path: str) -> None:
    """Choose the model: a name of the list, the path of a .gguf file, or `none`."""
    weights.use(name_or_path, data_folder(Settings.load().server.home))
    typer.echo(f"From the next start on, the local model is {name_or_path}.")


def fetch(home: Path, configured: str | None) -> Path | None:
    """Return the chosen weights, fetched if they are of the list and not here; None: no local model is wanted."""
    gguf = weights.chosen(home, configured)
    if gguf is None or gguf.exists():
        return gguf
    say(f"Fetching the local model {gguf.stem}, {catalogue.CATALOGUE[gguf.stem].download // _MEGABYTE} MB, once.")
    return weights.pull(gguf.stem, home, progress_line())


def progress_line() -> Callable[[Progress], None]:
    """Return what tells the progress: a line for every tenth, so that a log file reads well too."""
    told = -1

    def tell(progress: Progress) -> None:
        nonlocal told
        tenth = progress.done * 10 // progress.total if progress.total else 0
        if tenth > told:
            told = tenth
            say(f"  {tenth * 10:3} % of {progress.total // _MEGABYTE} MB")

    return tell
