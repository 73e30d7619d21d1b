"""Steps that several tests of the journal take, at so many days after the first."""

from datetime import UTC, datetime, timedelta

from ailearn.learning.clock import Moment, moment
from ailearn.learning.events import STATUS
from ailearn.learning.journal import Journal, record


def at(days: float = 0) -> Moment:
    """The moment so many days after the first of the test."""
    return moment(datetime(2026, 5, 1, 12, tzinfo=UTC) + timedelta(days=days), 4)


def set_status(journal: Journal, status: str, *ids: str, days: float = 0) -> None:
    """Record where the reader is with some entries."""
    record(journal, at(days), STATUS, {one: {"status": status} for one in ids})
