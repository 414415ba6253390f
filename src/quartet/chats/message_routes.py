from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import PlainTextResponse

from quartet.accounts.asking import Anyone, SignedIn, signed_in
from quartet.chats import chats, messages, receipts, votes
from quartet.chats.errors import (
    ChatForbidden,
    ChatNotFound,
    ChatSignInNeeded,
    MessageNotFound,
    ReceiptNotFound,
    VoteForbidden,
    VoteNotFound,
    VoteSignInNeeded,
)
from quartet.chats.here import Mine, Running, id_of, mine_now, stopped
from quartet.chats.messages import shareable
from quartet.chats.models import (
    DeletedMessages,
    Message,
    Messages,
    PartVotes,
    PromptOfAnswer,
    UIMessage,
    Vote,
    VoteCast,
)
from quartet.core.database import Database, Transaction
from quartet.core.errors import refusals
from quartet.prompts import components
from quartet.prompts.errors import ComponentNotFound

router = APIRouter(prefix="/api", tags=["Chat"])

Voter = Annotated[SignedIn, Depends(signed_in(VoteSignInNeeded, pipelined=True), scope="function")]


@router.get("/messages", responses=refusals(ChatForbidden))
async def list_messages(chat_id: Annotated[UUID, Query(alias="chatId")], whoever: Anyone) -> Messages:
    """Read what was said in a chat, oldest first. Anyone may read a public chat; an unknown one is empty."""
    try:
        chat = await chats.readable(whoever.tx, id_of(whoever), chat_id)
    except ChatNotFound:
        return Messages(messages=[], visibility="private", user_id=None, is_readonly=False)
    is_owner = chat.user_id == id_of(whoever)
    said = [
        UIMessage(
            id=message.id,
            role=message.role,
            parts=message.parts if is_owner else shareable(message.parts),
            metadata={"createdAt": message.created_at},
        )
        for message in await messages.of_chat(whoever.tx, chat_id)
    ]
    return Messages(messages=said, visibility=chat.visibility, user_id=chat.user_id, is_readonly=not is_owner)


@router.get("/messages/{message_id}/prompt", responses=refusals(ChatSignInNeeded, MessageNotFound, ReceiptNotFound))
async def read_prompt(message_id: UUID, my: Mine) -> PromptOfAnswer:
    """Read the exact prompt that made an answer, whatever became of its parts, and the one before it."""
    answer = await _own(my.tx, my.id, message_id)
    said = await messages.of_chat(my.tx, answer.chat_id)
    earlier = [each for each in said if each.role == "assistant" and each.created_at < answer.created_at]
    found = await receipts.of_answer(my.tx, my.id, answer, earlier[-1] if earlier else None)
    if found is None:
        raise ReceiptNotFound
    return found


@router.delete("/messages/{message_id}/trailing", responses=refusals(ChatSignInNeeded, MessageNotFound))
async def delete_trailing(message_id: UUID, request: Request, running: Running) -> DeletedMessages:
    """Delete a message and all after it, as before editing it. An answer that is being written is stopped first."""
    async with mine_now(request) as my:
        message = await _own(my.tx, my.id, message_id)
    chat = await stopped(message.chat_id, request, running)
    database: Database = request.app.state.database
    async with database.transaction(chat.user_id) as tx:
        await chats.own(tx, chat.user_id, chat.id)
        doomed = await messages.from_on(tx, message)
        await messages.delete(tx, doomed)
    return DeletedMessages(deleted_count=len(doomed))


@router.get("/vote", responses=refusals(VoteSignInNeeded, ChatNotFound, VoteForbidden))
async def list_votes(chat_id: Annotated[UUID, Query(alias="chatId")], my: Voter) -> list[Vote]:
    """List the votes in one of your chats."""
    await _see_votes(my, chat_id)
    return await votes.of_chat(my.tx, chat_id)


@router.patch(
    "/vote", response_class=PlainTextResponse, responses=refusals(VoteSignInNeeded, VoteNotFound, VoteForbidden)
)
async def vote(body: VoteCast, my: Voter) -> str:
    """Vote for an answer, or change your mind; it counts for the parts that made it, too."""
    try:
        await _see_votes(my, body.chat_id)
    except ChatNotFound:
        raise VoteNotFound from None
    answer = await messages.find(my.tx, body.message_id)
    if answer is None or answer.chat_id != body.chat_id or answer.role != "assistant":
        raise VoteNotFound
    await votes.cast(my.tx, my.id, answer, is_upvoted=body.type == "up")
    return "Message voted"


@router.get(
    "/components/{component_id}/votes", tags=["Components"], responses=refusals(ChatSignInNeeded, ComponentNotFound)
)
async def read_part_votes(component_id: UUID, my: Mine) -> PartVotes:
    """Count your votes for the answers that a component had a part in."""
    await components.get(my.tx, my.id, component_id)
    return await votes.of_part(my.tx, my.id, component_id)


async def _see_votes(my: SignedIn, chat_id: UUID) -> None:
    """See that a chat is one's own, in the words of votes; raises `ChatNotFound` or `VoteForbidden`."""
    try:
        chat = await chats.readable(my.tx, my.id, chat_id)
    except ChatForbidden:
        raise VoteForbidden from None
    if chat.user_id != my.id:
        raise VoteForbidden


async def _own(tx: Transaction, user_id: UUID, message_id: UUID) -> Message:
    message = await messages.find(tx, message_id)
    chat = await chats.find(tx, message.chat_id) if message else None
    if message is None or chat is None or chat.user_id != user_id:
        raise MessageNotFound
    return message
