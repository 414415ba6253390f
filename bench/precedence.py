"""Going before whatever else a shared machine does: Linux gives each session a share, and tells sessions apart.

Whoever starts the benchmark says so (`echo -15 > /proc/self/autogroup`, as root); what the benchmark starts in sessions
of its own, PostgreSQL and Chromium, is then given the same share.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

_OWN = Path("/proc/self/autogroup")
_EVERY = 1.0  # seconds


def ours() -> int:
    """Return our session's niceness; 0 where the system knows none, less goes before others."""
    try:
        return int(_OWN.read_text().split()[-1])
    except (OSError, ValueError, IndexError):
        return 0


def told() -> str:
    return f"Run before other work of the machine (session's niceness {ours()})." if ours() < 0 else ""


@contextmanager
def shared() -> Iterator[None]:
    """Give what we start our own precedence, as soon as it is there; nothing is done where we have none."""
    over = threading.Event()
    sharing = threading.Thread(target=_share, args=(over,), daemon=True)
    if ours() < 0:
        sharing.start()
    try:
        yield
    finally:
        over.set()
        if sharing.is_alive():
            sharing.join()


def _share(over: threading.Event) -> None:
    niceness, known = ours(), {os.getsid(0)}
    while not over.wait(_EVERY):
        for child in psutil.Process().children(recursive=True):
            with suppress(OSError):  # it has just ended, or is not ours to raise
                session = os.getsid(child.pid)
                if session not in known:
                    Path(f"/proc/{child.pid}/autogroup").write_text(str(niceness))
                    known.add(session)
