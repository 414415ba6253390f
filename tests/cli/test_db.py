"""`quartet db …` and `quartet doctor` as a person runs them, beside a Chat SDK and alone."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest

from conftest import a_database
from llm.peer import VendorPeer
from migrations import sdk
from migrations.catalogs import catalog, difference
from quartet.embedded.postgres import EmbeddedPostgres
from quartet.migrations.chat_sdk import SPEC


def quartet(home: Path, *arguments: str, answer: str = "", **changed: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUARTET_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-c", "from quartet.cli import main; main()", *arguments],
        env=kept | {"QUARTET_HOME": str(home), "QUARTET_LOCAL_MODEL": "none"} | changed,
        cwd=home,
        input=answer,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def url(postgres_url: str, database_url: str, worker_id: str) -> str:
    """A Chat SDK's database. The one of `database_url` keeps our roles in the cluster."""
    url = a_database(postgres_url, f"cli_db_{worker_id}")
    with psycopg.connect(url, autocommit=True) as connection:
        sdk.build(connection, SPEC)
        sdk.fill(connection, SPEC)
    return url


def test_adopt_check_fix_and_leave(home: Path, url: str):
    with psycopg.connect(url, autocommit=True) as theirs:
        before = catalog(theirs)
        adopted = quartet(home, "db", "upgrade", DATABASE_URL=url)
        assert adopted.returncode == 0
        assert "Found the tables of a Chat SDK, September to December 2025 (5f9e231)." in adopted.stderr
        assert 'The index "message_chat_created_idx" on "Message_v2" was built.' in adopted.stderr
        checked = quartet(home, "db", "check", DATABASE_URL=url)
        assert (checked.returncode, checked.stdout) == (0, "The database is up to date.\n")
        assert "Note: More than one account has the same e-mail address: theirs@example.com (3)." in checked.stderr
        theirs.execute('DROP TABLE "Trash"')
        broken = quartet(home, "db", "check", "--json", DATABASE_URL=url)
        told = json.loads(broken.stdout)
        assert (broken.returncode, told["ok"], told["chatSdk"]) == (1, False, {"name": "spec", "commit": "5f9e231"})
        assert [each["what"] for each in told["findings"] if each["isTrouble"]] == [
            'Parts of Quartet are lost, as after the Chat SDK\'s `pnpm db:push`: table "Trash".'
        ]
        fixed = quartet(home, "db", "check", "--fix", DATABASE_URL=url)
        assert fixed.returncode == 0, fixed.stderr
        assert 'Adding the six columns to "User": done.' in fixed.stderr
        theirs.execute('ALTER TABLE "User" DROP "name", DROP "image", DROP "emailVerified", DROP "isAnonymous"')
        theirs.execute('ALTER TABLE "User" DROP "createdAt", DROP "updatedAt"')
        refused = quartet(home, "db", "remove", answer="n\n", DATABASE_URL=url)
        assert refused.returncode == 1
        assert not list(home.glob("*.tar.gz"))
        left = quartet(home, "db", "remove", "--yes", DATABASE_URL=url)
        assert (left.returncode, left.stdout) == (0, "Quartet is out of the database.\n")
        assert difference(before, catalog(theirs)) == {}
    (archive,) = home.glob("quartet-*.tar.gz")
    with tarfile.open(archive) as opened:
        assert {"README.txt", "restore.sql", "Component.csv", "Chat.csv"} <= set(opened.getnames())


def test_an_export_that_cannot_be_written_removes_nothing(home: Path, url: str):
    quartet(home, "db", "upgrade", DATABASE_URL=url)
    (home / "there.tar.gz").write_text("mine")
    refused = quartet(home, "db", "remove", "--yes", "--export", "there.tar.gz", DATABASE_URL=url)
    assert refused.returncode == 1
    assert "there.tar.gz exists already, and nothing was removed" in refused.stderr
    assert (home / "there.tar.gz").read_text() == "mine"
    with psycopg.connect(url) as connection:
        connection.execute('SELECT 1 FROM "Preset"')


def test_what_stands_in_the_way_is_one_sentence(home: Path, url: str):
    with psycopg.connect(url, autocommit=True) as theirs:
        theirs.execute('CREATE TABLE "Usage" ("id" int)')
    refused = quartet(home, "db", "upgrade", DATABASE_URL=url)
    assert refused.returncode == 1
    assert refused.stderr == (
        'There is a table "Usage" already, and it is not ours: it has no column "messageId". '
        "Give it another name, or Quartet another database. Nothing was changed.\n"
    )


def test_in_a_cluster_of_its_own_the_roles_go_too(home: Path):
    postgres = EmbeddedPostgres(home)
    url = postgres.start(lambda _: None)
    try:
        with psycopg.connect(url, autocommit=True) as theirs:
            sdk.build(theirs, SPEC)
            before = catalog(theirs, roles=True)
            assert quartet(home, "db", "upgrade").returncode == 0
            assert ("quartet_app",) in catalog(theirs, roles=True)["roles"]
            left = quartet(home, "db", "remove", "--yes")
            assert left.returncode == 0, left.stderr
            assert "stays" not in left.stderr
            assert difference(before, catalog(theirs, roles=True)) == {}
        assert quartet(home, "db", "remove").stdout == "There is nothing of Quartet's in the database.\n"
    finally:
        postgres.stop()


def test_the_doctor_finds_nothing_where_all_is_well(home: Path, database_url: str, vendor: VendorPeer):
    pictures = home / "made by/the first picture"
    settings = {
        "DATABASE_URL": database_url,
        "OPENAI_API_KEY": "sk-test",
        "OPENAI_BASE_URL": vendor.openai_url,
        "QUARTET_FILES": str(pictures),
    }
    early = quartet(home, "doctor", **settings)
    assert (early.returncode, early.stdout) == (0, "All is well.\n"), early.stderr
    # A share that is not mounted looks the same: it is told, though it may be as it should.
    assert f"Note: The folder of QUARTET_FILES, {pictures}, is not there yet." in early.stderr
    pictures.mkdir(parents=True)
    well = quartet(home, "doctor", **settings)
    assert (well.returncode, well.stdout) == (0, "All is well.\n"), well.stderr
    assert "QUARTET_FILES" not in well.stderr


def test_the_doctor_names_everything_at_once(home: Path, url: str):
    in_the_way = home / "a file"
    in_the_way.touch()
    ill = quartet(
        home,
        "doctor",
        "--json",
        DATABASE_URL=url,
        OPENAI_API_KEY="",
        OPENAI_BASE_URL="http://127.0.0.1:1/v1",
        REDIS_URL="redis://127.0.0.1:1",
        QUARTET_FILES=str(in_the_way / "pictures"),
        POLAR_ACCESS_TOKEN="polar",
        OAUTH_GITHUB_CLIENT_ID="x",
    )
    assert ill.returncode == 1
    told = [each["what"] for each in json.loads(ill.stdout)["findings"] if each["isTrouble"]]
    for beginning in (
        "Plans are sold, but POLAR_WEBHOOK_SECRET",
        "Plans are sold, but POLAR_PRODUCTS",
        "OAUTH_GITHUB_CLIENT_ID is set",
        "The folder of QUARTET_FILES",
        "Quartet is not in this database yet.",
        "The Redis of REDIS_URL does not answer",
        "http://127.0.0.1:1/v1/models cannot be reached",
    ):
        assert sum(what.startswith(beginning) for what in told) == 1, told
    assert len(told) == 7


def test_the_doctor_tells_of_an_address_that_is_none_and_of_what_others_can_read(home: Path):
    ill = quartet(home, "doctor", DATABASE_URL="postgresql://x@db.invalid/x?connect_timeout=1", REDIS_URL="redis://[x")
    assert ill.returncode == 1
    assert "Note: DATABASE_URL does not check the certificate of db.invalid." in ill.stderr
    assert "REDIS_URL is not an address of a Redis" in ill.stderr
    assert "Traceback" not in ill.stderr


def test_the_doctor_speaks_of_a_database_that_does_not_answer(home: Path):
    ill = quartet(home, "doctor", DATABASE_URL="postgresql://x@127.0.0.1:1/x?connect_timeout=2")
    assert ill.returncode == 1
    assert "The database of DATABASE_URL does not answer" in ill.stderr
    assert "There is no model: nobody can answer." in ill.stderr
