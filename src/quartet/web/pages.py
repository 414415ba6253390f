"""Serves the built web app: files as they are, every other path the page that routes itself."""

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DIST = Path(__file__).parent / "dist"

# Vite writes a hash of its content into every name under assets/.
_FOREVER = "public, max-age=31536000, immutable"
_ALWAYS_ASK = "no-cache"


class Pages(StaticFiles):
    """The folder `dist`, with `index.html` for every path that is not a file of it."""

    def __init__(self) -> None:
        super().__init__(directory=DIST, html=True, check_dir=False)

    async def check_config(self) -> None:
        """Say nothing of a missing folder: `get_response` does, in an answer that a person can read."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if scope["method"] in {"GET", "HEAD"} and not (DIST / "index.html").exists():
            raise HTTPException(404, "The page is not built here. In a checkout, `make run` builds it.")
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            # A missing script must not be answered with a page; neither must an API path that does not exist.
            if error.status_code != 404 or path.startswith(("assets/", "api/", ".")):  # noqa: PLR2004
                raise
            response = await super().get_response("index.html", scope)
        response.headers["cache-control"] = _FOREVER if path.startswith("assets/") else _ALWAYS_ASK
        return response
