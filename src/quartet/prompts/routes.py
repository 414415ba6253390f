from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response

from quartet.accounts.current import Me
from quartet.accounts.errors import SignInNeeded
from quartet.core.errors import NotValid, refusals
from quartet.core.http import Tx
from quartet.core.wire import Page, Text
from quartet.llm.catalogue import Catalogue, UnknownModel
from quartet.prompts import components, presets, selection
from quartet.prompts.compose import ComponentType
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
    NewComponent,
    NewPreset,
    Preset,
    PresetChange,
    Preview,
    PreviewRequest,
)

router = APIRouter(prefix="/api", responses=refusals(SignInNeeded, NotValid))

Limit = Annotated[int, Query(ge=1, le=100)]
Search = Annotated[Text | None, Query(max_length=200)]


@router.get("/components", tags=["Components"])
async def list_components(
    tx: Tx,
    me: Me,
    *,
    type_: Annotated[ComponentType | None, Query(alias="type")] = None,
    q: Search = None,
    sort: components.Sort = "usage",
    limit: Limit = 50,
    cursor: Annotated[str | None, Query(max_length=1000)] = None,
) -> Page[Component]:
    """List your components; the most used first."""
    return await components.find_many(tx, me.id, type_=type_, q=q, sort=sort, limit=limit, cursor=cursor)


@router.post("/components", status_code=201, tags=["Components"], responses=refusals(ComponentLimitReached))
async def create_component(body: NewComponent, response: Response, tx: Tx, me: Me) -> Component:
    """Make a component."""
    return _tagged(response, await components.create(tx, me.id, body))


@router.get("/components/{component_id}", tags=["Components"], responses=refusals(ComponentNotFound))
async def read_component(component_id: UUID, response: Response, tx: Tx, me: Me) -> Component:
    """Read one component; its `ETag` is its version."""
    return _tagged(response, await components.get(tx, me.id, component_id))


@router.patch(
    "/components/{component_id}",
    tags=["Components"],
    responses=refusals(ComponentNotFound, ComponentTypeFixed, ComponentChanged),
)
async def change_component(
    component_id: UUID,
    body: ComponentChange,
    response: Response,
    tx: Tx,
    me: Me,
    if_match: Annotated[str | None, Header()] = None,
) -> Component:
    """Change what is given. With `If-Match`, only if nobody changed the component since."""
    changed = await components.change(tx, me.id, component_id, body, _version(if_match))
    return _tagged(response, changed)


@router.delete("/components/{component_id}", tags=["Components"], responses=refusals(ComponentNotFound))
async def delete_component(component_id: UUID, tx: Tx, me: Me) -> ComponentDeleted:
    """Delete a component. Presets that used it stay, incomplete; the answer names them."""
    return ComponentDeleted(presets=await components.delete(tx, me.id, component_id))


@router.get("/presets", tags=["Presets"])
async def list_presets(
    tx: Tx, me: Me, *, q: Search = None, sort: presets.Sort = "recent", limit: Limit = 100
) -> Page[Preset]:
    """List your presets with their components; the last used first."""
    return await presets.find_many(tx, me.id, q=q, sort=sort, limit=limit)


@router.post(
    "/presets",
    status_code=201,
    tags=["Presets"],
    responses=refusals(ComponentNotFound, PresetLimitReached, PresetEmpty, WrongType),
)
async def create_preset(body: NewPreset, tx: Tx, me: Me) -> Preset:
    """Make a preset of one to four components, at most one of each type."""
    return await presets.create(tx, me.id, body)


@router.get("/presets/{preset_id}", tags=["Presets"], responses=refusals(PresetNotFound))
async def read_preset(preset_id: UUID, tx: Tx, me: Me) -> Preset:
    """Read one preset with its components."""
    return await presets.get(tx, me.id, preset_id)


@router.patch("/presets/{preset_id}", tags=["Presets"], responses=refusals(PresetNotFound, ComponentNotFound))
async def change_preset(preset_id: UUID, body: PresetChange, tx: Tx, me: Me) -> Preset:
    """Change what is given; null empties a slot, but never the last one."""
    return await presets.change(tx, me.id, preset_id, body)


@router.delete("/presets/{preset_id}", status_code=204, tags=["Presets"], responses=refusals(PresetNotFound))
async def delete_preset(preset_id: UUID, tx: Tx, me: Me) -> None:
    """Delete a preset. Chats that used it stay."""
    await presets.delete(tx, me.id, preset_id)


@router.post("/prompt/preview", tags=["Prompt"], responses=refusals(PresetNotFound, ComponentNotFound, WrongType))
async def preview_prompt(body: PreviewRequest, request: Request, tx: Tx, me: Me) -> Preview:
    """Compose a system prompt and count its tokens, part by part, without sending anything."""
    catalogue: Catalogue = request.app.state.catalogue
    chosen = await selection.resolve(tx, me.id, body.preset_id, body.components)
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
