"""Which models can be asked, and the one on this machine: `GET /api/models` in the Chat SDK's shape, with more."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Request

from quartet.accounts.asking import Anyone, Mine
from quartet.accounts.errors import SignInNeeded
from quartet.billing import plans
from quartet.chats.errors import LocalModelUnknown, NotManageable
from quartet.core.errors import refusals
from quartet.core.wire import Wire
from quartet.embedded import weights
from quartet.embedded.catalogue import CATALOGUE, file_of
from quartet.embedded.model import LocalModel
from quartet.embedded.pulls import Pulls
from quartet.llm.catalogue import Catalogue, Model
from quartet.settings import ServerSettings

router = APIRouter(prefix="/api/models", tags=["Models"])

# Who comes through a reverse proxy is not at this machine, whatever address it connects from.
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto")


class PriceView(Wire):
    """US dollars for a million tokens, on a day; what a vendor asks may have changed since."""

    input: float
    output: float
    as_of: str


class ModelView(Wire):
    """What a model can do (the Chat SDK's three), and what it is. `price` is null where it is unknown or nothing."""

    tools: bool
    vision: bool
    reasoning: bool
    name: str
    provider: str
    context_window: int
    max_output: int
    price: PriceView | None
    in_plan: bool
    is_default: bool
    note: str | None


class LocalModelView(Wire):
    """A model that can run on this machine. Sizes in bytes."""

    name: str
    title: str
    label: str
    size_bytes: int
    received_bytes: int
    state: Literal["absent", "pulling", "ready", "inUse", "failed"]
    error: str | None


class LocalModels(Wire):
    """`manageable`: this server is a person's own machine, so its page may fetch and choose models."""

    items: list[LocalModelView]
    manageable: bool


@router.get("")
async def list_models(request: Request, asking: Anyone) -> dict[str, ModelView]:
    """List the models that can be asked, by id, and whether your plan has them."""
    catalogue: Catalogue = request.app.state.catalogue
    limits = (await plans.current(asking.tx, asking.user.id)).limits if asking.user else plans.PLANS["free"]
    default = next((model for model in catalogue.models() if model.provider in limits.providers), None)
    return {
        model.id: _view(model, in_plan=model.provider in limits.providers, is_default=model == default)
        for model in catalogue.models()
    }


@router.get("/local", responses=refusals(SignInNeeded))
async def list_local_models(request: Request, my: Mine) -> LocalModels:
    """List the models that can run on this machine, with how far each is fetched."""
    del my
    settings: ServerSettings = request.app.state.server
    local: LocalModel | None = request.app.state.local
    pulls: Pulls | None = request.app.state.pulls
    if settings.home is None or pulls is None:
        return LocalModels(items=[], manageable=False)
    kept = weights.state(settings.home, settings.local_model)
    return LocalModels(
        items=[_local_view(each, pulls, in_use=local is not None and local.name == each.weights.name) for each in kept],
        manageable=_manageable(request),
    )


@router.post("/local/{name}/pull", status_code=202, responses=refusals(SignInNeeded, NotManageable, LocalModelUnknown))
async def pull_local_model(name: Annotated[str, Path(max_length=100)], request: Request, my: Mine) -> None:
    """Begin to fetch a model in the background."""
    del my
    _refuse_unless_own(request, name)
    request.app.state.pulls.start(name)


@router.post("/local/{name}/use", status_code=202, responses=refusals(SignInNeeded, NotManageable, LocalModelUnknown))
async def use_local_model(name: Annotated[str, Path(max_length=100)], request: Request, my: Mine) -> None:
    """Serve a fetched model instead of the present one; it is ready some seconds later."""
    del my
    _refuse_unless_own(request, name)
    settings: ServerSettings = request.app.state.server
    assert settings.home is not None  # noqa: S101 - _refuse_unless_own saw to it
    if not file_of(name, settings.home).exists():
        raise LocalModelUnknown("This model is not on this machine yet. Fetch it first.")
    gguf = weights.use(name, settings.home)
    local: LocalModel = request.app.state.local
    if gguf:
        await local.switch(gguf)


def _manageable(request: Request) -> bool:
    settings: ServerSettings = request.app.state.server
    forwarded = any(name in request.headers for name in _FORWARDED)
    return request.app.state.local is not None and settings.is_local and not forwarded and not settings.local_model


def _refuse_unless_own(request: Request, name: str) -> None:
    if not _manageable(request):
        raise NotManageable
    if name not in CATALOGUE:
        raise LocalModelUnknown


def _view(model: Model, *, in_plan: bool, is_default: bool) -> ModelView:
    price = model.price
    return ModelView(
        tools=model.tools,
        vision=model.vision,
        reasoning=model.reasoning,
        name=model.name,
        provider=model.provider,
        context_window=model.context_window,
        max_output=model.max_output,
        price=PriceView(input=price.input, output=price.output, as_of=price.as_of.isoformat()) if price else None,
        in_plan=in_plan,
        is_default=is_default,
        note=model.note,
    )


def _local_view(kept: weights.Kept, pulls: Pulls, *, in_use: bool) -> LocalModelView:
    name = kept.weights.name
    failure = pulls.failure(name)
    state: Literal["absent", "pulling", "ready", "inUse", "failed"] = "absent"
    if pulls.is_running(name):
        state = "pulling"
    elif kept.is_here:
        state = "inUse" if in_use else "ready"
    elif failure:
        state = "failed"
    return LocalModelView(
        name=name,
        title=kept.weights.title,
        label=kept.weights.label,
        size_bytes=kept.weights.download,
        received_bytes=pulls.arrived(name) or kept.arrived,
        state=state,
        error=failure if state == "failed" else None,
    )
