"""What belongs to somebody, table by table: the lists of an export, each read in batches that an index finds."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import msgspec
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import dict_row

from quartet.core.database import Transaction
from quartet.prompts import versions

Open = Callable[[], AbstractAsyncContextManager[Transaction]]
"""Opens a transaction of the user's. One for each batch: whoever reads slowly must not hold a connection."""


@dataclass(frozen=True, slots=True)
class Section:
    """`key` are the columns that order it, together unique. `where` says whose rows: of `%(user)s`, or more."""

    name: str
    columns: str
    table: str
    key: tuple[str, ...]
    where: str = 't."userId" = %(user)s'
    batch: int = 200

    def query(self, *, goes_on: bool) -> str:
        key = ", ".join(f't."{column}"' for column in self.key)
        after = ", ".join(f"%({column})s" for column in self.key)
        further = f"AND ({key}) > ({after})" if goes_on else ""
        return f"""SELECT {self.columns} FROM {self.table} t
                   WHERE {self.where} {further} ORDER BY {key} LIMIT {self.batch}"""


def _own(name: str, columns: str, table: str, *key: str, batch: int = 200) -> Section:
    listed = ", ".join(f't."{column}"' for column in columns.split())
    return Section(name, listed, f'"{table}"', key, batch=batch)


CHATS = _own(
    "chats",
    "id title visibility createdAt currentPresetId presetHistory totalTokens provider",
    "Chat",
    "createdAt",
    "id",
    batch=50,
)
MESSAGES = Section(
    "messages",
    """t."id", t."chatId", t."role", t."parts", t."attachments", t."createdAt",
       (SELECT v."isUpvoted" FROM "Vote_v2" v
        WHERE v."chatId" = t."chatId" AND v."messageId" = t."id") AS "isUpvoted" """,
    '"Message_v2"',
    ("chatId", "createdAt", "id"),
    where='t."chatId" = ANY(%(chats)s)',
    batch=50,
)
FILES = _own("files", "id chatId messageId name mediaType width height size createdAt content", "File", "id", batch=1)

LISTS = (
    _own("identities", "id provider issuer subject email createdAt lastUsedAt", "UserIdentity", "id"),
    _own("sessions", "id userAgent address createdAt seenAt expiresAt", "UserSession", "id"),
    _own("keys", "id name hint scopes createdAt expiresAt lastUsedAt", "ApiKey", "id"),
    _own("secondFactor", "createdAt confirmedAt", "SecondFactor", "userId"),
    _own("components", "id type name content description tags usageCount createdAt updatedAt", "Component", "id"),
    Section(
        "componentVersions",
        't."componentId", t."version", t."name", t."content", t."description", t."tags", t."createdAt"',
        f"({versions.TEXTS})",
        ("componentId", "version"),
    ),
    _own(
        "presets",
        "id name description roleId styleId contextId modeId usageCount lastUsedAt createdAt updatedAt",
        "Preset",
        "id",
    ),
    _own(
        "presetLosses",
        "presetId type componentId name content description tags lostAt",
        "PresetLoss",
        "presetId",
        "type",
    ),
    _own("trash", "id kind type name kept deletedAt", "Trash", "deletedAt", "id"),
    _own("prompts", "hash text createdAt", "ComposedPrompt", "hash"),
    _own("comparisons", "id chatId questionId pickedId createdAt", "Comparison", "id"),
    _own("candidates", "messageId comparisonId side presetId slots parts", "Candidate", "messageId"),
    _own("partVotes", "componentId messageId isUpvoted createdAt", "PartVote", "componentId", "messageId"),
    _own("documents", "id title content text createdAt", "Document", "id", "createdAt"),
    _own(
        "suggestions",
        "id documentId documentCreatedAt originalText suggestedText description isResolved createdAt",
        "Suggestion",
        "id",
    ),
    # What the Chat SDK kept before "Message_v2".
    Section(
        "oldMessages",
        't."id", t."chatId", t."role", t."content", t."createdAt"',
        '"Message"',
        ("id",),
        where='t."chatId" IN (SELECT c."id" FROM "Chat" c WHERE c."userId" = %(user)s)',
    ),
    _own(
        "usage",
        "messageId provider model inputTokens outputTokens isMetered prompt createdAt",
        "Usage",
        "createdAt",
        "messageId",
    ),
    _own(
        "subscription",
        "id polarCustomerId polarSubscriptionId plan status currentPeriodStart currentPeriodEnd cancelAtPeriodEnd"
        " createdAt updatedAt",
        "Subscription",
        "id",
    ),
    _own("polarCustomers", "id deletedAt checkedAt", "PolarCustomer", "id"),
    _own(
        "polarSubscriptions",
        "id polarCustomerId productId productPlan status currentPeriodStart currentPeriodEnd cancelAtPeriodEnd"
        " pastDueAt createdAt modifiedAt",
        "PolarSubscription",
        "id",
    ),
    _own("polarEvents", "webhookId type outcome receivedAt", "PolarEvent", "webhookId"),
    _own("audit", "id action at address userAgent keyId details", "AuditEntry", "at", "id"),
)


async def batches(open_: Open, section: Section, **values: Any) -> AsyncIterator[list[dict[str, Any]]]:
    """Read a section from its beginning to its end; each batch is of its own moment."""
    last: dict[str, Any] | None = None
    while True:
        # Of text, PostgreSQL tells by what it is compared with what it means.
        after = {column: last[column] for column in section.key} if last else {}
        async with open_() as tx, tx.cursor(row_factory=dict_row) as cursor:
            cursor.adapters.register_loader("json", _AsItIs)
            cursor.adapters.register_loader("jsonb", _AsItIs)
            cursor.adapters.register_loader("timestamp", _Utc)
            await cursor.execute(section.query(goes_on=last is not None), values | after)
            found = await cursor.fetchall()
        if found:
            yield found
        if len(found) < section.batch:
            return
        last = found[-1]


class _AsItIs(Loader):
    """JSON goes on as it is kept: a Chat SDK's may hold what Python can read and not write (lone surrogates)."""

    def load(self, data: Buffer) -> msgspec.Raw:
        return msgspec.Raw(bytes(data))


class _Utc(Loader):
    """The database's moments are UTC by agreement; JSON's say so."""

    def load(self, data: Buffer) -> str:
        return f"{bytes(data).decode().replace(' ', 'T')}Z"
