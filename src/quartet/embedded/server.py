"""Users of one server: the first starts it, the last one out stops it, crashed ones do not count."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from quartet.embedded import locks, postmaster
from quartet.embedded.cluster import DATABASE, ROLE, Cluster
from quartet.embedded.distribution import binaries_for, version
from quartet.embedded.unprivileged import Account, account_for, open_to

_STARTS = "postgres.starts"  # held alone while the server is made, started or stopped
_USERS = "postgres.users"  # held shared by everyone who uses the server


@dataclass(frozen=True, slots=True)
class Joined:
    """A share in a running server; `url` is libpq's."""

    url: str
    share: locks.Lock


def join(home: Path, system_user: str, progress: Callable[[str], None]) -> Joined:
    """Use the server of `home`, which is made and started if need be. Raises `EmbeddedFailed`."""
    account = _account(home, system_user)
    with locks.exclusive(home / _STARTS):
        cluster = _cluster(home, account, progress)
        cluster.make(progress)
        password = cluster.password
        share = locks.shared(home / _USERS)
        try:
            sockets = postmaster.ensure_running(cluster, progress)
        except BaseException:
            share.release()
            raise
        return Joined(_url(password, sockets), share)


def leave(home: Path, system_user: str, share: locks.Lock | None) -> None:
    """Stop using the server of `home`, and stop it where nobody else uses it."""
    with locks.exclusive(home / _STARTS):
        if share:
            share.release()
        alone = locks.exclusive_if_free(home / _USERS)
        if alone:
            with alone:
                postmaster.stop(_cluster(home, _account(home, system_user), progress=lambda _: None))


def _account(home: Path, system_user: str) -> Account:
    account = account_for(home / "postgres", system_user)
    if account.is_somebody_else:
        open_to(account, home)
    return account


def _cluster(home: Path, account: Account, progress: Callable[[str], None]) -> Cluster:
    account.own_folder(home / "postgres")
    programs = binaries_for(account, home, progress)
    return Cluster(home, account, programs, version(programs)[0])


def _url(password: str, sockets: Path) -> str:
    return f"postgresql://{ROLE}:{quote(password, safe='')}@/{DATABASE}?host={quote(str(sockets), safe='')}"
