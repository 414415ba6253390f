"""A body over its limit is refused in the words of all refusals; the framework's counter may answer in plain text."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quartet.core.errors import problem
from quartet.core.http import answer

_STATUS = 413


class TooLarge:
    """Pure ASGI middleware, outside of the counter."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and message["status"] == _STATUS:
                replaced = (b"content-type", b"application/problem+json") not in message["headers"]
                if replaced:
                    title = "The request is larger than this route takes."
                    body = problem(_STATUS, "too_large:api", title, title)
                    await answer(body, _STATUS)(scope, receive, send)
            if not replaced:
                await send(message)

        await self._app(scope, receive, send_problem if scope["type"] == "http" else send)
