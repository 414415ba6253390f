"""A body that does not come holds no connection for ever."""

import asyncio

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECONDS = 60
"""A picture of 5 MB comes in this time over 0.7 Mbit/s."""

_STATUS = 408


class TooSlow:
    """Pure ASGI middleware: the whole body must be there in time. Answers may take as long as they like."""

    def __init__(self, app: ASGIApp, seconds: float = SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        deadline = asyncio.get_running_loop().time() + self._seconds
        is_whole = False

        async def receive_in_time() -> Message:
            nonlocal is_whole
            if is_whole:
                return await receive()
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError:
                # As the framework's own: it takes no other for a body that could not be read.
                raise HTTPException(_STATUS, f"The request did not come whole within {self._seconds:g} s.") from None
            is_whole = not message.get("more_body")
            return message

        await self._app(scope, receive_in_time if scope["type"] == "http" else receive, send)
