from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from quartet.accounts import passwords, users
from quartet.accounts.asking import Anyone, asking, sign_in, sign_out
from quartet.accounts.errors import EmailTaken, WrongCredentials
from quartet.accounts.models import Account, Login, Registration
from quartet.core.errors import refusals

router = APIRouter(prefix="/api/auth", tags=["Accounts"])


# Hashing takes 80 ms: it happens between transactions, or a hundred logins at once would hold every connection.


@router.post("/register", status_code=201, responses=refusals(EmailTaken))
async def register(body: Registration, request: Request, response: Response) -> Account:
    """Make an account and sign in. A guest who registers keeps everything."""
    password_hash = await passwords.hash_password(body.password)
    async with asking(request) as whoever:
        if whoever.user and whoever.user.is_guest:
            user = await users.adopt_guest(whoever.tx, whoever.user, body.email, password_hash)
        else:
            user = await users.create(whoever.tx, body.email, password_hash)
        await sign_in(request, response, whoever.tx, user.id)
    return Account(id=user.id, email=user.email, is_guest=False)


@router.post("/login", responses=refusals(WrongCredentials))
async def login(body: Login, request: Request, response: Response) -> Account:
    """Sign in. Every failure has the same wording and takes as long."""
    async with asking(request) as whoever:
        user = await users.find_by_email(whoever.tx, body.email)
    known = user if user and not user.is_guest else None
    if not await passwords.verify(body.password, known.password if known else None) or known is None:
        raise WrongCredentials
    async with asking(request) as whoever:
        await sign_in(request, response, whoever.tx, known.id)
    return Account(id=known.id, email=known.email, is_guest=False)


@router.post("/logout", status_code=204)
async def logout(request: Request, response: Response, whoever: Anyone) -> None:
    """End this browser's session, for good."""
    await sign_out(request, response, whoever.tx)


@router.get("/guest", status_code=307, response_class=RedirectResponse)
async def continue_as_guest(
    request: Request, redirect_url: Annotated[str, Query(alias="redirectUrl", max_length=2000)] = "/"
) -> RedirectResponse:
    """Sign in without an account, then go to a local path. Whoever is signed in already only goes there."""
    response = RedirectResponse(_local_path(redirect_url))
    async with asking(request, writes=True) as whoever:
        if whoever.user is None:
            guest = await users.create_guest(whoever.tx)
            await sign_in(request, response, whoever.tx, guest.id)
    return response


def _local_path(url: str) -> str:
    # "//host" and "/\host" leave this site in a browser, and so does a path with a line break or a tab in it.
    leaves = not url.startswith("/") or url[1:2] in {"/", "\\"} or any(sign < " " for sign in url)
    return "/" if leaves else url
