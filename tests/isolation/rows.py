"""Every row of every table: what they are now, as one figure a table, and how to have them back."""

from graphlib import TopologicalSorter

import psycopg
from psycopg import sql

# What reading itself writes, and what the server's own clock does: the only changes that are nobody's doing.
_WRITTEN_BY_READING = {"UserSession": ["seenAt"], "ApiKey": ["lastUsedAt"]}
_WRITTEN_BY_THE_CLOCK = {"PolarCustomer": ["dueAt", "checkedAt"]}
# A refused sign-in is written down for whose account it was.
_WRITTEN_BY_REFUSALS = {
    "AuditEntry": """"action" IN ('session.failed', 'confirmation.failed', 'second_factor.failed')"""
}


class Rows:
    """The rows of a database; `connection` is their owner's, past all walls, and commits by itself."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self.tables = list(TopologicalSorter(_references(connection)).static_order())
        self._digests = sql.SQL(" UNION ALL ").join(_digest(table) for table in self.tables)

    def digests(self) -> dict[str, str]:
        """Return a hash of each table's rows, in whatever order they stand."""
        return dict(self._connection.execute(self._digests).fetchall())

    def execute(self, statement: str, values: list[object]) -> None:
        self._connection.execute(statement, values)

    def keep(self) -> dict[str, bytes]:
        """Copy everything, for `restore`."""
        kept = {}
        for table in self.tables:
            with self._connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
                kept[table] = b"".join(bytes(each) for each in copy)
        return kept

    def restore(self, kept: dict[str, bytes]) -> None:
        """Have everything as it was. What our triggers would write stands in the rows already."""
        every = sql.SQL(", ").join(sql.Identifier(table) for table in self.tables)
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute(sql.SQL("TRUNCATE {}").format(every))
            for table in self.tables:
                name = sql.Identifier(table)
                cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(name))
                with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(name)) as copy:
                    copy.write(kept[table])
                cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(name))


def _digest(table: str) -> sql.Composed:
    ignored = _WRITTEN_BY_READING.get(table, []) + _WRITTEN_BY_THE_CLOCK.get(table, [])
    unless = sql.SQL(_WRITTEN_BY_REFUSALS.get(table, "false"))
    return sql.SQL(
        """SELECT {name}, coalesce(md5(string_agg(row, '' ORDER BY row)), '') FROM
             (SELECT md5((to_jsonb(t) - {ignored}::text[])::text) AS row FROM {table} t WHERE NOT ({unless})) rows"""
    ).format(name=sql.Literal(table), ignored=sql.Literal(ignored), table=sql.Identifier(table), unless=unless)


def _references(connection: psycopg.Connection) -> dict[str, set[str]]:
    """Return every table with those that its rows refer to."""
    found = connection.execute(
        """SELECT t.relname, array_remove(array_agg(DISTINCT r.relname), t.relname)
           FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
             LEFT JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f'
             LEFT JOIN pg_class r ON r.oid = c.confrelid
           WHERE t.relkind = 'r' GROUP BY 1"""
    )
    return {table: {each for each in referred if each} for table, referred in found}
