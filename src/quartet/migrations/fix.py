"""What `quartet db check --fix` does. Everything here is a short transaction that gives way, and may be done again."""

from collections.abc import Callable
from functools import partial

from psycopg import sql

from quartet.migrations import keys, migrate, online, restore
from quartet.migrations.chat_sdk import LAST_CONTEXT, SIX, Column
from quartet.migrations.findings import Finding, Fix
from quartet.migrations.missing import drop_policies, revisions, run_missing
from quartet.migrations.online import Connection, Patience, Say
from quartet.migrations.statements import wanted

Act = Callable[[Connection, list[str], Patience], None]

_PATIENCE = Patience()


def fix(url: str, findings: list[Finding], say: Say, patience: Patience = _PATIENCE) -> None:
    """Mend what of these can be mended; raises as `migrate.upgrade` does."""
    kinds = {finding.fix for finding in findings if finding.fix}
    if Fix.UPGRADE in kinds:
        for name in migrate.upgrade(url, say, patience):
            say(f"Ran {name}.")
    pending = migrate.pending(url)
    ran = [name for name in revisions() if name not in pending]
    with online.alone(url, say) as connection:
        for kind, (what, act) in _ACTS.items():
            if kind in kinds:
                online.patiently(connection, what, partial(_act, connection, act, ran, patience), patience, say)
                say(f"{what}: done.")
        keys.validate(connection, wanted(ran), say)
        if kinds & {Fix.EXTENSION, Fix.INDEXES}:
            online.build_indexes(connection, wanted(ran), patience, say)
        if kinds & {Fix.EXTENSION, Fix.CHATS, Fix.UPGRADE} and (count := restore.remind_chats(connection)):
            say(f"{count} chats know again which presets they spoke with and what they took.")
        if Fix.LAST_CONTEXT in kinds and (count := restore.remember_last_context(connection)):
            say(f'"lastContext" of {count} chats is filled from their answers.')


def _act(connection: Connection, act: Act, ran: list[str], patience: Patience) -> None:
    with connection.transaction():
        online.limit_locks(connection, patience.lock)
        act(connection, ran, patience)


def _extension(connection: Connection, ran: list[str], patience: Patience) -> None:
    online.hold_their_tables(connection, ran, patience)
    drop_policies(connection)
    run_missing(connection, ran)
    keys.mend(connection, wanted(ran))


def _six_columns(connection: Connection, _: list[str], __: Patience) -> None:
    for name, column in SIX.items():
        _add_column(connection, "User", name, column)


def _last_context(connection: Connection, _: list[str], __: Patience) -> None:
    _add_column(connection, "Chat", "lastContext", LAST_CONTEXT)


def _add_column(connection: Connection, table: str, name: str, column: Column) -> None:
    connection.execute(
        sql.SQL("ALTER TABLE {} ADD COLUMN IF NOT EXISTS {} {}{}{}").format(
            sql.Identifier(table),
            sql.Identifier(name),
            sql.SQL(column.type),
            sql.SQL(f" DEFAULT {column.default}" if column.default else ""),
            sql.SQL(" NOT NULL" if column.is_required else ""),
        )
    )


def _free_deletes(connection: Connection, ran: list[str], _: Patience) -> None:
    keys.mend(connection, wanted(ran))


def _free_inserts(connection: Connection, ran: list[str], _: Patience) -> None:
    for thing in wanted(ran):
        if thing.kind == "column" and thing.table == "Chat":
            connection.execute(
                sql.SQL("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL").format(
                    sql.Identifier(thing.table), sql.Identifier(thing.name)
                )
            )


_ACTS: dict[Fix, tuple[str, Act]] = {
    Fix.EXTENSION: ("Making again what of Quartet is lost", _extension),
    Fix.SIX_COLUMNS: ('Adding the six columns to "User"', _six_columns),
    Fix.LAST_CONTEXT: ('Adding "lastContext" to "Chat"', _last_context),
    Fix.FREE_DELETES: ("Making our constraints give way to deletes", _free_deletes),
    Fix.FREE_INSERTS: ("Letting our columns be empty", _free_inserts),
}
