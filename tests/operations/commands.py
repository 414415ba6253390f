"""`quartet` as a person runs it, watched while it runs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_COMMAND = (sys.executable, "-c", "from quartet.cli import main; main()")


@dataclass
class Running:
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def until(self, marker: str) -> None:
        """Wait until it says this."""
        for line in self.process.stderr or ():
            self.said.append(line)
            if marker in line:
                return
        raise AssertionError(f"{marker!r} was not said: {self.said}")


@contextmanager
def started(home: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    with subprocess.Popen(
        [*_COMMAND, *arguments],
        env=_environment(home, environment),
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


def quartet(
    home: Path,
    *arguments: str,
    under: tuple[str, ...] = (),
    given: bytes = b"",
    output: int = subprocess.PIPE,
    **environment: str,
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*under, *_COMMAND, *arguments],
        env=_environment(home, environment),
        cwd=home,
        input=given,
        stdout=output,
        stderr=subprocess.PIPE,
        timeout=120,
        check=False,
    )


def _environment(home: Path, changed: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUARTET_", "DATABASE_"))}
    return kept | {"QUARTET_HOME": str(home), "QUARTET_LOCAL_MODEL": "none"} | changed
