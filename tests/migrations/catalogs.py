"""A whole database as values that can be compared: its catalog, and its rows."""

from typing import Any

import psycopg

_NOT_SYSTEM = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_ACL = (
    """ARRAY(SELECT a::text FROM unnest(coalesce(nullif({acl}, '{{}}'), acldefault({kind}, {owner}))) a ORDER BY 1)"""
)
QUERIES = {
    "relations": f"""SELECT n.nspname, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relpersistence,
        {_ACL.format(acl="c.relacl", kind="'r'", owner="c.relowner")}, obj_description(c.oid, 'pg_class')
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_NOT_SYSTEM} AND c.relkind IN ('r', 'p', 'v', 'm', 'S')""",
    "columns": f"""SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid), a.attstorage, a.attacl
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE {_NOT_SYSTEM} AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraints": f"""SELECT n.nspname, r.relname, c.conname, pg_get_constraintdef(c.oid), c.convalidated
        FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = c.connamespace
        WHERE {_NOT_SYSTEM}""",
    "indexes": f"""SELECT n.nspname, t.relname, pg_get_indexdef(x.indexrelid), x.indisvalid
        FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
        WHERE {_NOT_SYSTEM}""",
    "triggers": """SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal""",
    "functions": f"""SELECT n.nspname, p.oid::regprocedure::text, p.prosrc, p.prosecdef
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_NOT_SYSTEM}""",
    "types": f"""SELECT n.nspname, t.typname, ARRAY(SELECT enumlabel FROM pg_enum WHERE enumtypid = t.oid)::text
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE {_NOT_SYSTEM} AND t.typtype IN ('e', 'd')""",
    "policies": """SELECT schemaname, tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies""",
    "schemas": f"""SELECT n.nspname, {_ACL.format(acl="n.nspacl", kind="'n'", owner="n.nspowner")}
        FROM pg_namespace n WHERE {_NOT_SYSTEM}""",
    "extensions": "SELECT extname, extversion FROM pg_extension",
}

Catalog = dict[str, set[tuple[Any, ...]]]


def catalog(connection: psycopg.Connection[Any], *, roles: bool = False) -> Catalog:
    """Read the catalog; `roles` too, which belong to the whole cluster."""
    found = {name: {_hashable(row) for row in connection.execute(query)} for name, query in QUERIES.items()}
    if roles:
        found["roles"] = set(connection.execute("SELECT rolname FROM pg_roles"))
    return found


def rows(connection: psycopg.Connection[Any], tables: list[str], columns: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """Read all rows of these tables in these columns, as text."""
    return {
        table: sorted(
            connection.execute(
                f"""SELECT ROW({", ".join(f'"{column}"' for column in columns[table])})::text FROM "{table}" """
            ).fetchall()
        )
        for table in tables
    }


def lost(before: Catalog, after: Catalog) -> dict[str, set[tuple[Any, ...]]]:
    """Return what was there and is not, or not as it was."""
    return {name: gone for name in before if (gone := before[name] - after[name])}


def difference(before: Catalog, after: Catalog) -> dict[str, set[tuple[Any, ...]]]:
    return {name: each for name in before if (each := before[name] ^ after[name])}


def _hashable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tuple(each) if isinstance(each, list) else each for each in row)
