"""Starting and stopping the server of one data folder. The caller holds the start lock."""

import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from quartet.embedded.cluster import Cluster
from quartet.embedded.errors import EmbeddedFailed

# No system gives out this process id (Linux ends at 2^22), so the line names nobody.
_NOBODY = 2**31 - 1
_ORPHANS_LEAVE = 10.0  # seconds; backends of a killed postmaster leave within about one
_LOG_KEPT = 1_000_000  # bytes, before the log is put aside at a start
_STATUS_WAIT = 300.0  # seconds; recovery after a crash reads all of the log that was not checkpointed


@dataclass(frozen=True, slots=True)
class _PidFile:
    """What we read of `postmaster.pid` (its lines: PostgreSQL's `src/include/utils/pidfile.h`)."""

    pid: int
    sockets: str
    status: str


def ensure_running(cluster: Cluster) -> Path:
    """Start the server unless it runs, and wait until it answers. Returns the folder of its socket."""
    running = _wait_until_settled(cluster)
    if running is None:
        sockets = cluster.socket_folder()
        cluster.configure(sockets)
        _neutralise(cluster)
        _start(cluster, sockets)
        return sockets
    return Path(running.sockets)


def stop(cluster: Cluster) -> None:
    """Stop the server where it runs: clients are cut off, what was committed is on disk."""
    for how in ("fast", "immediate"):
        if _running(cluster) is None:
            return
        cluster.account.run(cluster.binaries / "pg_ctl", "-D", cluster.data, "-w", "-t", "60", "-m", how, "stop")


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


def _wait_until_settled(cluster: Cluster) -> _PidFile | None:
    """Another process may have been killed while its server was starting or stopping."""
    deadline = time.monotonic() + _STATUS_WAIT
    while (running := _running(cluster)) and running.status != "ready":
        if running.status == "stopping":
            stop(cluster)  # politely stopping, it would wait for its last client
        if time.monotonic() > deadline:
            raise EmbeddedFailed(
                f"PostgreSQL (process {running.pid}) has been starting for {_STATUS_WAIT:.0f} seconds. "
                f"Its log is {cluster.log}."
            )
        time.sleep(0.05)
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
    (sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
    if cluster.log.exists() and cluster.log.stat().st_size > _LOG_KEPT:
        cluster.log.replace(cluster.log.with_suffix(".log.1"))
    deadline = time.monotonic() + _ORPHANS_LEAVE
    while True:
        before = cluster.log.stat().st_size if cluster.log.exists() else 0
        tried = cluster.account.run(
            cluster.binaries / "pg_ctl", "-D", cluster.data, "-w", "-t", "300", "-l", cluster.log, "start"
        )
        if tried.returncode == 0:
            return
        told = _read_from(cluster.log, before)
        if "pre-existing shared memory block" not in told or time.monotonic() > deadline:
            stop(cluster)  # where `pg_ctl` only lost its patience
            raise cluster.failure("PostgreSQL did not start", f"{tried.stdout}{tried.stderr}\n{told}")
        time.sleep(0.2)


def _read_from(log: Path, offset: int) -> str:
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(offset)
        return file.read().decode(errors="replace")
