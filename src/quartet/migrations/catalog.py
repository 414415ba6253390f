"""What stands in a database, as its own catalog says. Only the schema that our names resolve to is looked at."""

from typing import Any, LiteralString

import psycopg

from quartet.migrations.statements import Thing

_THINGS: LiteralString = """
    WITH here AS (SELECT oid, relname, relkind FROM pg_class WHERE relnamespace = current_schema()::regnamespace)
    SELECT 'table', relname, '' FROM here WHERE relkind IN ('r', 'p')
    UNION ALL
    SELECT 'column', a.attname, t.relname FROM pg_attribute a JOIN here t ON t.oid = a.attrelid
      WHERE t.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT 'constraint', c.conname, t.relname FROM pg_constraint c JOIN here t ON t.oid = c.conrelid
    UNION ALL
    SELECT CASE WHEN x.indisvalid THEN 'index' ELSE 'invalid index' END, i.relname, t.relname
      FROM pg_index x JOIN here i ON i.oid = x.indexrelid JOIN here t ON t.oid = x.indrelid
    UNION ALL
    SELECT 'trigger', g.tgname, t.relname FROM pg_trigger g JOIN here t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal
    UNION ALL
    SELECT 'function', proname, '' FROM pg_proc WHERE pronamespace = current_schema()::regnamespace
    UNION ALL
    SELECT 'type', typname, '' FROM pg_type WHERE typnamespace = current_schema()::regnamespace AND typtype = 'e'
    UNION ALL
    SELECT 'extension', extname, '' FROM pg_extension"""


def things(connection: psycopg.Connection[Any]) -> set[Thing]:
    """Return all that is there; a half-built index is an `invalid index`."""
    return {Thing(*row) for row in connection.execute(_THINGS)}


def tables(connection: psycopg.Connection[Any]) -> set[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    return {row[0] for row in rows}


def policies(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Return (policy, table) of the walls that we put up."""
    return connection.execute(
        r"""SELECT policyname, tablename FROM pg_policies
            WHERE schemaname = current_schema() AND policyname LIKE 'quartet\_%' ORDER BY 2, 1"""
    ).fetchall()


def oldest_transaction(connection: psycopg.Connection[Any]) -> str:
    """Say who has been at work in this database for longest: whoever waits for a lock mostly waits for them."""
    row = connection.execute(
        """SELECT format('process %s%s has had a transaction open since %s (%s)', pid,
                         coalesce(' (' || nullif(application_name, '') || ')', ''),
                         to_char(xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"'), state)
           FROM pg_stat_activity a
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
             AND backend_type = 'client backend'
             -- Who holds neither a snapshot nor a table is in nobody's way.
             AND (backend_xmin IS NOT NULL
                  OR EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'relation'))
           ORDER BY xact_start LIMIT 1"""
    ).fetchone()
    return row[0] if row else "nobody has a transaction open now"
