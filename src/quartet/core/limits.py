"""No request may be larger than what any route needs."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 1_000_000


class BodyLimit:
    """Pure ASGI middleware: counts what arrives, whatever Content-Length promised."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > MAX_BODY_BYTES:
                # The web framework turns any other exception inside a body into a 400 of its own.
                raise HTTPException(413, "The request is larger than 1 MB.")
            return message

        carries_body = scope["type"] == "http" and scope["method"] not in {"GET", "HEAD"}
        await self._app(scope, counted if carries_body else receive, send)
