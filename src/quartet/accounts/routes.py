from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from quartet.accounts import audit, challenges, pace, passwords, second_factors, users
from quartet.accounts.asking import Anyone, asking, is_from_elsewhere, source_of
from quartet.accounts.errors import (
    ChallengeOver,
    EmailTaken,
    SecondFactorNeeded,
    TooManyAttempts,
    WrongCode,
    WrongCredentials,
)
from quartet.accounts.models import Account, Login, Registration, SecondStep
from quartet.accounts.paths import local_path
from quartet.accounts.signing import sign_in, sign_out
from quartet.core.database import become
from quartet.core.errors import refusals

router = APIRouter(prefix="/api/auth", tags=["Accounts"])


# Hashing takes 80 ms: it happens between transactions, or a hundred logins at once would hold every connection.


@router.post("/register", status_code=201, responses=refusals(EmailTaken, TooManyAttempts))
async def register(body: Registration, request: Request, response: Response) -> Account:
    """Make an account and sign in. A guest who registers keeps everything."""
    await pace.count_address(request, "registration")
    password_hash = await passwords.hash_password(body.password)
    async with asking(request, as_system=True) as whoever:
        if whoever.user and whoever.user.is_guest:
            user = await users.adopt_guest(whoever.tx, whoever.user, body.email, password_hash)
        else:
            user = await users.create(whoever.tx, body.email, password_hash)
        await sign_in(request, response, whoever.tx, user.id, "registration")
    return Account(id=user.id, email=user.email, is_guest=False)


@router.post("/login", responses=refusals(WrongCredentials, SecondFactorNeeded, TooManyAttempts))
async def login(body: Login, request: Request, response: Response) -> Account:
    """Sign in. Every failure has the same wording and takes as long.

    401 `unauthorized:second_factor` carries a `challenge`, for five minutes: the password was right, and a code is
    still to be sent to `/api/auth/second-factor`.
    """
    await pace.count_login(request, body.email)
    async with asking(request, as_system=True) as whoever:
        found = await users.find_by_email(whoever.tx, body.email)
    known = found if found and not found.is_guest else None
    is_right = await passwords.verify(body.password, known.password if known else None)
    challenge = None
    async with asking(request, as_system=True) as whoever:
        if known:
            await become(whoever.tx, known.id)
        if known is None or not is_right:
            # Written for nobody's account too, and taken back: how long it takes must not tell whose there is.
            await audit.note_failure(whoever.tx, known.id if known else None, "session.failed", source_of(request))
        elif await second_factors.is_on(whoever.tx, known.id):
            challenge = await challenges.pose(whoever.tx, request.app.state.secret, known.id)
        else:
            await sign_in(request, response, whoever.tx, known.id, "password")
    if known is None or not is_right:
        raise WrongCredentials
    await pace.forget_login(request, body.email)
    if challenge:
        raise SecondFactorNeeded(challenge)
    return Account(id=known.id, email=known.email, is_guest=False)


@router.post("/second-factor", responses=refusals(WrongCode, ChallengeOver, TooManyAttempts))
async def meet_challenge(body: SecondStep, request: Request, response: Response) -> Account:
    """Finish a sign-in with a code. A challenge takes five of them."""
    secret: bytes = request.app.state.secret
    async with asking(request, as_system=True) as whoever:
        user_id = await challenges.whose(whoever.tx, secret, body.challenge)
    if user_id is None:
        raise ChallengeOver
    await pace.count(request, "second_factor", str(user_id))
    async with asking(request, as_system=True) as whoever:
        # One try after the other: each ends the others' challenges, and would wait for theirs while they wait for its.
        await users.lock(whoever.tx, user_id)
        if await challenges.attempt(whoever.tx, secret, body.challenge) is None:
            raise ChallengeOver
        await become(whoever.tx, user_id)
        user = await users.find(whoever.tx, user_id)
        means = await second_factors.verify(whoever.tx, secret, user_id, body.code)
        if means is None:
            await audit.note(whoever.tx, user_id, "second_factor.failed", source_of(request))
        else:
            await challenges.end_all(whoever.tx, user_id)
            await sign_in(request, response, whoever.tx, user_id, f"password and {means}")
    if user is None or means is None:
        raise WrongCode
    await pace.forget(request, "second_factor", str(user_id))
    return Account(id=user.id, email=user.email, is_guest=False)


@router.post("/logout", status_code=204)
async def logout(request: Request, response: Response, whoever: Anyone) -> None:
    """End this browser's session, for good."""
    await sign_out(request, response, whoever.tx)


@router.get("/guest", status_code=307, response_class=RedirectResponse, responses=refusals(TooManyAttempts))
async def continue_as_guest(
    request: Request, redirect_url: Annotated[str, Query(alias="redirectUrl", max_length=2000)] = "/"
) -> RedirectResponse:
    """Sign in without an account, then go to a local path. Whoever is signed in already only goes there."""
    if is_from_elsewhere(request):
        return RedirectResponse("/sign-in")
    response = RedirectResponse(local_path(redirect_url))
    async with asking(request, as_system=True) as whoever:
        if whoever.user is None:
            await pace.count_address(request, "guest")
            guest = await users.create_guest(whoever.tx)
            await sign_in(request, response, whoever.tx, guest.id, "guest")
    return response
