"""From a request's cookie or key to its one transaction and whose it is.

With AUTH_SECRET, the cookie of Auth.js says whose: our own session counts beside it, and never without.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from psycopg.errors import ForeignKeyViolation

from quartet.accounts import cutoffs, keys, pace, scopes, sessions, users
from quartet.accounts.authjs import AuthJs, Claims
from quartet.accounts.current import CurrentUser, Source
from quartet.accounts.errors import KeyForbidden, KeyNotValid, ScopeMissing, SignInNeeded, TooManyTurns
from quartet.core.database import Database, Transaction
from quartet.core.errors import Refusal

_BEARER = "bearer "
_MOST_OF_A_USER_AGENT = 300


def cookie_name(request: Request, name: str = "quartet_session") -> str:
    # The __Host- prefix binds a cookie to this very host, and browsers accept it over HTTPS only.
    return f"__Host-{name}" if is_https(request) else name


def is_https(request: Request) -> bool:
    return bool(request.scope["scheme"] == "https")


@dataclass(frozen=True, slots=True)
class Asking:
    """A request's one transaction, and who is asking; None: nobody is signed in.

    `session_id` is None also for a program that shows a key, and for a browser that a Chat SDK signed in.
    """

    tx: Transaction
    user: CurrentUser | None
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A request's one transaction, and whose it is."""

    tx: Transaction
    user: CurrentUser
    session_id: UUID | None = None

    @property
    def id(self) -> UUID:
        return self.user.id


@dataclass(frozen=True, slots=True)
class Here:
    """A request's one transaction, whose it is, and the session that shows it: no key will do."""

    tx: Transaction
    user: CurrentUser
    session_id: UUID

    @property
    def id(self) -> UUID:
        return self.user.id


@asynccontextmanager
async def asking(request: Request, *, pipelined: bool = False, as_system: bool = False) -> AsyncIterator[Asking]:
    """Open the request's one transaction and see who it is; from then on the transaction is this user's.

    `as_system`: for who is about to sign in, as somebody who is looked up first. Raises `KeyNotValid`, and for keys
    that may not do this `ScopeMissing` or `KeyForbidden`.
    """
    database: Database = request.app.state.database
    try:
        async with database.system() if as_system else database.transaction(pipelined=pipelined) as tx:
            shown = shown_key(request)
            whoever = await _by_key(request, tx, shown) if shown is not None else await _by_cookie(request, tx)
            if whoever.user and scopes.is_turn(request.method, request.scope["path"]):
                await pace.count(request, "chat", str(whoever.user.id), refusal=TooManyTurns)
            yield whoever
    except ForeignKeyViolation as error:
        # The account was deleted since it was read: nothing can be made for it any more.
        if "_userId_" in (error.diag.constraint_name or ""):
            raise SignInNeeded from None
        raise


def shown_key(request: Request) -> str | None:
    """Return the API key that a program shows."""
    # Another scheme is another's business: a proxy in front may ask for a password of its own.
    header = request.headers.get("authorization")
    return header[len(_BEARER) :].strip() if header and header[: len(_BEARER)].lower() == _BEARER else None


async def _by_key(request: Request, tx: Transaction, key: str) -> Asking:
    shown = await keys.resume(tx, request.app.state.secret, key)
    if shown is None:
        raise KeyNotValid
    scope = scopes.needed(request.method, request.scope["path"])
    if scope is None:
        raise KeyForbidden
    if scope not in shown.scopes:
        raise ScopeMissing(scope)
    if shown.is_due:
        await keys.see(tx, shown.id)
    request.state.key_id = shown.id
    return Asking(tx, CurrentUser(shown.user_id, shown.email, is_guest=users.is_guest(shown.email)))


async def _by_cookie(request: Request, tx: Transaction) -> Asking:
    if authjs_of(request) is None:
        return await _by_session(request, tx)
    claims = claims_of(request)
    if claims is None:
        return Asking(tx, None)
    ours = await _by_session(request, tx)
    email = await cutoffs.recognise(tx, claims)
    if email is None:
        return Asking(tx, None)
    session_id = ours.session_id if ours.user and ours.user.id == claims.user_id else None
    return Asking(tx, CurrentUser(claims.user_id, email, is_guest=users.is_guest(email)), session_id)


def authjs_of(request: Request) -> AuthJs | None:
    """Return the cookies that this deployment shares with a Chat SDK, if it does."""
    known: AuthJs | None = request.app.state.authjs
    return known


def claims_of(request: Request) -> Claims | None:
    """Say what the request's cookie of Auth.js says, whether or not that sign-in was ended since."""
    known = authjs_of(request)
    return known.read(request.cookies, is_https=is_https(request)) if known else None


async def _by_session(request: Request, tx: Transaction) -> Asking:
    token = request.cookies.get(cookie_name(request))
    found = await sessions.resume(tx, request.app.state.secret, token) if token else None
    if found is None:
        return Asking(tx, None)
    if found.is_due:
        await sessions.see(tx, found.id)
    return Asking(tx, CurrentUser(found.user_id, found.email, is_guest=users.is_guest(found.email)), found.id)


async def _anyone(request: Request) -> AsyncIterator[Asking]:
    async with asking(request) as whoever:
        yield whoever


def signed_in(
    refusal: type[Refusal] = SignInNeeded, *, pipelined: bool = False
) -> Callable[[Request], AsyncIterator[SignedIn]]:
    """Make the dependency that refuses whoever is not signed in, in a room's own words."""

    async def only_signed_in(request: Request) -> AsyncIterator[SignedIn]:
        async with asking(request, pipelined=pipelined) as whoever:
            if whoever.user is None:
                raise refusal
            yield SignedIn(whoever.tx, whoever.user, whoever.session_id)

    return only_signed_in


async def _in_person(request: Request) -> AsyncIterator[Here]:
    async with asking(request) as whoever:
        if whoever.user is None:
            raise SignInNeeded
        if whoever.session_id is None:
            raise SignInNeeded if shown_key(request) is None else KeyForbidden
        yield Here(whoever.tx, whoever.user, whoever.session_id)


# One dependency for both, because each costs 50 µs of CPU. Function scope: the commit happens before the answer
# leaves, so a commit that fails is a 500 and not a 201.
Anyone = Annotated[Asking, Depends(_anyone, scope="function")]
"""Whoever is asking, signed in or not."""

Mine = Annotated[SignedIn, Depends(signed_in(), scope="function")]
"""The signed-in user; refuses everybody else."""

MineAtOnce = Annotated[SignedIn, Depends(signed_in(pipelined=True), scope="function")]
"""The same, in a pipelined transaction: for what is written often, and by statements that need not wait."""

InPerson = Annotated[Here, Depends(_in_person, scope="function")]
"""The signed-in user with a session; refuses keys too."""

# The same as blocks, for what must commit before it waits.
mine_now = asynccontextmanager(signed_in())
in_person = asynccontextmanager(_in_person)


def is_from_elsewhere(request: Request) -> bool:
    """Say whether another site's link led here: it signs nobody in, the page asks first."""
    return request.headers.get("sec-fetch-site") in {"cross-site", "same-site"}


def source_of(request: Request) -> Source:
    """Say where a request comes from, for the audit."""
    user_agent = request.headers.get("user-agent", "").replace("\x00", "")[:_MOST_OF_A_USER_AGENT]
    return Source(pace.address_of(request), user_agent, getattr(request.state, "key_id", None))
