"""Files that have their name only when they are whole."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from quartet.operations.errors import NotDone


@contextmanager
def unfinished(path: Path, *, force: bool = False) -> Iterator[IO[bytes]]:
    """Yield an empty file (0600) beside `path`, which gets that name at the end, on the disk; else it is gone.

    What a killed process left is written over. Raises `NotDone`; `force`: not where `path` is there.
    """
    if path.is_dir():
        raise NotDone(f"{path} is a folder: name a file in it.")
    if path.exists() and not force:
        raise NotDone(f"{path} exists already: name another file, or write over it with --force.")
    name = path.with_name(f".{path.name}.unfinished")
    try:
        os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600))
        file = name.open("rb+")
    except OSError as error:
        raise NotDone(f"{path} cannot be written: {error.strerror}.") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotDone(f"Somebody else is writing {path} just now.") from None
        try:
            os.fchmod(file.fileno(), 0o600)
            file.truncate()
            yield file
            file.flush()
            os.fsync(file.fileno())
            name.rename(path)
            _keep_folder(path.parent)
        except OSError as error:
            name.unlink(missing_ok=True)
            raise NotDone(f"{path} could not be written: {error.strerror}. There is no such file.") from error
        except BaseException:
            name.unlink(missing_ok=True)
            raise


def sweep(folder: Path, names: str) -> None:
    """Remove what killed processes left of files with such names."""
    for left in folder.glob(f".{names}.unfinished"):
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # whoever is writing it holds this
            left.unlink()


def _keep_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
