"""Who is asking, and from where, as every room may hold it: frozen values, never rows."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CurrentUser:
    id: UUID
    email: str
    is_guest: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Where a request comes from: its address (None where it is not known), its program, the key it showed."""

    address: str | None
    user_agent: str
    key_id: UUID | None = None
