"""What every route of a chat stands on: who is asking, what runs, and a chat whose answers have ended."""

from contextlib import asynccontextmanager
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from quartet.accounts.asking import Asking, SignedIn, signed_in
from quartet.accounts.errors import TooManyTurns
from quartet.billing.errors import TokensSpent
from quartet.chats import chats
from quartet.chats.errors import (
    BadQuestion,
    ChatBusy,
    ChatForbidden,
    ChatSignInNeeded,
    MessageTaken,
    ModelForbidden,
    NoModel,
    NothingToAnswer,
)
from quartet.chats.models import Chat
from quartet.chats.running import RunningTurns
from quartet.prompts.errors import ComponentNotFound, ModelUnknown, PresetNotFound, WrongType

_mine = signed_in(ChatSignInNeeded)
Mine = Annotated[SignedIn, Depends(_mine, scope="function")]

# For what must commit before it waits or speaks: the same, as a block.
mine_now = asynccontextmanager(_mine)


def _running(request: Request) -> RunningTurns:
    turns: RunningTurns = request.app.state.turns
    return turns


NO_TURN = (
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
    TooManyTurns,
)
"""Why a turn is not begun."""

Running = Annotated[RunningTurns, Depends(_running)]


def id_of(whoever: Asking) -> UUID | None:
    return whoever.user.id if whoever.user else None


async def stopped(chat_id: UUID, request: Request, running: RunningTurns) -> Chat:
    """Read one's own chat after its answers have ended.

    Its transaction ends before the wait: the answer is kept in another one, which needs the chat's row.
    """
    async with mine_now(request) as my:
        chat = await chats.own(my.tx, my.id, chat_id)
    await running.stop(chat_id)
    return chat
