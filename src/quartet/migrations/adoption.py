"""A database that a Chat SDK made: whether it is one that we know, and what we say when we come."""

from quartet.migrations import catalog, compare
from quartet.migrations.chat_sdk import JANUARY, TABLES
from quartet.migrations.errors import NotChanged
from quartet.migrations.online import Connection, Wanted
from quartet.migrations.statements import Thing


def refuse_what_is_not_ours(connection: Connection, wanted: Wanted) -> None:
    """Raise `NotChanged` where the tables are no Chat SDK's, or another program's have the names of ours."""
    # What January 2026 had, every version since September 2025 has.
    for finding in compare.differences(compare.read(connection), JANUARY, ours_on_theirs(wanted)):
        if finding.is_trouble:
            raise NotChanged(
                f"These tables are not those of a Chat SDK that we know, and nothing was changed. {finding}"
            )
    there = catalog.things(connection)
    for thing, statement in wanted.items():
        if thing.kind != "table" or thing.name in TABLES or thing not in there:
            continue
        lacking = [name for name in statement.columns if Thing("column", name, thing.name) not in there]
        if lacking:
            raise NotChanged(
                f'There is a table "{thing.name}" already, and it is not ours: it has no column "{lacking[0]}". '
                "Give it another name, or Quartet another database. Nothing was changed."
            )


def ours_on_theirs(wanted: Wanted) -> frozenset[tuple[str, str]]:
    """Return the (table, column) of what we add to the Chat SDK's tables."""
    return frozenset((thing.table, thing.name) for thing in wanted if thing.kind == "column" and thing.table in TABLES)


def greet(connection: Connection) -> str:
    version = compare.closest(compare.read(connection))
    return f"Found the tables of a Chat SDK, {version}. They stay as they are; Quartet adds its own beside them."
