"""Looking at, waiting for and starting real processes."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil


def running(home: Path) -> list[psutil.Process]:
    """Live processes (not zombies) that have something to do with this data folder, by their command line."""
    return [process for process in psutil.process_iter() if _belongs(process, str(home))]


def postmaster(home: Path) -> psutil.Process:
    """The server itself, not one of its children."""
    return psutil.Process(int((home / "postgres" / "18" / "postmaster.pid").read_text().split()[0]))


def supervisors(home: Path) -> list[psutil.Process]:
    return [process for process in running(home) if "quartet.embedded.supervisor" in _command(process)]


def has_ended(process: psutil.Process) -> bool:
    """Say whether it runs no more, also where it ends between two looks."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def eventually(true: Callable[[], bool], seconds: float = 15) -> None:
    """Wait until `true()`, looking often; fail when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.05)


def with_path(folder: Path) -> dict[str, str]:
    """Our environment, with packages in `folder` found before the installed ones."""
    searched = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(searched)}


def _belongs(process: psutil.Process, home: str) -> bool:
    return any(home in part for part in _command(process))


def _command(process: psutil.Process) -> list[str]:
    """Its command line; empty where it has ended, also just now."""
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # a zombie is no such process to psutil
        return []
