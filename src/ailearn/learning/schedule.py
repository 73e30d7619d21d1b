"""When a card comes back: FSRS-6, through the `fsrs` package, by study days.

The package counts elapsed time in blocks of 24 hours, so it is given the study day as midnight UTC.
Its random fuzz is off; due days are spread by a number drawn from the card and its count of reviews, so
that replaying a journal gives the same days on every device. Its learning steps are off as well: a
card that was failed comes back within the session, which is the business of the review screen.
"""

from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ailearn.learning.clock import days_after, days_between

# The package takes three interpreter starts to import, so only a command that grades cards does.
if TYPE_CHECKING:
    from fsrs import Card, Rating, Scheduler

AGAIN, HARD, GOOD, EASY = GRADES = (1, 2, 3, 4)
LOWEST_RETENTION, HIGHEST_RETENTION = 0.80, 0.95
# A card failed this often is a leech, and again after every few failures more.
LEECH_LAPSES, LEECH_STEP = 8, 4
# How far a due day may be moved: part of the interval, by interval (the ranges of FSRS's own fuzz).
_SPREAD = ((2.5, 7.0, 0.15), (7.0, 20.0, 0.1), (20.0, float("inf"), 0.05))
_LONGEST = 36500


class Memory(NamedTuple):
    """What is known of a card in the reader's memory; `stability` in days, `difficulty` from 1 to 10."""

    stability: float
    difficulty: float
    last: str
    due: str
    reviews: int
    lapses: int


def due_day(memory: Memory, today: str) -> str:
    """The day on which a card comes back, seen from `today`.

    A review that claims to lie in the future says nothing about it: such a card comes back at once.
    """
    return today if memory.last > days_after(today, 1) else memory.due


@cache
def _scheduler(retention: float) -> "Scheduler":
    from fsrs import Scheduler

    return Scheduler(
        desired_retention=retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False
    )


@cache
def _rating(grade: int) -> "Rating":
    from fsrs import Rating

    return Rating(grade)


@lru_cache(maxsize=10_000)
def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def _drawn(text: str, size: int) -> int:
    """A number of `size` bytes that looks random and is always the same for `text`."""
    # Loading hashlib loads OpenSSL, which a command that only looks at due days does without.
    import hashlib

    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=size).digest())


def card_number(key: str) -> int:
    """The number that the package knows a card by; the same on every device."""
    return _drawn(key, 7)


@cache
def _working_card() -> type["Card"]:
    from fsrs import Card

    class WorkingCard(Card):
        """A card that is changed in place; the package copies one for every review, a fifth of a replay."""

        def __copy__(self) -> "WorkingCard":
            return self

    return WorkingCard


def _card(memory: Memory | None, key: str, now: datetime) -> "Card":
    """The package's card; always with a number and a due time, or it would sleep and look at the clock."""
    from fsrs import State

    if memory is None:
        return _working_card()(card_id=card_number(key), due=now)
    return _working_card()(
        card_id=card_number(key),
        state=State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=_midnight(memory.due),
        last_review=_midnight(memory.last),
    )


class Trace:
    """What the reviews of a card leave behind, from `memory` on; `memory()` is where it stands.

    Due days are worked out when they are asked for, as replaying a journal needs only the last.
    """

    __slots__ = ("_card", "_earlier", "_interval", "_key", "_known", "_lapses", "_last", "_reviews")

    def __init__(self, key: str, memory: Memory | None = None) -> None:
        self._key = key
        self._known = memory
        self._card: Card | None = None
        # What stability and difficulty were after the last review of each day before the last.
        self._earlier: list[tuple[str, float | None, float | None]] = []
        self._interval = 0
        self._last, self._reviews, self._lapses = ("", 0, 0)
        if memory is not None:
            self._last, self._reviews, self._lapses = memory.last, memory.reviews, memory.lapses

    def review(self, day: str, grade: int, retention: float) -> bool:
        """Take in a review; says whether it made the card a leech.

        The day before the last review, as after a move west, counts as the day of that review. An earlier
        one says that the clock was wrong then (see `_go_back`). A second failure on one day is no second
        lapse.
        """
        if day < self._last:
            self._go_back(day)
            if days_between(day, self._last) == 1:
                day = self._last
        now = _midnight(max(day, self._last))
        if self._card is None:
            self._card = _card(self._known, self._key, now)
        elif day > self._last:
            self._earlier.append((self._last, self._card.stability, self._card.difficulty))
        self._card, _ = _scheduler(retention).review_card(self._card, _rating(grade), now)
        self._card.last_review = _midnight(day)
        self._interval = (self._card.due - now).days
        lapsed = grade == AGAIN and self._reviews > 0 and day != self._last
        self._reviews += 1
        self._lapses += lapsed
        self._last = day
        return lapsed and is_leech(self._lapses)

    def _go_back(self, day: str) -> None:
        """Leave out of account the reviews that claim to have been later than `day` by more than a day.

        Where there were none before them, it may as well be `day` that is wrong, so they stay; but no time
        has passed since.
        """
        latest = days_after(day, 1)
        if self._last <= latest:
            return
        while self._earlier and self._earlier[-1][0] > latest:
            self._earlier.pop()
        if self._earlier and self._card is not None:
            self._last, self._card.stability, self._card.difficulty = self._earlier.pop()
            self._card.last_review = _midnight(self._last)

    def memory(self) -> Memory | None:
        """The memory after the reviews so far; None before the first."""
        card = self._card
        if card is None or card.stability is None or card.difficulty is None:
            return self._known
        return Memory(
            stability=card.stability,
            difficulty=card.difficulty,
            last=self._last,
            due=days_after(self._last, spread(self._interval, self._key, self._reviews)),
            reviews=self._reviews,
            lapses=self._lapses,
        )


def after_review(memory: Memory | None, key: str, day: str, grade: int, retention: float) -> Memory:
    """The memory of the card `key` after it was graded on `day`; `retention` is the desired one."""
    trace = Trace(key, memory)
    trace.review(day, grade, retention)
    after = trace.memory()
    assert after is not None
    return after


def spread(interval: int, key: str, reviews: int) -> int:
    """An interval of days moved a little, always alike for a card and its count of reviews.

    A longer interval is never moved before a shorter one, so a better grade never comes back sooner.
    """
    if interval < _SPREAD[0][0]:
        return max(interval, 1)
    reach = 1 + sum(share * max(min(interval, end) - begin, 0) for begin, end, share in _SPREAD)
    lowest, highest = max(2, round(interval - reach)), min(_LONGEST, round(interval + reach))
    return lowest + (_drawn(f"{key} {reviews}", 8) * (highest - lowest + 1) >> 64)


def is_leech(lapses: int) -> bool:
    """Whether the lapse that makes it `lapses` makes the card a leech."""
    return lapses >= LEECH_LAPSES and (lapses - LEECH_LAPSES) % LEECH_STEP == 0


def intervals(memory: Memory | None, key: str, day: str, retention: float) -> dict[int, int]:
    """For every grade, the days after which the card would come back."""
    after = {grade: after_review(memory, key, day, grade, retention) for grade in GRADES}
    return {grade: days_between(one.last, one.due) for grade, one in after.items()}
