"""Answers go out compressed, but not to this machine itself: there it costs a third of a list and saves nothing."""

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

# Each level above halves the speed for a hundredth of the size.
_LEVEL = 5
_LEAST_BYTES = 1000


class Compression:
    """Pure ASGI middleware. Streams, pictures and what is compressed already pass as they are."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._compressed = GZipMiddleware(app, minimum_size=_LEAST_BYTES, compresslevel=_LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._compressed if scope["type"] == "http" and not _is_near(scope) else self._app
        await app(scope, receive, send)


def _is_near(scope: Scope) -> bool:
    host = scope["client"][0] if scope.get("client") else ""
    return host.startswith("127.") or host == "::1"
