"""Who is asking, as every room may hold it: a frozen value, never a row."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CurrentUser:
    id: UUID
    email: str
    is_guest: bool
