"""Checks of what is ours: whether all of it is there, and whether it lets the Chat SDK do its work."""

from collections.abc import Iterator

from quartet.migrations import keys, restore
from quartet.migrations.adoption import ours_on_theirs
from quartet.migrations.chat_sdk import DEPRECATED, TABLES
from quartet.migrations.findings import Finding, Fix
from quartet.migrations.looking import MEND, Look
from quartet.migrations.online import missing_indexes
from quartet.migrations.statements import Thing


def migrations(look: Look) -> Iterator[Finding]:
    if not look.wants:
        yield Finding("Quartet is not in this database yet.", "Run `quartet db upgrade`.", fix=Fix.UPGRADE)
    elif look.pending:
        what = f"Migrations are missing: {', '.join(look.pending)}."
        yield Finding(what, "Run `quartet db upgrade`.", fix=Fix.UPGRADE)


def extension(look: Look) -> Iterator[Finding]:
    lost = [thing for thing in look.wants if thing not in look.there and not _is_theirs(look, thing)]
    tables = [thing.name for thing in lost if thing.kind == "table"]
    named = [
        f'{thing.kind} "{thing.name}"' + (f' of "{thing.table}"' if thing.table else "")
        for thing in lost
        if thing.kind == "table" or thing.table not in tables
    ]
    if lost:
        yield Finding(
            f"Parts of Quartet are lost, as after the Chat SDK's `pnpm db:push`: {', '.join(named)}.",
            MEND.format("makes them again; what only they knew is lost without a backup"),
            fix=Fix.EXTENSION,
        )
    untied = [key for key in keys.lost(look.wants, keys.there(look.connection)) if _are_there(look, key)]
    if untied:
        pairs = ", ".join(f'"{key.table}"."{key.column}" to "{key.referred}"' for key in untied)
        yield Finding(
            f"Nothing ties {pairs} any more, as after DROP TABLE … CASCADE.",
            MEND.format("ties them again"),
            fix=Fix.EXTENSION,
        )
    for thing, statement in look.wants.items():
        if thing.kind == "table" and thing in look.there and thing.name not in TABLES:
            for column in statement.columns:
                if not look.has(thing.name, column):
                    yield Finding(f'"{thing.name}"."{column}" is lost.', "Bring the table back from a backup.")


def _are_there(look: Look, key: keys.Key) -> bool:
    return look.has(key.table, key.column) and look.has(key.referred, key.referred_column)


def _is_theirs(look: Look, thing: Thing) -> bool:
    """Tell of what `compare` and `indexes` speak."""
    if thing.kind == "table":
        return thing.name in TABLES and thing.name not in DEPRECATED
    return thing.kind == "index" and thing in look.wants and thing.table in TABLES


def indexes(look: Look) -> Iterator[Finding]:
    for thing in missing_indexes(look.connection, look.wants):
        yield Finding(
            f'The index "{thing.name}" on "{thing.table}" is missing or half-built: everything works, slowly.',
            "Run `quartet db upgrade`: it builds it while others work.",
            fix=Fix.INDEXES,
        )


def deletes(look: Look) -> Iterator[Finding]:
    ours = {thing.name for thing in look.wants if thing.kind == "table"} - set(TABLES)
    own = {key[:3] for key in keys.of_ours(look.wants)}
    for found in keys.there(look.connection):
        if found.action not in {"a", "r"} or found.referred not in ours | set(TABLES):
            continue
        if found.table in TABLES and found.referred in TABLES:
            continue  # the Chat SDK's own, which it deletes around
        is_ours = found[1:4] in own
        yield Finding(
            f'The constraint "{found.name}" of "{found.table}" forbids to delete rows of "{found.referred}" that it '
            "refers to" + (", which the Chat SDK does." if found.referred in TABLES else "."),
            MEND.format("makes it give way")
            if is_ours
            else "It is not ours: make it ON DELETE CASCADE or ON DELETE SET NULL.",
            fix=Fix.FREE_DELETES if is_ours else None,
        )


def inserts(look: Look) -> Iterator[Finding]:
    for table, column in sorted(ours_on_theirs(look.wants)):
        actual = look.found[table].columns.get(column) if table in look.found else None
        if actual and actual.is_required and actual.default is None:
            yield Finding(
                f'Our column "{table}"."{column}" demands a value, which the Chat SDK does not give: its inserts fail.',
                MEND.format("lets it be empty"),
                fix=Fix.FREE_INSERTS,
            )


def chats(look: Look) -> Iterator[Finding]:
    needed = [Thing("table", "Usage"), Thing("table", "Preset"), *(each for each in look.wants if each.table == "Chat")]
    if not look.is_adopted or any(each.kind != "index" and each not in look.there for each in needed):
        return
    if count := restore.forgetful_chats(look.connection):
        yield Finding(
            f"{count} chats have lost which presets they spoke with and what they took; their answers still know it.",
            MEND.format("reads it back from them"),
            fix=Fix.CHATS,
        )
