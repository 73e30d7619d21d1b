"""A sitting: what comes next, what comes back, and what can be taken back."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ailearn.catalog.study import Study
from ailearn.learning import journal as journals
from ailearn.learning import review
from ailearn.learning.clock import Moment, moment
from ailearn.learning.derive import CardState
from ailearn.learning.journal import Journal, open_to_write
from ailearn.learning.review import Limits, grade, queue
from ailearn.learning.session import Progress, Sitting

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENTRIES = ("resnet", "lora", "transformer", "alexnet", "cot")


class Clock:
    """A clock that a test moves; `seconds` is what a stopwatch shows."""

    def __init__(self) -> None:
        self.days = self.seconds = 0.0

    def now(self) -> Moment:
        return moment(START + timedelta(days=self.days), 4)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = open_to_write(tmp_path / "data", "2026-05-01")
    opened.connection.execute("PRAGMA synchronous = OFF")
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


Sit = Callable[..., Sitting]


@pytest.fixture
def sit(study: Study, journal: Journal, clock: Clock) -> Sit:
    """Begin a sitting with `count` cards of different entries, or of those that are named."""

    def begin(count: int = 5, *entries: str) -> Sitting:
        found = queue(
            study, journal, clock.now(), Limits(0, 0), ids=entries or ENTRIES, new=count, limit=count
        )
        cards = found.cards if entries else review_of_each(study, journal)[:count]
        return Sitting(study, journal, cards, 0.9, clock.now, lambda: clock.seconds)

    return begin


def review_of_each(study: Study, journal: Journal) -> list[review.ReviewCard]:
    keys = [
        study.connection.execute("SELECT key FROM card WHERE entry = ? ORDER BY number", (entry,)).fetchone()[
            0
        ]
        for entry in ENTRIES
    ]
    return [review.card(study, journal, key) for key in keys]


def answer(sitting: Sitting, given: int) -> str:
    """Grade the card that is shown; returns its key."""
    assert sitting.current is not None
    key = sitting.current.key
    sitting.reveal()
    sitting.grade(given)
    return key


def entries_left(sitting: Sitting) -> list[str]:
    """The entries in the order in which their cards would come if all were remembered."""
    found = []
    while sitting.current is not None:
        found.append(answer(sitting, 3).split("/")[0])
    return found


def test_nothing_is_recorded_and_nobody_goes_on_by_itself(sit: Sit, journal: Journal) -> None:
    sitting = sit()
    first = sitting.current

    sitting.reveal()
    sitting.intervals()

    assert sitting.current is first
    assert list(journal.events()) == []


def test_a_card_cannot_be_graded_before_its_answer_was_shown(sit: Sit, journal: Journal) -> None:
    with pytest.raises(AssertionError):
        sit().grade(3)
    assert list(journal.events()) == []


def test_every_card_comes_once_when_all_are_remembered(sit: Sit, journal: Journal) -> None:
    sitting = sit()

    assert entries_left(sitting) == list(ENTRIES)
    assert sitting.current is None
    assert sitting.progress() == Progress(5, 5, 0, 0, 0)
    assert len(journal.cards()) == 5


def test_a_failed_card_comes_back_after_three_others_until_it_is_remembered(
    sit: Sit, journal: Journal
) -> None:
    sitting = sit()
    failed = answer(sitting, 1)

    order = [answer(sitting, 3) for _ in range(3)]
    assert failed not in order
    assert sitting.current is not None and sitting.current.key == failed
    answer(sitting, 1)
    answer(sitting, 3)
    assert sitting.current.key == failed, "at the end when there are not three others"
    answer(sitting, 2)

    assert sitting.current is None
    grades = [event.payload["grade"] for event in journal.events() if event.subject == failed]
    assert grades == [1, 1, 2], "every answer is a review"
    memory = journal.card(failed).memory
    assert memory is not None and (memory.reviews, memory.lapses) == (3, 0)


def test_the_only_card_comes_back_at_once(sit: Sit) -> None:
    sitting = sit(1)

    failed = answer(sitting, 1)

    assert sitting.current is not None and sitting.current.key == failed
    assert sitting.revealed is False


def test_a_failed_card_does_not_come_back_beside_its_own_entry(sit: Sit) -> None:
    sitting = sit(10, "resnet", "lora")
    order = []
    first = answer(sitting, 1)
    while sitting.current is not None:
        order.append(answer(sitting, 3))

    entries = [key.split("/")[0] for key in order]
    assert order.index(first) >= 3
    assert all(one != two for one, two in itertools.pairwise(entries))


def test_progress_counts_what_is_left(study: Study, journal: Journal, clock: Clock, sit: Sit) -> None:
    cards = review_of_each(study, journal)
    grade(study, journal, clock.now(), cards[0].key, 1, 0.9)
    clock.days = 1
    sitting = sit(4)

    assert sitting.progress() == Progress(1, 4, 1, 3, 0)
    answer(sitting, 1)
    assert sitting.progress() == Progress(1, 4, 0, 3, 1)
    answer(sitting, 3)
    assert sitting.progress() == Progress(2, 4, 0, 2, 1)


def test_undo_takes_back_the_last_grade_and_shows_that_card_again(sit: Sit, journal: Journal) -> None:
    sitting = sit()
    first, second = answer(sitting, 1), answer(sitting, 3)

    assert sitting.undo() == second
    assert sitting.current is not None
    assert (sitting.current.key, sitting.revealed) == (second, False)
    assert (journal.card(second), sitting.progress().again) == (CardState(), 1)

    assert sitting.undo() == first
    assert sitting.current.key == first
    assert (journal.cards(), sitting.progress()) == ({}, Progress(1, 5, 0, 5, 0))
    assert (sitting.undo(), sitting.undoable) == (None, False)
    assert entries_left(sitting) == list(ENTRIES)


def test_undo_takes_back_the_grade_and_not_what_was_done_elsewhere_since(
    study: Study, journal: Journal, sit: Sit, clock: Clock
) -> None:
    sitting = sit()
    graded = answer(sitting, 3)
    sitting.flag()
    grade(study, journal, clock.now(), "alexnet/" + alexnet(study), 4, 0.9)

    assert sitting.undo() == graded

    assert graded not in journal.cards()
    assert "alexnet/" + alexnet(study) in journal.cards()
    assert sum(state.flagged for state in journal.cards().values()) == 1


def alexnet(study: Study) -> str:
    """The last card of an entry, which no sitting here begins with."""
    row = study.connection.execute(
        "SELECT key FROM card WHERE entry = 'alexnet' ORDER BY number DESC"
    ).fetchone()
    return str(row[0]).split("/")[1]


def test_a_grade_that_was_taken_back_elsewhere_can_be_undone_all_the_same(
    sit: Sit, journal: Journal, clock: Clock
) -> None:
    sitting = sit()
    key = answer(sitting, 3)
    journals.undo(journal, clock.now())

    assert sitting.undo() == key
    assert sitting.current is not None and sitting.current.key == key


def test_a_suspended_card_is_set_aside_and_undo_brings_it_back(sit: Sit, journal: Journal) -> None:
    sitting = sit()
    first = sitting.current
    assert first is not None

    assert sitting.suspend() == first.key
    assert sitting.current is not None and sitting.current.key != first.key
    assert journal.card(first.key).suspended is True
    assert sitting.progress().total == 5

    assert sitting.undo() == first.key
    assert (sitting.current.key, journal.card(first.key).suspended) == (first.key, False)


def test_a_flag_is_set_and_taken_away_and_the_card_stays(sit: Sit, journal: Journal) -> None:
    sitting = sit()
    first = sitting.current
    assert first is not None
    sitting.reveal()

    assert sitting.flag() is True
    assert journal.card(first.key).flagged is True
    assert sitting.flag() is False
    assert (journal.card(first.key).flagged, sitting.revealed) == (False, True)
    assert sitting.undoable is False


def test_a_leech_is_announced_and_does_not_come_back(
    study: Study, journal: Journal, sit: Sit, clock: Clock
) -> None:
    key = review_of_each(study, journal)[0].key
    for day in range(8):
        clock.days = day
        grade(study, journal, clock.now(), key, 1, 0.9)
    clock.days = 8
    sitting = sit()
    assert sitting.current is not None and sitting.current.key == key
    sitting.reveal()

    assert sitting.grade(1).leech is True

    assert (sitting.progress().again, journal.card(key).suspended) == (0, True)
    assert key.split("/")[0] not in entries_left(sitting)


def test_what_another_terminal_graded_or_suspended_is_left_out(
    study: Study, journal: Journal, sit: Sit, clock: Clock
) -> None:
    sitting = sit()
    cards = review_of_each(study, journal)
    grade(study, journal, clock.now(), cards[1].key, 3, 0.9)
    review.set_mark(study, journal, clock.now(), cards[2].key, "suspend")

    answer(sitting, 3)

    assert sitting.progress() == Progress(2, 3, 0, 2, 0)
    assert entries_left(sitting) == list(ENTRIES[3:])


def test_a_changed_card_says_so_until_it_is_graded(
    study: Study, journal: Journal, sit: Sit, clock: Clock
) -> None:
    key = review_of_each(study, journal)[0].key
    journals.record(
        journal, clock.now(), "review", {key: {"grade": 3, "retention": 0.9, "answer": "another"}}
    )
    clock.days = 30
    sitting = sit(1)
    assert sitting.current is not None and sitting.current.changed is True

    answer(sitting, 1)
    assert (sitting.current.key, sitting.current.changed) == (key, False)
    sitting.undo()
    assert sitting.current.changed is True


def test_the_keys_say_what_the_grade_then_does(sit: Sit) -> None:
    sitting = sit()
    for given in (1, 2, 3, 4):
        sitting.reveal()
        promised = sitting.intervals()[given]
        assert sitting.grade(given).interval == promised


def test_a_sitting_beyond_the_end_of_the_day_goes_on_with_the_next(
    sit: Sit, journal: Journal, clock: Clock
) -> None:
    sitting = sit()
    answer(sitting, 3)
    clock.days = 1
    answer(sitting, 3)

    assert [event.day for event in journal.events()] == ["2026-05-01", "2026-05-02"]


def test_the_summary_counts_cards_wrong_answers_and_minutes(sit: Sit, clock: Clock) -> None:
    sitting = sit(2)
    assert sitting.summary()[:3] == (0, 0, 0)
    for given, seconds in ((1, 50.0), (3, 40.0), (3, 30.0)):
        clock.seconds += seconds
        answer(sitting, given)

    summary = sitting.summary()
    assert (summary.reviewed, summary.again, summary.minutes) == (2, 1, 2)
    assert summary.upcoming.today == 0
    assert summary.upcoming.day > "2026-05-01"


def test_time_away_from_the_screen_is_no_time_of_study(sit: Sit, clock: Clock) -> None:
    sitting = sit(1)
    clock.seconds += 3600

    answer(sitting, 3)

    assert sitting.summary().minutes == 2


def test_what_was_taken_back_is_in_no_summary(sit: Sit) -> None:
    sitting = sit()
    answer(sitting, 1)
    sitting.undo()

    assert sitting.summary()[:3] == (0, 0, 0)
