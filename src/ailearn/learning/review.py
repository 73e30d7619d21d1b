"""Which cards to look at today, and grading them."""

import json
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ailearn.catalog import filters, names
from ailearn.catalog.documents import Document
from ailearn.catalog.query import Condition
from ailearn.catalog.study import Study
from ailearn.errors import NoSuchEntry, NothingFound, UsageError
from ailearn.learning import schedule
from ailearn.learning.clock import Moment, days_between
from ailearn.learning.derive import CardState
from ailearn.learning.events import MARK, MARKS, REVIEW
from ailearn.learning.journal import Journal, record

# Later than any day on which an entry was begun.
_NEVER = "9999"


class ReviewCard(NamedTuple):
    """A card to look at.

    `card` is its dictionary in the guide. `overdue` counts the study days since it was due, None for a
    card never seen; `changed` says that its answer is another one than the reader saw last.
    """

    key: str
    entry: str
    card: Document
    state: CardState
    overdue: int | None
    changed: bool
    answer: str


class Queue(NamedTuple):
    """The cards of today in the order to look at them.

    `due` and `new` count all that wait, those beyond the daily limits too.
    """

    cards: tuple[ReviewCard, ...]
    due: int
    new: int


class Limits(NamedTuple):
    """The most cards on a study day: never seen before, and all together."""

    new: int
    reviews: int


class _Waiting(NamedTuple):
    """A card that may be looked at; `late` as `ReviewCard.overdue`."""

    key: str
    entry: str
    answer: str
    state: CardState
    late: int | None


def queue(
    study: Study,
    journal: Journal,
    moment: Moment,
    limits: Limits,
    conditions: tuple[Condition, ...] = (),
    ids: tuple[str, ...] = (),
    *,
    new: int | None = None,
    limit: int | None = None,
) -> Queue:
    """The cards to look at now: what is due, longest overdue first, then new ones.

    New cards come from entries that the reader has begun or read, in the order in which she did, or, when
    `ids` or `conditions` name some, from these. `limits` count what was done today already; `new` and
    `limit` stand in their place and count from now. Cards of one entry stand apart.
    """
    states = journal.cards()
    entries = journal.entries()
    begun = {key for key, entry in entries.items() if entry.status in ("reading", "read")}
    due, fresh = _waiting(study, states, begun, moment, _chosen(study, conditions, ids))
    if ids:
        fresh.sort(key=lambda one: ids.index(one.entry))
    else:
        fresh.sort(key=lambda one: entries[one.entry].since if one.entry in begun else _NEVER)
    done, introduced = _done(states, moment.day)
    room = max(limits.reviews - done, 0) if limit is None else limit
    most = max(limits.new - introduced, 0) if new is None else new
    taken = due[:room]
    taken += apart(fresh)[: min(most, room - len(taken))]
    return Queue(tuple(_opened(study, one) for one in apart(taken)), len(due), len(fresh))


def _waiting(
    study: Study,
    states: dict[str, CardState],
    begun: set[str],
    moment: Moment,
    chosen: set[str] | None,
) -> tuple[list[_Waiting], list[_Waiting]]:
    """The cards that are due, longest overdue first, and the new ones in the order of the guide."""
    due, fresh = [], []
    for key, entry, answer in _cards(study):
        if chosen is not None and entry not in chosen:
            continue
        state = states.get(key, CardState())
        if state.suspended:
            continue
        if state.memory is not None:
            late = days_between(schedule.due_day(state.memory, moment.day), moment.day)
            if late >= 0:
                due.append(_Waiting(key, entry, answer, state, late))
        elif entry in (begun if chosen is None else chosen):
            fresh.append(_Waiting(key, entry, answer, state, None))
    # A checksum is order enough among equals, and costs no library.
    due.sort(key=lambda one: (-(one.late or 0), zlib.crc32(f"{one.key} {moment.day}".encode())))
    return due, fresh


def _chosen(study: Study, conditions: tuple[Condition, ...], ids: tuple[str, ...]) -> set[str] | None:
    """The ids of the entries that were asked for, None for all."""
    if not conditions and not ids:
        return None
    where = filters.where(study, conditions)
    rows = study.connection.execute(f"SELECT e.id FROM entry AS e WHERE {where.sql}", where.values)
    found = {row[0] for row in rows}
    return found & set(ids) if ids else found


def _cards(study: Study) -> Iterator[tuple[str, str, str]]:
    """Key, entry and digest of the answer of every card, in the order of the guide."""
    yield from study.connection.execute(
        "SELECT c.key, c.entry, c.answer FROM card AS c JOIN entry AS e ON e.id = c.entry"
        " ORDER BY e.position, c.number"
    )


def _opened(study: Study, one: _Waiting) -> ReviewCard:
    row = study.connection.execute("SELECT document FROM card WHERE key = ?", (one.key,)).fetchone()
    return ReviewCard(
        one.key,
        one.entry,
        json.loads(row[0]),
        one.state,
        one.late,
        _changed(one.state, one.answer),
        one.answer,
    )


def _changed(state: CardState, answer: str) -> bool:
    return state.answer not in ("", answer)


def done_today(journal: Journal, day: str) -> tuple[int, int]:
    """How many different cards were graded on `day`, and how many of them were new then."""
    return _done(journal.cards(), day)


def _done(states: dict[str, CardState], day: str) -> tuple[int, int]:
    seen = [state for state in states.values() if state.memory and state.memory.last == day]
    return len(seen), sum(state.introduced == day for state in seen)


def apart(cards: Sequence[_Waiting]) -> list[_Waiting]:
    """`cards` in nearly the same order, but none beside one of its own entry where that can be helped."""
    waiting = list(cards)
    left = Counter(card.entry for card in waiting)
    ordered: list[_Waiting] = []
    while waiting:
        last = ordered[-1].entry if ordered else None
        # An entry with just over half of what is left has to take every second place from here on; with
        # more than that it cannot be helped, and nothing is brought forward in vain.
        entry, count = max(left.items(), key=lambda item: item[1])
        pressing = entry if 2 * count == len(waiting) + 1 and entry != last else None
        at = next(
            (
                number
                for number, card in enumerate(waiting)
                if card.entry == pressing or (pressing is None and card.entry != last)
            ),
            0,
        )
        left[waiting[at].entry] -= 1
        ordered.append(waiting.pop(at))
    return ordered


class Upcoming(NamedTuple):
    """What comes back: how many cards wait today, and how many on the next `day` that has any.

    `day` is empty when no card comes back later.
    """

    today: int
    day: str
    later: int


def upcoming(study: Study, journal: Journal, moment: Moment) -> Upcoming:
    """When the cards that were seen before come back; new ones are not counted."""
    known = {key for key, _, _ in _cards(study)}
    days = Counter(
        schedule.due_day(state.memory, moment.day)
        for key, state in journal.cards().items()
        if key in known and state.memory and not state.suspended
    )
    day = min((one for one in days if one > moment.day), default="")
    return Upcoming(sum(days[one] for one in days if one <= moment.day), day, days[day] if day else 0)


class Graded(NamedTuple):
    """A card after it was graded; `interval` in days, `leech` when it was set aside as one.

    `action` is the name under which the journal knows it, to take it back.
    """

    key: str
    grade: int
    due: str
    interval: int
    leech: bool
    action: str


class Grades(NamedTuple):
    """Several cards after they were graded as one action."""

    cards: tuple[Graded, ...]


def card(study: Study, journal: Journal, key: str) -> ReviewCard:
    """The card called `key` (`entry/card`), whether it is due or not.

    Raises NoSuchEntry when the guide has no such card.
    """
    entry, answer = _row(study, key)
    return _opened(study, _Waiting(key, entry, answer, journal.card(key), None))


def _row(study: Study, key: str) -> tuple[str, str]:
    """The entry of a card and the digest of its answer."""
    row = study.connection.execute("SELECT entry, answer FROM card WHERE key = ?", (key,)).fetchone()
    if row is None:
        raise _no_card(study, key)
    return row[0], row[1]


def refreshed(journal: Journal, found: ReviewCard) -> ReviewCard:
    """`found` with what the journal knows of it now."""
    state = journal.card(found.key)
    return found._replace(state=state, changed=_changed(state, found.answer))


def _no_card(study: Study, key: str) -> NoSuchEntry:
    """What to say about a card that does not exist: its entry has others, or does not exist either."""
    entry = names.resolve(study, key.partition("/")[0])
    rows = study.connection.execute("SELECT key FROM card WHERE entry = ? ORDER BY number", (entry,))
    known = ", ".join(row[0] for row in rows)
    return NoSuchEntry(
        "error.no-card", hint="hint.cards" if known else "hint.no-cards", name=key, names=known, id=entry
    )


def grade(study: Study, journal: Journal, moment: Moment, key: str, given: int, retention: float) -> Graded:
    """Record the grade from 1 (again) to 4 (easy) for the card called `key`; raises as `grade_all`."""
    return grade_all(study, journal, moment, ((key, given),), retention).cards[0]


def grade_all(
    study: Study, journal: Journal, moment: Moment, grades: Sequence[tuple[str, int]], retention: float
) -> Grades:
    """Record a grade from 1 (again) to 4 (easy) for each of several cards, as one action.

    Raises, before anything is recorded, NoSuchEntry, and UsageError for another grade or a card named
    twice; ProgressError when it cannot be recorded.
    """
    check(study, grades)
    payloads: dict[str, dict[str, object]] = {}
    before = {}
    for key, given in grades:
        found = card(study, journal, key)
        before[key], memory = found.state, found.state.memory
        payloads[key] = {
            "grade": given, "retention": retention, "answer": found.answer, "local": moment.local,
            "due": schedule.due_day(memory, moment.day) if memory else "",
        }  # fmt: skip
    action = record(journal, moment, REVIEW, payloads)[0].action
    return Grades(tuple(_graded(journal, key, given, before[key], action) for key, given in grades))


def check(study: Study, grades: Sequence[tuple[str, int]]) -> None:
    """Raises NoSuchEntry for an unknown card, UsageError for a wrong grade or a card named twice."""
    for number, (key, given) in enumerate(grades):
        if given not in schedule.GRADES:
            raise UsageError("error.grade", hint="hint.grade", value=f"{key}={given}")
        if any(key == other for other, _ in grades[:number]):
            raise UsageError("error.grade-twice", hint="hint.grade", name=key)
        _row(study, key)


def _graded(journal: Journal, key: str, given: int, before: CardState, action: str) -> Graded:
    after = journal.card(key)
    assert after.memory is not None
    interval = days_between(after.memory.last, after.memory.due)
    return Graded(key, given, after.memory.due, interval, after.leech and not before.leech, action)


def set_mark(study: Study, journal: Journal, moment: Moment, key: str, named: str) -> str:
    """Suspend, unsuspend, flag or unflag the card called `key`; returns the name of the action.

    Raises NoSuchEntry, and ProgressError when it cannot be recorded.
    """
    assert named in MARKS
    card(study, journal, key)
    return record(journal, moment, MARK, {key: {"mark": named}})[0].action


def suspended(study: Study, journal: Journal) -> tuple[str, ...]:
    """The keys of the cards that were set aside, by the reader or as leeches, in the order of the guide."""
    states = journal.cards()
    return tuple(key for key, _, _ in _cards(study) if key in states and states[key].suspended)


def not_suspended(study: Study, key: str, aside: tuple[str, ...]) -> NothingFound:
    """What to say about a card that was not set aside. Raises NoSuchEntry when there is no such card."""
    _row(study, key)
    hint = "hint.suspended" if aside else "hint.none-suspended"
    return NothingFound("error.not-suspended", hint=hint, name=key, names=", ".join(aside))


def intervals(found: ReviewCard, day: str, retention: float) -> dict[int, int]:
    """The days after which the card would come back, for every grade."""
    return schedule.intervals(found.state.memory, found.key, day, retention)
