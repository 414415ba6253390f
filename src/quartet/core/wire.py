"""How the product's values look in JSON: camelCase names, times in UTC with a Z, pages with a cursor."""

from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

Item = TypeVar("Item")


class Wire(BaseModel):
    """What the API answers. Python says `usage_count`, JSON says `usageCount`."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Row(BaseModel):
    """A row of the database as the API answers it: its columns have JSON's names. See `core.rows`."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class Body(BaseModel):
    """What a client sends. Unknown members are ignored, as the Chat SDK does."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class Page(Wire, Generic[Item]):
    """Some items of a list; `nextCursor` asks for the following ones and is null at the end."""

    items: list[Item]
    next_cursor: str | None = None


UtcTime = AwareDatetime
"""A moment in UTC. The database's columns carry no zone: queries say `AT TIME ZONE 'UTC'`, or this refuses them."""


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
