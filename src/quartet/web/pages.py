"""Serves the built web app: files as they were built, every other path the page that routes itself."""

from mimetypes import guess_type
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

DIST = Path(__file__).parent / "dist"

# Vite writes a hash of its content into every name under assets/.
_FOREVER = "public, max-age=31536000, immutable"
_ALWAYS_ASK = "no-cache"
_OK = 200


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
        if path.startswith("assets/") and response.status_code == _OK:
            response = _packed(DIST / path, scope) or response
            response.headers["vary"] = "Accept-Encoding"
        response.headers["cache-control"] = _FOREVER if path.startswith("assets/") else _ALWAYS_ASK
        return response


def _packed(path: Path, scope: Scope) -> Response | None:
    """Return what the build compressed for browsers that take it; None where there is nothing of the kind.

    `path` is a file that there is: the folder's own server has just found it.
    """
    packed = path.with_name(f"{path.name}.br")
    # As any server, over HTTPS or on this machine alone: browsers take it nowhere else.
    if "br" not in Headers(scope=scope).get("accept-encoding", "") or not packed.exists():
        return None
    return FileResponse(packed, media_type=guess_type(path.name)[0], headers={"content-encoding": "br"})
