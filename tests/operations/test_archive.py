"""Old chats into a file and back: no row is lost on the way, wherever it ends."""

import asyncio
import gzip
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embedded.processes import eventually
from operations.commands import started
from operations.filling import all_of
from quartet.chats.storage import Storage
from quartet.core.database import Database
from quartet.operations import archive, unarchive
from quartet.operations.chat_rows import BELONGINGS
from quartet.operations.errors import NotDone

NOWHERE = Storage(None)
YEAR = 365


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    await database.open()
    yield database
    await database.close()


async def put_away(database: Database, folder: Path, storage: Storage = NOWHERE) -> archive.Archived:
    done = await archive.put_away(database, storage, folder, archive.moment_before(YEAR), lambda _: None)
    assert done
    return done


async def test_what_goes_and_comes_back_is_the_same(database: Database, url: str, folder: Path):
    before = all_of(url)
    assert await archive.count(database, archive.moment_before(YEAR)) == (60, 20, 240)
    done = await put_away(database, folder)
    assert (done.chats, done.changed, done.path.stat().st_mode & 0o777) == (60, 0, 0o600)
    after = all_of(url)
    halved = {"Chat", "Message_v2", "Vote_v2", "Message", "Vote", "Stream", "Comparison", "Candidate", "File"}
    for table, (rows, _) in before.items():
        name = table.removeprefix("public.").strip('"')
        assert after[table][0] == (rows // 2 if name in halved else rows), table
    assert await archive.put_away(database, NOWHERE, folder, archive.moment_before(YEAR), lambda _: None) is None
    back = await unarchive.bring_back(database, NOWHERE, done.path, None)
    assert (back.chats, back.rows, back.there, back.ownerless) == (60, done.rows, 0, 0)
    assert all_of(url) == before
    again = await unarchive.bring_back(database, NOWHERE, done.path, None)
    assert (again.chats, again.there) == (0, 60)
    assert all_of(url) == before


def test_everything_that_refers_to_a_chat_goes_along(url: str):
    with psycopg.connect(url) as connection:
        references = connection.execute(
            """SELECT c.relname, r.relname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
               JOIN pg_class r ON r.oid = k.confrelid WHERE k.contype = 'f'"""
        ).fetchall()
    belonging = {"Chat"}
    while more := {table for table, to in references if to in belonging} - belonging:
        belonging |= more
    assert belonging == {each.table for each in BELONGINGS}


async def test_what_is_said_meanwhile_stays(database: Database, url: str, folder: Path):
    with psycopg.connect(url, autocommit=True) as other:
        [(spoken,), (renamed,), (gone,)] = other.execute(
            """SELECT "id" FROM "Chat" WHERE "createdAt" < now() - interval '1 year' LIMIT 3"""
        ).fetchall()

        def go_on(_: str) -> None:
            other.execute(
                """INSERT INTO "Message_v2" ("chatId", "role", "parts", "attachments", "createdAt")
                   VALUES (%s, 'user', '[]', '[]', now())""",
                [spoken],
            )
            other.execute("""UPDATE "Chat" SET "title" = 'Better' WHERE "id" = %s""", [renamed])
            for table in ("Vote_v2", "Vote", "Message_v2", "Message", "Stream"):
                other.execute(f'DELETE FROM "{table}" WHERE "chatId" = %s', [gone])
            other.execute('DELETE FROM "Chat" WHERE "id" = %s', [gone])

        done = await archive.put_away(database, NOWHERE, folder, archive.moment_before(YEAR), go_on)
        assert done
        assert (done.chats, done.changed) == (57, 2)
        left = other.execute('SELECT count(*) FROM "Message_v2" WHERE "chatId" = ANY(%s)', [[spoken, renamed]])
        assert left.fetchone() == (9,)


async def test_a_chat_that_is_being_answered_stays(database: Database, url: str, folder: Path):
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            """INSERT INTO "Reservation" ("messageId", "chatId", "userId", "provider", "model", "inputTokens",
                                          "outputTokens", "isMetered", "parts", "replaces", "leaseUntil")
               SELECT gen_random_uuid(), "id", "userId", 'local', 'm', 1, 1, false, '[]', '{}', now() FROM "Chat"
               WHERE "title" = 'Chat 1'"""
        )
    assert (await put_away(database, folder)).chats == 40


async def test_pictures_of_the_folder_go_along(database: Database, url: str, folder: Path):
    pictures = Storage(folder / "pictures")
    with psycopg.connect(url, autocommit=True) as other:
        ids = [each for (each,) in other.execute('UPDATE "File" SET "content" = NULL RETURNING "id"')]
    for each in ids:
        await pictures.write(each, each.bytes)
    before = all_of(url)
    done = await put_away(database, folder / "archive", pictures)
    async with database.system() as tx:
        gone = [row[0] for row in await (await tx.execute('SELECT "id" FROM "GoneFile"')).fetchall()]
    assert len(gone) == 60
    await pictures.remove(gone[:30])  # half of them were swept already
    await unarchive.bring_back(database, pictures, done.path, None)
    assert all_of(url) == before
    for each in ids:
        assert await pictures.read(each) == each.bytes


async def test_without_the_folder_they_come_into_the_database(database: Database, url: str, folder: Path):
    pictures = Storage(folder / "pictures")
    with psycopg.connect(url, autocommit=True) as other:
        ids = [each for (each,) in other.execute('UPDATE "File" SET "content" = NULL RETURNING "id"')]
        for each in ids:
            await pictures.write(each, each.bytes)
        done = await put_away(database, folder / "archive", pictures)
        await unarchive.bring_back(database, NOWHERE, done.path, None)
        back = other.execute('SELECT "id", "content" FROM "File" WHERE "content" IS NOT NULL').fetchall()
    assert len(back) == 60
    assert all(content == each.bytes for each, content in back)


async def test_those_without_an_owner_are_told_and_a_lost_preset_is_left_out(
    database: Database, url: str, folder: Path
):
    done = await put_away(database, folder)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("""DELETE FROM "Preset" WHERE "userId" = md5('user1')::uuid""")
        for table in ("Vote_v2", "Vote", "Message_v2", "Message", "Stream"):
            other.execute(f"""DELETE FROM "{table}" USING "Chat" c WHERE c."id" = "chatId"
                              AND c."userId" = md5('user2')::uuid""")
        for table in ("Chat", "Document"):
            other.execute(f"""DELETE FROM "{table}" WHERE "userId" = md5('user2')::uuid""")
        other.execute("""DELETE FROM "User" WHERE "id" = md5('user2')::uuid""")
        one = await unarchive.bring_back(database, NOWHERE, done.path, "PERSON1@example.com")
        assert (one.chats, one.ownerless) == (3, 0)
        presets = other.execute("""SELECT "currentPresetId" FROM "Chat" WHERE "userId" = md5('user1')::uuid""")
        assert set(presets.fetchall()) == {(None,)}
        others = await unarchive.bring_back(database, NOWHERE, done.path, None)
    assert (others.chats, others.there, others.ownerless) == (54, 3, 3)
    assert len(others.gone) == 1
    with pytest.raises(NotDone, match="Nobody here has the address nobody@example"):
        await unarchive.bring_back(database, NOWHERE, done.path, "nobody@example.com")


async def test_columns_that_the_database_lost_are_left_out(database: Database, url: str, folder: Path):
    done = await put_away(database, folder)
    with psycopg.connect(url, autocommit=True) as other:
        other.execute('ALTER TABLE "Chat" DROP COLUMN "lastContext"')
        other.execute("""ALTER TABLE "Chat" ADD COLUMN "mood" text NOT NULL DEFAULT 'fine'""")
    assert (await unarchive.bring_back(database, NOWHERE, done.path, None)).chats == 60


async def test_a_damaged_file_is_told_and_what_came_before_is_back(database: Database, url: str, folder: Path):
    done = await put_away(database, folder)
    whole = done.path.read_bytes()
    done.path.write_bytes(whole[:-2000])
    with pytest.raises(NotDone, match="is no archive of chats, or a damaged one"):
        await unarchive.bring_back(database, NOWHERE, done.path, None)
    done.path.write_bytes(whole)
    assert (await unarchive.bring_back(database, NOWHERE, done.path, None)).chats == 60


@pytest.mark.parametrize(
    "content",
    [b"", b"plain text", gzip.compress(b"not json\n"), gzip.compress(b'{"format":"x","version":1}\n')],
    ids=["empty", "text", "zipped text", "other JSON"],
)
async def test_other_files_are_told(database: Database, folder: Path, content: bytes):
    path = folder / "x.gz"
    path.write_bytes(content)
    with pytest.raises(NotDone, match="is no archive of chats"):
        await unarchive.bring_back(database, NOWHERE, path, None)


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
_TITLE = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    chats=st.lists(st.tuples(_TITLE, _JSON), min_size=10, max_size=30),
    indent=st.sampled_from([None, 1]),
)
def test_whatever_is_in_them_comes_back(url: str, folder: Path, chats: list[tuple[str, object]], indent: int | None):
    with psycopg.connect(url, autocommit=True) as other:
        for title, said in chats:
            other.execute(
                """WITH chat AS (
                     INSERT INTO "Chat" ("createdAt", "title", "userId")
                     SELECT '2001-01-01 00:00:00.123456', %s, "id" FROM "User" LIMIT 1 RETURNING "id")
                   INSERT INTO "Message_v2" ("chatId", "role", "parts", "attachments", "createdAt")
                   SELECT "id", 'user', %s, '[]', '2001-01-01' FROM chat""",
                [title, json.dumps(said, indent=indent)],
            )
    before = all_of(url)

    async def round_trip() -> None:
        database = Database(url)
        await database.open()
        try:
            done = await put_away(database, folder / uuid4().hex)
            await unarchive.bring_back(database, NOWHERE, done.path, None)
        finally:
            await database.close()

    asyncio.run(round_trip())
    assert all_of(url) == before


def test_killed_on_the_way_nothing_is_lost_and_the_next_run_goes_on(url: str, folder: Path):
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            """INSERT INTO "Chat" ("createdAt", "title", "userId")
               SELECT '2001-01-01', 'Many', u."id" FROM "User" u, generate_series(1, 100)"""
        )
    before = all_of(url)
    arguments = ("archive", "--older-than", "365d", "--into", str(folder / "archive"))
    with started(folder, *arguments, DATABASE_URL=url) as running:
        eventually(lambda: any((folder / "archive").glob(".*")))
        running.process.send_signal(signal.SIGKILL)
    with started(folder, *arguments, DATABASE_URL=url) as running:
        running.until("is written")
        running.process.send_signal(signal.SIGKILL)
    whole = sorted((folder / "archive").glob("*.gz"))
    assert len(whole) == 1

    async def go_on() -> None:
        database = Database(url)
        await database.open()
        try:
            await archive.put_away(database, NOWHERE, folder / "archive", archive.moment_before(YEAR), lambda _: None)
            assert not list((folder / "archive").glob(".*"))
            for path in (folder / "archive").glob("*.gz"):
                await unarchive.bring_back(database, NOWHERE, path, None)
        finally:
            await database.close()

    asyncio.run(go_on())
    assert all_of(url) == before
