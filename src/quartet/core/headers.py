"""What a browser may do with our pages: only our own scripts and styles, no frames, no remote images."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECURE = {
    # Styles that scripts set on an element are no inline styles; <style> elements are, and none is needed. Images from
    # elsewhere would let a model's answer carry a conversation out in an image address.
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


_RAW = [(name.encode(), value.encode()) for name, value in SECURE.items()]
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")
# What a route does not say itself: no browser or proxy keeps what is somebody's.
_NOT_KEPT = (b"cache-control", b"no-store")


class SecureHeaders:
    """Pure ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_api = scope["path"].startswith("/api/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message["headers"], *_RAW]
                if scope["scheme"] == "https":
                    headers.append(_HTTPS_ONLY)
                if is_api and not any(name == b"cache-control" for name, _ in headers):
                    headers.append(_NOT_KEPT)
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, send_with_headers)
