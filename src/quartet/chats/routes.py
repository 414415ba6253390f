import json
from typing import Annotated, Literal
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from psycopg.errors import ForeignKeyViolation

from quartet.accounts import audit
from quartet.accounts.asking import Anyone, asking, source_of
from quartet.billing import usage
from quartet.chats import candidates, chats, events, export, messages, selections
from quartet.chats.errors import (
    ChatForbidden,
    ChatNotFound,
    ChatSignInNeeded,
)
from quartet.chats.here import NO_TURN, Mine, Running, id_of, stopped
from quartet.chats.models import (
    Chat,
    ChatChange,
    ChatPrompt,
    ChatRequest,
    ChatRow,
    ChatView,
    Comparison,
    PromptChoice,
)
from quartet.chats.turns import begin_turn
from quartet.core.database import Database, DatabaseOffline, Transaction
from quartet.core.errors import NotValid, refusals
from quartet.prompts.errors import ComponentNotFound, PresetNotFound, WrongType
from quartet.prompts.models import Slots
from quartet.prompts.selection import Selection

router = APIRouter(prefix="/api", tags=["Chat"])

Form = Literal["markdown", "json"]


@router.post(
    "/chat",
    response_class=StreamingResponse,
    responses={
        200: {"description": "An AI SDK UI message stream, version 1.", "content": {"text/event-stream": {}}},
        **refusals(
            *NO_TURN,
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
            state = request.app.state
            if body.selected_visibility_type == "public" and await chats.find(whoever.tx, body.id) is None:
                await audit.note(whoever.tx, whoever.user.id, "chat.published", source_of(request), chatId=str(body.id))
            turn = await begin_turn(whoever.tx, whoever.user, body, state.catalogue, state.storage)
    except ForeignKeyViolation:  # told late, in a pipeline: the preset was deleted since it was read
        raise PresetNotFound from None
    return StreamingResponse(running.start(turn).follow(), headers=events.HEADERS)


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
async def resume(
    chat_id: UUID, my: Mine, running: Running, message_id: Annotated[UUID | None, Query(alias="messageId")] = None
) -> Response:
    """Follow the answer that is being written in your chat, replayed from its start.

    `messageId` says which, where two are written side by side. Readers of a public chat get what is kept.
    """
    chat = await chats.readable(my.tx, my.id, chat_id)
    written = await usage.held(my.tx, chat_id) if chat.user_id == my.id else []
    wanted = message_id or (written[0] if written else None)
    heard = await running.follow(wanted) if wanted in written else None
    return StreamingResponse(heard, headers=events.HEADERS) if heard else Response(status_code=204)


@router.post(
    "/chat/{chat_id}/stop",
    status_code=204,
    responses=refusals(ChatSignInNeeded, ChatForbidden, ChatNotFound),
)
async def stop(chat_id: UUID, request: Request, running: Running) -> None:
    """End the answer that is being written; what was said is kept. Does nothing when none is."""
    await stopped(chat_id, request, running)


@router.get("/chat/{chat_id}", responses=refusals(ChatForbidden, ChatNotFound))
async def read_chat(chat_id: UUID, whoever: Anyone) -> ChatView:
    """Read one chat: its prompt, the history of its prompts, its tokens. Readers of a public one see none of these."""
    chat = await chats.readable(whoever.tx, id_of(whoever), chat_id)
    is_owner = chat.user_id == id_of(whoever)
    written = await usage.held(whoever.tx, chat_id)
    return ChatView(
        **(chat if is_owner else chat.shareable()).model_dump(by_alias=True),
        prompt=_prompt(await selections.current(whoever.tx, chat)) if is_owner else None,
        isRunning=bool(written),
        comparison=await _undecided(whoever.tx, chat) if is_owner else None,
    )


@router.put(
    "/chat/{chat_id}/prompt",
    responses=refusals(ChatSignInNeeded, ChatForbidden, ChatNotFound, PresetNotFound, ComponentNotFound, WrongType),
)
async def choose_prompt(chat_id: UUID, body: PromptChoice, my: Mine) -> ChatPrompt:
    """Let a chat speak with this from its next answer on."""
    chat = await chats.own(my.tx, my.id, chat_id)
    return _prompt(await selections.choose(my.tx, chat, body.preset_id, body.components))


@router.get(
    "/chat/{chat_id}/export",
    response_class=Response,
    responses={
        200: {"description": "The chat as a file.", "content": {"text/markdown": {}, "application/json": {}}},
        **refusals(ChatSignInNeeded, ChatForbidden, ChatNotFound),
    },
)
async def export_chat(chat_id: UUID, my: Mine, form: Annotated[Form, Query(alias="format")] = "markdown") -> Response:
    """Take a chat along, with its prompts' names and versions."""
    chat = await chats.own(my.tx, my.id, chat_id)
    said = await messages.of_chat(my.tx, chat_id)
    if form == "json":
        text, media, ending = json.dumps(export.as_json(chat, said), ensure_ascii=False), "application/json", "json"
    else:
        text, media, ending = export.as_markdown(chat, said), "text/markdown; charset=utf-8", "md"
    name = quote(f"{chat.title}.{ending}".replace("/", "-"))
    return Response(
        text.encode(errors="replace"),
        media_type=media,
        headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"},
    )


@router.patch("/chat/{chat_id}", responses=refusals(ChatSignInNeeded, ChatForbidden, ChatNotFound))
async def change_chat(chat_id: UUID, body: ChatChange, request: Request, my: Mine) -> ChatRow:
    """Rename a chat, or make it public or private."""
    chat = await chats.own(my.tx, my.id, chat_id)
    await chats.change(my.tx, chat, title=body.title, visibility=body.visibility)
    if body.visibility and body.visibility != chat.visibility:
        action: audit.Action = "chat.published" if body.visibility == "public" else "chat.withdrawn"
        await audit.note(my.tx, my.id, action, source_of(request), chatId=str(chat_id))
    return await chats.own(my.tx, my.id, chat_id)


@router.delete("/chat", responses=refusals(ChatSignInNeeded, ChatForbidden, NotValid))
async def delete_chat(chat_id: Annotated[UUID, Query(alias="id")], request: Request, running: Running) -> ChatRow:
    """Delete a chat with everything said in it. A missing one is 403, as the Chat SDK answers."""
    try:
        chat = await stopped(chat_id, request, running)
    except ChatNotFound:
        raise ChatForbidden from None
    database: Database = request.app.state.database
    async with database.transaction(chat.user_id) as tx:
        if await chats.delete(tx, chat.user_id, [chat_id]):
            # By its id alone: a title is made of what was said, and that is gone.
            await audit.note(tx, chat.user_id, "chat.deleted", source_of(request), chatId=str(chat_id))
    return ChatRow.model_validate(chat.model_dump(by_alias=True))


def _prompt(chosen: Selection) -> ChatPrompt:
    return ChatPrompt(
        preset_id=chosen.preset_id,
        preset_name=chosen.preset_name,
        components=Slots(**{f"{type_}_id": id_ for type_, id_ in chosen.slots().items()}),
        changed_components=list(chosen.changed),
    )


async def _undecided(tx: Transaction, chat: Chat) -> Comparison | None:
    said = await messages.of_chat(tx, chat.id)
    if not said or said[-1].role != "user":
        return None
    return await candidates.open_in(tx, chat.user_id, chat.id, said[-1].id)
