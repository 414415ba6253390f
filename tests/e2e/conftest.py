"""What the end-to-end tests stand on: the built wheel as a process, a real browser, and npm's packages."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def npm_packages() -> Path:
    """The folder of the packages of `clients/package-lock.json`, installed when that has changed."""
    clients = HERE / "clients"
    installed, wanted = clients / "node_modules/.package-lock.json", clients / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < wanted.stat().st_mtime:
        bin_ = Path(sys.executable).parent
        subprocess.run(
            [bin_ / "npm", "ci", "--loglevel=error"], cwd=clients, env={"PATH": f"{bin_}:/usr/bin:/bin"}, check=True
        )
    return clients / "node_modules"
