import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from quartet.accounts import audit
from quartet.accounts.asking import source_of
from quartet.chats import chats
from quartet.chats.errors import ChatNotFound, ChatSignInNeeded
from quartet.chats.here import Mine, Running, mine_now
from quartet.chats.models import DeletedChats, History
from quartet.core.database import Database
from quartet.core.errors import NotValid, refusals
from quartet.core.etags import NOT_MODIFIED, unless_known
from quartet.core.wire import Text

router = APIRouter(prefix="/api", tags=["Chat"])


@router.get(
    "/history", response_model=History, responses=refusals(ChatSignInNeeded, NotValid, ChatNotFound) | NOT_MODIFIED
)
async def list_history(
    request: Request,
    my: Mine,
    *,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    starting_after: UUID | None = None,
    ending_before: UUID | None = None,
    q: Annotated[Text, Query(max_length=200)] | None = None,
) -> Response:
    """List your chats, newest first; `ending_before` a chat gives older ones, `starting_after` newer ones.

    `q` finds the chats in whose title or messages it stands; where in the messages, the `snippet` shows.
    """
    if starting_after and ending_before:
        raise NotValid("query", "name starting_after or ending_before, not both")
    found = await chats.history(my.tx, my.id, limit=limit, newer_than=starting_after, older_than=ending_before, q=q)
    return unless_known(request, found)


@router.delete("/history", responses=refusals(ChatSignInNeeded))
async def delete_history(request: Request, running: Running) -> DeletedChats:
    """Delete all your chats."""
    async with mine_now(request) as my:
        user_id = my.id
        busy = await chats.busy(my.tx, my.id)
    await asyncio.gather(*(running.stop(chat_id) for chat_id in busy))
    database: Database = request.app.state.database
    async with database.transaction(user_id) as tx:
        if count := await chats.delete(tx, user_id):
            await audit.note(tx, user_id, "chats.deleted", source_of(request), count=count)
    return DeletedChats(deleted_count=count)
