"""Databases beside the one in use: made, filled, and put into its place in one stroke."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from quartet.operations.contents import Connection, unhurried
from quartet.operations.errors import NotDone

_PREFIX = "quartet_restore_"
_UNFINISHED = re.compile(rf"{_PREFIX}([0-9a-f]{{12}})")
_TRIES = 5
_LONGEST_NAME = 40  # of 63 bytes, with what is added

# Lists are kept as SQL writes them, all other values as they are.
_LISTS = {"search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries"}


@dataclass(frozen=True)
class Beside:
    """`admin` is connected to a third database, in which the others can be renamed."""

    admin: Connection
    url: str
    name: str
    is_embedded: bool

    def of(self, name: str) -> str:
        return make_conninfo(self.url, dbname=name)

    @contextmanager
    def scratch(self) -> Iterator[str]:
        """Make an empty database, like ours in its language; yield its name. It goes unless `swap` gave it ours."""
        self._drop_unfinished()
        token = secrets.token_hex(6)
        name = f"{_PREFIX}{token}"
        # Held until we end, however we end: so the next one knows whose database is nobody's.
        self.admin.execute("SELECT pg_advisory_lock(%s)", [int(token, 16)])
        self.admin.execute(sql.SQL("CREATE DATABASE {} {}").format(sql.Identifier(name), self._like_ours()))
        try:
            yield name
        finally:
            if not self.admin.broken:
                self.drop(name)

    def drop(self, name: str) -> None:
        """Drop a database and end whoever is connected to it. Raises `NotDone` where somebody comes again and again."""
        for last in (False,) * (_TRIES - 1) + (True,):
            # `FORCE` would refuse where autovacuum is at work there, whose end only an administrator may ask for;
            # without it, the server itself sends that away.
            self._end_connections(name)
            try:
                self.admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
            except errors.ObjectInUse as error:
                if last:
                    raise NotDone(f'Somebody uses the database "{name}": {error.diag.message_detail}') from None
            else:
                return

    def kept(self) -> list[str]:
        """Name the databases that earlier restores replaced."""
        rows = self.admin.execute("SELECT datname FROM pg_database ORDER BY 1").fetchall()
        is_ours = re.compile(re.escape(self.name[:_LONGEST_NAME]) + r"_before_\d{8}_\d{6}")
        return [name for (name,) in rows if is_ours.fullmatch(name)]

    def swap(self, new: str) -> str:
        """Give `new` the name of ours; return the name that ours has then. Ends everybody's connections to it."""
        old = f"{self.name[:_LONGEST_NAME]}_before_{datetime.now(UTC):%Y%m%d_%H%M%S}"
        self._carry_over(new)
        for last in (False,) * (_TRIES - 1) + (True,):
            try:
                with self.admin.transaction():
                    self._end_connections(self.name, new)
                    # This waits some seconds for those that end, and lets nobody in meanwhile.
                    self._rename(self.name, old)
                    self._rename(new, self.name)
            except errors.ObjectInUse as error:
                if last:
                    raise NotDone(
                        f'Somebody connects to "{self.name}" again and again, and it stays as it was '
                        f"({error.diag.message_detail}). Stop every Quartet and Chat SDK, and try again."
                    ) from None
            except errors.InsufficientPrivilege as refused:
                raise NotDone(
                    f'"{self.name}" stays as it was: {refused.diag.message_primary}. Stop who else is connected to it, '
                    "and try again."
                ) from None
            else:
                break
        return old

    def _rename(self, name: str, to: str) -> None:
        self.admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))

    def _end_connections(self, *names: str) -> None:
        self.admin.execute(
            """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
               WHERE datname = ANY(%s) AND pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker'""",
            [list(names)],
        )

    def _drop_unfinished(self) -> None:
        for (name,) in self.admin.execute("SELECT datname FROM pg_database").fetchall():
            if found := _UNFINISHED.fullmatch(name):
                key = int(found[1], 16)
                [(is_nobodys,)] = self.admin.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchall()
                if is_nobodys:
                    self.drop(name)
                    self.admin.execute("SELECT pg_advisory_unlock(%s)", [key])

    def _like_ours(self) -> sql.Composable:
        if self.is_embedded:
            return sql.SQL("")  # template1 there has what only an administrator may make
        ours = self._row()
        clauses = {
            "ENCODING": ours["encoding_name"],
            "LC_COLLATE": ours["datcollate"],
            "LC_CTYPE": ours["datctype"],
        }
        place = ours.get("datlocale") or ours.get("daticulocale")
        if ours.get("datlocprovider") == "i":
            clauses |= {"LOCALE_PROVIDER": "icu", "ICU_LOCALE": place}
        elif ours.get("datlocprovider") == "b":
            clauses |= {"LOCALE_PROVIDER": "builtin", "BUILTIN_LOCALE": place}
        # template1 may hold what the backup holds too.
        return sql.SQL("TEMPLATE template0 ") + sql.SQL(" ").join(
            sql.SQL("{} {}").format(sql.SQL(key), sql.Literal(value)) for key, value in clauses.items()
        )

    def _row(self) -> dict[str, Any]:
        [(row,)] = self.admin.execute(
            """SELECT to_jsonb(d) || jsonb_build_object('encoding_name', pg_encoding_to_char(d.encoding))
               FROM pg_database d WHERE d.datname = %s""",
            [self.name],
        ).fetchall()
        found: dict[str, Any] = row
        return found

    def _carry_over(self, new: str) -> None:
        """Give `new` what stands not in a database but about it: who may connect, its settings and its limit."""
        name = sql.Identifier(new)
        limit = self._row()["datconnlimit"]
        self.admin.execute(sql.SQL("ALTER DATABASE {} CONNECTION LIMIT {}").format(name, sql.Literal(limit)))
        rights = self.admin.execute(
            """SELECT CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END, a.privilege_type
               FROM pg_database d, aclexplode(d.datacl) a WHERE d.datname = %s AND a.grantee <> d.datdba""",
            [self.name],
        ).fetchall()
        if self._row()["datacl"] is not None:
            self.admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        for role, right in rights:
            grant = sql.SQL("GRANT {} ON DATABASE {} TO {}")
            self.admin.execute(grant.format(sql.SQL(right), name, sql.SQL(role)))
        for role, setting in self.admin.execute(
            """SELECT nullif(s.setrole, 0)::regrole::text, unnest(s.setconfig)
               FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = %s""",
            [self.name],
        ).fetchall():
            key, value = setting.split("=", 1)
            whose = sql.SQL("ROLE {} IN DATABASE").format(sql.SQL(role)) if role else sql.SQL("DATABASE")
            to = sql.SQL(value) if key in _LISTS else sql.Literal(value)
            self.admin.execute(sql.SQL("ALTER {} {} SET {} TO {}").format(whose, name, sql.SQL(key), to))


@contextmanager
def beside(url: str, *, is_embedded: bool) -> Iterator[Beside | None]:
    """Yield the way to the databases beside that of `url`; None where its login may not make and rename them."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        [(may,)] = connection.execute(
            """SELECT (r.rolcreatedb OR r.rolsuper) AND pg_has_role(current_user, d.datdba, 'USAGE')
               FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()"""
        ).fetchall()
    if not may:
        yield None
        return
    for third in ("postgres", "template1"):
        if third == name:
            continue
        try:
            admin = psycopg.connect(make_conninfo(url, dbname=third), autocommit=True)
        except psycopg.OperationalError:
            continue
        with admin:
            unhurried(admin)
            yield Beside(admin, url, name, is_embedded)
        return
    yield None
