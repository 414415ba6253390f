"""From a request's cookie to its transaction (or mere connection, where it only reads) and the user whose it is."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from quartet.accounts import sessions, users
from quartet.accounts.current import CurrentUser
from quartet.accounts.errors import SignInNeeded
from quartet.core.database import Database, Transaction
from quartet.core.errors import Refusal


def cookie_name(request: Request) -> str:
    # The __Host- prefix binds a cookie to this very host, and browsers accept it over HTTPS only.
    return "__Host-quartet_session" if request.scope["scheme"] == "https" else "quartet_session"


@dataclass(frozen=True, slots=True)
class Asking:
    """A request's one transaction, and who is asking; None: nobody is signed in."""

    tx: Transaction
    user: CurrentUser | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A request's one transaction, and whose it is."""

    tx: Transaction
    user: CurrentUser

    @property
    def id(self) -> UUID:
        return self.user.id


@asynccontextmanager
async def asking(request: Request, *, writes: bool | None = None, pipelined: bool = False) -> AsyncIterator[Asking]:
    """Open the request's one transaction and read the cookie; from then on the transaction is this user's.

    A request that only reads (a GET, unless `writes` says otherwise) needs none: see `Database.reading`.
    """
    database: Database = request.app.state.database
    if writes is None:
        writes = request.method != "GET"
    async with database.transaction(pipelined=pipelined) if writes else database.reading() as tx:
        token = request.cookies.get(cookie_name(request))
        found = await sessions.resume(tx, request.app.state.secret, token) if token else None
        yield Asking(tx, CurrentUser(*found, is_guest=users.is_guest(found[1])) if found else None)


async def _anyone(request: Request) -> AsyncIterator[Asking]:
    async with asking(request) as whoever:
        yield whoever


def signed_in(refusal: type[Refusal] = SignInNeeded) -> Callable[[Request], AsyncIterator[SignedIn]]:
    """Make the dependency that refuses whoever is not signed in, in a room's own words."""

    async def only_signed_in(request: Request) -> AsyncIterator[SignedIn]:
        async with asking(request) as whoever:
            if whoever.user is None:
                raise refusal
            yield SignedIn(whoever.tx, whoever.user)

    return only_signed_in


# One dependency for both, because each costs 50 µs of CPU. Function scope: the commit happens before the answer
# leaves, so a commit that fails is a 500 and not a 201.
Anyone = Annotated[Asking, Depends(_anyone, scope="function")]
"""Whoever is asking, signed in or not."""

Mine = Annotated[SignedIn, Depends(signed_in(), scope="function")]
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
        secure=request.scope["scheme"] == "https",
    )


async def sign_out(request: Request, response: Response, tx: Transaction) -> None:
    name = cookie_name(request)
    if token := request.cookies.get(name):
        await sessions.end(tx, request.app.state.secret, token)
        response.delete_cookie(name, httponly=True, samesite="lax", secure=request.scope["scheme"] == "https")
