"""How far the reader has come: what is learnt and left, study days, what comes back, what was recalled."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ailearn.catalog.study import Study
from ailearn.language import BothLanguages
from ailearn.learning.clock import Moment, days_after, days_between
from ailearn.learning.derive import CardState
from ailearn.learning.journal import LIVE, ORDER, Journal
from ailearn.learning.plan import CARD_SECONDS
from ailearn.learning.schedule import due_day
from ailearn.learning.standing import LEARNT
from ailearn.learning.storage import guarded

FORECAST_DAYS = 14
# The year of study days begins on a Monday, as weeks do.
WEEKS = 53
RETENTION_DAYS = (30, 365)
# Fewer reviews say nothing about how well one remembers.
ENOUGH_REVIEWS = 10
# From this interval on a card is known well, as Anki has it.
MATURE_DAYS = 21
# After so many days without study a reader has been away; the first session back stays short.
BREAK_DAYS = 4
CATCH_UP_CARDS = 20


class Share(NamedTuple):
    """How much of a track or a topic is learnt; entries that were left out are no part of `learnt`.

    `minutes_left` is the time that its entries take that are neither learnt nor left out.
    """

    id: str
    name: BothLanguages
    learnt: int
    skipped: int
    entries: int
    minutes_left: int


class Minutes(NamedTuple):
    """The time that entries take: those read, those known before, and what is left of either sort.

    `left_papers` counts papers and essays, `left_others` courses, books and tools.
    """

    read: int
    known: int
    left_papers: int
    left_others: int


class Retention(NamedTuple):
    """Of the reviews of due cards in the last `days`, how many were recalled (graded 2 or more)."""

    days: int
    reviews: int
    recalled: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None when there were too few reviews to say."""
        return self.recalled / self.reviews if self.reviews >= ENOUGH_REVIEWS else None


class Cards(NamedTuple):
    """The guide's cards by state; every card is in one of them.

    `waiting` are new cards of entries begun or read, `unseen` those of all others, `young` and `mature`
    come back before and after 21 days, `suspended` do not come back.
    """

    waiting: int
    unseen: int
    young: int
    mature: int
    suspended: int


class CatchUp(NamedTuple):
    """An easy way back after a break: days away, cards due, how many to begin with, and their minutes."""

    away: int
    due: int
    cards: int
    minutes: int


class Overview(NamedTuple):
    """Where the reader is.

    `days` holds the number of actions on every study day of the last 53 weeks that has any, `due` the
    number of cards that come back on each of the next 14 days, today with all that waited until now.
    """

    today: str
    tracks: tuple[Share, ...]
    topics: tuple[Share, ...]
    minutes: Minutes
    days: dict[str, int]
    due: tuple[tuple[str, int], ...]
    retention: tuple[Retention, ...]
    cards: Cards
    leeches: tuple[str, ...]
    catch_up: CatchUp | None


def overview(study: Study, journal: Journal, moment: Moment) -> Overview:
    """Everything about where the reader is. Raises ProgressError when the journal cannot be read."""
    statuses = journal.statuses()
    rows = study.connection.execute("SELECT id, kind, minutes FROM entry").fetchall()
    minutes = {row[0]: row[2] for row in rows}
    keys = dict(study.connection.execute("SELECT key, entry FROM card").fetchall())
    cards = {key: state for key, state in journal.cards().items() if key in keys}
    days = _study_days(journal, moment.day)
    due = _due(cards.values(), moment.day)
    return Overview(
        moment.day,
        _tracks(study, statuses, minutes),
        _topics(study, statuses, minutes),
        _minutes(rows, statuses),
        days,
        due,
        _retention(journal, moment.day),
        _cards(keys, cards, statuses),
        tuple(sorted(key for key, state in cards.items() if state.leech)),
        _catch_up(journal, moment.day, due[0][1]),
    )


def _share(
    named: dict[str, object], name: BothLanguages, entries: Iterable[str], statuses: dict[str, str],
    minutes: dict[str, int],
) -> Share:  # fmt: skip
    own = [one for one in dict.fromkeys(entries) if one in minutes]
    states = [statuses.get(one, "unread") for one in own]
    left = sum(minutes[one] for one, state in zip(own, states, strict=True) if state in ("unread", "reading"))
    learnt = sum(state in LEARNT for state in states)
    return Share(str(named["id"]), name, learnt, states.count("skipped"), len(own), left)


def _tracks(study: Study, statuses: dict[str, str], minutes: dict[str, int]) -> tuple[Share, ...]:
    return tuple(
        _share(track, track["title"], (step["id"] for step in track["steps"]), statuses, minutes)
        for track in study.page("tracks") or ()
    )


def _topics(study: Study, statuses: dict[str, str], minutes: dict[str, int]) -> tuple[Share, ...]:
    """The topics that have entries."""
    entries: dict[str, list[str]] = {}
    for topic, entry in study.connection.execute("SELECT topic, entry FROM topic"):
        entries.setdefault(topic, []).append(entry)
    return tuple(
        _share(topic, topic["name"], entries[topic["id"]], statuses, minutes)
        for topic in study.page("topics") or ()
        if topic["id"] in entries
    )


def _minutes(rows: Iterable[tuple[str, str, int]], statuses: dict[str, str]) -> Minutes:
    sums: Counter[str] = Counter()
    for entry, kind, minutes in rows:
        status = statuses.get(entry, "unread")
        if status in ("unread", "reading"):
            status = "papers" if kind in ("paper", "essay") else "others"
        sums[status] += minutes
    return Minutes(sums["read"], sums["known"], sums["papers"], sums["others"])


def first_day(today: str) -> str:
    """The Monday with which the year of study days begins whose last week is that of `today`."""
    # The calendar that the days of the journal follow began on a Thursday.
    weekday = (days_between("1970-01-01", today) + 3) % 7
    return days_after(today, -weekday - 7 * (WEEKS - 1))


def _study_days(journal: Journal, today: str) -> dict[str, int]:
    with guarded(journal.path):
        rows = journal.connection.execute(
            f"SELECT day, count(DISTINCT action) FROM event WHERE day BETWEEN ? AND ? AND {LIVE}"
            " GROUP BY day ORDER BY day",
            (first_day(today), today),
        ).fetchall()
    return dict(rows)


def _due(cards: Iterable[CardState], today: str) -> tuple[tuple[str, int], ...]:
    """The cards of each of the next days; those of earlier ones wait today."""
    counts = Counter(
        max(due_day(card.memory, today), today)
        for card in cards
        if card.memory is not None and not card.suspended
    )
    days = [days_after(today, number) for number in range(FORECAST_DAYS)]
    return tuple((day, counts[day]) for day in days)


def _retention(journal: Journal, today: str) -> tuple[Retention, ...]:
    """True retention: first reviews of a day of cards that had been seen before and were due.

    A review says since when the card was due; one that does not is taken for the review of a due card.
    """
    starts = [days_after(today, -days) for days in RETENTION_DAYS]
    with guarded(journal.path):
        rows = journal.connection.execute(
            "SELECT day, grade >= 2, count(*) FROM ("
            "SELECT day, json_extract(payload, '$.grade') AS grade, json_extract(payload, '$.due') AS due"
            f" FROM (SELECT day, payload, lag(day) OVER (PARTITION BY subject ORDER BY {ORDER})"
            f" AS before FROM event WHERE kind = 'review' AND {LIVE})"
            " WHERE before < day AND day > ? AND day <= ?)"
            " WHERE coalesce(due, day) <= day GROUP BY 1, 2",
            (min(starts), today),
        ).fetchall()
    return tuple(
        Retention(
            days,
            sum(count for day, _, count in rows if day > start),
            sum(count for day, recalled, count in rows if day > start and recalled),
        )
        for days, start in zip(RETENTION_DAYS, starts, strict=True)
    )


def _cards(keys: dict[str, str], cards: dict[str, CardState], statuses: dict[str, str]) -> Cards:
    counts: Counter[str] = Counter()
    for key, entry in keys.items():
        state = cards.get(key, CardState())
        if state.suspended:
            counts["suspended"] += 1
        elif state.memory is None:
            counts["waiting" if statuses.get(entry) in ("reading", "read") else "unseen"] += 1
        else:
            interval = days_between(state.memory.last, state.memory.due)
            counts["mature" if interval >= MATURE_DAYS else "young"] += 1
    return Cards(*(counts[name] for name in Cards._fields))


def _catch_up(journal: Journal, today: str, due: int) -> CatchUp | None:
    """What to offer to a reader who was away; None to one who was not, or who is back at it."""
    with guarded(journal.path):
        last = journal.connection.execute(
            f"SELECT max(day) FROM event WHERE day <= ? AND {LIVE}", (days_after(today, 1),)
        ).fetchone()[0]
    if last is None or days_between(last, today) < BREAK_DAYS:
        return None
    cards = min(due, CATCH_UP_CARDS)
    return CatchUp(days_between(last, today), due, cards, max(1, round(cards * CARD_SECONDS / 60)))
