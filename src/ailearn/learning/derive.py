"""State out of events: a fold over the events of one subject, in the one order all devices agree on."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ailearn.learning.clock import is_date
from ailearn.learning.events import MARK, NOTE, REVIEW, STATUS, STATUSES
from ailearn.learning.schedule import Memory, Trace

# Of an event: its kind, its study day, its payload.
Step = tuple[str, str, dict[str, Any]]


class EntryState(NamedTuple):
    """Where the reader is with an entry: the status since a study day, and her note."""

    status: str = "unread"
    since: str = ""
    note: str = ""


class CardState(NamedTuple):
    """A card in the reader's memory: its schedule, its marks, and the answer she last saw.

    `answer` is a digest of that answer; `introduced` the day of the first review.
    """

    memory: Memory | None = None
    introduced: str = ""
    suspended: bool = False
    leech: bool = False
    flagged: bool = False
    answer: str = ""


def card_of(row: Sequence[Any]) -> CardState:
    """The state in a row of the journal: its columns in the order of `soundness.CARD`."""
    _, stability, difficulty, last, due, reviews, lapses, introduced, *marks, answer = row
    memory = None if last is None else Memory(stability, difficulty, last, due, reviews, lapses)
    suspended, leech, flagged = map(bool, marks)
    return CardState(memory, introduced, suspended, leech, flagged, answer)


def is_sound_entry(state: EntryState) -> bool:
    """Whether what was read as the state of an entry can be one."""
    return state.status in STATUSES and isinstance(state.note, str) and _is_day_or_none(state.since)


def is_sound_card(state: CardState) -> bool:
    """Whether what was read as the state of a card can be one."""
    memory = state.memory
    return (
        isinstance(state.answer, str)
        and _is_day_or_none(state.introduced)
        and (
            memory is None
            or (
                type(memory.stability) is type(memory.difficulty) is float
                and type(memory.reviews) is type(memory.lapses) is int
                and is_date(memory.last)
                and is_date(memory.due)
            )
        )
    )


def _is_day_or_none(text: object) -> bool:
    return text == "" or is_date(text)


def entry_state(steps: Iterable[Step]) -> EntryState:
    """The state of an entry after all its events, given in order."""
    status, since, note = EntryState()
    for kind, day, payload in steps:
        if kind == STATUS:
            status, since = payload["status"], day
        elif kind == NOTE:
            note = payload["text"]
    return EntryState(status, since, note)


def card_state(key: str, steps: Iterable[Step]) -> CardState:
    """The state of the card `key` after all its events, given in order."""
    trace = Trace(key)
    introduced = answer = ""
    suspended = leech = flagged = False
    for kind, day, payload in steps:
        if kind == REVIEW:
            introduced = introduced or day
            answer = payload.get("answer", "")
            if trace.review(day, payload["grade"], payload["retention"]):
                suspended = leech = True
        elif kind == MARK:
            match payload["mark"]:
                case "suspend":
                    suspended = True
                case "unsuspend":
                    suspended = leech = False
                case "flag":
                    flagged = True
                case "unflag":
                    flagged = False
    return CardState(trace.memory(), introduced, suspended, leech, flagged, answer)
