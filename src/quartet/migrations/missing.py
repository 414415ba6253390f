"""What is not there yet of what the files make."""

from psycopg import sql

from quartet.migrations import catalog, online
from quartet.migrations.online import Connection, Wanted
from quartet.migrations.statements import BASE_FILE, HERE, Statement, Thing, goes_with, of_file, wanted


def revisions() -> list[str]:
    """Return every revision, oldest first: their names are numbered.

    Alembic knows them too, but its import takes 0.3 s and 22 MB of each start.
    """
    return sorted(path.stem for path in (HERE / "versions").glob("*.py"))


def run_missing(connection: Connection, names: list[str]) -> None:
    """Run those statements of these files whose work is not there; indexes that `online` builds are left to it."""
    wants, there, made = wanted(revisions()), catalog.things(connection), set[Thing]()
    for statement in (each for name in names for each in of_file(name)):
        thing, gone = statement.makes, statement.unmakes
        if not _is_needed(statement, wants, there, made):
            continue
        connection.execute(statement.text)
        if thing:
            made.add(thing)
            there |= {thing, *(Thing("column", name, thing.name) for name in statement.columns)}
        if gone:
            there = {each for each in there if not goes_with(each, gone)}


def _is_needed(statement: Statement, wants: Wanted, there: set[Thing], made: set[Thing]) -> bool:
    thing, gone = statement.makes, statement.unmakes
    if statement.file == BASE_FILE and (thing is None or thing.kind != "table"):
        return False  # the Chat SDK's journal is its own: only who made its tables writes there
    if statement.fills:
        return Thing("table", statement.fills) in made
    if gone:
        return any(goes_with(each, gone) for each in there)
    if thing is None or statement.is_idempotent:
        return True
    if thing.kind == "index" and (online.is_concurrent(statement) or wants.get(thing) is not statement):
        return False  # a later file makes it anew
    return thing in wants and thing not in there


def drop_policies(connection: Connection) -> None:
    """Take down what is left of our walls: they are put up as a whole."""
    for policy, table in catalog.policies(connection):
        connection.execute(sql.SQL("DROP POLICY {} ON {}").format(sql.Identifier(policy), sql.Identifier(table)))
