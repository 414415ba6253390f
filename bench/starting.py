"""How long a start takes, on an empty data folder and again, and what the server then holds while nobody asks.

`python bench/starting.py`: with the embedded PostgreSQL, without a local model.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from shutil import rmtree

import psutil
from packaging.requirements import Requirement

import quartet
from figures import Section

WARM_SECONDS = 3
WARM_STARTS = 5
_IDLE = 5  # seconds that a server is left alone before its memory is read


def main() -> None:
    measured().show()


def measured() -> Section:
    section = Section(
        "Start and rest",
        "`quartet serve` with its embedded PostgreSQL and no local model, from the command to the line that says where "
        f"to go. Memory after {_IDLE} s without a request.",
    )
    home = Path(tempfile.mkdtemp(prefix="quartet-bench-"))
    try:
        with _started(home) as (seconds, _):
            section.add("first start, on an empty folder", "s", seconds)
        warm, resident, unshared, whole = [], [], [], []
        for _ in range(WARM_STARTS):
            with _started(home) as (seconds, process):
                time.sleep(_IDLE)
                warm.append(seconds)
                resident.append(process.memory_info().rss / 1e6)
                unshared.append(process.memory_full_info().uss / 1e6)
                whole.append(_with_children(process))
        note = f"median of {WARM_STARTS}, {min(warm):.2f} to {max(warm):.2f}"
        section.add("warm start", "s", statistics.median(warm), WARM_SECONDS, note=note)
        section.add("memory of the server at rest", "MB", statistics.median(resident), note="RSS")
        section.add("of it its own", "MB", statistics.median(unshared), note="USS")
        section.add("PostgreSQL and its supervisor", "MB", statistics.median(whole), note="PSS of all their processes")
    finally:
        rmtree(home, ignore_errors=True)
    section.add("installed", "MB", installed() / 1e6, note="files of quartet-chat[embedded] and all that it needs")
    return section


@contextmanager
def _started(home: Path) -> Iterator[tuple[float, psutil.Process]]:
    """Start a server; yield how long it took and its process."""
    environment = os.environ | {
        "QUARTET_HOME": str(home),
        "QUARTET_PORT": "0",
        "QUARTET_SEED": "none",
        "QUARTET_LOCAL_MODEL": "none",
    }
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-c", "from quartet.cli import main; main()", "serve"]
    begin = time.perf_counter()
    with subprocess.Popen(command, env=environment, cwd=home, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            next(line for line in process.stdout if "ready at" in line)
            yield time.perf_counter() - begin, psutil.Process(process.pid)
        finally:
            process.terminate()


def _with_children(process: psutil.Process) -> float:
    """Add up the memory of a home's other processes; pages they share are counted once."""
    home = process.cwd()
    found = {each for each in psutil.process_iter() if each != process and _belongs(each, home)}
    family = found | {child for each in found for child in each.children(recursive=True)}
    return sum(each.memory_full_info().pss for each in family) / 1e6


def _belongs(process: psutil.Process, home: str) -> bool:
    try:
        return any(home in word for word in process.cmdline())
    except psutil.NoSuchProcess:
        return False


def installed() -> int:
    """Add up the bytes of all files that `pip install quartet-chat[embedded]` brings."""
    seen: set[str] = set()
    waiting = [Requirement("quartet-chat[embedded]")]
    size = 0
    while waiting:
        wanted = waiting.pop()
        name = wanted.name.lower().replace("_", "-").replace(".", "-")
        key = f"{name}[{','.join(sorted(wanted.extras))}]"
        if key in seen:
            continue
        is_new = not any(each.startswith(f"{name}[") for each in seen)
        seen.add(key)
        try:
            found = distribution(wanted.name)
        except PackageNotFoundError:  # for another system, or not chosen
            continue
        if is_new and name != "quartet-chat":
            size += sum(
                path.stat().st_size for each in found.files or () if (path := Path(str(each.locate()))).is_file()
            )
        for text in found.requires or ():
            needed = Requirement(text)
            extras = wanted.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(needed)
    return size + _own()


def _own() -> int:
    """Add up our own files, to which an editable installation only points."""
    folder = Path(quartet.__file__).parent
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


if __name__ == "__main__":
    main()
