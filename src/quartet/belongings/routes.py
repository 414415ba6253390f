import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import StreamingResponse

from quartet.accounts import audit, pace, users
from quartet.accounts.asking import asking, source_of
from quartet.accounts.confirming import Confirmation, confirm
from quartet.accounts.errors import KeyForbidden, SignInAgain, SignInNeeded, TooManyAttempts, WrongPassword
from quartet.accounts.signing import forget_cookie
from quartet.belongings import deletion
from quartet.belongings.export import export
from quartet.billing import plans
from quartet.billing.errors import PlanRenews
from quartet.chats import chats
from quartet.chats.running import RunningTurns
from quartet.core.database import Database
from quartet.core.errors import refusals
from quartet.core.replica import Replica

router = APIRouter(prefix="/api/account", tags=["Accounts"])


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        200: {"description": "Everything, as one JSON document.", "content": {"application/json": {}}},
        **refusals(SignInNeeded, KeyForbidden, TooManyAttempts),
    },
)
async def export_account(request: Request) -> StreamingResponse:
    """Take everything along: account, library, chats, pictures (Base64), usage, purchases, audit. No secrets."""
    async with asking(request) as whoever:
        if whoever.user is None:
            raise SignInNeeded
        await pace.count(request, "export", str(whoever.user.id))
        await audit.note(whoever.tx, whoever.user.id, "account.exported", source_of(request))
    state = request.app.state
    replica: Replica | None = state.replica
    transactions = await replica.transactions() if replica else state.database.transaction
    name = f"quartet-{datetime.now(UTC):%Y-%m-%d}.json"
    return StreamingResponse(
        export(partial(transactions, whoever.user.id), state.storage, whoever.user.id),
        media_type="application/json",
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
    )


@router.delete(
    "",
    status_code=204,
    responses=refusals(SignInNeeded, WrongPassword, SignInAgain, KeyForbidden, TooManyAttempts, PlanRenews),
)
async def delete_account(
    request: Request, response: Response, body: Annotated[Confirmation | None, Body()] = None
) -> None:
    """Delete the account and everything that is its own, at once and for good.

    With the password; whoever has none needs a session younger than ten minutes, a guest only the session.
    """
    confirmed = await confirm(request, body.password if body else None)
    user_id = confirmed.user.id
    database: Database = request.app.state.database
    running: RunningTurns = request.app.state.turns
    # Not as the user: what others left in their documents goes too.
    async with database.system() as tx:
        # From here on no answer can begin; those that are being written end, and are kept, in transactions of their
        # own, which this lock does not hold up.
        if not await users.lock(tx, user_id):
            raise SignInNeeded
        if (await plans.current(tx, user_id)).renews:
            raise PlanRenews
        await asyncio.gather(*(running.stop(chat_id) for chat_id in await chats.busy(tx, user_id)))
        await deletion.delete_user(tx, user_id)
        # It outlives the account, so it does not say from where.
        await audit.note(tx, None, "account.deleted", userId=str(user_id))
    forget_cookie(request, response)
