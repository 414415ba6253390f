"""Adopting a database that a Chat SDK is using meanwhile: nobody waits long, and a kill breaks nothing."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from conftest import a_database
from migrations import sdk
from migrations.catalogs import Catalog, catalog, difference
from migrations.sdk import Connection
from quartet.migrations import migrate, online
from quartet.migrations.catalog import things
from quartet.migrations.chat_sdk import SPEC
from quartet.migrations.errors import NotChanged
from quartet.migrations.missing import revisions
from quartet.migrations.online import Patience
from quartet.migrations.statements import Thing, wanted

QUICK = Patience(lock=0.1, grabs=5, index=0.05, pauses=(0.05, 0.05, 0.05))


@pytest.fixture(scope="session")
def adopted(postgres_url: str, worker_id: str) -> Catalog:
    """What a quiet adoption makes of the spec's version."""
    url = a_database(postgres_url, f"adopted_{worker_id}")
    with psycopg.connect(url, autocommit=True) as connection:
        sdk.build(connection, SPEC)
        migrate.upgrade(url)
        return catalog(connection)


def eventually(condition: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come about")


@contextmanager
def in_the_way(url: str, statement: str) -> Iterator[None]:
    """Hold a transaction open that did this."""
    with psycopg.connect(url) as connection:
        connection.execute(statement)
        yield


@contextmanager
def upgrading(url: str) -> Iterator[subprocess.Popen[bytes]]:
    program = "import sys; from quartet.migrations import migrate; migrate.upgrade(sys.argv[1])"
    process = subprocess.Popen([sys.executable, "-c", program, url])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def kill(process: subprocess.Popen[bytes], connection: Connection, at: str) -> None:
    """Kill the upgrade, and its session in the database, once it waits with this statement."""
    waiting = """SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE %s
                   AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()"""
    (pid,) = eventually(lambda: connection.execute(waiting, [at]).fetchone())
    process.kill()
    process.wait()
    connection.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    gone = """SELECT count(*) = 0 FROM pg_locks WHERE locktype = 'advisory'
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
    eventually(lambda: connection.execute(gone).fetchone() == (True,))


def test_killed_while_it_builds_an_index(theirs: Connection, url: str, adopted: Catalog):
    sdk.build(theirs, SPEC)
    with (
        in_the_way(url, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class"),
        upgrading(url) as process,
    ):
        kill(process, theirs, "CREATE INDEX CONCURRENTLY%")
    assert "invalid index" in {thing.kind for thing in things(theirs)}
    assert migrate.upgrade(url) == [], "all files had run"
    assert difference(adopted, catalog(theirs)) == {}


def test_killed_between_two_files(theirs: Connection, url: str, adopted: Catalog):
    sdk.build(theirs, SPEC)
    with in_the_way(url, 'LOCK TABLE "Message_v2" IN ROW EXCLUSIVE MODE'), upgrading(url) as process:
        kill(process, theirs, '%CREATE TABLE "File"%')
    assert migrate.pending(url)[0] == "0011_files"
    assert migrate.upgrade(url)[0] == "0011_files"
    assert difference(adopted, catalog(theirs)) == {}


def test_two_at_once(theirs: Connection, url: str, adopted: Catalog):
    sdk.build(theirs, SPEC)
    with ThreadPoolExecutor() as pool:
        ran = sorted(pool.map(lambda _: migrate.upgrade(url), range(2)))
    assert ran == [[], revisions()]
    assert difference(adopted, catalog(theirs)) == {}


def test_who_stays_in_the_way_is_named_and_nobody_else_waits(theirs: Connection, url: str, adopted: Catalog):
    sdk.build(theirs, SPEC)
    said: list[str] = []
    with in_the_way(url, "SET application_name = 'their-next-app'; SELECT 1 FROM \"Chat\""):
        with pytest.raises(NotChanged, match=r"0002.*\(their-next-app\) has had a transaction open since"):
            migrate.upgrade(url, said.append, QUICK)
        assert sum("somebody is in the way" in line for line in said) == len(QUICK.pauses)
        theirs.execute("SET lock_timeout = '1s'")
        sdk.register(theirs, SPEC, "meanwhile@example.com")
    assert migrate.upgrade(url)[0] == "0002_extend_chat_table"
    assert difference(adopted, catalog(theirs)) == {}


def test_an_index_that_cannot_be_built_now_is_built_by_the_next_upgrade(theirs: Connection, url: str, adopted: Catalog):
    sdk.build(theirs, SPEC)
    said: list[str] = []
    with in_the_way(url, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class"):
        assert migrate.upgrade(url, said.append, QUICK) == revisions(), "slow is not broken"
    assert any('The index "chat_preset_idx" on "Chat" could not be done' in line for line in said)
    assert len(online.missing_indexes(theirs, wanted(revisions()))) > 5
    migrate.upgrade(url)
    assert difference(adopted, catalog(theirs)) == {}


def test_under_load(theirs: Connection, url: str, adopted: Catalog):
    """Eight visitors of the Chat SDK chat and delete all the while; no statement fails, none waits for long."""
    sdk.build(theirs, SPEC)
    user = sdk.fill(theirs, SPEC)
    theirs.execute(
        """INSERT INTO "Chat" ("createdAt", "title", "userId") SELECT now(), 'Old', %s FROM generate_series(1, 2000)""",
        [user],
    )
    theirs.execute(
        """INSERT INTO "Message_v2" ("chatId", "role", "parts", "attachments", "createdAt")
           SELECT "id", 'user', '[]', '[]', now() FROM "Chat", generate_series(1, 20)"""
    )
    over, slowest, chats = threading.Event(), [0.0], [0]

    def visit(_: int) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            visitor = sdk.register(connection, SPEC, f"{threading.get_ident()}@example.com")
            while not over.is_set():
                began = time.monotonic()
                chat = sdk.ask(connection, SPEC, visitor)
                sdk.delete_chat(connection, chat)
                sdk.delete_newer(connection, visitor)
                slowest[0] = max(slowest[0], time.monotonic() - began)
                chats[0] += 1

    with ThreadPoolExecutor(9) as pool:
        visits = [pool.submit(visit, each) for each in range(8)]
        eventually(lambda: chats[0] > 20)
        before = chats[0]
        try:
            ran = pool.submit(migrate.upgrade, url).result(60)
        finally:
            over.set()
        for each in visits:
            each.result(10)
    print(f"{chats[0] - before} chats meanwhile, the slowest took {slowest[0]:.2f} s for its 14 statements")  # noqa: T201
    assert ran == revisions()
    assert chats[0] > before
    assert slowest[0] < 5
    assert difference(adopted, catalog(theirs)) == {}
    assert theirs.execute("""SELECT count(*) FROM "Chat" WHERE "title" = 'Old' """).fetchone() == (2000,)


def test_an_index_that_is_there_under_its_name_is_left_alone(theirs: Connection, url: str):
    sdk.build(theirs, SPEC)
    theirs.execute('CREATE INDEX "document_user_idx" ON "Document"("userId", "title")')
    migrate.upgrade(url)
    definition = theirs.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'document_user_idx'").fetchone()
    assert definition
    assert "title" in definition[0]
    assert Thing("index", "document_user_idx", "Document") in things(theirs)
