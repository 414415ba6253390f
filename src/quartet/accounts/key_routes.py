from uuid import UUID

from fastapi import APIRouter, Request

from quartet.accounts import audit, keys
from quartet.accounts.asking import InPerson, source_of
from quartet.accounts.errors import GuestsCannot, KeyForbidden, KeyNotFound, SignInNeeded, TooManyKeys
from quartet.accounts.keys import ApiKey, MadeKey, NewKey
from quartet.core.errors import refusals
from quartet.core.wire import Page

router = APIRouter(prefix="/api/account/keys", tags=["API keys"])


@router.get("", responses=refusals(SignInNeeded, KeyForbidden))
async def list_keys(here: InPerson) -> Page[ApiKey]:
    """List your API keys, at most 20, the newest first."""
    return Page(items=await keys.of_user(here.tx, here.id))


@router.post("", status_code=201, responses=refusals(SignInNeeded, KeyForbidden, GuestsCannot, TooManyKeys))
async def make_key(body: NewKey, request: Request, here: InPerson) -> MadeKey:
    """Make a key for `Authorization: Bearer`. It is shown in this answer only.

    `read`: everything that changes nothing. `chat`: ask, stop, compare, upload pictures. `write`: every other change.
    None of them reaches the account, its keys or its payments.
    """
    if here.user.is_guest:
        raise GuestsCannot
    made = await keys.create(here.tx, request.app.state.secret, here.id, body)
    await audit.note(
        here.tx, here.id, "key.made", source_of(request), name=made.item.name, scopes=" ".join(made.item.scopes)
    )
    return made


@router.delete("/{key_id}", status_code=204, responses=refusals(SignInNeeded, KeyForbidden, KeyNotFound))
async def revoke_key(key_id: UUID, request: Request, here: InPerson) -> None:
    """Revoke a key: from now on it is not valid."""
    gone = await keys.revoke(here.tx, here.id, key_id)
    await audit.note(here.tx, here.id, "key.revoked", source_of(request), name=gone.name)
