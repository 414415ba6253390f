"""What the login of a pooler in transaction mode brings along, because nothing can be set for a connection there."""

import psycopg
from psycopg import sql

from quartet.core.database import SLOWEST_SECONDS

_NOW = """SELECT current_setting('TimeZone'), current_setting('statement_timeout') <> '0',
    current_setting('idle_in_transaction_session_timeout') <> '0', session_user"""

_UTC = {"UTC", "Etc/UTC", "GMT", "Etc/GMT"}
_NAMES = {
    "timezone": "time zone that moments are kept in",
    "statement_timeout": "end of a statement that hangs",
    "idle_in_transaction_session_timeout": "end of a forgotten transaction",
}


def missing(url: str) -> str | None:
    """Say what the login of `url` lacks and the statements that give it that; None when nothing is missing."""
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        zone, ends, leaves, login = connection.execute(_NOW).fetchone() or ("", False, False, "")
        wanted = {} if zone in _UTC else {"timezone": "UTC"}
        if not ends:
            wanted["statement_timeout"] = f"{SLOWEST_SECONDS}s"
        if not leaves:
            wanted["idle_in_transaction_session_timeout"] = f"{SLOWEST_SECONDS}s"
        statements = [
            sql.SQL("ALTER ROLE {} SET {} TO {};")
            .format(sql.Identifier(login), sql.Identifier(name), sql.Literal(value))
            .as_string(connection)
            for name, value in wanted.items()
        ]
    if not statements:
        return None
    lacks = " and the ".join(_NAMES[name] for name in wanted)
    return (
        f'The login "{login}" goes through a pooler, where nothing can be set for a connection, and lacks the '
        f"{lacks}. Run, and let the pooler connect anew (RECONNECT): "
        f"{' '.join(statements)}"
    )
