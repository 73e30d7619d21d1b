"""When a card comes back."""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime, timedelta, timezone

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ailearn.learning import clock, schedule
from ailearn.learning.schedule import AGAIN, EASY, GOOD, GRADES, HARD, Memory, after_review

KEY = "resnet/problem"
REVIEWS = st.lists(st.tuples(st.integers(0, 90), st.sampled_from(GRADES)), min_size=1, max_size=25)


def studied(*reviews: tuple[int, int], key: str = KEY, retention: float = 0.9) -> Memory:
    """The memory after reviews, each some days after the one before."""
    memory, day = None, "2026-01-01"
    for gap, grade in reviews:
        day = clock.days_after(day, gap)
        memory = after_review(memory, key, day, grade, retention)
    assert memory is not None
    return memory


def reach(interval: int) -> float:
    """How far the fuzz of FSRS may move an interval, written down from its description."""
    if interval < 2.5:
        return 0
    shares = ((2.5, 7, 0.15), (7, 20, 0.1), (20, 10**9, 0.05))
    return 1 + sum(share * max(0, min(interval, end) - begin) for begin, end, share in shares)


@given(REVIEWS, st.floats(0.80, 0.95))
def test_memories_are_those_of_the_package_itself(reviews: list[tuple[int, int]], retention: float) -> None:
    package = fsrs.Scheduler(
        desired_retention=retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )
    card, now = fsrs.Card(card_id=1), datetime(2026, 1, 1, tzinfo=UTC)
    for gap, grade in reviews:
        now += timedelta(days=gap)
        card, _ = package.review_card(card, fsrs.Rating(grade), now)

    memory = studied(*reviews, retention=retention)

    assert (memory.stability, memory.difficulty) == (card.stability, card.difficulty)
    assert memory.last == now.date().isoformat()
    meant = (card.due - now).days
    moved = clock.days_between(memory.last, memory.due)
    assert abs(moved - meant) <= round(reach(meant))


def test_an_evening_and_the_next_morning_are_a_day_apart() -> None:
    zone = timezone(timedelta(hours=8))
    evening = clock.moment(datetime(2026, 5, 1, 23, 50, tzinfo=zone), 4).day
    morning = clock.moment(datetime(2026, 5, 2, 8, 0, tzinfo=zone), 4).day
    first = after_review(None, KEY, evening, GOOD, 0.9)

    after_a_night = after_review(first, KEY, morning, GOOD, 0.9)

    assert after_a_night == after_review(first, KEY, clock.days_after(evening, 1), GOOD, 0.9)
    assert after_a_night.stability > after_review(first, KEY, evening, GOOD, 0.9).stability


def test_a_second_answer_on_one_day_counts_less_and_is_no_second_lapse() -> None:
    known = studied((0, GOOD), (3, GOOD), (10, GOOD))
    day = known.due
    failed = after_review(known, KEY, day, AGAIN, 0.9)
    again = after_review(failed, KEY, day, AGAIN, 0.9)
    good = after_review(again, KEY, day, GOOD, 0.9)

    assert (failed.lapses, again.lapses, good.lapses) == (1, 1, 1)
    assert good.reviews == 6
    assert good.due > day
    assert good.stability < known.stability


def test_failing_a_new_card_is_no_lapse() -> None:
    assert studied((0, AGAIN)).lapses == 0
    assert studied((0, AGAIN), (1, AGAIN)).lapses == 1


@pytest.mark.parametrize("grade", GRADES)
def test_a_move_west_counts_as_the_same_day(grade: int) -> None:
    before = studied((0, GOOD), (5, GOOD))

    after = after_review(before, KEY, "2026-01-05", grade, 0.9)

    assert after == after_review(before, KEY, before.last, grade, 0.9)
    assert after.due > before.last


@pytest.mark.parametrize("grade", GRADES)
@pytest.mark.parametrize("ahead", [2, 40, 3650, 26_000])
def test_a_clock_that_was_ahead_does_not_decide_when_a_card_comes_back(grade: int, ahead: int) -> None:
    wrong = after_review(studied((0, GOOD), (5, GOOD)), KEY, clock.days_after("2026-01-09", ahead), GOOD, 0.9)
    trace = schedule.Trace(KEY, wrong)

    after = after_review(wrong, KEY, "2026-01-09", grade, 0.9)
    for day in ("2026-01-09", "2026-01-12"):
        trace.review(day, grade, 0.9)

    assert after.last == "2026-01-09"
    same_day = after_review(wrong, KEY, wrong.last, grade, 0.9)
    assert (after.stability, after.reviews) == (same_day.stability, same_day.reviews)
    interval = clock.days_between(same_day.last, same_day.due)
    assert clock.days_between(after.last, after.due) == interval
    again = after_review(after, KEY, "2026-01-09", grade, 0.9)
    assert trace.memory() == after_review(after, KEY, "2026-01-12", grade, 0.9) != again


@pytest.mark.parametrize("grade", GRADES)
@pytest.mark.parametrize(
    "wrong", [("2026-03-13",), ("2036-03-10", "2036-03-10", "2036-03-20"), ("2099-01-01",)]
)
def test_reviews_that_claim_to_lie_in_the_future_move_no_due_day(grade: int, wrong: tuple[str, ...]) -> None:
    right, trace = schedule.Trace(KEY), schedule.Trace(KEY)
    for day in ("2026-03-01", "2026-03-04"):
        for one in (right, trace):
            one.review(day, GOOD, 0.9)
    for day in wrong:
        trace.review(day, EASY, 0.9)

    for day in ("2026-03-10", "2026-03-10", "2026-04-01"):
        for one in (right, trace):
            one.review(day, grade, 0.9)
        expected, found = right.memory(), trace.memory()
        assert expected is not None
        assert found is not None
        assert (found.stability, found.difficulty) == (expected.stability, expected.difficulty)
        assert (found.last, found.lapses) == (expected.last, expected.lapses)


def test_one_review_by_a_clock_that_had_stopped_costs_no_memory() -> None:
    trace = schedule.Trace(KEY)
    for day in ("2026-01-01", "2026-01-05", "2026-02-01", "2026-05-01"):
        trace.review(day, GOOD, 0.9)
    before = trace.memory()

    trace.review("1970-01-01", GOOD, 0.9)
    after = trace.memory()

    assert before is not None
    assert after is not None
    assert after.stability >= before.stability > 100
    assert schedule.due_day(after, "2026-05-02") <= "2026-05-02"


def test_a_card_whose_last_review_lies_in_the_future_comes_back_at_once() -> None:
    memory = studied((0, GOOD), (5, GOOD))

    assert schedule.due_day(memory, "2026-01-06") == schedule.due_day(memory, "2026-01-05") == memory.due
    assert schedule.due_day(memory, "2026-01-04") == "2026-01-04"
    assert schedule.due_day(memory, "2026-09-01") == memory.due


@given(REVIEWS, st.sampled_from((0.80, 0.90, 0.95)), st.text("abc", min_size=1, max_size=3))
def test_nothing_is_due_before_tomorrow_and_a_better_grade_is_never_due_sooner(
    reviews: list[tuple[int, int]], retention: float, card: str
) -> None:
    key = f"resnet/{card}"
    memory = studied(*reviews, key=key, retention=retention)

    days = schedule.intervals(memory, key, memory.due, retention)

    assert memory.due > memory.last
    assert list(days) == [AGAIN, HARD, GOOD, EASY]
    assert 1 <= days[AGAIN] <= days[HARD] <= days[GOOD] <= days[EASY] <= 36500


@given(st.integers(1, 36500), st.text("abc/", min_size=1), st.integers(1, 500))
def test_the_spread_is_always_alike_and_stays_within_its_reach(interval: int, key: str, reviews: int) -> None:
    days = schedule.spread(interval, key, reviews)

    assert days == schedule.spread(interval, key, reviews)
    assert 1 <= days <= 36500
    assert abs(days - interval) <= round(reach(interval))


def test_the_spread_differs_by_card_and_by_count_and_reaches_both_ends() -> None:
    by_card = {schedule.spread(30, f"resnet/{number}", 3) for number in range(300)}
    by_count = {schedule.spread(30, KEY, number) for number in range(300)}

    assert by_card == by_count == set(range(round(30 - reach(30)), round(30 + reach(30)) + 1))


def test_the_spread_never_changes_between_versions() -> None:
    """Other devices may run another version; these days stand in their journals."""
    assert [schedule.spread(100, KEY, count) for count in range(1, 6)] == [107, 93, 98, 97, 102]
    assert schedule.card_number(KEY) == 41_497_958_362_794_063


def test_numbers_of_cards_fit_the_package_and_differ() -> None:
    numbers = {schedule.card_number(f"resnet/{number}") for number in range(10_000)}

    assert len(numbers) == 10_000
    assert max(numbers) < 2**63


def test_a_higher_retention_brings_a_card_back_sooner() -> None:
    history = [(0, GOOD), (3, GOOD), (10, GOOD), (30, GOOD)]
    days = [studied(*history, retention=wanted) for wanted in (0.80, 0.85, 0.90, 0.95)]

    assert [one.due for one in days] == sorted((one.due for one in days), reverse=True)
    assert len({one.due for one in days}) == 4


def test_chance_and_the_package_never_make_a_card_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a card must not sleep or be moved by chance")

    monkeypatch.setattr(time, "sleep", refuse)
    monkeypatch.setattr(random, "random", refuse)
    monkeypatch.setattr("fsrs.scheduler.random", refuse)

    assert studied((0, GOOD), (3, HARD), (20, EASY)).reviews == 3


def test_a_leech_is_named_at_eight_lapses_and_every_four_after() -> None:
    trace, day, named = schedule.Trace(KEY), date(2026, 1, 1), []
    trace.review(day.isoformat(), GOOD, 0.9)
    for lapse in range(1, 21):
        day += timedelta(days=1)
        if trace.review(day.isoformat(), AGAIN, 0.9):
            named.append(lapse)
        assert not trace.review(day.isoformat(), AGAIN, 0.9), "the same day is no second lapse"

    assert named == [8, 12, 16, 20]


@given(REVIEWS)
def test_reviews_in_one_go_leave_what_they_leave_one_by_one(reviews: list[tuple[int, int]]) -> None:
    trace, day = schedule.Trace(KEY), "2026-01-01"
    for gap, grade in reviews:
        day = clock.days_after(day, gap)
        trace.review(day, grade, 0.9)

    assert trace.memory() == studied(*reviews)
