from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Header, Request, Response

from quartet.accounts import audit
from quartet.accounts.asking import Mine, MineAtOnce, source_of
from quartet.accounts.errors import SignInNeeded
from quartet.accounts.reading import reading
from quartet.core.errors import NotValid, refusals
from quartet.core.etags import NOT_MODIFIED, unless_known
from quartet.core.http import Rows
from quartet.core.queries import described, read_query
from quartet.core.wire import Page
from quartet.prompts import components, search, trash, versions
from quartet.prompts.errors import (
    ComponentChanged,
    ComponentLimitReached,
    ComponentNotFound,
    ComponentTypeFixed,
    VersionNotFound,
)
from quartet.prompts.models import (
    Component,
    ComponentChange,
    ComponentDeleted,
    ComponentQuery,
    ComponentVersion,
    Impact,
    NewComponent,
    Tagging,
    VersionQuery,
    VersionToRestore,
)

router = APIRouter(prefix="/api/components", tags=["Components"], responses=refusals(SignInNeeded, NotValid))

IfMatch = Annotated[str | None, Header()]


@router.get(
    "",
    response_model=Page[Component],
    responses=NOT_MODIFIED,
    openapi_extra=described(ComponentQuery),
)
async def list_components(request: Request) -> Response:
    """List your components; the most used first."""
    asked = read_query(request, ComponentQuery)
    find = search.find_words if asked.q else search.find_many
    return unless_known(request, msgspec.json.encode(await find(reading(request), asked)))


@router.get("/tags")
async def list_tags(my: Mine) -> Tagging:
    """List the tags of your components, the most used first."""
    return Tagging(items=await search.tags(my.tx, my.id))


@router.post("", status_code=201, responses=refusals(ComponentLimitReached))
async def create_component(body: NewComponent, response: Response, my: MineAtOnce) -> Component:
    """Make a component."""
    return _tagged(response, await components.create(my.tx, my.id, body))


@router.get("/{component_id}", response_model=Component, responses=refusals(ComponentNotFound))
async def read_component(component_id: UUID, request: Request) -> Rows:
    """Read one component; its `ETag` is its version."""
    component = await components.one(reading(request), component_id)
    return Rows(component, headers={"etag": _tag(component["version"])})


@router.patch(
    "/{component_id}",
    responses=refusals(ComponentNotFound, ComponentTypeFixed, ComponentChanged),
)
async def change_component(
    component_id: UUID,
    body: ComponentChange,
    response: Response,
    my: MineAtOnce,
    if_match: IfMatch = None,
) -> Component:
    """Change what is given. With `If-Match`, only if nobody changed the component since."""
    changed = await components.change(my.tx, my.id, component_id, body, _version(if_match))
    return _tagged(response, changed)


@router.delete("/{component_id}", responses=refusals(ComponentNotFound))
async def delete_component(component_id: UUID, request: Request, my: Mine) -> ComponentDeleted:
    """Delete a component; the trash has it for 30 days. Its presets stay, incomplete: the answer names them."""
    name = (await components.get(my.tx, my.id, component_id)).name
    lost_by = await trash.discard_component(my.tx, my.id, component_id)
    await audit.note(my.tx, my.id, "component.deleted", source_of(request), name=name)
    return ComponentDeleted(presets=lost_by)


@router.post(
    "/{component_id}/duplicate",
    status_code=201,
    responses=refusals(ComponentNotFound, ComponentLimitReached),
)
async def duplicate_component(component_id: UUID, response: Response, my: MineAtOnce) -> Component:
    """Make another component with the same texts."""
    return _tagged(response, await components.duplicate(my.tx, my.id, component_id))


@router.get("/{component_id}/impact", responses=refusals(ComponentNotFound))
async def read_impact(component_id: UUID, my: Mine) -> Impact:
    """Read which presets have a component and how many chats speak with it now."""
    return await components.impact(my.tx, my.id, component_id)


@router.get(
    "/{component_id}/versions",
    responses=refusals(ComponentNotFound),
    openapi_extra=described(VersionQuery),
)
async def list_versions(component_id: UUID, request: Request, my: Mine) -> Page[ComponentVersion]:
    """List everything a component ever said, the present first."""
    return await versions.find_many(my.tx, my.id, component_id, read_query(request, VersionQuery))


@router.post(
    "/{component_id}/restore",
    responses=refusals(ComponentNotFound, VersionNotFound, ComponentChanged),
)
async def restore_version(
    component_id: UUID, body: VersionToRestore, response: Response, my: Mine, if_match: IfMatch = None
) -> Component:
    """Let a component say again what it said in an older version. That is a new version."""
    restored = await versions.restore(my.tx, my.id, component_id, body.version, _version(if_match))
    return _tagged(response, restored)


def _tagged(response: Response, component: Component) -> Component:
    response.headers["etag"] = _tag(component.version)
    return component


def _tag(version: int) -> str:
    return f'"{version}"'


def _version(if_match: str | None) -> int | None:
    if if_match is None or if_match == "*":
        return None
    digits = if_match.strip('"')
    if not digits.isdecimal() or len(digits) > 9:  # noqa: PLR2004 - what fits PostgreSQL's integer for sure
        raise ComponentChanged
    return int(digits)
