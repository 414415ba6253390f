"""What a person at the terminal reads: progress in grey, failures in red, one sentence each."""

import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import typer


class Failed(Exception):
    """Something a person can mend; the text says what and how."""


def say(sentence: str) -> None:
    typer.secho(sentence, fg="bright_black", err=True)


def fail(sentence: str) -> NoReturn:
    typer.secho(sentence, fg="red", err=True)
    sys.exit(1)


def on_hang_up(do: Callable[[int, FrameType | None], None]) -> None:
    """Do this when the terminal is closed, unless `nohup` said that nothing shall happen."""
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, do)
