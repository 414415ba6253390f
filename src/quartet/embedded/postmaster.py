"""Starting and stopping the server of one data folder. The caller holds the start lock."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from quartet.embedded.cluster import SOCKET, Cluster
from quartet.embedded.errors import EmbeddedFailed

# No system gives out this process id (Linux ends at 2^22), so the line names nobody.
_NOBODY = 2**31 - 1
_ORPHANS_LEAVE = 10.0  # seconds; backends of a killed postmaster leave within about one
_LOG_KEPT = 1_000_000  # bytes, before the log is put aside at a start
_LOOK_EVERY = 0.02  # seconds between two looks at `postmaster.pid`
_STOPS_WITHIN = 60.0  # seconds
_READY_WITHIN = 300.0  # seconds; recovery after a crash reads all of the log that was not checkpointed


@dataclass(frozen=True, slots=True)
class _PidFile:
    """What we read of `postmaster.pid` (its lines: PostgreSQL's `src/include/utils/pidfile.h`)."""

    pid: int
    sockets: str
    status: str


def ensure_running(cluster: Cluster, progress: Callable[[str], None]) -> Path:
    """Start the server unless it runs, and wait until it answers. Returns the folder of its socket."""
    if running := _wait_until_settled(cluster):
        return Path(running.sockets)
    sockets = cluster.socket_folder()
    if not _answers(sockets):
        progress("Starting PostgreSQL")
        cluster.configure(sockets)
        _neutralise(cluster)
        _start(cluster, sockets)
    return sockets


def stop(cluster: Cluster) -> None:
    """Stop the server where it runs: clients are cut off, what was committed is on disk."""
    for shutdown in (signal.SIGINT, signal.SIGQUIT):  # PostgreSQL's fast one, then the immediate one
        deadline = time.monotonic() + _STOPS_WITHIN
        if running := _running(cluster):
            with suppress(ProcessLookupError):
                os.kill(running.pid, shutdown)
        while _running(cluster) and time.monotonic() < deadline:
            time.sleep(_LOOK_EVERY)


def _running(cluster: Cluster) -> _PidFile | None:
    """Believe a process id only where it is a live `postgres` of this very folder: numbers are used again."""
    try:
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
        process = psutil.Process(int(lines[0]))
        is_ours = (
            process.status() != psutil.STATUS_ZOMBIE
            and process.name() == "postgres"
            and str(cluster.data) in process.cmdline()
        )
    except (FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
        return None
    padded = [*lines, *[""] * 8]
    return _PidFile(process.pid, sockets=padded[4], status=padded[7].strip()) if is_ours else None


def _answers(sockets: Path) -> bool:
    """Whether a server listens there whose process we cannot see: one in another container, on the same volume."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(sockets / SOCKET)) == 0


def _wait_until_settled(cluster: Cluster) -> _PidFile | None:
    """Another process may have been killed while its server was starting or stopping."""
    deadline = time.monotonic() + _READY_WITHIN
    while (running := _running(cluster)) and running.status != "ready":
        if running.status == "stopping":
            stop(cluster)  # politely stopping, it would wait for its last client
        if time.monotonic() > deadline:
            raise EmbeddedFailed(
                f"PostgreSQL (process {running.pid}) has been starting for {_READY_WITHIN:.0f} seconds. "
                f"Its log is {cluster.log}."
            )
        time.sleep(_LOOK_EVERY)
    return running


def _neutralise(cluster: Cluster) -> None:
    """Make a `postmaster.pid` that a crash left name nobody, whoever has got that number since.

    The rest of it stays: its shared memory key is how PostgreSQL sees that orphans still use the folder.
    """
    path = cluster.data / "postmaster.pid"
    if path.exists():
        rest = path.read_text().partition("\n")[2]
        cluster.account.write(path, f"{_NOBODY}\n{rest}")


def _start(cluster: Cluster, sockets: Path) -> None:
    # It names a process too, and the folder is nobody's but ours: the data is guarded by `postmaster.pid`.
    (sockets / f"{SOCKET}.lock").unlink(missing_ok=True)
    if cluster.log.exists() and cluster.log.stat().st_size > _LOG_KEPT:
        cluster.log.replace(cluster.log.with_suffix(".log.1"))
    orphans_leave = time.monotonic() + _ORPHANS_LEAVE
    while True:
        before = cluster.log.stat().st_size if cluster.log.exists() else 0
        # Not by `pg_ctl`, which puts our paths, unquoted, into a shell's command line.
        process = cluster.account.start(cluster.binaries / "postgres", "-D", cluster.data, log=cluster.log)
        if _becomes_ready(cluster, process):
            return
        told = _read_from(cluster.log, before)
        if "pre-existing shared memory block" not in told or time.monotonic() > orphans_leave:
            stop(cluster)  # where it is we who lost patience
            raise cluster.failure("PostgreSQL did not start", told)
        time.sleep(0.2)


def _becomes_ready(cluster: Cluster, process: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + _READY_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        if (running := _running(cluster)) and running.status == "ready":
            return True
        time.sleep(_LOOK_EVERY)
    return False


def _read_from(log: Path, offset: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")
