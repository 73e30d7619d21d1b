"""A sitting: one card after another, until none is left that was not remembered.

A card that was failed comes back after a few others, and each of its answers is a review of its own.
Everything is in the journal as soon as it happens, so a sitting may end at any moment.
"""

import contextlib
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ailearn.catalog.study import Study
from ailearn.errors import NothingFound
from ailearn.learning import journal as journals
from ailearn.learning import review, schedule
from ailearn.learning.clock import Moment
from ailearn.learning.journal import Journal
from ailearn.learning.review import Graded, ReviewCard, Upcoming

# So many other cards come before one that was failed comes back.
PAUSE = 3
# Seconds; whoever takes longer for a card has gone for a coffee.
_LONGEST = 120.0


class Progress(NamedTuple):
    """Where a sitting is: the card shown is `number` of `total`.

    The others count what is left, the card shown among them: due, never seen, and to be answered again.
    """

    number: int
    total: int
    due: int
    new: int
    again: int


class Summary(NamedTuple):
    """What a sitting came to: cards graded, wrong answers, the time in minutes, and what is next."""

    reviewed: int
    again: int
    minutes: int
    upcoming: Upcoming


class _Step(NamedTuple):
    """Something that can be taken back: what was waiting before, and the action in the journal.

    `grade` is 0 when the card was set aside.
    """

    waiting: tuple[ReviewCard, ...]
    failed: frozenset[str]
    action: str
    grade: int
    seconds: float


class Sitting:
    """The cards of one sitting; `current` is the one to show, `revealed` whether its answer is shown too.

    `now` gives the present moment, as a sitting may last beyond the end of a study day.
    """

    def __init__(
        self,
        study: Study,
        journal: Journal,
        cards: Sequence[ReviewCard],
        retention: float,
        now: Callable[[], Moment],
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._study, self._journal = study, journal
        self._retention, self._now, self._timer = retention, now, timer
        self._waiting = list(cards)
        self._total = len(self._waiting)
        self._elsewhere: set[str] = set()
        self._failed: frozenset[str] = frozenset()
        self._steps: list[_Step] = []
        self._settle()

    @property
    def current(self) -> ReviewCard | None:
        """The card to show; None when the sitting is over."""
        return self._waiting[0] if self._waiting else None

    @property
    def undoable(self) -> bool:
        """Whether there is something that `undo` can take back."""
        return bool(self._steps)

    def _card(self) -> ReviewCard:
        assert self._waiting
        return self._waiting[0]

    def _settle(self) -> None:
        """Bring the next card up to date; what another terminal or device has dealt with is left out."""
        self.revealed = False
        self._intervals: dict[int, int] | None = None
        self._since = self._timer()
        while self._waiting:
            known = self._waiting[0]
            fresh = review.refreshed(self._journal, known)
            memory = fresh.state.memory
            today = self._now().day
            elsewhere = memory and memory != known.state.memory and schedule.due_day(memory, today) > today
            if not (fresh.state.suspended or elsewhere):
                self._waiting[0] = fresh
                return
            self._elsewhere.add(known.key)
            del self._waiting[0]

    def progress(self) -> Progress:
        """Where the sitting is."""
        keys = {one.key for one in self._waiting}
        new = sum(one.state.memory is None for one in self._waiting)
        again = len(keys & self._failed)
        total = self._total - len(self._elsewhere)
        number = total - len(keys) + bool(keys)
        return Progress(number, total, len(self._waiting) - new - again, new, again)

    def reveal(self) -> None:
        """Show the answer."""
        self.revealed = True

    def intervals(self) -> dict[int, int]:
        """For every grade, the days after which the card shown would come back."""
        if self._intervals is None:
            self._intervals = review.intervals(self._card(), self._now().day, self._retention)
        return self._intervals

    def grade(self, given: int) -> Graded:
        """Record a grade from 1 to 4 for the card whose answer is shown, and go on to the next.

        Raises ProgressError when it cannot be recorded.
        """
        assert self.revealed
        card = self._card()
        graded = review.grade(self._study, self._journal, self._now(), card.key, given, self._retention)
        self._remember(graded.action, given)
        del self._waiting[0]
        self._failed -= {card.key}
        if given == schedule.AGAIN and not graded.leech:
            self._failed |= {card.key}
            self._waiting.insert(self._place(card.entry), review.refreshed(self._journal, card))
        self._settle()
        return graded

    def _place(self, entry: str) -> int:
        """Where a failed card comes back: after a pause, and beside none of its own entry if possible."""
        first = min(PAUSE, len(self._waiting))
        for at in range(first, len(self._waiting) + 1):
            if all(one.entry != entry for one in self._waiting[max(at - 1, 0) : at + 1]):
                return at
        return first

    def _remember(self, action: str, grade: int) -> None:
        seconds = min(self._timer() - self._since, _LONGEST)
        self._steps.append(_Step(tuple(self._waiting), self._failed, action, grade, seconds))

    def suspend(self) -> str:
        """Set the card shown aside, and go on to the next; returns its key.

        Raises ProgressError when it cannot be recorded.
        """
        card = self._card()
        action = review.set_mark(self._study, self._journal, self._now(), card.key, "suspend")
        self._remember(action, 0)
        del self._waiting[0]
        self._failed -= {card.key}
        self._settle()
        return card.key

    def flag(self) -> bool:
        """Flag the card shown, or take its flag away; says whether it has one now.

        Raises ProgressError when it cannot be recorded.
        """
        card = self._card()
        named = "unflag" if card.state.flagged else "flag"
        review.set_mark(self._study, self._journal, self._now(), card.key, named)
        self._waiting[0] = review.refreshed(self._journal, card)
        return self._waiting[0].state.flagged

    def undo(self) -> str | None:
        """Take back the last grade or setting aside, and show that card again; its key, None without one.

        Raises ProgressError when it cannot be recorded.
        """
        if not self._steps:
            return None
        step = self._steps[-1]
        # Another terminal may have taken it back already, which comes to the same.
        with contextlib.suppress(NothingFound):
            journals.undo(self._journal, self._now(), step.action)
        self._steps.pop()
        self._waiting, self._failed = list(step.waiting), step.failed
        self._settle()
        return step.waiting[0].key

    def summary(self) -> Summary:
        """What the sitting came to so far."""
        grades = [(step.waiting[0].key, step.grade) for step in self._steps if step.grade]
        seconds = sum(step.seconds for step in self._steps)
        return Summary(
            len({key for key, _ in grades}),
            sum(grade == schedule.AGAIN for _, grade in grades),
            max(1, round(seconds / 60)) if grades else 0,
            review.upcoming(self._study, self._journal, self._now()),
        )
