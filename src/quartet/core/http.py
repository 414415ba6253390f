"""How refusals and failures are answered, whichever room they come from."""

import logging
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from psycopg import OperationalError
from psycopg.errors import ReadOnlySqlTransaction
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from quartet.core.database import DatabaseOffline
from quartet.core.errors import NotValid, Refusal, problem
from quartet.core.headers import SECURE
from quartet.core.logging import REQUEST_ID
from quartet.core.request_ids import HEADER

_log = logging.getLogger(__name__)

_WATCHED = {403, 429}


class FieldError(BaseModel):
    path: str = Field(examples=["body.name"])
    message: str = Field(examples=["String should have at most 100 characters"])


class Problem(BaseModel):
    """RFC 9457 problem details, with the Chat SDK's `code` and `message`."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str = Field(examples=["not_found:preset"])
    message: str
    errors: list[FieldError] | None = None


def install_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(OperationalError, _database_gone)
    app.add_exception_handler(ReadOnlySqlTransaction, _database_gone)  # a primary that is none any more
    app.add_exception_handler(Exception, _unexpected)


class Rows(Response):
    """A page of rows, sent as the database gave them: its columns have JSON's names.

    For long lists. Pydantic would read each row and write it again: 0.5 ms of CPU for 50 of them, as much as all the
    rest of the request.
    """

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


def answer(body: dict[str, Any], status: int, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse(body, status, headers, media_type="application/problem+json")


async def _refused(request: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, Refusal)  # noqa: S101 - registered for nothing else
    if refusal.is_watched or refusal.status in _WATCHED:
        address = request.client.host if request.client else "-"
        _log.warning("%s %s refused for %s: %s", request.method, request.url.path, address, refusal.code)
    return answer(refusal.problem(), refusal.status, refusal.headers)


async def _not_valid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    errors = [{"path": ".".join(str(step) for step in each["loc"]), "message": each["msg"]} for each in error.errors()]
    detail = "; ".join(f"{each['path']}: {each['message']}" for each in errors[:3])
    return answer({**problem(400, NotValid.code, NotValid.title, detail), "errors": errors}, 400)


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    code = {404: "not_found:api", 413: "too_large:api"}.get(error.status_code, "bad_request:api")
    body = problem(error.status_code, code, error.detail, error.detail)
    return answer(body, error.status_code, dict(error.headers or {}))


async def _database_gone(request: Request, error: Exception) -> JSONResponse:
    _log.error("database failed during %s %s: %s", request.method, request.url.path, type(error).__name__)
    return await _refused(request, DatabaseOffline())


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    request_id = REQUEST_ID.get()
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    detail = f"Something went wrong on our side. If it stays so, report it with this id: {request_id}."
    # The framework answers these outside of all middleware, and uvicorn then closes the connection: the client is told.
    headers = {**SECURE, HEADER: request_id, "connection": "close"}
    return answer(problem(500, "internal:api", "Internal error", detail), 500, headers)
