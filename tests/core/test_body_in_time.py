import asyncio
from typing import Any

from fastapi import FastAPI, Request
from pydantic import BaseModel

from quartet.core.http import install_error_handlers
from quartet.core.too_slow import TooSlow

_POST = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}


class Thing(BaseModel):
    name: str


def an_app() -> TooSlow:
    app = FastAPI()
    install_error_handlers(app)

    @app.post("/")
    async def make(thing: Thing) -> str:
        return thing.name

    @app.post("/raw")
    async def take(request: Request) -> int:
        return len(await request.body())

    return TooSlow(app, seconds=0.05)


async def post(path: str, *pieces: bytes) -> tuple[int, bytes]:
    """Send the pieces and then nothing: the rest never comes."""
    waiting = list(pieces)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": waiting.pop(0), "more_body": not path.endswith("whole")}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = _POST | {"path": path.removesuffix("whole"), "headers": [(b"content-type", b"application/json")]}
    await an_app()(scope, receive, send)
    return sent[0]["status"], sent[1]["body"]


async def test_a_body_that_does_not_come_is_refused():
    for path in ("/", "/raw"):
        status, body = await post(path, b'{"name":')
        assert status == 408
        assert b"did not come whole within 0.05 s" in body


async def test_a_body_that_came_is_not():
    assert await post("/whole", b'{"name": "x"}') == (200, b'"x"')
