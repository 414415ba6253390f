"""The peer's time: real time, which somebody may push forward."""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def _real() -> datetime:
    return datetime.now(UTC)


class Clock:
    def __init__(self, source: Callable[[], datetime] = _real) -> None:
        self._source = source
        self._ahead = timedelta()
        self._last = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        return self._source() + self._ahead

    def stamp(self) -> datetime:
        """Return now, later than any stamp before: Polar's `modified_at` grows with every change."""
        self._last = max(self.now(), self._last + timedelta(microseconds=1))
        return self._last

    def push_to(self, moment: datetime) -> None:
        """Make it `moment`; time never goes back."""
        self._ahead = max(self._ahead, moment - self._source())


def add_months(moment: datetime, months: int, day: int) -> datetime:
    """Go on by months to a day of the month, or to the last one of a shorter month."""
    index = moment.year * 12 + moment.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return moment.replace(year=year, month=month, day=min(day, monthrange(year, month)[1]))
