from uuid import UUID

from fastapi import APIRouter, Request, Response

from quartet.accounts import audit
from quartet.accounts.asking import Mine, source_of
from quartet.accounts.errors import SignInNeeded
from quartet.core.errors import NotValid, refusals
from quartet.core.etags import NOT_MODIFIED, unless_known
from quartet.core.queries import described, read_query
from quartet.core.wire import Page
from quartet.prompts import trash
from quartet.prompts.errors import ComponentLimitReached, PresetLimitReached, TrashNotFound
from quartet.prompts.models import Restored, Trashed, TrashQuery

router = APIRouter(prefix="/api/trash", tags=["Trash"], responses=refusals(SignInNeeded, NotValid))


@router.get("", response_model=Page[Trashed], responses=NOT_MODIFIED, openapi_extra=described(TrashQuery))
async def list_trash(request: Request, my: Mine) -> Response:
    """List the components and presets that you deleted in the last 30 days, the last deleted first."""
    found = await trash.find_many(my.tx, my.id, read_query(request, TrashQuery))
    return unless_known(request, found)


@router.post("/{trash_id}/restore", responses=refusals(TrashNotFound, ComponentLimitReached, PresetLimitReached))
async def restore_trashed(trash_id: UUID, my: Mine) -> Restored:
    """Bring back a component with its history and its places in presets, or a preset with its components."""
    return await trash.restore(my.tx, my.id, trash_id)


@router.delete("/{trash_id}", status_code=204, responses=refusals(TrashNotFound))
async def delete_trashed(trash_id: UUID, my: Mine) -> None:
    """Delete one for good."""
    await trash.forget(my.tx, my.id, trash_id)


@router.delete("", status_code=204)
async def empty_trash(request: Request, my: Mine) -> None:
    """Delete all of your trash for good."""
    if count := await trash.empty(my.tx, my.id):
        await audit.note(my.tx, my.id, "trash.emptied", source_of(request), count=count)
