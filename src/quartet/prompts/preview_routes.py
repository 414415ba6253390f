from fastapi import APIRouter, Request

from quartet.accounts.asking import Mine
from quartet.accounts.errors import SignInNeeded
from quartet.core.errors import NotValid, refusals
from quartet.llm.catalogue import Catalogue, UnknownModel
from quartet.prompts import selection
from quartet.prompts.errors import ComponentNotFound, ModelUnknown, PresetNotFound, WrongType
from quartet.prompts.models import Preview, PreviewRequest

router = APIRouter(prefix="/api/prompt", tags=["Prompt"], responses=refusals(SignInNeeded, NotValid))


@router.post("/preview", responses=refusals(PresetNotFound, ComponentNotFound, WrongType))
async def preview_prompt(body: PreviewRequest, request: Request, my: Mine) -> Preview:
    """Compose a system prompt and count its tokens, part by part, without sending anything."""
    catalogue: Catalogue = request.app.state.catalogue
    chosen = await selection.resolve(my.tx, my.id, body.preset_id, body.components)
    try:
        return chosen.preview(catalogue.find(body.model) if body.model else None, body.texts.given())
    except UnknownModel:
        raise ModelUnknown from None
