from uuid import UUID

from fastapi import APIRouter, Request, Response

from quartet.accounts import audit
from quartet.accounts.asking import Mine, MineAtOnce, source_of
from quartet.accounts.errors import SignInNeeded
from quartet.accounts.reading import reading
from quartet.core.errors import NotValid, refusals
from quartet.core.etags import NOT_MODIFIED, unless_known
from quartet.core.queries import described, read_query
from quartet.core.wire import Page
from quartet.prompts import presets, trash
from quartet.prompts.errors import (
    ComponentLimitReached,
    ComponentNotFound,
    LossNotFound,
    PresetEmpty,
    PresetLimitReached,
    PresetNotFound,
    WrongType,
)
from quartet.prompts.models import LossToRecover, NewPreset, Preset, PresetChange, PresetQuery

router = APIRouter(prefix="/api/presets", tags=["Presets"], responses=refusals(SignInNeeded, NotValid))


@router.get("", response_model=Page[Preset], responses=NOT_MODIFIED, openapi_extra=described(PresetQuery))
async def list_presets(request: Request) -> Response:
    """List your presets with their components; the last used first."""
    found = await presets.find_many(reading(request), read_query(request, PresetQuery))
    return unless_known(request, found)


@router.post(
    "",
    status_code=201,
    responses=refusals(ComponentNotFound, PresetLimitReached, PresetEmpty, WrongType),
)
async def create_preset(body: NewPreset, my: MineAtOnce) -> Preset:
    """Make a preset of one to four components, at most one of each type."""
    return await presets.create(my.tx, my.id, body)


@router.get("/{preset_id}", responses=refusals(PresetNotFound))
async def read_preset(preset_id: UUID, request: Request) -> Preset:
    """Read one preset with its components."""
    return await presets.one(reading(request), preset_id)


@router.patch("/{preset_id}", responses=refusals(PresetNotFound, ComponentNotFound))
async def change_preset(preset_id: UUID, body: PresetChange, my: MineAtOnce) -> Preset:
    """Change what is given; null empties a slot, but never the last one."""
    return await presets.change(my.tx, my.id, preset_id, body)


@router.delete("/{preset_id}", status_code=204, responses=refusals(PresetNotFound))
async def delete_preset(preset_id: UUID, request: Request, my: Mine) -> None:
    """Delete a preset. Chats that used it stay. The trash has it for 30 days."""
    name = (await presets.get(my.tx, my.id, preset_id)).name
    await trash.discard_preset(my.tx, my.id, preset_id)
    await audit.note(my.tx, my.id, "preset.deleted", source_of(request), name=name)


@router.post(
    "/{preset_id}/duplicate",
    status_code=201,
    responses=refusals(PresetNotFound, PresetEmpty, PresetLimitReached),
)
async def duplicate_preset(preset_id: UUID, my: MineAtOnce) -> Preset:
    """Make another preset of the same components."""
    return await presets.duplicate(my.tx, my.id, preset_id)


@router.post(
    "/{preset_id}/recover",
    responses=refusals(PresetNotFound, LossNotFound, ComponentLimitReached),
)
async def recover_loss(preset_id: UUID, body: LossToRecover, my: Mine) -> Preset:
    """Bring the component back that this slot lost, here and in every other preset that lost it."""
    return await trash.recover(my.tx, my.id, preset_id, body.type)
