"""Lists that a program keeps: it is told when its copy is still right, in place of the list."""

from hashlib import blake2b
from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {304: {"description": "The list is as it was: see `If-None-Match`"}}


def unless_known(request: Request, answer: bytes | BaseModel) -> Response:
    """Answer with JSON and its `ETag`, or with 304 where the request's `If-None-Match` names that."""
    body = answer if isinstance(answer, bytes) else answer.model_dump_json(by_alias=True).encode()
    tag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
    known = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    if tag in known:
        return Response(status_code=304, headers={"etag": tag})
    return Response(body, media_type="application/json", headers={"etag": tag})
