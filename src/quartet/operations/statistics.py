"""What the database does all day, from its own statistics: slow statements, sizes, dead rows, indexes, the cache.

Statements are shown as `pg_stat_statements` keeps them, with `$1` for each value. Of commands that change no rows and
read none it keeps the values too, a password of an ALTER ROLE for one: those are never shown.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import class_row

Connection = psycopg.Connection[Any]

_SLOWEST = 10
_READS_OR_WRITES = re.compile(r"(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH)\b", re.IGNORECASE)
_OF_CATALOGS = re.compile(
    r"\bpg_(?:catalog|type|stat|class|index|attribute|constraint|database|extension|settings|locks)"
)
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_QUOTED = re.compile(r"'|\$\w*\$")
_LITERAL = re.compile(r"'(?:[^']|'')*'|(?<![\w$.\"])\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Statement:
    """One kind of statement. `mean` and `total` are in milliseconds, `rows` is of all calls together."""

    text: str
    calls: int
    mean: float
    total: float
    rows: int


@dataclass(frozen=True, slots=True)
class Table:
    """Sizes are in bytes; `size` has everything, indexes and long values too. Rows are as last counted or estimated."""

    name: str
    rows: int
    dead: int
    size: int
    index_size: int
    vacuumed: datetime | None
    analyzed: datetime | None

    @property
    def dead_share(self) -> float:
        return self.dead / (self.rows + self.dead) if self.dead else 0.0


@dataclass(frozen=True, slots=True)
class Index:
    """`needed` are the bytes that its entries would take if it were made anew, at most; None where nobody knows.

    `is_held`: a constraint stands on it, so it is of use even if no query reads it.
    """

    name: str
    table: str
    size: int
    scans: int
    rows: int
    is_held: bool
    is_valid: bool
    needed: int | None

    @property
    def bloat(self) -> float | None:
        """The share of it that would go, at least."""
        if self.needed is None or self.size == 0:
            return None
        return max(0.0, 1 - self.needed / self.size)


@dataclass(frozen=True, slots=True)
class Overview:
    """`cache_hits` is a share; None where nothing was read yet. `longest` is the age of the oldest open transaction."""

    name: str
    version: str
    size: int
    since: datetime | None
    cache_hits: float | None
    deadlocks: int
    max_connections: int
    connections: dict[str, int]
    longest: float | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """`statements` are the slowest by their mean; where there are none, `remedy` may say how to get them."""

    overview: Overview
    statements: list[Statement]
    tables: list[Table]
    indexes: list[Index]
    remedy: str | None

    @property
    def unused(self) -> list[Index]:
        """Indexes that no query read since the figures began, and that hold no constraint; the largest first."""
        idle = [each for each in self.indexes if each.scans == 0 and each.is_valid and not each.is_held]
        return sorted(idle, key=lambda each: -each.size)


def read(url: str) -> Statistics:
    """Look at the database of `url`, at the tables that our names resolve to."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET statement_timeout = '60s'")
        statements, remedy = _slow(connection)
        return Statistics(_overview(connection), statements, tables(connection), indexes(connection), remedy)


_OVERVIEW: LiteralString = """
    SELECT d.datname AS name, current_setting('server_version') AS version, pg_database_size(d.datid) AS size,
           d.stats_reset AS since, d.blks_hit::float / nullif(d.blks_hit + d.blks_read, 0) AS cache_hits, d.deadlocks,
           current_setting('max_connections')::int AS max_connections,
           coalesce((SELECT jsonb_object_agg(a.state, a.count) FROM (
             SELECT coalesce(state, 'unknown') AS state, count(*) FROM pg_stat_activity
             WHERE datid = d.datid AND backend_type = 'client backend' GROUP BY 1) a), '{}') AS connections,
           (SELECT extract(epoch FROM now() - min(xact_start))::float FROM pg_stat_activity
            WHERE datid = d.datid AND pid <> pg_backend_pid() AND backend_type = 'client backend') AS longest
    FROM pg_stat_database d WHERE d.datname = current_database()"""

# The size of what is locked would be waited for: what it was when it was last looked at does as well.
_LOCKED: LiteralString = """
    WITH locked AS (SELECT relation FROM pg_locks l JOIN pg_database d ON d.oid = l.database
                    WHERE d.datname = current_database() AND l.granted AND l.mode = 'AccessExclusiveLock')"""

_TABLES: LiteralString = f"""{_LOCKED}
    SELECT s.relname AS name, s.n_live_tup AS rows, s.n_dead_tup AS dead,
           CASE WHEN s.relid IN (TABLE locked) THEN c.relpages * 8192::bigint ELSE pg_total_relation_size(s.relid) END
             AS size,
           CASE WHEN s.relid IN (TABLE locked) THEN 0 ELSE pg_indexes_size(s.relid) END AS index_size,
           greatest(s.last_vacuum, s.last_autovacuum) AS vacuumed,
           greatest(s.last_analyze, s.last_autoanalyze) AS analyzed
    FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
    WHERE s.schemaname = current_schema() ORDER BY size DESC, name"""

# An entry of a B-tree has 12 bytes beside its columns, which are padded to 8; a page holds 8,152 bytes of them, and is
# filled to nine tenths. Equal entries take less, so an index never looks emptier than it is.
# https://www.postgresql.org/docs/current/btree.html#BTREE-STRUCTURE
_INDEXES: LiteralString = f"""{_LOCKED}
    SELECT i.relname AS name, t.relname AS table,
           CASE WHEN i.oid IN (TABLE locked) THEN i.relpages * 8192::bigint ELSE pg_relation_size(i.oid) END AS size,
           coalesce(s.idx_scan, 0) AS scans,
           coalesce(s.idx_tup_read, 0) AS rows, x.indisvalid AS is_valid,
           x.indisunique OR x.indisexclusion OR EXISTS (SELECT FROM pg_constraint WHERE conindid = i.oid) AS is_held,
           CASE WHEN m.amname = 'btree' AND i.reltuples >= 0 THEN
             (8192 * (2 + ceil(i.reltuples * (12 + 8 * ceil(e.width / 8)) / (8152 * 0.9))))::bigint END AS needed
    FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_class t ON t.oid = x.indrelid AND t.relnamespace = current_schema()::regnamespace
    JOIN pg_am m ON m.oid = i.relam
    LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.oid
    LEFT JOIN LATERAL (
      SELECT sum(p.avg_width * (1 - p.null_frac)) AS width
      FROM pg_attribute k
      LEFT JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum = x.indkey[k.attnum - 1] AND c.attnum > 0
      LEFT JOIN pg_stats p ON p.schemaname = current_schema()
        AND p.tablename = CASE WHEN c.attnum IS NULL THEN i.relname ELSE t.relname END
        AND p.attname = coalesce(c.attname, k.attname)
      WHERE k.attrelid = i.oid HAVING count(*) = count(p.avg_width)
    ) e ON true
    ORDER BY scans DESC, name"""


def tables(connection: Connection) -> list[Table]:
    """Return all tables, the largest first."""
    return connection.cursor(row_factory=class_row(Table)).execute(_TABLES).fetchall()


def indexes(connection: Connection) -> list[Index]:
    """Return all indexes, the most read first."""
    return connection.cursor(row_factory=class_row(Index)).execute(_INDEXES).fetchall()


def _overview(connection: Connection) -> Overview:
    found = connection.cursor(row_factory=class_row(Overview)).execute(_OVERVIEW).fetchone()
    assert found is not None  # noqa: S101 - this database has a row there
    return found


def _slow(connection: Connection) -> tuple[list[Statement], str | None]:
    schema, remedy = _extension(connection)
    if schema is None:
        return [], remedy
    query = sql.SQL(
        """SELECT coalesce(query, '') AS text, calls, mean_exec_time AS mean, total_exec_time AS total, rows
           FROM {}.pg_stat_statements
           WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
           ORDER BY mean_exec_time DESC LIMIT 1000"""
    ).format(sql.Identifier(schema))
    try:
        found = connection.cursor(row_factory=class_row(Statement)).execute(query).fetchall()
    except psycopg.errors.ObjectNotInPrerequisiteState:
        return [], "Add pg_stat_statements to shared_preload_libraries in postgresql.conf, and restart PostgreSQL."
    if any(each.text == "<insufficient privilege>" for each in found):
        login = sql.Identifier(connection.info.user).as_string(connection)
        remedy = f"Only this login's own are shown. For all: GRANT pg_read_all_stats TO {login};"
    slowest = [
        Statement(text, each.calls, each.mean, each.total, each.rows)
        for each in found
        if (text := shown(each.text)) is not None
    ]
    return slowest[:_SLOWEST], remedy


def shown(query: str) -> str | None:
    """Return a statement as it may be shown, on one line; None for one that may have values in it, or asks catalogs."""
    text = " ".join(_LITERAL.sub("?", _COMMENT.sub(" ", query)).split())
    if not _READS_OR_WRITES.match(text) or _OF_CATALOGS.search(text) or _QUOTED.search(text):
        return None
    return text


def _extension(connection: Connection) -> tuple[str | None, str | None]:
    """Return the schema that the extension is in, put in place where that is possible, or what to do about it."""
    where = """SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
               WHERE e.extname = 'pg_stat_statements'"""
    if found := connection.execute(where).fetchone():
        return found[0], None
    loaded = connection.execute("SELECT setting FROM pg_settings WHERE name = 'shared_preload_libraries'").fetchone()
    if loaded and "pg_stat_statements" not in loaded[0]:
        return None, (
            "Add pg_stat_statements to shared_preload_libraries in postgresql.conf, restart PostgreSQL, and have an "
            "administrator run in this database: CREATE EXTENSION pg_stat_statements;"
        )
    try:
        if loaded:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    except psycopg.Error:
        loaded = None
    if loaded and (found := connection.execute(where).fetchone()):
        return found[0], None
    return None, "Have an administrator run in this database: CREATE EXTENSION pg_stat_statements;"
