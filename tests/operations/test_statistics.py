"""What the database tells of itself: never a value that somebody wrote, never an index away that is needed."""

import psycopg
import pytest

from quartet.operations import statistics


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ('SELECT *\n  FROM "Chat" -- all of it\nWHERE "id" = $1', 'SELECT * FROM "Chat" WHERE "id" = $1'),
        ("select 'it''s' || $1, 12.5, t1.a2 FROM t1 /* my note */", "select ? || $1, ?, t1.a2 FROM t1"),
        ("INSERT INTO \"Vote_v2\" VALUES ($1, 'x')", 'INSERT INTO "Vote_v2" VALUES ($1, ?)'),
        ("SELECT E'it\\'s mine'", None),
        ("SELECT $tag$secret$tag$", None),
        ("ALTER ROLE ada PASSWORD 'secret'", None),
        ("COPY t FROM STDIN", None),
        ("SELECT relname FROM pg_class", None),
        ("<insufficient privilege>", None),
    ],
)
def test_no_value_is_shown(query: str, text: str | None):
    assert statistics.shown(query) == text


def test_slow_statements_without_their_values(postgres_url: str):
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("SELECT pg_sleep(0.05), 'Zanzibar' AS statistics_test")
        connection.execute("CREATE TABLE IF NOT EXISTS statistics_test (n int)")
        connection.execute("COMMENT ON TABLE statistics_test IS 'Zanzibar'")
        connection.execute("DROP TABLE statistics_test")
    found = statistics.read(postgres_url)
    (slow,) = [each for each in found.statements if "statistics_test" in each.text]
    assert slow.text == "SELECT pg_sleep($1), $2 AS statistics_test"
    assert slow.mean >= 50
    assert not [each for each in found.statements if "Zanzibar" in each.text]
    assert found.remedy is None


def test_how_to_get_statements_where_there_are_none(postgres_url: str, worker_id: str):
    bare = f"bare_{worker_id}"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {bare}")
        connection.execute(f"CREATE DATABASE {bare} TEMPLATE template0")
    found = statistics.read(psycopg.conninfo.make_conninfo(postgres_url, dbname=bare))
    assert found.statements == []
    assert found.remedy == "Have an administrator run in this database: CREATE EXTENSION pg_stat_statements;"


def test_the_whole_picture(database_url: str):
    with psycopg.connect(database_url) as other:
        other.execute('LOCK TABLE "Vote_v2" IN ACCESS EXCLUSIVE MODE')
        found = statistics.read(database_url)
    assert found.overview.longest is not None
    assert found.overview.longest > 0
    assert sum(found.overview.connections.values()) >= 2
    assert found.overview.cache_hits is not None
    assert 0 < found.overview.cache_hits <= 1
    assert {"User", "Component", "Message_v2"} <= {table.name for table in found.tables}
    assert all(table.size >= table.index_size for table in found.tables)


def test_no_constraint_stands_on_an_index_that_is_called_unused(database_url: str):
    found = statistics.read(database_url)
    unused = {index.name for index in found.unused}
    assert unused, "this database is new"
    with psycopg.connect(database_url) as connection:
        needed = connection.execute("SELECT conindid::regclass::text FROM pg_constraint WHERE conindid <> 0").fetchall()
        unique = connection.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indisunique").fetchall()
    assert not unused & {row[0].strip('"') for row in [*needed, *unique]}
