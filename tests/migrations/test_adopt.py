"""A Chat SDK's database, taken up with all that is in it: only things of ours are added."""

from typing import Any

import psycopg
import pytest

from conftest import a_database
from migrations import sdk
from migrations.catalogs import Catalog, catalog, difference, lost, rows
from migrations.sdk import Connection
from quartet.migrations import migrate
from quartet.migrations.catalog import things
from quartet.migrations.chat_sdk import DEPRECATED, NEWEST, VERSIONS, Version
from quartet.migrations.errors import NotChanged
from quartet.migrations.missing import revisions
from quartet.migrations.statements import HERE, wanted


def their_rows(connection: Connection, version: Version) -> dict[str, Any]:
    return rows(connection, list(version.tables), {name: tuple(each.columns) for name, each in version.tables.items()})


def without_walls(found: Catalog) -> Catalog:
    """Leave out what may change on the Chat SDK's tables: row-level security, and who else may read."""
    return found | {
        "relations": {row[:3] for row in found["relations"]},
        "schemas": {row[:1] for row in found["schemas"]},
    }


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_nothing_of_theirs_changes(theirs: Connection, url: str, version: Version):
    sdk.build(theirs, version)
    user = sdk.fill(theirs, version)
    before, rows_before, read_before = catalog(theirs), their_rows(theirs, version), sdk.read(theirs, version, user)
    said: list[str] = []
    assert migrate.upgrade(url, said.append) == revisions()
    assert str(version) in said[0]
    assert lost(without_walls(before), without_walls(catalog(theirs))) == {}
    assert their_rows(theirs, version) == rows_before
    assert sdk.read(theirs, version, user) == read_before
    added = {row[1] for row in catalog(theirs)["relations"]} - {row[1] for row in before["relations"]}
    assert added & {*version.tables, "Message", "Vote"} == DEPRECATED - version.tables.keys()


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_the_chat_sdk_goes_on_as_before(theirs: Connection, url: str, version: Version):
    sdk.build(theirs, version)
    sdk.fill(theirs, version)
    migrate.upgrade(url)
    user = sdk.register(theirs, version, "new@example.com")
    chat, other = sdk.ask(theirs, version, user), sdk.ask(theirs, version, user)
    assert len(sdk.read(theirs, version, user)) > 7
    extend(theirs, user, chat)
    sdk.delete_chat(theirs, chat)
    sdk.delete_newer(theirs, user)
    assert theirs.execute('SELECT "id" FROM "Chat" WHERE "userId" = %s', [user]).fetchall() == [(other,)]
    assert theirs.execute('SELECT count(*) FROM "Comparison"').fetchone() == (0,)
    assert theirs.execute('SELECT count(*) FROM "File"').fetchone() == (0,)


def extend(connection: Connection, user: Any, chat: Any) -> None:
    """Hang something of ours on a chat of theirs, in every way there is."""
    values = {"user": user, "chat": chat}
    preset = connection.execute(
        """INSERT INTO "Preset" ("userId", "name") VALUES (%(user)s, 'Mine') RETURNING "id" """, values
    ).fetchone()
    assert preset
    for statement in (
        'UPDATE "Chat" SET "currentPresetId" = %(preset)s WHERE "id" = %(chat)s',
        """INSERT INTO "Comparison" ("userId", "chatId", "questionId")
           SELECT %(user)s, %(chat)s, "id" FROM "Message_v2" WHERE "chatId" = %(chat)s LIMIT 1""",
        """INSERT INTO "File" ("userId", "chatId", "messageId", "name", "mediaType", "width", "height", "size",
             "sha256", "content")
           SELECT %(user)s, %(chat)s, "id", 'x', 'image/png', 1, 1, 1, '', ''
           FROM "Message_v2" WHERE "chatId" = %(chat)s""",
        """INSERT INTO "Reservation" ("messageId", "chatId", "userId", "provider", "model", "inputTokens",
             "outputTokens", "isMetered", "parts", "replaces", "leaseUntil")
           VALUES (gen_random_uuid(), %(chat)s, %(user)s, 'local', 'm', 1, 1, false, '[]', '{}', now())""",
    ):
        connection.execute(statement, values | {"preset": preset[0]})


def test_adopted_it_is_what_an_empty_database_becomes(theirs: Connection, url: str, postgres_url: str):
    fresh = a_database(postgres_url, "adopt_fresh")
    migrate.upgrade(fresh)
    sdk.build(theirs, VERSIONS[0])
    migrate.upgrade(url)
    with psycopg.connect(fresh) as connection:
        expected = catalog(connection)
    differ = difference(expected, catalog(theirs))
    names = {row[1] for row in differ.pop("relations", set())}
    assert names <= {"quartet_migrations"}, "its comment says what was there before"
    assert differ == {}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_adopting_twice_is_adopting_once(theirs: Connection, url: str, version: Version):
    sdk.build(theirs, version)
    sdk.fill(theirs, version)
    migrate.upgrade(url)
    once = catalog(theirs)
    said: list[str] = []
    assert migrate.upgrade(url, said.append) == []
    assert said == []
    assert catalog(theirs) == once


@pytest.mark.parametrize(
    "last", ["0001_add_prompt_components", "0002_extend_chat_table", "0007_search", "0012_accounts"]
)
def test_a_partly_applied_extension_is_completed(theirs: Connection, url: str, last: str):
    """Somebody ran the spec's files by hand, or lost our books: the rows are kept, and get what was missing."""
    sdk.build(theirs, NEWEST)
    user = sdk.fill(theirs, NEWEST)
    names = revisions()
    for name in names[: names.index(last) + 1]:
        theirs.execute((HERE / "sql" / f"{name}.sql").read_bytes())
    theirs.execute(
        """INSERT INTO "Component" ("userId", "type", "name", "content") VALUES (%s, 'role', 'Kept', 'You keep.')""",
        [user],
    )
    theirs.execute("""UPDATE "Component" SET "content" = 'You keep more.'""")
    assert migrate.upgrade(url) == names
    earlier = [("You keep.",)] if last > "0005" else []
    kept = theirs.execute('SELECT "content" FROM "ComponentVersion" ORDER BY "version"').fetchall()
    assert kept == [*earlier, (None,)], "the present text stands in the component alone"
    assert theirs.execute('SELECT "name" FROM "ComponentSearch"').fetchall() == [("kept",)]
    assert "invalid index" not in {thing.kind for thing in things(theirs)}
    assert set(wanted(names)) <= things(theirs)


def test_an_older_chat_sdk_is_refused_and_left_alone(theirs: Connection, url: str):
    sdk.build(theirs, NEWEST)
    theirs.execute('ALTER TABLE "Chat" DROP COLUMN "visibility"')
    before = catalog(theirs)
    with pytest.raises(NotChanged, match=r'"Chat"."visibility" is missing'):
        migrate.upgrade(url)
    assert catalog(theirs) == before


def test_a_table_of_somebody_elses_with_our_name_is_refused(theirs: Connection, url: str):
    sdk.build(theirs, NEWEST)
    theirs.execute('CREATE TABLE "Preset" ("id" int)')
    before = catalog(theirs)
    with pytest.raises(NotChanged, match='There is a table "Preset" already'):
        migrate.upgrade(url)
    assert catalog(theirs) == before


def test_a_database_without_a_journal_gets_none(theirs: Connection, url: str):
    sdk.build(theirs, VERSIONS[0], journal=False)
    migrate.upgrade(url)
    assert theirs.execute("SELECT to_regnamespace('drizzle')").fetchone() == (None,)


def test_an_empty_database_gets_a_journal_that_ends_where_the_tables_do(theirs: Connection, url: str):
    migrate.upgrade(url)
    rows_ = theirs.execute("SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY id").fetchall()
    assert len(rows_) == 8
    assert all(len(hash_) == 64 for hash_, _ in rows_)
    assert rows_[-1][1] == 1757362773211
    assert [moment for _, moment in rows_] == sorted(moment for _, moment in rows_)
