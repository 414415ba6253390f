from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from psycopg.errors import ForeignKeyViolation

from quartet.accounts.asking import Anyone, Asking, SignedIn, asking, signed_in
from quartet.billing import usage
from quartet.billing.errors import TokensSpent
from quartet.chats import chats, events, messages
from quartet.chats.errors import (
    BadQuestion,
    ChatBusy,
    ChatForbidden,
    ChatNotFound,
    ChatSignInNeeded,
    MessageTaken,
    ModelForbidden,
    NoModel,
    NothingToAnswer,
)
from quartet.chats.models import (
    Chat,
    ChatChange,
    ChatPrompt,
    ChatRequest,
    ChatRow,
    ChatView,
    DeletedChats,
    History,
    Messages,
    UIMessage,
)
from quartet.chats.running import RunningTurns
from quartet.chats.streams import Stream
from quartet.chats.turns import begin_turn
from quartet.core.database import Database, DatabaseOffline
from quartet.core.errors import NotValid, refusals
from quartet.prompts.errors import ComponentNotFound, ModelUnknown, PresetNotFound, WrongType
from quartet.prompts.models import Slots
from quartet.prompts.selection import Selection

router = APIRouter(prefix="/api", tags=["Chat"])


_mine = signed_in(ChatSignInNeeded)
Mine = Annotated[SignedIn, Depends(_mine, scope="function")]

# For what must commit before it waits or speaks: the same, as a block.
_mine_now = asynccontextmanager(_mine)


def _running(request: Request) -> RunningTurns:
    turns: RunningTurns = request.app.state.turns
    return turns


Running = Annotated[RunningTurns, Depends(_running)]


@router.post(
    "/chat",
    response_class=StreamingResponse,
    responses={
        200: {"description": "An AI SDK UI message stream, version 1.", "content": {"text/event-stream": {}}},
        **refusals(
            BadQuestion,
            ModelUnknown,
            NothingToAnswer,
            ChatSignInNeeded,
            TokensSpent,
            ChatForbidden,
            ModelForbidden,
            PresetNotFound,
            ComponentNotFound,
            WrongType,
            ChatBusy,
            MessageTaken,
            NoModel,
            DatabaseOffline,
        ),
    },
)
async def ask(body: ChatRequest, request: Request, running: Running) -> StreamingResponse:
    """Ask, and hear the answer as it is written.

    Refuses before the first byte or not at all. Closing the connection does not end the answer; `stop` does.
    """
    # A transaction of its own, committed here: the answer may start before an ordinary request's would end.
    try:
        async with asking(request, pipelined=True) as whoever:
            if whoever.user is None:
                raise ChatSignInNeeded
            turn = await begin_turn(whoever.tx, whoever.user, body, request.app.state.catalogue)
    except ForeignKeyViolation:  # told late, in a pipeline: the preset was deleted since it was read
        raise PresetNotFound from None
    return _following(running.start(turn))


@router.get(
    "/chat/{chat_id}/stream",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The running answer, from its first chunk.",
            "content": {"text/event-stream": {}},
        },
        204: {"description": "No answer is being written."},
        **refusals(ChatSignInNeeded, ChatForbidden, ChatNotFound),
    },
)
async def resume(chat_id: UUID, my: Mine, running: Running) -> Response:
    """Follow the answer that is being written in a chat, replayed from its start."""
    await chats.readable(my.tx, my.id, chat_id)
    stream = running.stream_of(chat_id)
    return _following(stream) if stream else Response(status_code=204)


@router.post(
    "/chat/{chat_id}/stop",
    status_code=204,
    responses=refusals(ChatSignInNeeded, ChatForbidden, ChatNotFound),
)
async def stop(chat_id: UUID, request: Request, running: Running) -> None:
    """End the answer that is being written; what was said is kept. Does nothing when none is."""
    await _stopped(chat_id, request, running)


@router.get("/chat/{chat_id}", responses=refusals(ChatForbidden, ChatNotFound))
async def read_chat(chat_id: UUID, whoever: Anyone, running: Running) -> ChatView:
    """Read one chat: its prompt, the history of its prompts, its tokens."""
    chat = await chats.readable(whoever.tx, _id(whoever), chat_id)
    is_owner = chat.user_id == _id(whoever)
    return ChatView(
        **chat.model_dump(by_alias=True),
        prompt=_prompt(await chats.restore(whoever.tx, chat)) if is_owner else None,
        # Held: by this process, another one, or a dead one whose answer is about to be settled.
        isRunning=running.stream_of(chat_id) is not None or await usage.is_held(whoever.tx, chat_id),
    )


@router.patch("/chat/{chat_id}", responses=refusals(ChatSignInNeeded, ChatForbidden, ChatNotFound))
async def change_chat(chat_id: UUID, body: ChatChange, my: Mine) -> ChatRow:
    """Rename a chat, or make it public or private."""
    chat = await chats.own(my.tx, my.id, chat_id)
    await chats.change(my.tx, chat, title=body.title, visibility=body.visibility)
    return await chats.own(my.tx, my.id, chat_id)


@router.delete("/chat", responses=refusals(ChatSignInNeeded, ChatForbidden, NotValid))
async def delete_chat(chat_id: Annotated[UUID, Query(alias="id")], request: Request, running: Running) -> ChatRow:
    """Delete a chat with everything said in it. A missing one is 403, as the Chat SDK answers."""
    try:
        chat = await _stopped(chat_id, request, running)
    except ChatNotFound:
        raise ChatForbidden from None
    database: Database = request.app.state.database
    async with database.transaction(chat.user_id) as tx:
        await chats.delete(tx, chat.user_id, [chat_id])
    return ChatRow.model_validate(chat.model_dump(by_alias=True))


@router.get("/history", responses=refusals(ChatSignInNeeded, NotValid, ChatNotFound))
async def list_history(
    my: Mine,
    *,
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    starting_after: UUID | None = None,
    ending_before: UUID | None = None,
) -> History:
    """List your chats, newest first; `ending_before` a chat gives older ones, `starting_after` newer ones."""
    if starting_after and ending_before:
        raise NotValid("query", "name starting_after or ending_before, not both")
    return await chats.history(my.tx, my.id, limit=limit, newer_than=starting_after, older_than=ending_before)


@router.delete("/history", responses=refusals(ChatSignInNeeded))
async def delete_history(request: Request, running: Running) -> DeletedChats:
    """Delete all your chats."""
    async with _mine_now(request) as my:
        user_id = my.id
    await running.stop_all(user_id)
    database: Database = request.app.state.database
    async with database.transaction(user_id) as tx:
        return DeletedChats(deleted_count=await chats.delete(tx, user_id))


@router.get("/messages", responses=refusals(ChatForbidden))
async def list_messages(chat_id: Annotated[UUID, Query(alias="chatId")], whoever: Anyone) -> Messages:
    """Read what was said in a chat, oldest first. Anyone may read a public chat; an unknown one is empty."""
    try:
        chat = await chats.readable(whoever.tx, _id(whoever), chat_id)
    except ChatNotFound:
        return Messages(messages=[], visibility="private", user_id=None, is_readonly=False)
    said: list[UIMessage] = [
        UIMessage(
            id=message.id,
            role=message.role,
            parts=message.parts,
            metadata={"createdAt": message.created_at},
        )
        for message in await messages.of_chat(whoever.tx, chat_id)
    ]
    readonly = chat.user_id != _id(whoever)
    return Messages(messages=said, visibility=chat.visibility, user_id=chat.user_id, is_readonly=readonly)


async def _stopped(chat_id: UUID, request: Request, running: RunningTurns) -> Chat:
    """Read one's own chat after its answer has ended.

    Its transaction ends before the wait: the answer is kept in another one, which needs the chat's row.
    """
    async with _mine_now(request) as my:
        chat = await chats.own(my.tx, my.id, chat_id)
    await running.stop(chat_id)
    return chat


def _id(whoever: Asking) -> UUID | None:
    return whoever.user.id if whoever.user else None


def _prompt(chosen: Selection) -> ChatPrompt:
    return ChatPrompt(
        preset_id=chosen.preset_id,
        preset_name=chosen.preset_name,
        components=Slots(**{f"{type_}_id": id_ for type_, id_ in chosen.slots().items()}),
        changed_components=list(chosen.changed),
    )


def _following(stream: Stream) -> StreamingResponse:
    return StreamingResponse(stream.follow(), headers=events.HEADERS)
