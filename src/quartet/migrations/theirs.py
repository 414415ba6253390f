"""Checks of what is the Chat SDK's: its tables, its journal, its accounts."""

from collections.abc import Iterator

from quartet.migrations import compare
from quartet.migrations.adoption import ours_on_theirs
from quartet.migrations.chat_sdk import LAST_CONTEXT_ADDED_AT, LAST_CONTEXT_DROPPED_AT, SIX, SQUASHED_AT
from quartet.migrations.findings import Finding, Fix
from quartet.migrations.looking import MEND, Look
from quartet.migrations.missing import revisions
from quartet.migrations.statements import wanted


def tables(look: Look) -> Iterator[Finding]:
    yield from compare.differences(look.found, look.version, ours_on_theirs(wanted(revisions())))
    if not any(look.has("User", column) for column in SIX):
        yield Finding(
            f'"User" lacks six columns ({", ".join(SIX)}) that a Chat SDK of March 2026 or later reads: its migration '
            "adds them to no database that is there already, and its sign-in fails.",
            "Before you upgrade it, or when you have: `quartet db check --fix` adds them; older ones do not mind.",
            is_trouble=False,
            fix=Fix.SIX_COLUMNS,
        )


def journal(look: Look) -> Iterator[Finding]:
    there = look.connection.execute("SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL").fetchone()
    if there != (True,):
        yield Finding(
            "The Chat SDK keeps no journal here (drizzle.__drizzle_migrations), as after `pnpm db:push`.",
            "Its own `pnpm db:migrate` fails on these tables if it is of January 2026 or before.",
            is_trouble=False,
        )
        return
    row = look.connection.execute("SELECT max(created_at) FROM drizzle.__drizzle_migrations").fetchone()
    last, has_context = (row[0] if row else None) or 0, look.has("Chat", "lastContext")
    if last == SQUASHED_AT:
        return
    if has_context and last < LAST_CONTEXT_ADDED_AT:
        yield Finding(
            'The Chat SDK\'s journal knows of no "Chat"."lastContext", which is there: its `pnpm db:migrate` fails.',
            f"INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('0007', {LAST_CONTEXT_ADDED_AT});",
        )
    if not has_context and LAST_CONTEXT_ADDED_AT <= last < LAST_CONTEXT_DROPPED_AT:
        yield Finding(
            '"Chat"."lastContext" is lost, though the Chat SDK\'s journal says that it is there: a Chat SDK of '
            "September to December 2025 fails without it.",
            MEND.format("adds it, and fills it from the answers; newer ones do not mind"),
            is_trouble=False,
            fix=Fix.LAST_CONTEXT,
        )


def emails(look: Look) -> Iterator[Finding]:
    rows = look.connection.execute(
        """SELECT lower("email"), count(*) FROM "User" GROUP BY 1 HAVING count(*) > 1 ORDER BY 2 DESC, 1 LIMIT 20"""
    ).fetchall()
    if rows:
        named = ", ".join(f"{email} ({count})" for email, count in rows)
        yield Finding(
            f"More than one account has the same e-mail address: {named}.",
            "The Chat SDK allows it, and they stay. New accounts take no address that is taken: see docs/chat-sdk.md.",
            is_trouble=False,
        )
