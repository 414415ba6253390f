"""Signing a browser in and out: our session and its cookie, and with AUTH_SECRET that of Auth.js beside it."""

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Request, Response

from quartet.accounts import audit, authjs, cutoffs, sessions, users
from quartet.accounts.asking import (
    Asking,
    Here,
    authjs_of,
    claims_of,
    cookie_name,
    is_https,
    shown_key,
    source_of,
)
from quartet.core.database import Transaction, become

_LIFETIME = int(sessions.LIFETIME.total_seconds())


async def sign_in(request: Request, response: Response, tx: Transaction, user_id: UUID, how: str) -> None:
    """Start a fresh session and end the one this browser had: a token never survives a change of who it is."""
    source = source_of(request)
    await become(tx, user_id)
    # In this order: the new session holds the user's row, which whoever deletes the account holds before any session.
    started = await sessions.start(tx, request.app.state.secret, user_id, source)
    await _end(request, tx)
    await audit.note(tx, user_id, "session.started", source, how=how)
    _keep_cookie(request, response, started.token)
    if authjs_of(request):
        user = await users.find(tx, user_id)
        assert user is not None  # noqa: S101 - its session refers to it
        kind = "guest" if user.is_guest else "regular"
        members = {"email": user.email, "sub": str(user_id), "id": str(user_id), "type": kind}
        _keep_authjs(request, response, members | {"auth_time": time.time(), "sid": str(started.id)})


async def settle(request: Request, response: Response, whoever: Asking) -> None:
    """Give a browser that a Chat SDK signed in a session of ours, so that it is listed, and can be ended."""
    if authjs_of(request) is None or whoever.user is None or shown_key(request) is not None:
        return
    claims = claims_of(request)
    session_id = whoever.session_id
    if session_id is None:
        source = source_of(request)
        started = await sessions.start(whoever.tx, request.app.state.secret, whoever.user.id, source, is_continued=True)
        await audit.note(whoever.tx, whoever.user.id, "session.started", source, how="chat sdk")
        _keep_cookie(request, response, started.token)
        session_id = started.id
    if claims and claims.session_id != session_id:
        # From now on the cookie ends with the session, also after a Chat SDK has renewed it.
        told = {"auth_time": claims.at, "sid": str(session_id)}
        _keep_authjs(request, response, {**claims.members, **told})


async def sign_out(request: Request, response: Response, tx: Transaction) -> None:
    if user_id := await _end(request, tx):
        await audit.note(tx, user_id, "session.ended", source_of(request))
    forget_cookie(request, response)


async def end_session(request: Request, response: Response, here: Here, session_id: UUID) -> None:
    """Sign one of a user's browsers out, and what a Chat SDK's cookie says of it. Raises `SessionNotFound`."""
    await sessions.end_one(here.tx, here.id, session_id)
    if authjs_of(request):
        await cutoffs.end_one(here.tx, here.id, session_id)
    if session_id == here.session_id:
        forget_cookie(request, response)


async def end_other_sessions(request: Request, response: Response, here: Here) -> int:
    """Sign out everywhere else; return how many sessions there were."""
    now = time.time()
    # Also without AUTH_SECRET: it may be set later, and an old cookie must not come back then.
    await cutoffs.end_all(here.tx, here.id, now)
    if claims := claims_of(request):
        _keep_authjs(request, response, {**claims.members, "auth_time": now, "sid": str(here.session_id)})
    return await sessions.end_others(here.tx, here.id, here.session_id)


def forget_cookie(request: Request, response: Response) -> None:
    """Take our cookie away, and with AUTH_SECRET those of Auth.js."""
    if request.cookies.get(cookie_name(request)):
        _set_cookies(request, response, {cookie_name(request): None})
    if authjs_of(request):
        _set_cookies(request, response, authjs.forget(request.cookies))


async def _end(request: Request, tx: Transaction) -> UUID | None:
    """End what this browser was signed in with; return whose session of ours it was."""
    claims = claims_of(request)
    if claims and claims.session_id and await users.find(tx, claims.user_id):
        await cutoffs.end_one(tx, claims.user_id, claims.session_id)
    token = request.cookies.get(cookie_name(request))
    return await sessions.end(tx, request.app.state.secret, token) if token else None


def _keep_cookie(request: Request, response: Response, token: str) -> None:
    _set_cookies(request, response, {cookie_name(request): token})


def _keep_authjs(request: Request, response: Response, members: Mapping[str, Any]) -> None:
    if known := authjs_of(request):
        _set_cookies(request, response, known.issue(members, request.cookies, is_https=is_https(request)))


def _set_cookies(request: Request, response: Response, cookies: Mapping[str, str | None]) -> None:
    """Set cookies, or delete them (None)."""
    for name, value in cookies.items():
        is_secure = is_https(request) or name.startswith("__Secure-")
        if value is None:
            response.delete_cookie(name, httponly=True, samesite="lax", secure=is_secure)
        else:
            response.set_cookie(name, value, max_age=_LIFETIME, httponly=True, samesite="lax", secure=is_secure)
