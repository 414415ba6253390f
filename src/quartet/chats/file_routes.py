"""Pictures in and out: `POST /api/files/upload` in the Chat SDK's shape, and their addresses."""

import asyncio
import logging
import re
import sys
import unicodedata
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from psycopg import OperationalError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from quartet.accounts.asking import Anyone, Mine, signed_in
from quartet.accounts.errors import SignInNeeded
from quartet.chats import files
from quartet.chats.errors import (
    FileNotFound,
    FileSent,
    NoPicture,
    PictureTooLarge,
    TooManyUnsent,
    UploadFailed,
    UploadSignInNeeded,
)
from quartet.chats.pictures.reading import read
from quartet.chats.pictures.types import NotAPicture
from quartet.chats.storage import Storage
from quartet.core.database import DatabaseOffline
from quartet.core.errors import Refusal, refusals
from quartet.core.wire import Wire

router = APIRouter(prefix="/api/files", tags=["Files"])

_log = logging.getLogger(__name__)

# A connection is asked for twice: who is not signed in uploads nothing, and an upload holds none.
_mine = asynccontextmanager(signed_in(UploadSignInNeeded))

# As of `prompts.exchange_routes`: the framework would refuse a long body in plain text, so it is counted here.
_COUNTED_HERE = sys.maxsize
_MOST_BYTES_OF_A_FORM = files.MOST_BYTES + 100_000
_LONGEST_NAME = 100
_SUFFIXES = {"image/png": (".png",), "image/jpeg": (".jpg", ".jpeg")}


class Uploaded(Wire):
    """What the Chat SDK's storage answers. `url` is a path; send it in a `file` part of a message."""

    url: str
    download_url: str
    pathname: str
    content_type: str
    content_disposition: str


@router.post(
    "/upload",
    max_body_size=_COUNTED_HERE,
    responses=refusals(UploadSignInNeeded, NoPicture, PictureTooLarge, TooManyUnsent, UploadFailed),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["file"],
                        "properties": {"file": {"type": "string", "format": "binary"}},
                    }
                }
            },
        }
    },
)
async def upload_file(request: Request) -> Uploaded:
    """Upload a picture to be sent: PNG or JPEG, told by its content, up to 5 MB and 8,000 pixels on a side.

    Kept without what cameras write beside a picture (place, time, thumbnails). Not sent within a day, it is deleted.
    """
    async with _mine(request):
        pass
    name, data = await _file_of(request)
    try:
        picture = await asyncio.to_thread(read, data)
    except NotAPicture as error:
        raise NoPicture(str(error)) from None
    storage: Storage = request.app.state.storage
    try:
        async with _mine(request) as my:
            file = await files.keep(my.tx, my.id, _safe(name, picture.media_type), picture, storage)
        if file.is_in_folder:
            await storage.write(file.id, picture.data)
    except OSError as error:
        _log.error("a picture could not be kept: %s", error)
        raise UploadFailed from error
    except (OperationalError, DatabaseOffline) as error:
        raise UploadFailed from error
    return Uploaded(
        url=file.url,
        download_url=f"{file.url}?download=1",
        pathname=file.name,
        content_type=file.media_type,
        content_disposition=_disposition("inline", file.name),
    )


@router.get(
    "/{file_id}",
    response_class=Response,
    responses={
        200: {"description": "The picture.", "content": {"image/png": {}, "image/jpeg": {}}},
        304: {"description": "The picture is still the one of `If-None-Match`."},
        **refusals(FileNotFound),
    },
)
async def read_file(
    file_id: UUID,
    request: Request,
    whoever: Anyone,
    *,
    download: Annotated[bool, Query(description="To be saved, not shown.")] = False,
    if_none_match: Annotated[str, Header(max_length=1000)] = "",
) -> Response:
    """Show a picture: to its uploader, and once it is sent to whoever may read the chat."""
    file = await files.readable(whoever.tx, whoever.user.id if whoever.user else None, file_id)
    etag = f'"{file.sha256.hex()}"'
    headers = {
        "etag": etag,
        # A browser may keep it, and asks each time whether it may still be seen.
        "cache-control": "private, no-cache",
        "vary": "Cookie",
    }
    if etag in re.findall(r'"[^"]*"', if_none_match):
        return Response(status_code=304, headers=headers)
    content = await files.content(whoever.tx, file, request.app.state.storage)
    headers |= {
        "content-disposition": _disposition("attachment" if download else "inline", file.name),
        # Beside the general ones: opened by itself it is a picture, whatever a browser takes it for.
        "content-security-policy": "default-src 'none'; sandbox",
        "cross-origin-resource-policy": "same-origin",
    }
    return Response(content, media_type=file.media_type, headers=headers)


@router.delete("/{file_id}", status_code=204, responses=refusals(SignInNeeded, FileNotFound, FileSent))
async def delete_file(file_id: UUID, my: Mine) -> None:
    """Delete a picture that was uploaded and not sent."""
    await files.discard(my.tx, my.id, file_id)


class _Form(MultiPartParser):
    spool_max_size = _MOST_BYTES_OF_A_FORM  # in memory, and never in a temporary file


async def _file_of(request: Request) -> tuple[str, bytes]:
    """Read the form's field `file`: its name and its content."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise NoPicture("Send the picture as a form (multipart/form-data) with a field `file`.")
    try:
        form = await _Form(request.headers, _counted(request), max_files=1, max_fields=10).parse()
    except _Unfinished as error:
        raise error.refusal from None
    except (MultiPartException, UnicodeDecodeError):
        raise NoPicture("The form cannot be read. Send one file in the field `file`.") from None
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise NoPicture("No file was uploaded. Send it in the field `file`.")
        data = await file.read()
    finally:
        await form.close()
    if len(data) > files.MOST_BYTES:
        raise PictureTooLarge
    return file.filename or "", data


class _Unfinished(MultiPartException):
    """Why a form is not read to its end. At any other exception the parser does not close what it has read."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.detail)
        self.refusal = refusal


async def _counted(request: Request) -> AsyncGenerator[bytes, None]:
    length = 0
    try:
        async for chunk in request.stream():
            length += len(chunk)
            if length > _MOST_BYTES_OF_A_FORM:
                # The server reads on and throws away, so whoever still sends hears this.
                raise _Unfinished(PictureTooLarge())
            yield chunk
    except ClientDisconnect:
        raise _Unfinished(NoPicture("The upload broke off.")) from None


def _safe(name: str, media_type: str) -> str:
    """What a file is called: no folders, nothing that cannot be seen, and the ending of what it is."""
    plain = "".join(letter for letter in unicodedata.normalize("NFC", name) if unicodedata.category(letter)[0] != "C")
    path = PurePosixPath(plain.replace("\\", "/"))
    suffixes = _SUFFIXES[media_type]
    is_right = path.suffix.lower() in suffixes
    suffix = path.suffix if is_right else suffixes[0]
    return (path.stem.strip(" .") or "picture")[: _LONGEST_NAME - len(suffix)] + suffix


def _disposition(how: str, name: str) -> str:
    """As RFC 6266 has it: a name that every browser reads, and the true one."""
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
