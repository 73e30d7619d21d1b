"""True time and study days.

A study day begins some hours after midnight, so that a late evening belongs to the day it feels like.
The day is written down with every event: a changed clock or time zone never rewrites history.
"""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from ailearn.errors import ConfigurationError

# Far enough from the ends of the calendar that an interval can be added to any day.
FIRST_DAY, LAST_DAY = "1970-01-01", "2999-12-31"
LAST_TIME = f"{LAST_DAY}T23:59:59.999Z"
# What a clock that runs wild is taken to say at most: in every time zone within those days.
_EARLIEST, _LATEST = datetime(1970, 1, 3, tzinfo=UTC), datetime(2999, 12, 30, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(NamedTuple):
    """A point in true time as ISO 8601 in UTC with milliseconds, the local time there, and the study day."""

    at: str
    local: str
    day: str

    @property
    def date(self) -> str:
        """The calendar day on this machine, as YYYY-MM-DD."""
        return self.local[:10]


def moment(now: datetime, rollover: int) -> Moment:
    """The moment `now`, a datetime with a time zone; `rollover` is the hour at which a study day begins."""
    day = (now - timedelta(hours=rollover)).date()
    return Moment(_iso(now.astimezone(UTC)), now.isoformat(timespec="milliseconds"), day.isoformat())


def _iso(utc: datetime) -> str:
    return utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def current(rollover: int, environ: Mapping[str, str]) -> Moment:
    """This moment; `AILEARN_NOW`, an ISO 8601 time with an offset, stands in for the clock.

    Raises ConfigurationError when `AILEARN_NOW` is no such time, or outside the years 1970 to 2999, and when
    `TZ` is no time zone.
    """
    named = environ.get("AILEARN_NOW")
    if not named:
        return moment(_local(min(max(datetime.now(UTC), _EARLIEST), _LATEST)), rollover)
    try:
        now = datetime.fromisoformat(named)
        if now.tzinfo is not None:
            found = moment(now, rollover)
            if is_time(found.at) and is_day(found.day):
                return found
    except (ValueError, OverflowError):
        pass
    raise ConfigurationError(
        "error.variable-value", hint="hint.variable-now", variable="AILEARN_NOW", value=named
    )


def _local(utc: datetime) -> datetime:
    """`utc` in this machine's time zone. Raises ConfigurationError when `TZ` is a day or more off."""
    try:
        return utc.astimezone()
    except ValueError as error:
        zone = os.environ.get("TZ", "")
        raise ConfigurationError(
            "error.variable-value", hint="hint.variable-zone", variable="TZ", value=zone
        ) from error


def milliseconds(at: str) -> int:
    """The milliseconds from the beginning of 1970 to `at`, a time in the form of `Moment.at`."""
    return (datetime.fromisoformat(at) - _EPOCH) // timedelta(milliseconds=1)


def a_day_after(at: str) -> str:
    """The time 24 hours after `at`, both in the form of `Moment.at`."""
    return _iso(datetime.fromisoformat(at) + timedelta(days=1))


def is_time(text: str) -> bool:
    """Whether `text` is a time in the form of `Moment.at`."""
    try:
        return _iso(datetime.fromisoformat(text)) == text and is_day(text[:10])
    except (ValueError, OverflowError):
        return False


def is_day(text: str) -> bool:
    """Whether `text` is a day in the form of `Moment.day`, in the years 1970 to 2999."""
    try:
        return date.fromisoformat(text).isoformat() == text and FIRST_DAY <= text <= LAST_DAY
    except ValueError:
        return False


def is_date(value: object) -> bool:
    """Whether `value` is a day as YYYY-MM-DD, whichever year; a due day may lie beyond the last study day."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def days_after(day: str, count: int) -> str:
    """The day `count` days after `day`, both as YYYY-MM-DD."""
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()


def days_between(first: str, second: str) -> int:
    """How many days `second` lies after `first`; negative when before."""
    return (date.fromisoformat(second) - date.fromisoformat(first)).days
