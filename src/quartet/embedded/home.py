"""The data folder: where Quartet keeps what is this machine's own."""

import os
import tempfile
from pathlib import Path

import platformdirs

from quartet.embedded.errors import EmbeddedFailed, disk_full, is_disk_full


def data_folder(configured: Path | None) -> Path:
    """The folder, absolute, made if need be (0700), known to be writable.

    `configured` is QUARTET_HOME; without it the platform's own place for a user's data, and
    `/var/lib/quartet` for root, whose home no other user may enter (PostgreSQL refuses to run as root).
    Raises `EmbeddedFailed`.
    """
    try:
        folder = _absolute(configured or _platform_folder())
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as refused:
        raise _refusal(configured or _platform_folder(), refused) from refused


def _platform_folder() -> Path:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/quartet")
    return platformdirs.user_data_path("quartet", appauthor=False)


def _absolute(folder: Path) -> Path:
    try:
        return folder.expanduser().resolve()
    except RuntimeError as unknown:  # `~somebody` who is not there; or a loop of links, before Python 3.13
        raise EmbeddedFailed(f"QUARTET_HOME is no folder on this machine: {folder} ({unknown}).") from unknown


def _refusal(folder: Path, refused: OSError) -> EmbeddedFailed:
    if is_disk_full(refused):
        return disk_full(folder)
    reason = (refused.strerror or str(refused)).lower()
    return EmbeddedFailed(
        f"Quartet cannot keep its data in {folder} ({reason}): set QUARTET_HOME to a folder that it may write."
    )
