"""A real PostgreSQL for a machine that has none: from a wheel, in the data folder, while somebody uses it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.server import leave
from quartet.embedded.unprivileged import SYSTEM_USER


class EmbeddedPostgres:
    """One process's use of the PostgreSQL that lives in `home`. The last one out of several stops it.

    Both methods block: the first start takes a second or two, later ones a fifth of that. A crash of this
    process (`kill -9` too) counts as `stop`, because a supervisor process then sees its stdin end.
    """

    def __init__(self, home: Path, *, system_user: str = SYSTEM_USER) -> None:
        self._home = home
        self._system_user = system_user
        self._supervisor: subprocess.Popen[str] | None = None

    def start(self, progress: Callable[[str], None]) -> str:
        """Returns libpq's URL of the database. `progress` is told each stage. Raises `EmbeddedFailed`."""
        self._supervisor = subprocess.Popen(  # noqa: S603 -- ourselves
            # -P: a file called json.py in the current folder is none of ours.
            [sys.executable, "-P", "-m", "quartet.embedded.supervisor", self._home, self._system_user],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for us; the database goes when we have gone
        )
        try:
            return self._listen(self._supervisor, progress)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Give the server back. Does nothing where it was not started."""
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is None:
            return
        supervisor.communicate()
        if supervisor.returncode != 0:  # it was killed, and could not do its work
            leave(self._home, self._system_user, share=None)

    @staticmethod
    def _listen(supervisor: subprocess.Popen[str], progress: Callable[[str], None]) -> str:
        for line in supervisor.stdout or ():
            told: dict[str, str] = json.loads(line)
            if "url" in told:
                return told["url"]
            if "failed" in told:
                raise EmbeddedFailed(told["failed"])
            progress(told["progress"])
        raise EmbeddedFailed(
            f"The process that looks after PostgreSQL ended unexpectedly (exit status {supervisor.wait()}): "
            "start Quartet again, or set DATABASE_URL to a PostgreSQL of your own."
        )
