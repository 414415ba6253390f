"""What a Chat SDK wrote beside its chats: versions of its "Document" and its "Suggestion"s. Read, never written."""

from typing import Literal
from uuid import UUID

from quartet.chats.errors import DocumentForbidden, DocumentNotFound, SuggestionsForbidden
from quartet.core.database import Transaction
from quartet.core.rows import row_of
from quartet.core.wire import Row, UtcTime


class DocumentRow(Row):
    """One version. The Chat SDK's shape: its `kind` (text, code, sheet, image) is kept in a column named "text"."""

    id: UUID
    created_at: UtcTime
    title: str
    content: str | None
    kind: str
    user_id: UUID


class Suggestion(Row):
    """A change that was suggested to one version of a document."""

    id: UUID
    document_id: UUID
    document_created_at: UtcTime
    original_text: str
    suggested_text: str
    description: str | None
    is_resolved: bool
    user_id: UUID
    created_at: UtcTime


async def versions(tx: Transaction, user_id: UUID, document_id: UUID) -> list[DocumentRow]:
    """Read all versions of one's own document, the oldest first; raises `DocumentNotFound` or `DocumentForbidden`."""
    async with tx.cursor(row_factory=row_of(DocumentRow)) as cursor:
        await cursor.execute(
            """SELECT "id", "createdAt" AT TIME ZONE 'UTC' AS "createdAt", "title", "content", "text" AS "kind",
                 "userId"
               FROM "Document" WHERE "id" = %s AND "userId" = %s ORDER BY "createdAt" """,
            [document_id, user_id],
        )
        found = await cursor.fetchall()
    if not found:
        raise DocumentForbidden if await _exists(tx, "document", document_id) else DocumentNotFound
    return found


async def suggestions(tx: Transaction, user_id: UUID, document_id: UUID) -> list[Suggestion]:
    """Read what was suggested to one's own document; raises `SuggestionsForbidden`. Of an unknown one, nothing."""
    async with tx.cursor(row_factory=row_of(Suggestion)) as cursor:
        await cursor.execute(
            """SELECT "id", "documentId", "documentCreatedAt" AT TIME ZONE 'UTC' AS "documentCreatedAt",
                 "originalText", "suggestedText", "description", coalesce("isResolved", false) AS "isResolved",
                 "userId", "createdAt" AT TIME ZONE 'UTC' AS "createdAt"
               FROM "Suggestion" WHERE "documentId" = %s AND "userId" = %s ORDER BY "createdAt", "id" """,
            [document_id, user_id],
        )
        found = await cursor.fetchall()
    if not found and await _exists(tx, "suggestion", document_id):
        raise SuggestionsForbidden
    return found


async def _exists(tx: Transaction, what: Literal["document", "suggestion"], document_id: UUID) -> bool:
    # As of `chats`: what is another's is hidden by row-level security, and told from what is not there.
    cursor = await tx.execute(f"SELECT quartet_{what}_exists(%s)", [document_id])
    row = await cursor.fetchone()
    return bool(row and row[0])
