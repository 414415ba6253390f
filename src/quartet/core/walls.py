"""Whether the second wall stands: the role of a request owns nothing, is above nothing, and no table is open to it."""

import psycopg
from psycopg import errors

from quartet.core.database import APP, SYSTEM

_WHO = """SELECT current_user, session_user, r."rolsuper" OR r."rolbypassrls"
  FROM pg_roles r WHERE r."rolname" = current_user"""
_OPEN = f"""SELECT c."relname" FROM pg_class c
  WHERE c."relkind" IN ('r', 'p') AND c."relnamespace" = 'public'::regnamespace
    AND has_table_privilege('{APP}', c."oid", 'SELECT') AND NOT c."relrowsecurity" ORDER BY 1"""
_OWN = """SELECT c."relname" FROM pg_class c JOIN pg_policy p ON p."polrelid" = c."oid"
  WHERE pg_has_role(current_user, c."relowner", 'USAGE') LIMIT 1"""


def fault(url: str, *, pooled: bool) -> str | None:
    """Say what is wrong with the wall and how to put it right; None when it stands.

    `pooled`: `url` leads through a pooler in transaction mode, whose login must have a request's role by itself.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            connection.execute(f"SET ROLE {SYSTEM}")
            connection.execute("RESET ROLE" if pooled else f"SET ROLE {APP}")
        except (errors.InsufficientPrivilege, errors.InvalidParameterValue):
            login = connection.info.user
            return f'"{login}" may not act as {APP} and {SYSTEM}. Let it: GRANT {APP}, {SYSTEM} TO "{login}".'
        return _fault(connection, pooled=pooled)


def _fault(connection: psycopg.Connection, *, pooled: bool) -> str | None:
    user, login, is_above = connection.execute(_WHO).fetchone() or ("", "", True)
    if is_above or connection.execute(_OWN).fetchone():
        why = "is held by no policy" if is_above else "owns tables"
        how = f'Give the pooler a login of its own, with: ALTER ROLE "{login}" SET role TO {APP}.' if pooled else ""
        return f'Requests would run as "{user}", which {why}. {how}'.strip()
    if open_tables := [row[0] for row in connection.execute(_OPEN)]:
        return (
            f"Row-level security is off for {', '.join(open_tables)}. "
            f'Switch it on: ALTER TABLE "{open_tables[0]}" ENABLE ROW LEVEL SECURITY.'
        )
    return None
