"""The peer as an app, with Polar's way to say no."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from quartet.polar_peer import api, buyer_pages, controls
from quartet.polar_peer.organization import Invalid, NotAllowed, NotFound
from quartet.polar_peer.peer import Peer


def create_app(peer: Peer) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with peer.running():
            yield

    app = FastAPI(title="Polar, on this machine", lifespan=lifespan, openapi_url=None)
    app.state.peer = peer
    for router in (api.router, buyer_pages.router, controls.router):
        app.include_router(router)
    app.add_exception_handler(NotFound, _not_found)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(Invalid, _invalid)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http_error)
    return app


async def _not_found(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"error": "ResourceNotFound", "detail": "Not found"}, 404)


async def _not_allowed(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, NotAllowed)  # noqa: S101 - registered for nothing else
    return JSONResponse({"error": error.error, "detail": error.message}, 403)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Invalid)  # noqa: S101 - registered for nothing else
    problem = {"type": "value_error", "loc": ["body", error.field], "msg": error.message, "input": None}
    return JSONResponse({"error": "PolarRequestValidationError", "detail": [problem]}, 422)


async def _not_valid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for nothing else
    return JSONResponse({"error": "RequestValidationError", "detail": jsonable_encoder(error.errors())}, 422)


async def _http_error(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    return JSONResponse({"error": str(error.detail).replace(" ", ""), "detail": error.detail}, error.status_code)
