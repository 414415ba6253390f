"""Whether the second wall stands: the role of a request owns nothing, is above nothing, and no table is open to it."""

import psycopg
from psycopg import errors

from quartet.core.database import APP, SYSTEM

_WHO = f"""SELECT current_user, session_user,
    CASE WHEN r."rolsuper" OR r."rolbypassrls" THEN 'is held by no policy'
         WHEN EXISTS (SELECT FROM pg_class c JOIN pg_policy p ON p."polrelid" = c."oid"
                      WHERE pg_has_role(current_user, c."relowner", 'USAGE')) THEN 'owns tables'
         WHEN pg_has_role(current_user, '{SYSTEM}', 'USAGE') THEN 'may do all that {SYSTEM} may' END
  FROM pg_roles r WHERE r."rolname" = current_user"""
_OPEN = f"""SELECT c."relname" FROM pg_class c
  WHERE c."relkind" IN ('r', 'p') AND c."relnamespace" = 'public'::regnamespace
    AND has_table_privilege('{APP}', c."oid", 'SELECT') AND NOT c."relrowsecurity" ORDER BY 1"""


def fault(url: str, *, pooled: bool) -> str | None:
    """Say what is wrong with the wall and how to put it right; None when it stands.

    `pooled`: `url` leads through a pooler in transaction mode, whose login must have a request's role by itself.
    """
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        try:
            # Never for longer than a transaction: behind a pooler, the next one may be somebody else's.
            with connection.transaction():
                connection.execute(f"SET LOCAL ROLE {SYSTEM}")
            with connection.transaction():
                if not pooled:
                    connection.execute(f"SET LOCAL ROLE {APP}")
                return _fault(connection, pooled=pooled)
        except (errors.InsufficientPrivilege, errors.InvalidParameterValue):
            login = connection.info.user
            return f'"{login}" may not act as {APP} and {SYSTEM}. Let it: GRANT {APP}, {SYSTEM} TO "{login}".'


def _fault(connection: psycopg.Connection, *, pooled: bool) -> str | None:
    user, login, why = connection.execute(_WHO).fetchone() or ("", "", "is nobody")
    if why:
        how = f'Give the pooler a login of its own, with: ALTER ROLE "{login}" SET role TO {APP}.' if pooled else ""
        return f'Requests would run as "{user}", which {why}. {how}'.strip()
    if open_tables := [row[0] for row in connection.execute(_OPEN)]:
        return (
            f"Row-level security is off for {', '.join(open_tables)}. "
            f'Switch it on: ALTER TABLE "{open_tables[0]}" ENABLE ROW LEVEL SECURITY.'
        )
    return None
