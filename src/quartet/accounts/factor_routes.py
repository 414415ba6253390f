from fastapi import APIRouter, Request
from pydantic import Field

from quartet.accounts import audit, pace, second_factors
from quartet.accounts.asking import InPerson, in_person, source_of
from quartet.accounts.confirming import confirm
from quartet.accounts.errors import (
    CodeRefused,
    GuestsCannot,
    KeyForbidden,
    PasswordMissing,
    SecondFactorOff,
    SecondFactorOn,
    SignInNeeded,
    TooManyAttempts,
    WrongPassword,
)
from quartet.accounts.models import GivenPassword
from quartet.accounts.second_factors import Code, RecoveryCodes, SecondFactorBegun, SecondFactorState
from quartet.core.errors import refusals
from quartet.core.wire import Body

router = APIRouter(prefix="/api/account/second-factor", tags=["Accounts"])


class WithPassword(Body):
    password: GivenPassword


class WithPasswordAndCode(Code):
    password: GivenPassword = Field()


@router.get("", responses=refusals(SignInNeeded, KeyForbidden))
async def read_second_factor(here: InPerson) -> SecondFactorState:
    """Say whether signing in with the password asks for a code too."""
    return await second_factors.state(here.tx, here.id)


@router.post(
    "",
    responses=refusals(
        SignInNeeded, WrongPassword, KeyForbidden, GuestsCannot, PasswordMissing, SecondFactorOn, TooManyAttempts
    ),
)
async def begin_second_factor(body: WithPassword, request: Request) -> SecondFactorBegun:
    """Make a secret for an authenticator app. It holds nothing up until `enable` has had a code of it."""
    confirmed = await confirm(request, body.password)
    if confirmed.user.is_guest:
        raise GuestsCannot
    if confirmed.user.password is None:
        raise PasswordMissing
    async with in_person(request) as here:
        return await second_factors.begin(here.tx, request.app.state.secret, here.id, here.user.email)


@router.post(
    "/enable",
    responses=refusals(SignInNeeded, KeyForbidden, CodeRefused, SecondFactorOff, SecondFactorOn, TooManyAttempts),
)
async def enable_second_factor(body: Code, request: Request, here: InPerson) -> RecoveryCodes:
    """Turn two-factor sign-in on. The recovery codes are shown in this answer only."""
    await pace.count(request, "second_factor", str(here.id))
    codes = await second_factors.confirm(here.tx, request.app.state.secret, here.id, body.code)
    await audit.note(here.tx, here.id, "second_factor.enabled", source_of(request))
    await pace.forget(request, "second_factor", str(here.id))
    return RecoveryCodes(recovery_codes=codes)


@router.post(
    "/recovery-codes",
    responses=refusals(SignInNeeded, WrongPassword, KeyForbidden, CodeRefused, SecondFactorOff, TooManyAttempts),
)
async def renew_recovery_codes(body: WithPasswordAndCode, request: Request) -> RecoveryCodes:
    """Make ten new recovery codes; the old ones are worth nothing any more."""
    await _confirm_both(request, body)
    async with in_person(request) as here:
        codes = await second_factors.renew_recovery_codes(here.tx, request.app.state.secret, here.id)
        await audit.note(here.tx, here.id, "recovery_codes.made", source_of(request))
    return RecoveryCodes(recovery_codes=codes)


@router.delete(
    "",
    status_code=204,
    responses=refusals(SignInNeeded, WrongPassword, KeyForbidden, CodeRefused, SecondFactorOff, TooManyAttempts),
)
async def disable_second_factor(body: WithPasswordAndCode, request: Request) -> None:
    """Turn two-factor sign-in off."""
    await _confirm_both(request, body)
    async with in_person(request) as here:
        await second_factors.turn_off(here.tx, here.id)
        await audit.note(here.tx, here.id, "second_factor.disabled", source_of(request))


async def _confirm_both(request: Request, body: WithPasswordAndCode) -> None:
    """See both factors: whoever found an open browser, and even knows the password, may not do this."""
    confirmed = await confirm(request, body.password)
    await pace.count(request, "second_factor", str(confirmed.user.id))
    async with in_person(request) as here:
        if not await second_factors.is_on(here.tx, here.id):
            raise SecondFactorOff
        means = await second_factors.verify(here.tx, request.app.state.secret, here.id, body.code)
        if means is None:
            await audit.note(here.tx, here.id, "second_factor.failed", source_of(request))
    if means is None:
        raise CodeRefused
    await pace.forget(request, "second_factor", str(confirmed.user.id))
