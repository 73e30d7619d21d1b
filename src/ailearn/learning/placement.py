"""A placement quiz: which entries of a track the reader knows already, found out with a few cards each."""

from collections.abc import Iterable
from typing import NamedTuple

from ailearn.catalog import browse
from ailearn.catalog.documents import Document
from ailearn.catalog.study import Study
from ailearn.errors import NothingFound
from ailearn.learning.clock import Moment
from ailearn.learning.journal import Journal
from ailearn.learning.progress import Change, mark
from ailearn.learning.standing import LEARNT

CARDS = 3
# Cards ask for details that one may know an idea without, so one of them may be missed.
PASSING = 2
# After so many entries in a row that were not known, those that rest on them are not asked for.
FAILURES = 2
# Numbers and formulas are forgotten first; the cards that ask for ideas tell more.
_LAST_TYPES = ("evidence", "formula")


class Candidate(NamedTuple):
    """An entry to be placed, and the cards to ask."""

    entry: Document
    cards: tuple[Document, ...]


class Placement(NamedTuple):
    """The entries of a track that may be known, in its order; `learnt` are left out, read or known."""

    track: Document
    candidates: tuple[Candidate, ...]
    learnt: tuple[str, ...]


class Outcome(NamedTuple):
    """How many of its cards the reader knew of one entry."""

    entry: str
    knew: int

    @property
    def passed(self) -> bool:
        """Whether that is enough to call the entry known."""
        return self.knew >= PASSING


class Placed(NamedTuple):
    """How a placement went. `early` says that it stopped before the end of the track."""

    outcomes: tuple[Outcome, ...]
    changes: tuple[Change, ...]
    early: bool


def placement(study: Study, journal: Journal, track: str) -> Placement:
    """What to ask to find the reader's place in the track called `track`.

    Raises UsageError for an unknown track, NothingFound when there is nothing left to ask.
    """
    found = browse.tracks(study, track).tracks[0]
    statuses = journal.statuses()
    ids = list(dict.fromkeys(step["id"] for step in found["steps"]))
    learnt = tuple(one for one in ids if statuses.get(one) in LEARNT)
    entries = [browse.document(study, one) for one in ids if one not in learnt]
    candidates = tuple(
        Candidate(browse.summary(study, entry["id"]), _cards(entry))
        for entry in entries
        if len(entry["cards"]) >= CARDS
    )
    if not candidates:
        raise NothingFound("error.nothing-to-place", hint="hint.nothing-to-place", track=found["id"])
    return Placement(found, candidates, learnt)


def _cards(entry: Document) -> tuple[Document, ...]:
    """Cards of different types where there are so many, ideas before numbers."""
    cards = sorted(entry["cards"], key=lambda card: card["type"] in _LAST_TYPES)
    types = [card["type"] for card in cards]
    repeated = [card["type"] in types[:at] for at, card in enumerate(cards)]
    order = sorted(range(len(cards)), key=lambda at: (repeated[at], at))
    return tuple(cards[at] for at in sorted(order[:CARDS]))


def is_over(outcomes: Iterable[Outcome]) -> bool:
    """Whether the last entries in a row were not known, so that the rest need not be asked."""
    last = list(outcomes)[-FAILURES:]
    return len(last) == FAILURES and not any(one.passed for one in last)


def keep(
    study: Study, journal: Journal, moment: Moment, asked: Placement, outcomes: Iterable[Outcome]
) -> Placed:
    """Mark all entries that were passed as known, in one action, which one `undo` takes back.

    Raises ProgressError when it cannot be recorded.
    """
    given = tuple(outcomes)
    passed = [one.entry for one in given if one.passed]
    changes = mark(study, journal, moment, passed, "known").changes if passed else ()
    return Placed(given, changes, len(given) < len(asked.candidates))
