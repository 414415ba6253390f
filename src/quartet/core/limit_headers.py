"""Tells whoever was counted how much is left, on the answers that are given too, not only on refusals."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quartet.core.limits import Standing

_STATE = "rate_limit"


def tell(request: Request, standing: Standing) -> None:
    """Have this request's answer say how its sender stands."""
    request.scope["state"][_STATE] = standing


class LimitHeaders:
    """Pure ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start" and (standing := state.get(_STATE)):
                MutableHeaders(scope=message).update(standing.headers())
            await send(message)

        await self._app(scope, receive, send_with_headers)
