"""What to do next, and why."""

from typing import NamedTuple

from ailearn.catalog import browse
from ailearn.catalog.documents import Document
from ailearn.catalog.study import Study
from ailearn.learning.clock import Moment, days_between
from ailearn.learning.journal import Journal
from ailearn.learning.review import Limits, done_today
from ailearn.learning.schedule import due_day
from ailearn.learning.standing import LEARNT

# What a card takes, in seconds, when it is answered with thought.
CARD_SECONDS = 20
# What the reader is sent to read; courses, books and tools are there for when she looks for them.
_READ = ("paper", "essay")
_Needs = dict[str, set[str]]


class Waiting(NamedTuple):
    """The cards of today within the daily limits: due and new.

    `overdue` counts the study days since the first of them was due; `comes_back` is the day after today on
    which the next ones are, None when there are none.
    """

    due: int
    new: int
    overdue: int
    comes_back: str | None

    @property
    def minutes(self) -> int:
        """How long they take, at least a minute."""
        return max(1, round((self.due + self.new) * CARD_SECONDS / 60))


class Proposal(NamedTuple):
    """One thing to do.

    `kind` is review, continue or read; `reason` names the message `next.<reason>`. `entry` and `cards`
    are there for the kinds that have them; `since` is the study day on which the entry was begun.
    `rests_on` holds id and short name of the entries that the proposed one rests on and that are learnt
    (or, for the reason `left-out`, that are not), `opens` counts the unlearnt entries that rest on it.
    """

    kind: str
    reason: str
    minutes: int
    entry: Document | None = None
    cards: Waiting | None = None
    since: str = ""
    rests_on: tuple[Document, ...] = ()
    opens: int = 0


class Next(NamedTuple):
    """Everything proposed, in the order to do it; `comes_back` is the day of the next due card, if any."""

    proposals: tuple[Proposal, ...]
    comes_back: str | None


def next_steps(study: Study, journal: Journal, moment: Moment, limits: Limits) -> Next:
    """Cards that are due, then the entry begun last, then an unread one whose prerequisites are learnt.

    Where all that is left rests on something that was skipped, one of it is proposed with that as its
    reason. Raises ProgressError when the journal cannot be read.
    """
    statuses = journal.statuses()
    guide = _Guide(study, statuses)
    keys = dict(study.connection.execute("SELECT key, entry FROM card").fetchall())
    cards = waiting(keys, statuses, journal, moment, limits)
    proposals = [_review(cards), _begun(guide, journal, moment.day), _unread(guide)]
    return Next(tuple(one for one in proposals if one), cards.comes_back)


class _Guide:
    """The guide as far as the next step depends on it, beside what the reader has done."""

    def __init__(self, study: Study, statuses: dict[str, str]) -> None:
        self.study = study
        self.statuses = statuses
        rows = study.connection.execute("SELECT id, kind, level FROM entry").fetchall()
        self.kinds: dict[str, str] = {row[0]: row[1] for row in rows}
        self.levels: dict[str, int] = {row[0]: row[2] for row in rows}
        self.steps: dict[str, int] = dict(
            study.connection.execute("SELECT entry, min(step) FROM track GROUP BY entry")
        )
        self.needs: _Needs = {}
        self._needing: _Needs = {}
        for entry, needed in study.connection.execute("SELECT entry, needs FROM requirement"):
            if needed in self.kinds:
                self.needs.setdefault(entry, set()).add(needed)
                self._needing.setdefault(needed, set()).add(entry)

    def learnt(self, entry_id: str) -> bool:
        return self.statuses.get(entry_id) in LEARNT

    def opens(self, entry_id: str) -> int:
        """How many entries that are not learnt or left out yet rest on this one, however far."""
        found: set[str] = set()
        waiting = [entry_id]
        while waiting:
            fresh = self._needing.get(waiting.pop(), set()) - found
            found |= fresh
            waiting += fresh
        return sum(self.statuses.get(one) not in (*LEARNT, "skipped") for one in found - {entry_id})

    def proposal(self, entry_id: str, kind: str, reason: str, shown: set[str], since: str = "") -> Proposal:
        entry = browse.summary(self.study, entry_id)
        rests_on = [browse.summary(self.study, one) for one in shown]
        rests_on.sort(key=lambda one: (one["date"] or "", one["id"]))
        return Proposal(
            kind,
            reason,
            entry["minutes"],
            entry,
            since=since,
            rests_on=tuple({"id": one["id"], "short": one["short"]} for one in rests_on),
            opens=self.opens(entry_id),
        )


def waiting(
    cards: dict[str, str], statuses: dict[str, str], journal: Journal, moment: Moment, limits: Limits
) -> Waiting:
    """How many of `cards` (entries by key) `review.queue` would show today, counted without loading one."""
    states = journal.cards()
    active = [(states.get(key), entry) for key, entry in cards.items()]
    days = [
        due_day(state.memory, moment.day)
        for state, _ in active
        if state and state.memory and not state.suspended
    ]
    late = [day for day in days if day <= moment.day]
    new = sum(
        statuses.get(entry) in ("reading", "read")
        and (state is None or (state.memory is None and not state.suspended))
        for state, entry in active
    )
    done, introduced = done_today(journal, moment.day)
    room = max(limits.reviews - done, 0)
    due = min(len(late), room)
    return Waiting(
        due,
        min(new, max(limits.new - introduced, 0), room - due),
        days_between(min(late), moment.day) if late else 0,
        min((day for day in days if day > moment.day), default=None),
    )


def _review(cards: Waiting) -> Proposal | None:
    if not cards.due and not cards.new:
        return None
    reason = "new" if not cards.due else "due-and-new" if cards.new else "due"
    return Proposal("review", reason, cards.minutes, cards=cards)


def _begun(guide: _Guide, journal: Journal, today: str) -> Proposal | None:
    """The entry that was begun last and is not finished; no later than today, whatever another clock said."""
    begun = [
        (min(state.since, today), one)
        for one, state in journal.entries().items()
        if state.status == "reading" and one in guide.kinds
    ]
    if not begun:
        return None
    since, chosen = max(begun)
    return guide.proposal(chosen, "continue", "begun", set(), since)


def _unread(guide: _Guide) -> Proposal | None:
    """The unread entry that is ready to be read and on which most others rest; those of a track first."""
    unread = [one for one, kind in guide.kinds.items() if kind in _READ and one not in guide.statuses]
    missing = {
        one: {
            need for need in guide.needs.get(one, ()) if guide.kinds[need] in _READ and not guide.learnt(need)
        }
        for one in unread
    }
    ready = [one for one in unread if not missing[one]]
    left_out = [one for one in unread if all(guide.statuses.get(need) == "skipped" for need in missing[one])]
    if not ready and not left_out:
        return None
    chosen = min(
        ready or left_out,
        key=lambda one: (
            one not in guide.steps,
            -guide.opens(one),
            guide.steps.get(one, 0),
            guide.levels[one],
            one,
        ),
    )
    if not ready:
        return guide.proposal(chosen, "read", "left-out", missing[chosen])
    rests_on = {need for need in guide.needs.get(chosen, ()) if guide.learnt(need)}
    read = all(guide.statuses[need] == "read" for need in rests_on)
    reason = "foundation" if not rests_on else "ready" if read else "known"
    return guide.proposal(chosen, "read", reason, rests_on)
