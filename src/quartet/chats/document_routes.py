"""Documents and suggestions of a Chat SDK, in its shapes. Its POST and DELETE are not offered (405): see the docs."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from quartet.accounts.asking import SignedIn, signed_in
from quartet.chats import documents
from quartet.chats.documents import DocumentRow, Suggestion
from quartet.chats.errors import (
    DocumentForbidden,
    DocumentNotFound,
    DocumentSignInNeeded,
    SuggestionsForbidden,
    SuggestionsSignInNeeded,
)
from quartet.core.errors import refusals

router = APIRouter(prefix="/api", tags=["Chat"])

Reader = Annotated[SignedIn, Depends(signed_in(DocumentSignInNeeded), scope="function")]
SuggestionReader = Annotated[SignedIn, Depends(signed_in(SuggestionsSignInNeeded), scope="function")]


@router.get("/document", responses=refusals(DocumentSignInNeeded, DocumentForbidden, DocumentNotFound))
async def read_document(document_id: Annotated[UUID, Query(alias="id")], my: Reader) -> list[DocumentRow]:
    """Read all versions of a document that a Chat SDK's chat made, the oldest first."""
    return await documents.versions(my.tx, my.id, document_id)


@router.get("/suggestions", responses=refusals(SuggestionsSignInNeeded, SuggestionsForbidden))
async def list_suggestions(
    document_id: Annotated[UUID, Query(alias="documentId")], my: SuggestionReader
) -> list[Suggestion]:
    """List what a Chat SDK's model suggested to a document."""
    return await documents.suggestions(my.tx, my.id, document_id)
