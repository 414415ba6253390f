"""Refusals: what the product says no to, and how a no looks on the wire.

A refusal is a small class beside its rule. One handler (see `refusal_response`) renders all of them
as RFC 9457 problem details that also carry the Chat SDK's members (`code`, `message`, `cause`), because
its client reads `code` of every answer that is not 2xx.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class Refusal(Exception):
    """An expected no. Subclasses set `status`, `code` (`<type>:<surface>`) and `title`."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str | None = None, *, headers: Mapping[str, str] | None = None) -> None:
        self.detail = detail or self.title
        self.headers = dict(headers or {})
        super().__init__(self.detail)

    def problem(self) -> dict[str, Any]:
        """The body: `{type, title, status, detail, code, message}`, and `cause` where there is more to say."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "message": self.detail,
        }
