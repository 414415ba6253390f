"""The database is what the spec says, to the column."""

import re
from pathlib import Path

import psycopg
import pytest

from conftest import a_database
from quartet.migrations import migrate
from quartet.migrations.missing import revisions

SQL = Path(migrate.__file__).parent / "sql"


def columns(url: str, table: str) -> dict[str, tuple[str, str, str | None]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            """SELECT column_name, udt_name || coalesce('(' || character_maximum_length || ')', ''),
                      is_nullable, column_default
               FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s""",
            [table],
        ).fetchall()
    return {name: (type_, nullable, default) for name, type_, nullable, default in rows}


def test_component_has_the_columns_of_the_spec(database_url: str):
    assert columns(database_url, "Component") == {
        "id": ("uuid", "NO", "gen_random_uuid()"),
        "userId": ("uuid", "NO", None),
        "type": ("component_type", "NO", None),
        "name": ("text", "NO", None),
        "content": ("text", "NO", None),
        "description": ("text", "YES", None),
        "tags": ("_text", "YES", "'{}'::text[]"),
        "usageCount": ("int4", "NO", "0"),
        "createdAt": ("timestamp", "NO", "now()"),
        "updatedAt": ("timestamp", "NO", "now()"),
    }


def test_preset_has_the_columns_of_the_spec(database_url: str):
    slots = {f"{type_}Id": ("uuid", "YES", None) for type_ in ("role", "style", "context", "mode")}
    assert columns(database_url, "Preset") == slots | {
        "id": ("uuid", "NO", "gen_random_uuid()"),
        "userId": ("uuid", "NO", None),
        "name": ("text", "NO", None),
        "description": ("text", "YES", None),
        "usageCount": ("int4", "NO", "0"),
        "lastUsedAt": ("timestamp", "YES", None),
        "createdAt": ("timestamp", "NO", "now()"),
        "updatedAt": ("timestamp", "NO", "now()"),
    }


def test_subscription_has_the_columns_of_the_spec(database_url: str):
    assert columns(database_url, "Subscription") == {
        "id": ("uuid", "NO", "gen_random_uuid()"),
        "userId": ("uuid", "NO", None),
        "polarCustomerId": ("text", "NO", None),
        "polarSubscriptionId": ("text", "YES", None),
        "plan": ("varchar(32)", "NO", "'free'::character varying"),
        "status": ("varchar(32)", "NO", "'active'::character varying"),
        "currentPeriodStart": ("timestamp", "YES", None),
        "currentPeriodEnd": ("timestamp", "YES", None),
        "cancelAtPeriodEnd": ("bool", "NO", "false"),
        "createdAt": ("timestamp", "NO", "now()"),
        "updatedAt": ("timestamp", "NO", "now()"),
    }


def test_chat_is_the_chat_sdks_with_four_columns_more(database_url: str):
    assert columns(database_url, "Chat") == {
        "id": ("uuid", "NO", "gen_random_uuid()"),
        "createdAt": ("timestamp", "NO", None),
        "title": ("text", "NO", None),
        "userId": ("uuid", "NO", None),
        "visibility": ("varchar", "NO", "'private'::character varying"),
        "lastContext": ("jsonb", "YES", None),
        "currentPresetId": ("uuid", "YES", None),
        "presetHistory": ("jsonb", "YES", "'[]'::jsonb"),
        "totalTokens": ("int4", "YES", "0"),
        "provider": ("varchar(32)", "YES", "'anthropic'::character varying"),
    }


def test_the_indexes_of_the_spec_are_there(database_url: str):
    with psycopg.connect(database_url) as connection:
        found = dict(connection.execute("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"))
    expected = {
        "component_user_type_idx": '("userId", type)',
        "component_user_name_idx": '("userId", name)',
        "preset_user_idx": '("userId")',
        "preset_usage_idx": '("usageCount")',
        "preset_last_used_idx": '("lastUsedAt")',
        "subscription_user_idx": '("userId")',
        "subscription_polar_customer_idx": '("polarCustomerId")',
        "chat_preset_idx": '("currentPresetId")',
        "chat_user_created_idx": '("userId", "createdAt" DESC)',
        "message_chat_created_idx": '("chatId", "createdAt")',
    }
    assert {index: found[index].partition("btree ")[2] for index in expected} == expected


@pytest.mark.parametrize(
    "statement",
    [
        """INSERT INTO "Component" ("userId", "type", "name", "content") VALUES (%(user)s, 'role', '', 'x')""",
        """INSERT INTO "Component" ("userId", "type", "name", "content") VALUES (%(user)s, 'role', 'x', '')""",
        """INSERT INTO "Component" ("userId", "type", "name", "content", "usageCount")
           VALUES (%(user)s, 'role', 'x', 'x', -1)""",
        """INSERT INTO "Preset" ("userId", "name") VALUES (%(user)s, '')""",
        """INSERT INTO "Preset" ("userId", "name", "usageCount") VALUES (%(user)s, 'x', -1)""",
        """INSERT INTO "Subscription" ("userId", "polarCustomerId", "plan") VALUES (%(user)s, 'x', 'gold')""",
        """INSERT INTO "Subscription" ("userId", "polarCustomerId", "status") VALUES (%(user)s, 'x', 'odd')""",
    ],
)
def test_the_rules_that_sql_can_hold_are_constraints(database_url: str, statement: str):
    with psycopg.connect(database_url) as connection:
        user = connection.execute("""INSERT INTO "User" ("email") VALUES ('rules') RETURNING "id" """).fetchone()
        with pytest.raises(psycopg.errors.CheckViolation):
            connection.execute(statement, {"user": user[0]})
        connection.rollback()


def test_a_user_takes_components_presets_losses_and_sessions_along(database_url: str):
    with psycopg.connect(database_url, autocommit=True) as connection:
        (user,) = connection.execute("""INSERT INTO "User" ("email") VALUES ('gone') RETURNING "id" """).fetchone()
        (role,) = connection.execute(
            """INSERT INTO "Component" ("userId", "type", "name", "content")
               VALUES (%s, 'role', 'x', 'x') RETURNING "id" """,
            [user],
        ).fetchone()
        connection.execute("""INSERT INTO "Preset" ("userId", "name", "roleId") VALUES (%s, 'x', %s)""", [user, role])
        connection.execute('DELETE FROM "User" WHERE "id" = %s', [user])
        for table in ("Component", "Preset", "PresetLoss", "ComponentVersion"):
            assert not connection.execute(f'SELECT 1 FROM "{table}" WHERE "userId" = %s', [user]).fetchall()


def test_a_chat_sdk_database_keeps_its_tables_and_its_journal(postgres_url: str):
    url = a_database(postgres_url, "beside_a_chat_sdk")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute((SQL / "0000_chat_sdk_base.sql").read_bytes())
        # A newer Chat SDK: no lastContext, more columns on User, a journal of its own.
        connection.execute('ALTER TABLE "Chat" DROP COLUMN "lastContext"')
        connection.execute("""ALTER TABLE "User" ADD "isAnonymous" boolean NOT NULL DEFAULT false""")
        connection.execute("DELETE FROM drizzle.__drizzle_migrations WHERE id > 1")
        connection.execute("""INSERT INTO "User" ("email") VALUES ('theirs@example.com')""")
        ran = migrate.upgrade(url)
        assert ran == revisions()
        assert connection.execute('SELECT "email", "isAnonymous" FROM "User"').fetchall() == [
            ("theirs@example.com", False)
        ]
        assert connection.execute("SELECT count(*) FROM drizzle.__drizzle_migrations").fetchone() == (1,)
    assert "lastContext" not in columns(url, "Chat")
    assert migrate.upgrade(url) == []


def test_a_migration_that_fails_changes_nothing(postgres_url: str):
    url = a_database(postgres_url, "in_the_way")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute('CREATE TABLE "Preset" ("id" int)')
    with pytest.raises(Exception, match='relation "Preset" already exists'):
        migrate.upgrade(url)
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("Preset",)]
    assert migrate.pending(url) == revisions()


def test_the_migrations_of_the_spec_are_its_own_text():
    for file, statement in {
        "0001_add_prompt_components": "CREATE TYPE component_type AS ENUM ('role', 'style', 'context', 'mode');",
        "0002_extend_chat_table": 'CREATE INDEX "chat_preset_idx" ON "Chat"("currentPresetId");',
    }.items():
        assert statement in re.sub(r"\s+", " ", (SQL / f"{file}.sql").read_text())
