"""`quartet` as a person runs it: real processes."""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

from embedded.processes import has_ended

COMMAND = [sys.executable, "-c", "from quartet.cli import main; main()"]
_WORKER = "spawn_main"


def environment(home: Path, **changed: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUARTET_", "DATABASE_"))}
    return kept | {"QUARTET_HOME": str(home), "QUARTET_PORT": "0", "QUARTET_LOCAL_MODEL": "none"} | changed


def run(*arguments: str, home: Path, folder: Path | None = None, **changed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(home, **changed),
        cwd=folder or tempfile.gettempdir(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


class Served:
    """A running `quartet serve`."""

    def __init__(self, home: Path, *arguments: str, **changed: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "serve", *arguments],
            env=environment(home, **changed),
            cwd=home,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout
        self.welcome = ""
        for line in self.process.stdout:
            self.welcome += line
            if "Ctrl-C" in line:
                break
        self.address = next((word for word in self.welcome.split() if word.startswith("http")), "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self.process:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def workers(self) -> list[psutil.Process]:
        """Return the server processes of one that has several."""
        alive = []
        for each in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # it has just ended
                if any(_WORKER in part for part in each.cmdline()):
                    alive.append(each)
        return alive

    def end(self, how: signal.Signals) -> int:
        """Send a signal to the whole group, as a terminal does; return the exit code."""
        os.killpg(self.process.pid, how)
        with self.process:
            return self.process.wait(30)


async def gone(processes: list[psutil.Process]) -> bool:
    return all(has_ended(each) for each in processes)
