"""Cross-site requests may not change anything: a browser says where a request comes from, and we listen.

A cookie is sent along by any page; `Sec-Fetch-Site` (or, in older browsers, `Origin`) tells which page that was.
OWASP accepts this as the primary defence (Cross-Site Request Forgery sheet, 2026-08).
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from quartet.core.errors import Refusal
from quartet.core.http import answer

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class CrossOrigin(Refusal):
    status = 403
    code = "forbidden:origin"
    title = "Another site may not do this in your name."


class SameOrigin:
    """Pure ASGI middleware (Starlette's function style breaks streams and disconnects)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _SAFE_METHODS:
            headers = Headers(scope=scope)
            if "cookie" in headers and not _is_same_origin(headers):
                refusal = CrossOrigin()
                await answer(refusal.problem(), refusal.status)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_same_origin(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    # Neither header: no browser of the last years sends a form like that; a program with a cookie jar may.
    return origin is None or urlsplit(origin).netloc == headers.get("host")
