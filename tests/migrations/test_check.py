"""`quartet db check` names what is the matter, and `--fix` mends it."""

import psycopg
import pytest
from psycopg import errors

from migrations import sdk
from migrations.catalogs import catalog, difference
from migrations.sdk import Connection
from quartet.migrations import migrate, restore
from quartet.migrations.chat_sdk import JANUARY, NEWEST, READY, SPEC, VERSIONS, Version
from quartet.migrations.check import check
from quartet.migrations.findings import Finding, Fix
from quartet.migrations.fix import fix


def troubles(url: str) -> list[str]:
    return [finding.what for finding in check(url)[1] if finding.is_trouble]


def mend(url: str, *, notes: bool = False) -> None:
    """Fix what is trouble, and what is only good to know too if `notes`."""
    fix(url, [finding for finding in check(url)[1] if finding.is_trouble or notes], print)


@pytest.fixture
def spec(theirs: Connection, url: str) -> Connection:
    """The spec's version, adopted."""
    sdk.build(theirs, SPEC)
    migrate.upgrade(url)
    return theirs


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)
def test_each_version_is_known_by_its_tables(theirs: Connection, url: str, version: Version):
    sdk.build(theirs, version)
    found, findings = check(url)
    assert found is version
    assert [finding.fix for finding in findings if finding.is_trouble] == [Fix.UPGRADE]
    migrate.upgrade(url)
    found, findings = check(url)
    assert found is version
    assert [finding.fix for finding in findings] == ([] if version is NEWEST else [Fix.SIX_COLUMNS])
    assert troubles(url) == []


def test_an_empty_database_is_told_and_filled(url: str):
    assert check(url) == (None, [Finding("The database is empty.", "Run `quartet db upgrade`.", fix=Fix.UPGRADE)])
    mend(url)
    assert troubles(url) == []


@pytest.mark.parametrize("version", [SPEC, JANUARY], ids=lambda version: version.name)
def test_what_the_squashed_migration_leaves_out_is_mended(theirs: Connection, url: str, version: Version):
    """The newest version's migration does nothing to an older database, and then its sign-in fails."""
    sdk.build(theirs, version)
    user = sdk.fill(theirs, version)
    migrate.upgrade(url)
    with pytest.raises(errors.UndefinedColumn):
        sdk.register(theirs, NEWEST, "new@example.com")
    mend(url, notes=True)
    sdk.register(theirs, NEWEST, "new@example.com")
    sdk.read(theirs, NEWEST, user)
    sdk.read(theirs, version, user)
    found, findings = check(url)
    assert found is (READY if version is SPEC else NEWEST)
    assert {finding.fix for finding in findings} == {None}, "only the two who share an address"


def test_some_of_the_six_columns_missing_is_trouble(theirs: Connection, url: str):
    sdk.build(theirs, NEWEST)
    migrate.upgrade(url)
    before = catalog(theirs)
    theirs.execute('ALTER TABLE "User" DROP "image", DROP "isAnonymous", DROP "createdAt"')
    assert troubles(url) == [f'"User"."{column}" is missing.' for column in ("image", "isAnonymous", "createdAt")]
    mend(url)
    assert difference(before, catalog(theirs)) == {}


def test_a_lost_last_context_comes_back_with_what_the_answers_know(spec: Connection, url: str):
    user = sdk.fill(spec, SPEC)
    (chat,) = spec.execute('SELECT "id" FROM "Chat"').fetchone()
    spec.execute(
        """INSERT INTO "Message_v2" ("chatId", "role", "parts", "attachments", "createdAt") VALUES
             (%(chat)s, 'assistant', '[{"type":"data-usage","data":{"totalTokens":3}}]', '[]', now() + '1 h'::interval),
             (%(chat)s, 'assistant', '[{"type":"data-usage","data":{"totalTokens":9}}]', '[]', now() + '2 h'::interval)
        """,
        {"chat": chat},
    )
    spec.execute('ALTER TABLE "Chat" DROP COLUMN "lastContext"')
    found, findings = check(url)
    assert found is JANUARY
    assert any(finding.fix is Fix.LAST_CONTEXT and "is lost" in finding.what for finding in findings)
    mend(url, notes=True)
    assert spec.execute('SELECT "lastContext" FROM "Chat"').fetchone() == ({"totalTokens": 9},)
    sdk.read(spec, SPEC, user)


def test_last_context_dropped_by_its_own_migration_is_no_matter(theirs: Connection, url: str):
    sdk.build(theirs, SPEC)
    migrate.upgrade(url)
    theirs.execute('ALTER TABLE "Chat" DROP COLUMN IF EXISTS "lastContext"')
    theirs.execute("INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('0008', 1768479010084)")
    found, findings = check(url)
    assert found is JANUARY
    assert [finding.fix for finding in findings] == [Fix.SIX_COLUMNS]


def pushed(connection: Connection, *, with_books: bool) -> None:
    """Do what `pnpm db:push` of a Chat SDK does: drop whatever its own schema does not name."""
    for name in ("currentPresetId", "presetHistory", "totalTokens", "provider"):
        connection.execute(f'ALTER TABLE "Chat" DROP COLUMN "{name}"')
    ours = connection.execute(
        """SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables WHERE schemaname = 'public'
           AND tablename <> ALL(%s) AND (tablename <> 'quartet_migrations' OR NOT %s)""",
        [list(NEWEST.tables), with_books],
    ).fetchone()
    connection.execute(f"DROP TABLE {ours[0]} CASCADE")
    connection.execute("DROP TYPE component_type")
    for (index,) in connection.execute(
        """SELECT indexrelid::regclass::text FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid
           WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND NOT x.indisprimary"""
    ).fetchall():
        connection.execute(f"DROP INDEX {index}")


@pytest.mark.parametrize("with_books", [True, False])
def test_what_a_push_dropped_is_made_again(spec: Connection, url: str, *, with_books: bool):
    before = catalog(spec)
    pushed(spec, with_books=with_books)
    told = "Parts of Quartet are lost" if with_books else "Quartet is not in this database yet"
    assert any(told in what for what in troubles(url))
    mend(url)
    assert troubles(url) == []
    differ = difference(before, catalog(spec))
    assert {row[1] for row in differ.pop("relations", set())} <= {"quartet_migrations"}, "its comment was lost with it"
    assert differ == {}


def test_chats_remember_what_their_answers_and_the_usage_know(spec: Connection, url: str):
    user = sdk.fill(spec, SPEC)
    ids = {"user": user}
    (ids["chat"],) = spec.execute('SELECT "id" FROM "Chat"').fetchone()
    (ids["preset"],) = spec.execute(
        """INSERT INTO "Preset" ("userId", "name") VALUES (%(user)s, 'Tutor') RETURNING "id" """, ids
    ).fetchone()
    (ids["role"],) = spec.execute("SELECT gen_random_uuid()").fetchone()
    answer = f"""[{{"type":"data-prompt","data":{{"presetId":"{ids["preset"]}","presetName":"Tutor","tokens":5,
        "components":[{{"id":"{ids["role"]}","type":"role","name":"R","version":1}}]}}}},
        {{"type":"data-usage","data":{{"totalTokens":40}}}}]"""
    for hour in (1, 2):
        spec.execute(
            """INSERT INTO "Message_v2" ("chatId", "role", "parts", "attachments", "createdAt")
               VALUES (%s, 'assistant', %s, '[]', '2026-01-01'::timestamp + %s * interval '1 h')""",
            [ids["chat"], answer, hour],
        )
    spec.execute(
        """INSERT INTO "Usage" ("messageId", "userId", "provider", "model", "inputTokens", "outputTokens", "isMetered")
           SELECT "id", %s, 'openai', 'm', 50, 10, true FROM "Message_v2" WHERE "createdAt" = '2026-01-01 02:00'""",
        [user],
    )
    spec.execute("""UPDATE "Chat" SET "provider" = 'anthropic', "totalTokens" = 0, "presetHistory" = '[]'""")
    assert "1 chats have lost" in troubles(url)[0]
    mend(url)
    kept = spec.execute('SELECT "currentPresetId", "totalTokens", "provider", "presetHistory" FROM "Chat"').fetchone()
    assert kept == (
        ids["preset"],
        40 + 60,
        "openai",
        [
            {
                "timestamp": "2026-01-01T01:00:00.000Z",
                "presetId": str(ids["preset"]),
                "presetName": "Tutor",
                "components": {"roleId": str(ids["role"])},
            }
        ],
    )
    assert troubles(url) == []
    assert restore.remind_chats(spec) == 0


DRIFT = {
    'ALTER TABLE "Chat" ALTER "title" DROP NOT NULL': '"Chat"."title" is text; the Chat SDK has text NOT NULL.',
    'ALTER TABLE "User" ALTER "email" TYPE text': '"User"."email" is text NOT NULL; the Chat SDK has character varying',
    'ALTER TABLE "Chat" ADD "colour" text NOT NULL': '"Chat"."colour" (text NOT NULL) is in no version',
    'DROP TABLE "Stream"': 'The Chat SDK\'s table "Stream" is missing.',
    'ALTER TABLE "Vote_v2" DROP CONSTRAINT "Vote_v2_pkey"': 'The primary key of "Vote_v2" is ()',
    "DELETE FROM drizzle.__drizzle_migrations WHERE id > 1": "The Chat SDK's journal knows of no ",
    'CREATE TABLE "Note" ("chat" uuid CONSTRAINT "note_chat" REFERENCES "Chat"("id"))': 'The constraint "note_chat" ',
}


def test_drift_is_told(spec: Connection, url: str):
    assert troubles(url) == []
    for count, (damage, told) in enumerate(DRIFT.items(), 1):
        spec.execute(damage)
        found = troubles(url)
        assert [what for what in found if what.startswith(told)], found
        assert len(found) == count, found


def test_constraints_of_ours_that_block_the_chat_sdks_deletes_give_way_again(spec: Connection, url: str):
    before = catalog(spec)
    for table, column, referred in (("Comparison", "chatId", "Chat"), ("File", "messageId", "Message_v2")):
        name = f"{table}_{column}_fkey"
        spec.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        spec.execute(
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY ("{column}") REFERENCES "{referred}"("id") '
            + ("ON DELETE RESTRICT" if table == "File" else "")
        )
    spec.execute('ALTER TABLE "Chat" ALTER COLUMN "provider" SET NOT NULL, ALTER COLUMN "provider" DROP DEFAULT')
    found = [finding for finding in check(url)[1] if finding.is_trouble]
    assert {finding.fix for finding in found} == {Fix.FREE_DELETES, Fix.FREE_INSERTS}
    mend(url)
    spec.execute("""ALTER TABLE "Chat" ALTER COLUMN "provider" SET DEFAULT 'anthropic'""")
    assert difference(before, catalog(spec)) == {}


def test_a_preset_that_was_dropped_with_cascade_is_tied_again(spec: Connection, url: str):
    sdk.fill(spec, SPEC)
    spec.execute('UPDATE "Chat" SET "currentPresetId" = NULL')
    spec.execute('ALTER TABLE "Chat" DROP CONSTRAINT "Chat_currentPresetId_fkey"')
    spec.execute('UPDATE "Chat" SET "currentPresetId" = gen_random_uuid()')
    (told,) = troubles(url)
    assert told.startswith('Nothing ties "Chat"."currentPresetId" to "Preset" any more')
    mend(url)
    assert troubles(url) == []
    assert spec.execute('SELECT "currentPresetId" FROM "Chat"').fetchone() == (None,)


def test_what_hung_on_a_lost_table_is_tied_again_and_kept(spec: Connection, url: str):
    """The earlier texts of components that are lost stay: a backup may bring the present ones back."""
    user = sdk.fill(spec, SPEC)
    before = catalog(spec)
    spec.execute(
        """INSERT INTO "Component" ("userId", "type", "name", "content") VALUES (%s, 'role', 'Lost', 'You were.')""",
        [user],
    )
    spec.execute("""UPDATE "Component" SET "content" = 'You are.'""")
    spec.execute('INSERT INTO "Preset" ("userId", "name", "roleId") SELECT %s, \'P\', "id" FROM "Component"', [user])
    spec.execute('DROP TABLE "Component" CASCADE')
    mend(url)
    assert troubles(url) == []
    assert spec.execute('SELECT "name", "roleId" FROM "Preset"').fetchall() == [("P", None)]
    kept = spec.execute('SELECT "version", "content" FROM "ComponentVersion" ORDER BY 1').fetchall()
    assert kept == [(1, "You were."), (2, None)]
    unlike = difference(before, catalog(spec))
    assert {row[:4] for row in unlike.pop("constraints")} == {
        ("public", table, f"{table}_componentId_fkey", definition + not_valid)
        for table in ("ComponentVersion", "ComponentSearch")
        for definition in ('FOREIGN KEY ("componentId") REFERENCES "Component"(id) ON DELETE CASCADE',)
        for not_valid in ("", " NOT VALID")
    }
    assert unlike == {}


def test_a_half_built_index_is_told_and_built(spec: Connection, url: str):
    spec.execute('DROP INDEX "chat_user_created_idx"')
    with psycopg.connect(url) as reader:
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class")
        spec.execute("SET lock_timeout = '50ms'")
        with pytest.raises(errors.LockNotAvailable):
            spec.execute('CREATE INDEX CONCURRENTLY "chat_user_created_idx" ON "Chat"("userId", "createdAt" DESC)')
    spec.execute("RESET lock_timeout")
    assert troubles(url) == [
        'The index "chat_user_created_idx" on "Chat" is missing or half-built: everything works, slowly.'
    ]
    mend(url)
    assert troubles(url) == []


def test_accounts_that_share_an_address_are_told_and_stay(spec: Connection, url: str):
    sdk.fill(spec, SPEC)
    notes = [finding.what for finding in check(url)[1] if not finding.is_trouble]
    assert "More than one account has the same e-mail address: theirs@example.com (3)." in notes
    assert spec.execute('SELECT count(*) FROM "User"').fetchone() == (3,)
