"""Where the reader is: what she has begun, read, known before or left out, and what she noted."""

from collections.abc import Iterable
from typing import NamedTuple

from ailearn.catalog import names
from ailearn.catalog.study import Study
from ailearn.learning import journal as journals
from ailearn.learning.clock import Moment
from ailearn.learning.events import MARK, NOTE, REVIEW, STATUS, Event
from ailearn.learning.journal import Journal, record


class Change(NamedTuple):
    """An entry whose status was set."""

    id: str
    before: str
    after: str


class Marked(NamedTuple):
    """What an action changed, and the ids of the entries that had the status already."""

    changes: tuple[Change, ...]
    unchanged: tuple[str, ...]


def mark(study: Study, journal: Journal, moment: Moment, ids: Iterable[str], status: str) -> Marked:
    """Set the status of the entries called `ids` as one action.

    Raises NoSuchEntry before anything is recorded, ProgressError when nothing can be.
    """
    found = dict.fromkeys(names.resolve(study, one) for one in ids)
    now = journal.statuses()
    changes = tuple(
        Change(one, before, status) for one in found if (before := now.get(one, "unread")) != status
    )
    if changes:
        record(journal, moment, STATUS, {change.id: {"status": status} for change in changes})
    return Marked(changes, tuple(one for one in found if now.get(one, "unread") == status))


class Note(NamedTuple):
    """The reader's note on an entry; Markdown, empty when there is none."""

    id: str
    text: str


def note(study: Study, journal: Journal, name: str) -> Note:
    """The note on the entry called `name`. Raises NoSuchEntry."""
    entry_id = names.resolve(study, name)
    return Note(entry_id, journal.entry(entry_id).note)


def write_note(study: Study, journal: Journal, moment: Moment, name: str, text: str) -> Note:
    """Put `text` in place of the note on the entry called `name`; an empty one takes the note away.

    Raises NoSuchEntry, and ProgressError when it cannot be recorded.
    """
    before = note(study, journal, name)
    text = text.strip()
    if text != before.text:
        record(journal, moment, NOTE, {before.id: {"text": text}})
    return Note(before.id, text)


class TakenBack(NamedTuple):
    """One thing that was taken back: the `kind` of event, what it was about, and what it said.

    `was` is the status, the note, the grade or the mark, empty for anything else; `now` the status or the
    note that holds again, empty for anything else.
    """

    kind: str
    subject: str
    was: str
    now: str


class Undone(NamedTuple):
    """Everything that belonged to the last action, which was taken back."""

    steps: tuple[TakenBack, ...]


def undo(journal: Journal, moment: Moment) -> Undone:
    """Take back the last action of this device that was not taken back yet.

    Raises NothingFound when there is none left, ProgressError when it cannot be recorded.
    """
    return Undone(tuple(_taken_back(journal, event) for event in journals.undo(journal, moment)))


# Where the payload of each kind of event says what it was.
_SAYING = {STATUS: "status", NOTE: "text", REVIEW: "grade", MARK: "mark"}


def _taken_back(journal: Journal, event: Event) -> TakenBack:
    was = str(event.payload[_SAYING[event.kind]]) if event.kind in _SAYING else ""
    state = journal.entry(event.subject)
    now = {STATUS: state.status, NOTE: state.note}.get(event.kind, "")
    return TakenBack(event.kind, event.subject, was, now)
