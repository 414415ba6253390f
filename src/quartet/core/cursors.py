"""Pages of a list: what orders it, and where it goes on; a cursor is opaque to clients."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from quartet.core.errors import NotValid

_LARGEST_INTEGER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Order:
    """An order by `key`, an SQL expression, and by `id` where keys are equal.

    `after` is the same expression over a cursor's key, `%(key)s`. `read` turns that key from text into what the
    database compares with; it raises ValueError for anything else.
    """

    key: str
    id: str
    after: str
    read: Callable[[str], Any]
    direction: Literal["ASC", "DESC"] = "DESC"

    @property
    def by(self) -> str:
        return f"{self.key} {self.direction}, {self.id} {self.direction}"

    def beyond(self, cursor: str, values: dict[str, Any]) -> str:
        """Return the condition of what comes after a cursor, and put what it needs into `values`."""
        values["key"], values["id"] = self._decode(cursor)
        sign = "<" if self.direction == "DESC" else ">"
        return f"({self.key}, {self.id}) {sign} ({self.after}, %(id)s)"

    def clause(self, cursor: str | None, values: dict[str, Any]) -> str:
        """Return the end of a query (`AND … ORDER BY … LIMIT`) and put what it needs into `values`."""
        place = f" AND {self.beyond(cursor, values)}" if cursor is not None else ""
        return f"{place} ORDER BY {self.by} LIMIT %(limit)s"

    def _decode(self, text: str) -> tuple[Any, UUID]:
        try:
            key, id_ = json.loads(base64.urlsafe_b64decode(text.encode()))
            return self.read(key), UUID(id_)
        except (ValueError, TypeError, AttributeError, binascii.Error):
            raise NotValid("query.cursor", "is not a cursor of this list") from None


def next_cursor(key: object, id_: object) -> str:
    """Make the cursor that goes on after an item."""
    return base64.urlsafe_b64encode(json.dumps([str(key), str(id_)]).encode()).decode()


def integer(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _LARGEST_INTEGER:
        raise ValueError(text)
    return number


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def words(text: str) -> str:
    if "\x00" in text:
        raise ValueError(text)
    text.encode()  # half a surrogate pair is a ValueError too
    return text
