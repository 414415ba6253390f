"""What a person at the terminal reads: progress in grey, failures in red, one sentence each."""

import sys
from typing import NoReturn

import typer


class Failed(Exception):
    """Something a person can mend; the text says what and how."""


def say(sentence: str) -> None:
    typer.secho(sentence, fg="bright_black", err=True)


def fail(sentence: str) -> NoReturn:
    typer.secho(sentence, fg="red", err=True)
    sys.exit(1)
