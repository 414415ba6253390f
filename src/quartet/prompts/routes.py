from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Request, Response

from quartet.accounts.asking import Mine
from quartet.accounts.errors import SignInNeeded
from quartet.core.errors import NotValid, refusals
from quartet.core.http import Rows
from quartet.core.queries import described, read_query
from quartet.core.wire import Page
from quartet.llm.catalogue import Catalogue, UnknownModel
from quartet.prompts import components, presets, selection
from quartet.prompts.errors import (
    ComponentChanged,
    ComponentLimitReached,
    ComponentNotFound,
    ComponentTypeFixed,
    ModelUnknown,
    PresetEmpty,
    PresetLimitReached,
    PresetNotFound,
    WrongType,
)
from quartet.prompts.models import (
    Component,
    ComponentChange,
    ComponentDeleted,
    ComponentQuery,
    NewComponent,
    NewPreset,
    Preset,
    PresetChange,
    PresetQuery,
    Preview,
    PreviewRequest,
)

router = APIRouter(prefix="/api", responses=refusals(SignInNeeded, NotValid))


@router.get(
    "/components",
    tags=["Components"],
    response_model=Page[Component],
    openapi_extra=described(ComponentQuery),
)
async def list_components(request: Request, my: Mine) -> Rows:
    """List your components; the most used first."""
    return Rows(await components.find_many(my.tx, my.id, read_query(request, ComponentQuery)))


@router.post("/components", status_code=201, tags=["Components"], responses=refusals(ComponentLimitReached))
async def create_component(body: NewComponent, response: Response, my: Mine) -> Component:
    """Make a component."""
    return _tagged(response, await components.create(my.tx, my.id, body))


@router.get("/components/{component_id}", tags=["Components"], responses=refusals(ComponentNotFound))
async def read_component(component_id: UUID, response: Response, my: Mine) -> Component:
    """Read one component; its `ETag` is its version."""
    return _tagged(response, await components.get(my.tx, my.id, component_id))


@router.patch(
    "/components/{component_id}",
    tags=["Components"],
    responses=refusals(ComponentNotFound, ComponentTypeFixed, ComponentChanged),
)
async def change_component(
    component_id: UUID,
    body: ComponentChange,
    response: Response,
    my: Mine,
    if_match: Annotated[str | None, Header()] = None,
) -> Component:
    """Change what is given. With `If-Match`, only if nobody changed the component since."""
    changed = await components.change(my.tx, my.id, component_id, body, _version(if_match))
    return _tagged(response, changed)


@router.delete("/components/{component_id}", tags=["Components"], responses=refusals(ComponentNotFound))
async def delete_component(component_id: UUID, my: Mine) -> ComponentDeleted:
    """Delete a component. Presets that used it stay, incomplete; the answer names them."""
    return ComponentDeleted(presets=await components.delete(my.tx, my.id, component_id))


@router.get("/presets", tags=["Presets"], openapi_extra=described(PresetQuery))
async def list_presets(request: Request, my: Mine) -> Page[Preset]:
    """List your presets with their components; the last used first."""
    return await presets.find_many(my.tx, my.id, read_query(request, PresetQuery))


@router.post(
    "/presets",
    status_code=201,
    tags=["Presets"],
    responses=refusals(ComponentNotFound, PresetLimitReached, PresetEmpty, WrongType),
)
async def create_preset(body: NewPreset, my: Mine) -> Preset:
    """Make a preset of one to four components, at most one of each type."""
    return await presets.create(my.tx, my.id, body)


@router.get("/presets/{preset_id}", tags=["Presets"], responses=refusals(PresetNotFound))
async def read_preset(preset_id: UUID, my: Mine) -> Preset:
    """Read one preset with its components."""
    return await presets.get(my.tx, my.id, preset_id)


@router.patch("/presets/{preset_id}", tags=["Presets"], responses=refusals(PresetNotFound, ComponentNotFound))
async def change_preset(preset_id: UUID, body: PresetChange, my: Mine) -> Preset:
    """Change what is given; null empties a slot, but never the last one."""
    return await presets.change(my.tx, my.id, preset_id, body)


@router.delete("/presets/{preset_id}", status_code=204, tags=["Presets"], responses=refusals(PresetNotFound))
async def delete_preset(preset_id: UUID, my: Mine) -> None:
    """Delete a preset. Chats that used it stay."""
    await presets.delete(my.tx, my.id, preset_id)


@router.post("/prompt/preview", tags=["Prompt"], responses=refusals(PresetNotFound, ComponentNotFound, WrongType))
async def preview_prompt(body: PreviewRequest, request: Request, my: Mine) -> Preview:
    """Compose a system prompt and count its tokens, part by part, without sending anything."""
    catalogue: Catalogue = request.app.state.catalogue
    chosen = await selection.resolve(my.tx, my.id, body.preset_id, body.components)
    try:
        return chosen.preview(catalogue.find(body.model) if body.model else None)
    except UnknownModel:
        raise ModelUnknown from None


def _tagged(response: Response, component: Component) -> Component:
    response.headers["etag"] = f'"{component.version}"'
    return component


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    digits = if_match.strip('"')
    if not digits.isdecimal() or len(digits) > 9:  # noqa: PLR2004 - what fits PostgreSQL's integer for sure
        raise ComponentChanged
    return int(digits)
