"""That it is really the owner: asked again before what cannot be undone, or what would let somebody else in."""

from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from pydantic import Field

from quartet.accounts import audit, pace, passwords, sessions, users
from quartet.accounts.asking import in_person, source_of
from quartet.accounts.errors import SignInAgain, SignInNeeded, WrongPassword
from quartet.accounts.users import User
from quartet.core.database import Database
from quartet.core.wire import Body, Text


class Confirmation(Body):
    """The password; whoever has none signs in again instead, at most ten minutes before."""

    password: Text | None = Field(default=None, max_length=1000)


@dataclass(frozen=True, slots=True)
class Confirmed:
    user: User
    session_id: UUID


async def confirm(request: Request, password: str | None) -> Confirmed:
    """See that whoever asks is the owner of the session's account. Hashing happens between transactions.

    A guest has neither a password nor a way to sign in again: the session is all there is. Raises `SignInNeeded`,
    `KeyForbidden`, `WrongPassword`, `SignInAgain`, or `TooManyAttempts`.
    """
    async with in_person(request) as here:
        user = await users.find(here.tx, here.id)
        is_fresh = await sessions.is_fresh(here.tx, here.session_id)
    if user is None:
        raise SignInNeeded
    if user.is_guest:
        return Confirmed(user, here.session_id)  # a Chat SDK's has a password, which nobody knows
    if user.password is None:
        if not is_fresh:
            raise SignInAgain
    else:
        await _verify(request, user, password)
    return Confirmed(user, here.session_id)


async def _verify(request: Request, user: User, password: str | None) -> None:
    await pace.count_login(request, user.email)
    if password is not None and await passwords.verify(password, user.password):
        await pace.forget_login(request, user.email)
        return
    database: Database = request.app.state.database
    async with database.transaction(user.id) as tx:
        await audit.note(tx, user.id, "confirmation.failed", source_of(request))
    raise WrongPassword
