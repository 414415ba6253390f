"""How the parts that a fresh machine gets say that they cannot."""

import errno

NO_SPACE = "No space left on device"


class EmbeddedFailed(Exception):
    """What went wrong on this machine and what to do about it: `str()` is a sentence for a person."""


def is_disk_full(reason: OSError | str) -> bool:
    """Whether an error, or what a program printed, means that the disk (or a quota on it) is full."""
    if isinstance(reason, OSError):
        return reason.errno in {errno.ENOSPC, errno.EDQUOT}
    return NO_SPACE in reason or "Disk quota exceeded" in reason


def disk_full(where: object) -> EmbeddedFailed:
    return EmbeddedFailed(
        f"The disk that holds {where} is full: make room on it, or set QUARTET_HOME to a folder elsewhere."
    )
