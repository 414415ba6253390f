"""Locks between processes of one machine: flock(2), which the kernel frees however the holder dies."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from quartet.embedded.errors import EmbeddedFailed, disk_full, is_disk_full

if sys.platform != "win32":
    import fcntl


class Lock:
    """A lock that is held until `release`, the end of the `with` block, or the end of the process.

    `fd` may be passed on to a child: then the lock is free only when that child has ended too.
    """

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def release(self) -> None:
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()


def exclusive(path: Path) -> Lock:
    """Wait until nobody else holds `path`, and hold it alone."""
    fd = _open(path)
    fcntl.flock(fd, fcntl.LOCK_EX)
    return Lock(fd)


def shared(path: Path) -> Lock:
    """Hold `path` beside others who hold it shared."""
    fd = _open(path)
    fcntl.flock(fd, fcntl.LOCK_SH)
    return Lock(fd)


def exclusive_if_free(path: Path) -> Lock | None:
    """Hold `path` alone, or None where anybody else holds it."""
    fd = _open(path)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(fd)
        return None
    return Lock(fd)


def _open(path: Path) -> int:
    if sys.platform == "win32":
        raise EmbeddedFailed(
            "The embedded database and model run on Linux and macOS: "
            "on Windows use WSL, or set DATABASE_URL and a model provider's key."
        )
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as refused:
        if is_disk_full(refused):
            raise disk_full(path) from refused
        raise EmbeddedFailed(
            f"{path} cannot be opened ({(refused.strerror or str(refused)).lower()}): another user may have "
            "started Quartet with this data folder. Start it as that user, or set QUARTET_HOME elsewhere."
        ) from refused
