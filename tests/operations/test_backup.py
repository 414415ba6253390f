"""A backup is one moment of a database in use, and comes back as that: all of it, or the old one stays."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from conftest import drop_database
from operations.commands import quartet, started
from operations.filling import all_of, databases, fill
from quartet.cli import app
from quartet.cli.terminal import Failed
from quartet.migrations import migrate
from quartet.operations import backup, restoring
from quartet.operations.errors import NotDone

_CHAT = """WITH chat AS (INSERT INTO "Chat" ("createdAt", "title", "userId")
                         SELECT now(), 'Load', "userId" FROM "Chat" WHERE "title" = %s LIMIT 1 RETURNING "id")
           INSERT INTO "Message_v2" ("chatId", "role", "parts", "attachments", "createdAt")
           SELECT "id", 'user', '[]', '[]', now() FROM chat"""
_USE = """UPDATE "Component" SET "usageCount" = "usageCount" + 1
           WHERE "name" = 'Part 1' AND EXISTS (SELECT FROM "Chat" WHERE "title" = %s)"""


@contextmanager
def load(url: str, *, only_while: str = "Chat 1") -> Iterator[None]:
    """Somebody chats without pause, a chat and its message in one transaction, as long as a chat has this title."""
    stop, begun = threading.Event(), threading.Event()

    def chat() -> None:
        while not stop.is_set():
            # Whoever restores ends all connections, again and again.
            with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
                while not stop.is_set():
                    with connection.transaction():
                        connection.execute(_CHAT, [only_while])
                        connection.execute(_USE, [only_while])
                    begun.set()

    writer = threading.Thread(target=chat)
    writer.start()
    try:
        assert begun.wait(30)
        yield
    finally:
        stop.set()
        writer.join()


@contextmanager
def arguments_seen() -> Iterator[set[str]]:
    """Look, as `ps` does, at what our children are started with."""
    stop, seen = threading.Event(), set[str]()

    def look() -> None:
        ours = psutil.Process()
        while not stop.wait(0.01):
            for child in ours.children(recursive=True):
                try:
                    seen.add(" ".join(child.cmdline()))
                except psutil.Error:
                    continue

    looker = threading.Thread(target=look)
    looker.start()
    try:
        yield seen
    finally:
        stop.set()
        looker.join()


def destroy(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('DELETE FROM "Component" WHERE "type" = \'role\'')
        connection.execute('DROP TABLE "Usage", "Vote_v2"')
        connection.execute("""UPDATE "Chat" SET "title" = 'Not restored yet' WHERE "title" = 'Chat 1'""")


def a_backup(url: str, path: Path, *, force: bool = False) -> Path:
    backup.to_file(url, path, backup.What(), lambda _: None, force=force, proven=False, is_embedded=False)
    return path


def test_under_load_it_is_one_moment_and_comes_back(url: str, folder: Path):
    path = folder / "now.dump"
    with load(url), arguments_seen() as seen:
        held = backup.to_file(url, path, backup.What(), lambda _: None, force=False, proven=True, is_embedded=False)
    assert any("pg_dump" in each for each in seen)
    assert any("psql" in each for each in seen)
    password = conninfo_to_dict(url)["password"]
    assert not [each for each in seen if password in each]
    assert held['public."Chat"'][0] - 120 == held['public."Message_v2"'][0] - 480 > 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in folder.iterdir()] == ["now.dump"]
    assert all_of(url) != held
    destroy(url)
    with load(url, only_while="Not restored yet"):
        done = quartet(folder, "restore", str(path), "--yes", DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert all_of(url) == held
    name = conninfo_to_dict(url)["dbname"]
    (kept,) = databases(url, f"{name}_before_%")
    assert kept.encode() in done.stderr
    dropped = quartet(folder, "restore", "--drop-old", given=b"y\n", DATABASE_URL=url)
    assert dropped.stdout.endswith(b"Dropped: 1.\n")
    assert not databases(url, f"{name}_before_%")


def test_a_killed_restore_leaves_the_old_one_whole(url: str, folder: Path):
    path = a_backup(url, folder / "old.dump")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("""UPDATE "User" SET "email" = 'new-' || "email" """)
    before = all_of(url)
    already = databases(url, "quartet_restore_%")
    for marker in ("This replaces", 'public."ComponentVersion"', "public.quartet_migrations"):
        with started(folder, "restore", str(path), "--yes", DATABASE_URL=url) as running:
            running.until(marker)
            running.process.kill()
        assert all_of(url) == before, marker
    left = databases(url, "quartet_restore_%") - already
    assert left
    done = quartet(folder, "restore", str(path), "--yes", "--drop-old", DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert not left & databases(url, "quartet_restore_%")
    with psycopg.connect(url) as connection:
        emails = connection.execute("""SELECT count(*) FROM "User" WHERE "email" LIKE 'new-%'""").fetchone()
    assert emails == (0,)


@pytest.fixture
def humble(postgres_url: str, database_url: str, worker_id: str) -> Iterator[str]:
    """A database of a login that may not make another. That of `database_url` keeps our roles in the cluster."""
    name = f"operations_{worker_id}_humble"
    role = sql.Identifier(name)
    drop_database(postgres_url, name)
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'humble'").format(role))
        admin.execute(sql.SQL("GRANT {} TO CURRENT_USER WITH SET TRUE, INHERIT TRUE").format(role))
        admin.execute(sql.SQL("GRANT quartet_app, quartet_system TO {}").format(role))
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
        url = make_conninfo(postgres_url, dbname=name, user=name, password="humble")
        try:
            migrate.upgrade(url)
            fill(url)
            yield url
        finally:
            drop_database(postgres_url, name)
            admin.execute(sql.SQL("DROP ROLE {}").format(role))


def test_a_login_that_may_make_no_database_restores_in_one_transaction(humble: str, folder: Path):
    with pytest.raises(NotDone, match="may not make databases"):
        backup.to_file(
            humble, folder / "x.dump", backup.What(), lambda _: None, force=False, proven=True, is_embedded=False
        )
    held = all_of(humble)
    said: list[str] = []
    backup.to_file(humble, folder / "x.dump", backup.What(), said.append, force=False, proven=None, is_embedded=False)
    assert any("so no backup can be restored for a proof" in each for each in said)
    destroy(humble)
    before = all_of(humble)
    with started(folder, "restore", "x.dump", "--yes", DATABASE_URL=humble) as running:
        running.until('public."ComponentVersion"')
        running.process.kill()
    assert all_of(humble) == before
    done = quartet(folder, "restore", "x.dump", "--yes", DATABASE_URL=humble)
    assert done.returncode == 0, done.stderr
    assert all_of(humble) == held


def test_the_embedded_database_is_backed_up_and_restored(home: Path):
    assert quartet(home, "seed").returncode == 0
    written = quartet(home, "backup", "-")
    assert written.returncode == 0, written.stderr
    assert written.stdout.startswith(b"PGDMP")
    restored = quartet(home, "restore", "-", "--yes", given=written.stdout)
    assert (restored.returncode, restored.stdout) == (0, b"The backup is restored.\n"), restored.stderr
    assert b"Without the extension" not in restored.stderr
    assert b'public."Component": 16 rows' in restored.stderr


def test_a_database_without_a_quartet_is_not_backed_up(home: Path):
    refused = quartet(home, "backup", "x.dump")
    assert refused.returncode == 1
    assert b'There is no Quartet in the database "quartet", and so nothing to back up.' in refused.stderr
    assert not (home / "x.dump").exists()


def refusal(url: str, path: Path) -> str:
    with pytest.raises(NotDone) as refused, restoring.prepared(url, path, lambda _: None, is_embedded=False):
        pass
    return str(refused.value)


def test_a_part_is_what_it_says(url: str, folder: Path):
    parts = {
        "ours": backup.What(only_ours=True),
        "data": backup.What(schema=False),
        "schema": backup.What(data=False),
    }
    held = {}
    for name, what in parts.items():
        path = folder / f"--{name}"  # no option of pg_restore
        held[name] = backup.to_file(url, path, what, lambda _: None, force=False, proven=None, is_embedded=False)
        assert "holds no whole Quartet" in refusal(url, path)
    assert held["schema"] == {}
    assert 'public."Message_v2"' in held["data"]
    assert 'public."Component"' in held["ours"]
    assert not {'public."Message_v2"', 'public."User"'} & held["ours"].keys()


def test_what_is_in_the_way_is_one_sentence(url: str, folder: Path):
    path = a_backup(url, folder / "whole.dump")
    (folder / "text").write_text("Dear diary")
    (folder / "cut").write_bytes(path.read_bytes()[:-3000])
    before = all_of(url)
    with pytest.raises(
        NotDone, match=r"whole\.dump exists already: name another file, or write over it with --force\."
    ):
        a_backup(url, path)
    with pytest.raises(NotDone, match=r"text/x\.dump cannot be written: Not a directory\."):
        a_backup(url, folder / "text" / "x.dump")
    (folder / "folder").mkdir()
    with pytest.raises(NotDone, match=r"folder is a folder: name a file in it\."):
        a_backup(url, folder / "folder", force=True)
    assert refusal(url, folder / "none").startswith("There is no file ")
    assert "text is no whole backup (input file does not appear to be" in refusal(url, folder / "text")
    assert "cut is no whole backup (" in refusal(url, folder / "cut")
    done = quartet(folder, "restore", "-", "--yes", given=b"cut", DATABASE_URL=url)
    assert done.stderr.startswith(b"Standard input is no whole backup (")
    with Path("/dev/full").open("wb") as full:
        done = quartet(folder, "backup", "-", output=full.fileno(), DATABASE_URL=url)
    assert (done.returncode, done.stderr) == (1, b"The backup could not be written: No space left on device.\n")
    limited = ("bash", "-c", 'ulimit -f 64; exec "$@"', "bash")  # KiB; so it is in the middle of a block
    with (folder / "limited").open("wb") as file:
        done = quartet(
            folder, "backup", "-", under=limited, output=file.fileno(), DATABASE_URL=url, PYTHONUNBUFFERED="1"
        )
    assert (done.returncode, done.stderr) == (1, b"The backup could not be written: File too large.\n")
    small = ("bash", "-c", 'ulimit -f 1; exec "$@"', "bash")
    done = quartet(folder, "restore", "-", "--yes", under=small, given=path.read_bytes(), DATABASE_URL=url)
    assert done.returncode == 1
    assert re.fullmatch(rb"Standard input cannot be kept in \S+: File too large\. Set TMPDIR .*\n", done.stderr)
    assert all_of(url) == before
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("backup", "--schema-only", "--data-only"), "--schema-only and --data-only leave nothing"),
        (("backup", "-", "--verify"), "Only a whole backup, in a file,"),
        (("restore",), "Name the backup"),
        (("restore", "-"), "With the backup on standard input nobody can be asked"),
        (("archive",), "Say which chats"),
        (("archive", "--older-than", "1 year"), "--older-than 1 year is no number of days"),
        (("archive", "--older-than", "365d", "--user", "a@example.com"), "--user goes with --restore"),
        (("archive", "--restore", "x", "--dry-run"), "--into and --dry-run go with --older-than"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_starts(arguments: tuple[str, ...], sentence: str):
    with pytest.raises(Failed, match=re.escape(sentence)):
        app([*arguments], standalone_mode=False)


def test_a_newer_quartets_backup_is_refused(url: str, folder: Path):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE quartet_migrations SET version_num = '9999_tomorrow'")
    path = a_backup(url, folder / "newer.dump")
    assert "was made by a newer Quartet: it knows the migration 9999_tomorrow" in refusal(url, path)


def test_rights_of_unknown_roles_are_told_with_what_makes_them(url: str, folder: Path, worker_id: str):
    role = sql.Identifier(f"Some one {worker_id}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {}").format(role))
        connection.execute(sql.SQL('GRANT SELECT ON "Chat" TO {}').format(role))
        path = a_backup(url, folder / "rights.dump")
        connection.execute(sql.SQL('REVOKE ALL ON "Chat" FROM {}').format(role))
        connection.execute(sql.SQL("DROP ROLE {}").format(role))
    assert refusal(url, path).endswith(f'Make them first: CREATE ROLE "Some one {worker_id}" NOLOGIN;')


def test_a_login_without_the_right_to_read_is_told(postgres_url: str, humble: str, folder: Path):
    somebody_else = make_conninfo(postgres_url, dbname=str(conninfo_to_dict(humble)["dbname"]))
    with psycopg.connect(somebody_else, autocommit=True) as connection:
        connection.execute("CREATE TABLE secret (id int)")
    with pytest.raises(NotDone, match=r"No backup was made: .*permission denied"):
        a_backup(humble, folder / "x.dump")
    assert not list(folder.iterdir())
