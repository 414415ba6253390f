from fastapi import APIRouter, Request, Response

from quartet.accounts import audit, challenges, passwords, users
from quartet.accounts.asking import InPerson, in_person, source_of
from quartet.accounts.audit import AuditEntry, AuditQuery
from quartet.accounts.confirming import confirm
from quartet.accounts.errors import (
    GuestsCannot,
    KeyForbidden,
    SignInAgain,
    SignInNeeded,
    TooManyAttempts,
    WrongPassword,
)
from quartet.accounts.models import Account, PasswordChange
from quartet.accounts.signing import end_other_sessions
from quartet.core.errors import refusals
from quartet.core.queries import described, read_query
from quartet.core.wire import Page

router = APIRouter(prefix="/api/account", tags=["Accounts"])


class AccountDetails(Account):
    """`hasPassword` is false for guests, and for whoever signs in with a provider alone."""

    has_password: bool


@router.get("", responses=refusals(SignInNeeded, KeyForbidden))
async def read_account(here: InPerson) -> AccountDetails:
    """Say what the account is and whether it has a password to ask for."""
    user = await users.find(here.tx, here.id)
    return AccountDetails(
        id=here.id,
        email=here.user.email,
        is_guest=here.user.is_guest,
        has_password=user is not None and user.password is not None,
    )


@router.post(
    "/password",
    status_code=204,
    responses=refusals(SignInNeeded, WrongPassword, SignInAgain, GuestsCannot, KeyForbidden, TooManyAttempts),
)
async def change_password(body: PasswordChange, request: Request, response: Response) -> None:
    """Change the password, or set a first one. All other sessions end."""
    confirmed = await confirm(request, body.current)
    if confirmed.user.is_guest:
        raise GuestsCannot
    password_hash = await passwords.hash_password(body.new)
    async with in_person(request) as here:
        if not await users.change_password(here.tx, confirmed.user, password_hash):
            raise WrongPassword
        ended = await end_other_sessions(request, response, here)
        await challenges.end_all(here.tx, here.id)
        await audit.note(here.tx, here.id, "password.changed", source_of(request), sessionsEnded=ended)


@router.get("/audit", responses=refusals(SignInNeeded, KeyForbidden), openapi_extra=described(AuditQuery))
async def list_audit(request: Request, here: InPerson) -> Page[AuditEntry]:
    """List what changed who may do what here, and when and from where; of the last 180 days, the newest first."""
    return await audit.history(here.tx, here.id, read_query(request, AuditQuery))
