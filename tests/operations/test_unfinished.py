"""What a backup that was ended leaves behind."""

import signal
from pathlib import Path

from operations.commands import quartet, started


def test_one_that_is_ended_leaves_nothing_and_a_killed_one_is_tidied_up_after(url: str, folder: Path):
    def dumps() -> list[str]:
        return sorted(each.name for each in folder.iterdir() if ".dump" in each.name)

    for ending, left in ((signal.SIGTERM, []), (signal.SIGHUP, []), (signal.SIGKILL, [".monday.dump.unfinished"])):
        with started(folder, "backup", "monday.dump", "--verify", DATABASE_URL=url) as running:
            running.until("for a proof")
            running.process.send_signal(ending)
            assert running.process.wait(30) != 0
        assert dumps() == left, ending
    assert quartet(folder, "backup", "tuesday.dump", DATABASE_URL=url).returncode == 0
    assert dumps() == ["tuesday.dump"]
