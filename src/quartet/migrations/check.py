"""What is the matter with a database: the Chat SDK's tables, our extension, and how the two bear each other."""

from collections.abc import Callable, Iterable

from quartet.migrations import catalog, compare, migrate, ours, theirs
from quartet.migrations.chat_sdk import Version
from quartet.migrations.findings import Finding, Fix
from quartet.migrations.looking import Look
from quartet.migrations.missing import revisions
from quartet.migrations.online import connect
from quartet.migrations.statements import wanted

CHECKS: tuple[Callable[[Look], Iterable[Finding]], ...] = (
    ours.migrations,
    theirs.tables,
    theirs.journal,
    ours.extension,
    ours.indexes,
    ours.deletes,
    ours.inserts,
    ours.chats,
    theirs.emails,
)
"""All of `quartet db check`, in the order in which it speaks. Another check is one more function here."""


def check(url: str) -> tuple[Version | None, list[Finding]]:
    """Name the version of the Chat SDK's tables, None where there are none, and tell what is the matter."""
    pending = migrate.pending(url)
    with connect(url) as connection:
        found = compare.read(connection)
        if not found:
            return None, [Finding("The database is empty.", "Run `quartet db upgrade`.", fix=Fix.UPGRADE)]
        ran = [name for name in revisions() if name not in pending]
        look = Look(connection, compare.closest(found), found, pending, wanted(ran), catalog.things(connection))
        return look.version, [finding for each in CHECKS for finding in each(look)]
