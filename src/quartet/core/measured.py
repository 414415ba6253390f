"""Counts requests, and how long they waited; in place only where somebody asks for it."""

from functools import cache
from time import perf_counter

from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from quartet.core.metrics import REQUEST_SECONDS, REQUESTS

_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_FAILED = 500


class Measured:
    """Pure ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        is_answered = False

        def count(status: int) -> None:
            nonlocal is_answered
            is_answered = True
            method = scope["method"] if scope["method"] in _METHODS else "other"
            requests, seconds = _of(method, _route(scope), status // 100)
            requests.inc()
            seconds.observe(perf_counter() - began)

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                count(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, send_counted)
        except BaseException:
            # The framework answers what nobody expected outside of all middleware.
            if not is_answered:
                count(_FAILED)
            raise


@cache
def _of(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    # Finding them by their labels takes longer than counting.
    return REQUESTS.labels(method, route, f"{status}xx"), REQUEST_SECONDS.labels(method, route)


def _route(scope: Scope) -> str:
    """Return the template of the route that was found; paths have ids in them, and no end."""
    path = getattr(scope.get("route"), "path", None)
    if path:
        return str(path)
    return "(unknown)" if scope["path"].startswith("/api/") else "(page)"
