from uuid import UUID

from fastapi import APIRouter, Request

from quartet.accounts import audit
from quartet.accounts.asking import asking, source_of
from quartet.chats import candidates, chats, comparisons
from quartet.chats.errors import (
    ChatSignInNeeded,
    ComparisonNotFound,
    ComparisonOver,
)
from quartet.chats.here import NO_TURN, Mine, Running
from quartet.chats.models import CompareRequest, Comparison, Pick
from quartet.core.errors import refusals

router = APIRouter(prefix="/api/comparisons", tags=["Chat"])


@router.post(
    "",
    status_code=201,
    responses=refusals(
        *NO_TURN,
    ),
)
async def compare(body: CompareRequest, request: Request, running: Running) -> Comparison:
    """Ask one question of two prompts. Follow each answer by `/api/chat/{id}/stream?messageId=`."""
    async with asking(request) as whoever:
        if whoever.user is None:
            raise ChatSignInNeeded
        state = request.app.state
        if body.selected_visibility_type == "public" and await chats.find(whoever.tx, body.id) is None:
            await audit.note(whoever.tx, whoever.user.id, "chat.published", source_of(request), chatId=str(body.id))
        comparison, begun = await comparisons.begin(whoever.tx, whoever.user, body, state.catalogue, state.storage)
    for turn in begun:
        running.start(turn)
    return comparison


@router.get("/{comparison_id}", responses=refusals(ChatSignInNeeded, ComparisonNotFound))
async def read_comparison(comparison_id: UUID, my: Mine) -> Comparison:
    """Read a comparison with both its answers."""
    comparison = await candidates.find(my.tx, my.id, comparison_id)
    if comparison is None:
        raise ComparisonNotFound
    return comparison


@router.post("/{comparison_id}/pick", responses=refusals(ChatSignInNeeded, ComparisonNotFound, ComparisonOver))
async def pick(comparison_id: UUID, body: Pick, my: Mine) -> Comparison:
    """Let one of two answers become the chat's, and the chat go on with its prompt."""
    return await comparisons.pick(my.tx, my.id, comparison_id, body.message_id)
