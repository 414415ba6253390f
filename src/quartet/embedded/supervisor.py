"""`python -m quartet.embedded.supervisor HOME SYSTEM_USER`: one use of the embedded server, until stdin ends.

The process that needs the database holds the other end of our stdin. However it ends, by `stop` or by
`kill -9`, the kernel closes that end, and we stop the server unless somebody else uses it. All that must be
neither half done nor forgotten (making the data folder, starting, stopping) happens here, out of reach of
what befalls our parent.

Told to the parent, a JSON object a line: any number of `{"progress": "..."}`, then `{"url": "..."}` or
`{"failed": "..."}`.
"""

import json
import os
import signal
import sys
from pathlib import Path

from quartet.embedded.errors import EmbeddedFailed, disk_full, is_disk_full
from quartet.embedded.server import join, leave


def main(home: Path, system_user: str) -> int:
    for stop_signal in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A terminal or an init system signals all of us, and we go when our parent has gone.
        # A handler and not SIG_IGN, which PostgreSQL would inherit.
        signal.signal(stop_signal, lambda *_: None)
    share = None
    try:
        joined = join(home, system_user, lambda stage: _tell(progress=stage))
        share = joined.share
        _tell(url=joined.url)
        sys.stdin.buffer.read()
    except EmbeddedFailed as failed:
        _tell(failed=str(failed))
        return 0
    except OSError as refused:
        _tell(failed=str(disk_full(home) if is_disk_full(refused) else f"PostgreSQL cannot be set up: {refused}."))
        return 0
    leave(home, system_user, share)
    return 0


def _tell(**message: str) -> None:
    try:
        print(json.dumps(message), flush=True)  # noqa: T201 -- stdout is the channel to our parent
    except BrokenPipeError:  # our parent is gone; the end of stdin will say so
        sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
