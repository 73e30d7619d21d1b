"""True time and study days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ailearn.errors import ConfigurationError
from ailearn.learning import clock

SHANGHAI = timezone(timedelta(hours=8))


def test_a_late_evening_belongs_to_the_day_it_feels_like() -> None:
    evening = clock.moment(datetime(2026, 5, 1, 23, 30, tzinfo=SHANGHAI), 4)
    night = clock.moment(datetime(2026, 5, 2, 3, 59, 59, tzinfo=SHANGHAI), 4)
    morning = clock.moment(datetime(2026, 5, 2, 4, 0, tzinfo=SHANGHAI), 4)

    assert [one.day for one in (evening, night, morning)] == ["2026-05-01", "2026-05-01", "2026-05-02"]
    assert evening.at == "2026-05-01T15:30:00.000Z"
    assert evening.local == "2026-05-01T23:30:00.000+08:00"


def test_the_hour_at_which_a_day_begins_can_be_set() -> None:
    now = datetime(2026, 5, 2, 1, 0, tzinfo=SHANGHAI)

    assert clock.moment(now, 0).day == "2026-05-02"
    assert clock.moment(now, 2).day == "2026-05-01"


def test_utc_midnight_is_no_border() -> None:
    before = clock.moment(datetime(2026, 5, 1, 23, 59, tzinfo=UTC).astimezone(SHANGHAI), 4)
    after = clock.moment(datetime(2026, 5, 2, 0, 1, tzinfo=UTC).astimezone(SHANGHAI), 4)

    assert before.day == after.day == "2026-05-02"


@pytest.mark.skipif(not available_timezones(), reason="the system knows no time zones")
def test_a_day_with_a_change_of_clocks_begins_at_the_same_hour() -> None:
    berlin = ZoneInfo("Europe/Berlin")

    assert clock.moment(datetime(2026, 3, 29, 3, 59, tzinfo=berlin), 4).day == "2026-03-28"
    assert clock.moment(datetime(2026, 3, 29, 4, 0, tzinfo=berlin), 4).day == "2026-03-29"


def test_a_variable_stands_in_for_the_clock() -> None:
    now = clock.current(4, {"AILEARN_NOW": "2026-05-01T21:30:00+08:00"})

    assert (now.at, now.day) == ("2026-05-01T13:30:00.000Z", "2026-05-01")
    assert clock.is_time(clock.current(4, {}).at)


@pytest.mark.parametrize(
    "value",
    [
        *("soon", "2026-05-01T21:30:00", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-10:00"),
        *("3000-01-01T02:00:00+00:00", "2999-12-31T23:00:00-02:00", "1970-01-01T05:00:00+09:00"),
    ],
)
def test_a_variable_that_is_no_time_is_refused(value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        clock.current(4, {"AILEARN_NOW": value})

    assert caught.value.hint == "hint.variable-now"
    assert value in str(caught.value)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2999, 12, 30), timezones=st.just(UTC)))
def test_times_sort_as_text(now: datetime) -> None:
    at = clock.moment(now, 4).at

    assert clock.is_time(at)
    assert clock.a_day_after(at) > at
    assert clock.moment(now + timedelta(seconds=1), 4).at > at


@pytest.mark.parametrize(
    "text",
    ["", "2026-05-01", "2026-05-01T13:30:00.000+00:00", "2026-05-01T13:30:00Z", "2026-13-01T13:30:00.000Z"],
)
def test_other_forms_of_a_time_are_not_taken(text: str) -> None:
    assert not clock.is_time(text)


def test_days_are_counted_over_the_end_of_a_year() -> None:
    assert clock.days_after("2027-12-31", 60) == "2028-02-29"
    assert clock.days_between("2027-12-31", "2028-02-29") == 60
    assert not clock.is_day("20271231")


@pytest.mark.parametrize("year", [1, 1969, 1970, 2999, 3000, 9999])
@pytest.mark.parametrize("rollover", [0, 4, 23])
def test_a_clock_that_runs_wild_still_gives_a_time_that_can_be_recorded(
    monkeypatch: pytest.MonkeyPatch, year: int, rollover: int
) -> None:
    class Wild(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Wild:
            return cls(year, 1 if year < 2000 else 12, 1 if year < 2000 else 31, 12, tzinfo=tz)

    monkeypatch.setattr(clock, "datetime", Wild)
    now = clock.current(rollover, {})

    assert clock.is_time(now.at)
    assert clock.is_day(now.day)
