"""Which month a token counts in. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` up to, not including, `end`; both naive UTC, as the database keeps them."""

    start: datetime
    end: datetime


def period(now: datetime, anchor: datetime | None) -> Period:
    """Find the month around `now` that begins on the anchor's day (or the last day of a shorter month).

    A yearly subscription has a monthly quota too. Without an anchor: the calendar month, UTC.
    """
    first = anchor or datetime(now.year, 1, 1)  # noqa: DTZ001 - naive UTC, see Period
    start = _monthly(first, now.year, now.month)
    if start > now:
        start = _monthly(first, *_shift(now.year, now.month, -1))
    return Period(start, _monthly(first, *_shift(start.year, start.month, 1)))


def _monthly(anchor: datetime, year: int, month: int) -> datetime:
    day = min(anchor.day, monthrange(year, month)[1])
    return anchor.replace(year=year, month=month, day=day)


def _shift(year: int, month: int, by: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + by
    return index // 12, index % 12 + 1
