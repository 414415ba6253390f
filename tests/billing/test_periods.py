from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartet.billing.periods import Period, period

moments = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1))


@pytest.mark.parametrize(
    ("now", "anchor", "start", "end"),
    [
        ("2026-11-23T05:00", None, "2026-11-01", "2026-12-01"),
        ("2026-12-31T23:59:59", None, "2026-12-01", "2027-01-01"),
        ("2026-11-23", "2025-03-10T12:00", "2026-11-10T12:00", "2026-12-10T12:00"),
        ("2026-11-10T11:59", "2025-03-10T12:00", "2026-10-10T12:00", "2026-11-10T12:00"),
        ("2026-02-28", "2026-01-31", "2026-02-28", "2026-03-31"),
        ("2028-02-29", "2026-01-31", "2028-02-29", "2028-03-31"),
        ("2026-01-05", "2025-12-31", "2025-12-31", "2026-01-31"),
    ],
)
def test_months(now: str, anchor: str | None, start: str, end: str):
    found = period(datetime.fromisoformat(now), datetime.fromisoformat(anchor) if anchor else None)
    assert found == Period(datetime.fromisoformat(start), datetime.fromisoformat(end))


@given(moments, st.none() | moments)
def test_every_moment_is_in_its_period(now: datetime, anchor: datetime | None):
    month = period(now, anchor)
    assert month.start <= now < month.end
    assert timedelta(days=27) < month.end - month.start <= timedelta(days=31)


@given(moments, st.none() | moments)
def test_periods_follow_each_other_without_a_gap(now: datetime, anchor: datetime | None):
    month = period(now, anchor)
    assert period(month.end, anchor).start == month.end
    assert period(month.start - timedelta(microseconds=1), anchor).end == month.start
