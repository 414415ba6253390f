"""The library as a file: out, looked at, and in."""

import asyncio
import sys
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from quartet.accounts import audit
from quartet.accounts.asking import mine_now, source_of
from quartet.accounts.errors import SignInNeeded
from quartet.core.errors import NotValid, Refusal, refusals
from quartet.prompts import exchange
from quartet.prompts.documents import Document, ImportDocument, ImportPlan, ImportReport
from quartet.prompts.errors import ComponentLimitReached, PresetLimitReached
from quartet.prompts.formats import markdown, reading, skills
from quartet.prompts.formats.loading import ImportUnreadable, json_of, text_of

router = APIRouter(prefix="/api/prompts", tags=["Prompt"], responses=refusals(SignInNeeded, NotValid))

# A file of many small items is larger as a document, where every item says all that there is to say.
_MOST_BYTES_OF_A_DOCUMENT = 2 * reading.MOST_BYTES
# The framework would answer a declared length over its limit in plain text, in front of all error handlers. So the
# bodies of these routes are counted here.
_COUNTED_HERE = sys.maxsize


class ImportTooLarge(Refusal):
    status = 413
    code = "bad_request:import"
    title = f"The file is too large to import: up to {reading.MOST_BYTES // 1_000_000} MB."


@router.get(
    "/export",
    response_class=JSONResponse,
    responses={
        200: {
            "description": "The whole library as a file.",
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Document"}},
                "text/markdown": {},
                "application/zip": {},
            },
        }
    },
)
async def export_library(
    request: Request, as_: Annotated[Literal["json", "markdown", "skills"], Query(alias="format")] = "json"
) -> Response:
    """Export everything you keep: JSON that imports without loss, Markdown to read, or a SKILL.md per component."""
    async with mine_now(request) as my:
        document = await exchange.take(my.tx, my.id)
        await audit.note(my.tx, my.id, "library.exported", source_of(request), format=as_)
    content, media_type, name = await asyncio.to_thread(_written, document, as_)
    return Response(content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})


def _written(document: Document, as_: str) -> tuple[bytes, str, str]:
    stem = f"quartet-prompts-{datetime.now(UTC):%Y-%m-%d}"
    if as_ == "markdown":
        return markdown.write(document).encode(), "text/markdown", f"{stem}.md"
    if as_ == "skills":
        return skills.write(document), "application/zip", f"{stem}-skills.zip"
    return document.model_dump_json(by_alias=True).encode(), "application/json", f"{stem}.json"


@router.post(
    "/import/read",
    max_body_size=_COUNTED_HERE,
    responses=refusals(ImportUnreadable, ImportTooLarge),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def read_import(request: Request, name: Annotated[str, Query(max_length=500)] = "") -> ImportPlan:
    """Say what a file holds and what an import of it would make; writes nothing.

    The body is the file itself, up to 10 MB: Quartet's JSON, prompts.chat CSV, fabric folders (zip), Open WebUI
    prompts and models, LibreChat presets, Langfuse prompts, SillyTavern presets, character cards (PNG, JSON),
    SKILL.md. `name` is what the file is called.
    """
    async with mine_now(request):
        pass
    data = await _body(request, reading.MOST_BYTES)
    read = await asyncio.to_thread(reading.read, name, data)
    async with mine_now(request) as my:
        return await exchange.plan(my.tx, my.id, read)


def _inlined(schema: Any, kinds: dict[str, Any]) -> Any:
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(kinds[schema["$ref"].rsplit("/", 1)[1]], kinds)
        return {key: _inlined(value, kinds) for key, value in schema.items() if key != "$defs"}
    return [_inlined(each, kinds) for each in schema] if isinstance(schema, list) else schema


def _document_schema() -> Any:
    schema = ImportDocument.model_json_schema()
    return _inlined(schema, schema["$defs"])


@router.post(
    "/import",
    max_body_size=_COUNTED_HERE,
    responses=refusals(ComponentLimitReached, PresetLimitReached, ImportTooLarge),
    openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _document_schema()}}}},
)
async def import_library(
    request: Request,
    everything: Annotated[bool, Query(alias="all")] = False,  # noqa: FBT002 - a query's default
) -> ImportReport:
    """Import a document: what you have already is merged, what the plan has no room for is skipped.

    With `all=true` everything comes in, or nothing and the reason is the answer.
    """
    async with mine_now(request):
        pass
    data = await _body(request, _MOST_BYTES_OF_A_DOCUMENT)
    document = await asyncio.to_thread(_document, data)
    async with mine_now(request) as my:
        report = await exchange.bring(my.tx, my.id, document, everything=everything)
        if report.made:
            await audit.note(my.tx, my.id, "library.imported", source_of(request), count=len(report.made))
    return report


def _document(data: bytes) -> ImportDocument:
    try:
        return ImportDocument.model_validate(json_of(text_of(data)))
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from None


async def _body(request: Request, most: int) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise ImportTooLarge
    except ClientDisconnect:
        raise ImportUnreadable("The upload broke off.") from None
    return bytes(body)
