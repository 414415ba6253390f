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


class SecureHeaders:
    """Pure ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_RAW]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
