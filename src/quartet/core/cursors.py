"""Where a list goes on: the ordering key and id of the last item seen, opaque to clients."""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from quartet.core.errors import NotValid


@dataclass(frozen=True, slots=True)
class Cursor:
    key: str
    id: UUID

    def encode(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([self.key, str(self.id)]).encode()).decode()

    @classmethod
    def decode(cls, text: str, read_key: Callable[[str], object]) -> Self:
        """Read what `encode` wrote; raises `NotValid` for anything else, also a key that `read_key` cannot read."""
        try:
            key, id_ = json.loads(base64.urlsafe_b64decode(text.encode()))
            read_key(key)
            return cls(key, UUID(id_))
        except (ValueError, TypeError, AttributeError, binascii.Error):
            raise NotValid("query.cursor", "is not a cursor of this list") from None
