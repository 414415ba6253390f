"""Who is asking: from the cookie to a frozen value that every room may hold."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from quartet.accounts import sessions, users
from quartet.accounts.errors import SignInNeeded
from quartet.core.database import Transaction
from quartet.core.http import Tx


@dataclass(frozen=True, slots=True)
class CurrentUser:
    id: UUID
    email: str
    is_guest: bool


def cookie_name(request: Request) -> str:
    # The __Host- prefix binds a cookie to this very host, and browsers accept it over HTTPS only.
    return "__Host-quartet_session" if request.url.scheme == "https" else "quartet_session"


async def visitor(request: Request, tx: Transaction) -> CurrentUser | None:
    """Read the cookie; None when nobody is signed in. From here on the transaction is this user's."""
    token = request.cookies.get(cookie_name(request))
    found = await sessions.resume(tx, request.app.state.secret, token) if token else None
    if found is None:
        return None
    user_id, email = found
    return CurrentUser(user_id, email, users.is_guest(email))


async def _visitor(request: Request, tx: Tx) -> CurrentUser | None:
    return await visitor(request, tx)


Visitor = Annotated[CurrentUser | None, Depends(_visitor)]
"""Whoever is asking, signed in or not."""


async def _signed_in(visitor: Visitor) -> CurrentUser:
    if visitor is None:
        raise SignInNeeded
    return visitor


Me = Annotated[CurrentUser, Depends(_signed_in)]
"""The signed-in user; refuses everybody else."""


async def sign_in(request: Request, response: Response, tx: Transaction, user_id: UUID) -> None:
    """Start a fresh session and end the one this browser had: a token never survives a change of who it is."""
    await sign_out(request, response, tx)
    secret: bytes = request.app.state.secret
    token = await sessions.start(tx, secret, user_id, request.headers.get("user-agent", ""))
    response.set_cookie(
        cookie_name(request),
        token,
        max_age=int(sessions.LIFETIME.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


async def sign_out(request: Request, response: Response, tx: Transaction) -> None:
    name = cookie_name(request)
    if token := request.cookies.get(name):
        await sessions.end(tx, request.app.state.secret, token)
        response.delete_cookie(name, httponly=True, samesite="lax", secure=request.url.scheme == "https")
