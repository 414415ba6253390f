"""How the product's values look in JSON: camelCase names, times in UTC with a Z, pages with a cursor."""

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

Item = TypeVar("Item")


class Wire(BaseModel):
    """A row as the API shows it. Python says `usage_count`, the database and JSON say `usageCount`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Body(BaseModel):
    """What a client sends. Unknown members are ignored, as the Chat SDK does."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Page(Wire, Generic[Item]):
    """Some items of a list; `nextCursor` asks for the following ones and is null at the end."""

    items: list[Item]
    next_cursor: str | None = None


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


UtcTime = Annotated[datetime, AfterValidator(_in_utc)]
"""A moment in UTC. The database's columns carry no zone; JSON does (`…Z`)."""


def _keepable(text: str) -> str:
    if "\x00" in text:
        raise ValueError("must not contain NUL characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must not contain half a surrogate pair") from None
    return text


KEEPABLE = AfterValidator(_keepable)
"""Text that PostgreSQL can keep; goes last, after what trims."""

Text = Annotated[str, KEEPABLE]
