"""Which cards are looked at today, in which order, and what a grade leads to."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ailearn.catalog.query import Condition
from ailearn.catalog.study import Study
from ailearn.errors import NoSuchEntry, NothingFound, UsageError
from ailearn.learning import review, schedule
from ailearn.learning.clock import Moment, days_after, days_between, moment
from ailearn.learning.events import STATUS
from ailearn.learning.journal import Journal, merge, open_to_write, record, undo
from ailearn.learning.review import Limits, Queue, grade, grade_all, queue, set_mark, upcoming

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
PLENTY = Limits(1000, 10000)


def at(days: float = 0, rollover: int = 4) -> Moment:
    return moment(START + timedelta(days=days), rollover)


def opened(folder: Path) -> Iterator[Journal]:
    journal = open_to_write(folder, "2026-05-01")
    journal.connection.execute("PRAGMA synchronous = OFF")
    yield journal
    journal.close()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    yield from opened(tmp_path / "first")


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Journal]:
    """The journal of a second device."""
    yield from opened(tmp_path / "second")


def keys_of(study: Study, entry: str) -> list[str]:
    rows = study.connection.execute("SELECT key FROM card WHERE entry = ? ORDER BY number", (entry,))
    return [row[0] for row in rows]


def keys(found: Queue) -> list[str]:
    return [one.key for one in found.cards]


def begin(journal: Journal, *entries: str, status: str = "read") -> None:
    record(journal, at(), STATUS, {one: {"status": status} for one in entries})


def due_of(journal: Journal, key: str) -> str:
    memory = journal.card(key).memory
    assert memory is not None
    return memory.due


# New cards


def test_a_reader_who_has_done_nothing_has_no_cards(study: Study, journal: Journal) -> None:
    assert queue(study, journal, at(), PLENTY) == Queue((), 0, 0)


@pytest.mark.parametrize(("status", "counts"), [
    ("reading", True), ("read", True), ("known", False), ("skipped", False), ("unread", False),
])  # fmt: skip
def test_new_cards_come_from_what_was_begun_or_read(
    study: Study, journal: Journal, status: str, counts: bool
) -> None:
    begin(journal, "resnet", status=status)

    found = queue(study, journal, at(), PLENTY)

    assert keys(found) == (keys_of(study, "resnet") if counts else [])
    assert all((one.overdue, one.changed) == (None, False) for one in found.cards)


def test_named_entries_give_new_cards_whatever_their_status(study: Study, journal: Journal) -> None:
    begin(journal, "lora")

    assert keys(queue(study, journal, at(), PLENTY, ids=("resnet",))) == keys_of(study, "resnet")


def test_new_cards_come_in_the_order_in_which_the_entries_were_begun_or_named(
    study: Study, journal: Journal
) -> None:
    for day, entry in enumerate(("resnet", "alexnet", "lora")):
        record(journal, at(day), STATUS, {entry: {"status": "reading"}})

    assert [one.entry for one in queue(study, journal, at(3), Limits(2, 9)).cards] == ["resnet", "alexnet"]
    named = queue(study, journal, at(3), Limits(2, 9), ids=("transformer", "lora"))
    assert [one.entry for one in named.cards] == ["transformer", "lora"]


def test_a_topic_or_track_gives_the_cards_of_its_entries_alone(study: Study, journal: Journal) -> None:
    topic, track = (
        Condition("topic", names=("computer-vision",)),
        Condition("track", names=("models",)),
    )
    for condition, table in ((topic, "topic"), (track, "track")):
        rows = study.connection.execute(f"SELECT entry FROM {table} WHERE {table} = ?", condition.names)
        members = {row[0] for row in rows}
        found = queue(study, journal, at(), PLENTY, (condition,))
        assert {one.entry for one in found.cards} <= members
        assert len(found.cards) == sum(len(keys_of(study, one)) for one in members) > 0

    both = queue(study, journal, at(), PLENTY, (topic, track), ("resnet", "lora"))
    assert {one.entry for one in both.cards} <= {"resnet"}


def test_a_topic_narrows_what_is_due_too(study: Study, journal: Journal) -> None:
    grade(study, journal, at(), "resnet/degradation", 3, 0.9)
    later = at(30)

    assert queue(study, journal, later, PLENTY, (Condition("topic", names=("hardware",)),)).due == 0
    assert queue(study, journal, later, PLENTY, (Condition("topic", names=("computer-vision",)),)).due == 1


def test_a_topic_that_does_not_exist_is_an_error(study: Study, journal: Journal) -> None:
    with pytest.raises(UsageError):
        queue(study, journal, at(), PLENTY, (Condition("topic", names=("nope",)),))


# What is due


def test_a_card_is_due_from_its_day_on_and_the_longest_overdue_come_first(
    study: Study, journal: Journal
) -> None:
    first, second = keys_of(study, "resnet")[0], keys_of(study, "lora")[0]
    grade(study, journal, at(), first, 4, 0.9)
    grade(study, journal, at(), second, 1, 0.9)
    assert due_of(journal, second) == "2026-05-02"
    wait = days_between("2026-05-01", due_of(journal, first))

    assert keys(queue(study, journal, at(), PLENTY)) == []
    assert keys(queue(study, journal, at(1), PLENTY)) == [second]
    found = queue(study, journal, at(wait), PLENTY)
    assert keys(found) == [second, first]
    assert [one.overdue for one in found.cards] == [wait - 1, 0]


def test_due_cards_come_before_new_ones(study: Study, journal: Journal) -> None:
    begin(journal, "transformer")
    grade(study, journal, at(), "resnet/degradation", 1, 0.9)

    found = queue(study, journal, at(1), PLENTY)

    assert keys(found)[0] == "resnet/degradation"
    assert (found.due, found.new) == (1, len(keys_of(study, "transformer")))


def test_a_new_day_begins_at_the_hour_of_the_rollover(study: Study, journal: Journal) -> None:
    grade(study, journal, at(), "resnet/degradation", 1, 0.9)
    before, after = at(15.9 / 24), at(16.1 / 24)

    assert (before.day, after.day) == ("2026-05-01", "2026-05-02")
    assert queue(study, journal, before, PLENTY).due == 0
    assert queue(study, journal, after, PLENTY).due == 1


def test_a_card_that_is_suspended_is_left_out_until_it_is_called_back(study: Study, journal: Journal) -> None:
    begin(journal, "resnet")
    new, due = keys_of(study, "resnet")[:2]
    grade(study, journal, at(), due, 1, 0.9)
    for key in (new, due):
        set_mark(study, journal, at(), key, "suspend")

    assert not {new, due} & set(keys(queue(study, journal, at(1), PLENTY)))
    assert review.suspended(study, journal) == (new, due)
    assert upcoming(study, journal, at()).day == ""

    for key in (new, due):
        set_mark(study, journal, at(1), key, "unsuspend")
    assert {new, due} <= set(keys(queue(study, journal, at(1), PLENTY)))


def test_a_card_that_left_the_guide_is_not_asked_and_its_history_stays(
    study: Study, journal: Journal
) -> None:
    payload = {"grade": 1, "retention": 0.9, "answer": "x"}
    record(journal, at(), "review", {"gone/why": payload, "resnet/gone": payload})

    assert queue(study, journal, at(5), PLENTY).due == 0
    assert upcoming(study, journal, at()) == (0, "", 0)
    assert set(journal.cards()) == {"gone/why", "resnet/gone"}


# Limits


def test_the_limits_count_what_was_done_today(study: Study, journal: Journal) -> None:
    begin(journal, "resnet", "lora")
    limits = Limits(3, 100)
    assert len(queue(study, journal, at(), limits).cards) == 3

    grade(study, journal, at(), keys_of(study, "resnet")[0], 3, 0.9)
    grade(study, journal, at(), keys_of(study, "resnet")[0], 3, 0.9)

    found = queue(study, journal, at(), limits)
    assert len(found.cards) == 2, "the same card twice is one card"
    assert found.new == len(keys_of(study, "resnet")) + len(keys_of(study, "lora")) - 1
    tomorrow = queue(study, journal, at(1), limits)
    assert sum(one.overdue is None for one in tomorrow.cards) == 3


def test_the_limit_of_reviews_holds_for_due_and_new_cards_together(study: Study, journal: Journal) -> None:
    begin(journal, "lora")
    for key in keys_of(study, "resnet")[:5]:
        grade(study, journal, at(), key, 1, 0.9)

    found = queue(study, journal, at(1), Limits(10, 6))

    assert (len(found.cards), found.due) == (6, 5)
    assert sum(one.overdue is None for one in found.cards) == 1
    assert sum(one.overdue is None for one in queue(study, journal, at(1), Limits(10, 3)).cards) == 0
    assert len(queue(study, journal, at(1), Limits(10, 3)).cards) == 3
    assert queue(study, journal, at(1), Limits(0, 0)).cards == ()


def test_numbers_for_now_stand_in_the_place_of_the_daily_limits(study: Study, journal: Journal) -> None:
    begin(journal, "resnet", "lora")
    none_left = Limits(0, 0)

    assert len(queue(study, journal, at(), none_left, new=2, limit=5).cards) == 2
    assert len(queue(study, journal, at(), Limits(10, 100), limit=4).cards) == 4
    assert len(queue(study, journal, at(), Limits(10, 100), new=0).cards) == 0
    assert len(queue(study, journal, at(), none_left, new=2).cards) == 0


# Cards of one entry


def test_cards_of_one_entry_stand_apart(study: Study, journal: Journal) -> None:
    begin(journal, "resnet", "lora", "transformer")
    for key in keys_of(study, "transformer"):
        grade(study, journal, at(), key, 1, 0.9)

    found = queue(study, journal, at(1), PLENTY)

    entries = [one.entry for one in found.cards]
    assert len(entries) > 12
    assert all(first != second for first, second in itertools.pairwise(entries))


def test_an_entry_with_most_of_the_cards_takes_every_second_place(study: Study, journal: Journal) -> None:
    for key in [keys_of(study, "lora")[0], *keys_of(study, "resnet")[:3], keys_of(study, "transformer")[0]]:
        grade(study, journal, at(), key, 1, 0.9)

    entries = [one.entry for one in queue(study, journal, at(1), PLENTY).cards]

    assert [entry == "resnet" for entry in entries] == [True, False, True, False, True]


def test_few_new_cards_come_from_more_than_one_entry(study: Study, journal: Journal) -> None:
    begin(journal, "resnet", "lora")

    assert {one.entry for one in queue(study, journal, at(), Limits(2, 10)).cards} == {"resnet", "lora"}


def test_the_order_is_the_same_every_time_of_a_day(study: Study, journal: Journal) -> None:
    begin(journal, "resnet", "lora")
    for key in keys_of(study, "transformer"):
        grade(study, journal, at(), key, 1, 0.9)

    assert keys(queue(study, journal, at(1), PLENTY)) == keys(queue(study, journal, at(1.2), PLENTY))


# Grades


@pytest.mark.parametrize("given", schedule.GRADES)
def test_a_grade_says_when_the_card_comes_back_as_the_key_promised(
    study: Study, journal: Journal, given: int
) -> None:
    promised = review.intervals(review.card(study, journal, "resnet/degradation"), at().day, 0.9)

    done = grade(study, journal, at(), "resnet/degradation", given, 0.9)

    assert (done.grade, done.interval, done.leech) == (given, promised[given], False)
    assert done.due == due_of(journal, "resnet/degradation") == days_after(at().day, done.interval)


def test_a_higher_retention_brings_a_card_back_sooner(study: Study, journal: Journal, other: Journal) -> None:
    often = grade(study, journal, at(), "resnet/degradation", 4, 0.95)
    rarely = grade(study, other, at(), "resnet/degradation", 4, 0.80)

    assert often.interval < rarely.interval


def test_grades_given_together_are_taken_back_together(study: Study, journal: Journal) -> None:
    first, second = keys_of(study, "resnet")[:2]

    grade_all(study, journal, at(), ((first, 3), (second, 1)), 0.9)
    assert set(journal.cards()) == {first, second}
    undo(journal, at())

    assert journal.cards() == {}


@pytest.mark.parametrize(("wrong", "error"), [
    ((("resnet/degradation", 5),), UsageError),
    ((("resnet/degradation", 0),), UsageError),
    ((("resnet/degradation", 3), ("resnet/degradation", 3)), UsageError),
    ((("resnet/nope", 3),), NoSuchEntry),
    ((("nope/nope", 3),), NoSuchEntry),
    ((("resnet", 3),), NoSuchEntry),
])  # fmt: skip
def test_a_wrong_grade_among_right_ones_records_nothing(
    study: Study, journal: Journal, wrong: tuple[tuple[str, int], ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        grade_all(study, journal, at(), (("resnet/vanishing", 3), *wrong), 0.9)

    assert list(journal.events()) == []


def test_the_eighth_lapse_sets_a_card_aside_and_says_so_once(study: Study, journal: Journal) -> None:
    key = "resnet/degradation"
    told = [grade(study, journal, at(day), key, 1, 0.9).leech for day in range(9)]

    assert told == [False] * 8 + [True]
    assert (journal.card(key).suspended, journal.card(key).leech) == (True, True)
    assert grade(study, journal, at(9), key, 1, 0.9).leech is False


def test_a_changed_answer_is_marked_until_it_was_seen_and_keeps_its_progress(
    study: Study, journal: Journal
) -> None:
    key = "resnet/degradation"
    record(journal, at(), "review", {key: {"grade": 4, "retention": 0.9, "answer": "another"}})
    memory = journal.card(key).memory

    found = queue(study, journal, at(60), PLENTY).cards[0]
    assert (found.key, found.changed, found.state.memory) == (key, True, memory)

    grade(study, journal, at(60), key, 3, 0.9)
    assert queue(study, journal, at(900), PLENTY).cards[0].changed is False


def test_a_card_that_was_not_set_aside_cannot_be_called_back(study: Study) -> None:
    assert isinstance(review.not_suspended(study, "resnet/degradation", ()), NothingFound)
    with pytest.raises(NoSuchEntry):
        review.not_suspended(study, "resnet/nope", ())


# What comes next, and a second device


def test_the_next_due_day_counts_its_cards(study: Study, journal: Journal) -> None:
    first, second, third = keys_of(study, "resnet")[:3]
    for key in (first, second):
        grade(study, journal, at(), key, 1, 0.9)
    grade(study, journal, at(), third, 4, 0.9)

    assert upcoming(study, journal, at()) == (0, "2026-05-02", 2)
    assert upcoming(study, journal, at(1)) == (2, due_of(journal, third), 1)


def test_two_devices_share_cards_and_limits_once_they_have_met(
    study: Study, journal: Journal, other: Journal
) -> None:
    first, second = keys_of(study, "resnet")[:2]
    begin(journal, "resnet")
    grade(study, journal, at(), first, 1, 0.9)
    merge(other, journal.events())
    assert keys(queue(study, other, at(1), Limits(0, 100))) == [first]

    grade(study, other, at(1), first, 3, 0.9)
    grade(study, other, at(1), second, 3, 0.9)
    assert keys(queue(study, journal, at(1), Limits(2, 100)))[0] == first, "it does not know yet"

    merge(journal, other.events())
    found = queue(study, journal, at(1), Limits(2, 100))
    assert not {first, second} & set(keys(found))
    assert len(found.cards) == 1, "one of two new cards was seen on the other device"
    assert keys(found) == keys(queue(study, other, at(1), Limits(2, 100)))


def test_days_with_another_rollover_do_not_rewrite_what_was_recorded(study: Study, journal: Journal) -> None:
    late = at(14 / 24)
    assert late.day == "2026-05-01"
    grade(study, journal, late, "resnet/degradation", 1, 0.9)

    assert due_of(journal, "resnet/degradation") == "2026-05-02"
    assert queue(study, journal, at(14 / 24, rollover=0), PLENTY).due == 1
    assert due_of(journal, "resnet/degradation") == "2026-05-02"
