"""Refusals: what the product says no to, and how a no looks on the wire.

A refusal is a small class beside its rule. All of them are rendered in one place as RFC 9457 problem
details that also carry the Chat SDK's members (`code`, `message`), because its client reads `code`
of every answer that is not 2xx.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


class Refusal(Exception):
    """An expected no. Subclasses set `status`, `code` (`<type>:<surface>`) and `title`.

    `is_watched`: whoever runs the server wants to see it in the log, as all that are forbidden or too many.
    """

    is_watched: ClassVar[bool] = False
    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str | None = None, *, headers: Mapping[str, str] | None = None) -> None:
        self.detail = detail or self.title
        self.headers = dict(headers or {})
        super().__init__(self.detail)

    def problem(self) -> dict[str, Any]:
        """Return the body of the answer."""
        return problem(self.status, self.code, self.title, self.detail)


class NotValid(Refusal):
    """A body, a path or a query that breaks a rule no schema can state; `path` names the field."""

    status = 400
    code = "bad_request:api"
    title = "The request is not valid."

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.errors = [{"path": path, "message": message}]

    def problem(self) -> dict[str, Any]:
        return {**super().problem(), "errors": self.errors}


def problem(status: int, code: str, title: str, detail: str) -> dict[str, Any]:
    """Compose problem details; `message` repeats `detail` for the Chat SDK's client."""
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "message": detail,
    }


def refusals(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """Describe refusals for a route's OpenAPI `responses`."""
    described: dict[int | str, dict[str, Any]] = {}
    for status in sorted({kind.status for kind in kinds}):
        described[status] = _describe([kind for kind in kinds if kind.status == status])
    return described


def _describe(kinds: Sequence[type[Refusal]]) -> dict[str, Any]:
    examples = {kind.__name__: {"value": problem(kind.status, kind.code, kind.title, kind.title)} for kind in kinds}
    return {
        "description": " ".join(kind.title for kind in kinds),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": examples,
            }
        },
    }
