"""What a check says: one line about what is the matter, and one about what to do."""

from dataclasses import dataclass
from enum import StrEnum


class Fix(StrEnum):
    """What `--fix` can do."""

    UPGRADE = "upgrade"
    EXTENSION = "extension"
    INDEXES = "indexes"
    SIX_COLUMNS = "six columns"
    LAST_CONTEXT = "lastContext"
    FREE_DELETES = "free deletes"
    FREE_INSERTS = "free inserts"
    CHATS = "chats"


@dataclass(frozen=True, slots=True)
class Finding:
    """`is_trouble`: something fails, or will; otherwise it is good to know."""

    what: str
    remedy: str = ""
    is_trouble: bool = True
    fix: Fix | None = None

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".rstrip()
