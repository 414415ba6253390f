"""Whose the server's processes and files are: PostgreSQL refuses to run as root, so root lends it a user."""

import os
import pwd
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypedDict

from quartet.embedded.errors import EmbeddedFailed, disk_full, is_disk_full

SYSTEM_USER = "quartet-postgres"
_USERADD_TRIES = 20  # others may hold the lock of /etc/passwd
_USERADD_PAUSE = 0.25  # seconds


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[str | int]


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine: ourselves, or for root (`is_somebody_else`) the one who stands in for us."""

    name: str
    uid: int
    gid: int
    is_somebody_else: bool

    def run(self, program: Path, *arguments: str | Path, told: str = "") -> subprocess.CompletedProcess[str]:
        """Run to the end as this user, with that user's group alone, and `told` on standard input."""
        return subprocess.run(  # noqa: S603 -- PostgreSQL's programs and sh, our arguments
            [program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            input=told,
            cwd="/",
            env=_environment(),
            umask=0o077,
            **self._identity(),
        )

    def start(self, program: Path, *arguments: str | Path, log: Path) -> subprocess.Popen[bytes]:
        """Start as this user, in a session of its own, to be left running; `log` takes what it prints."""
        # The folder is that user's, and root follows no links there.
        output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            os.fchown(output, self.uid, self.gid)
            return subprocess.Popen(  # noqa: S603 -- PostgreSQL, our arguments
                [program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=_environment(),
                umask=0o077,
                start_new_session=True,
                **self._identity(),
            )
        finally:
            os.close(output)

    def _identity(self) -> _Identity:
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_somebody_else else {}

    def write(self, path: Path, text: str) -> None:
        """Write a file (0600) as this user: root must not write where another user may lay links."""
        done = self.run(Path("/bin/sh"), "-c", 'cat >"$1"', "sh", path, told=text)
        if done.returncode != 0:
            raise disk_full(path) if is_disk_full(done.stderr) else EmbeddedFailed(done.stderr.strip())

    def own_folder(self, path: Path) -> None:
        """Make a folder (0700) that belongs to this user."""
        if not os.path.lexists(path):
            path.mkdir(mode=0o700)
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    @classmethod
    def ourselves(cls) -> Self:
        return cls(str(os.geteuid()), os.geteuid(), os.getegid(), is_somebody_else=False)

    @classmethod
    def of(cls, user: pwd.struct_passwd) -> Self:
        return cls(user.pw_name, user.pw_uid, user.pw_gid, is_somebody_else=True)


def _environment() -> dict[str, str]:
    """Nothing of ours that is not needed: it holds keys, and PGPORT and its like would change what we start."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "TZDIR") if name in os.environ}
    return {"PATH": os.defpath, "LC_ALL": "C", **kept}


def account_for(folder: Path, system_user: str = SYSTEM_USER) -> Account:
    """Ourselves; for root the owner of `folder`, or where there is none `system_user`, made if need be."""
    if os.geteuid() != 0:
        return Account.ourselves()
    if folder.exists() and (found := folder.stat()).st_uid != 0:
        return Account(f"number {found.st_uid}", found.st_uid, found.st_gid, is_somebody_else=True)
    return Account.of(_system_user(system_user))


def open_to(account: Account, home: Path) -> None:
    """Let `account` pass through `home`, which stays root's. Nobody else's folder is changed."""
    if _reaches(account, home):
        return
    if any(Path(user.pw_dir) == home for user in pwd.getpwall()):
        raise EmbeddedFailed(f"{home} is somebody's home: set QUARTET_HOME to a folder of its own, outside of it.")
    if home.stat().st_uid == 0:
        os.chown(home, 0, account.gid)
        home.chmod(0o710)
    if not _reaches(account, home):
        closed = next(folder for folder in (*reversed(home.parents), home) if not _reaches(account, folder))
        raise EmbeddedFailed(
            f"As root, PostgreSQL runs as the user {account.name}, who may not enter {closed}: "
            "set QUARTET_HOME to a folder elsewhere, for example /var/lib/quartet."
        )


def _reaches(account: Account, folder: Path) -> bool:
    return account.run(Path("/bin/sh"), "-c", 'cd "$1"', "sh", folder).returncode == 0


def _system_user(name: str) -> pwd.struct_passwd:
    command = [
        "useradd",
        "--system",
        "--user-group",
        "--no-create-home",
        "--shell",
        "/usr/sbin/nologin",
        name,
    ]
    reason = ""
    for _ in range(_USERADD_TRIES):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            pass
        try:
            made = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 -- fixed but for the name
        except FileNotFoundError:
            reason = "there is no `useradd` here"
            break
        if made.returncode != 0:
            reason = made.stderr.strip()
            time.sleep(_USERADD_PAUSE)
    raise EmbeddedFailed(
        f"PostgreSQL refuses to run as root, and the system user {name} cannot be made for it ({reason}): "
        f"make it (`useradd --system {name}`), start Quartet as an ordinary user, or set DATABASE_URL."
    )
