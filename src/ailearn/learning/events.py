"""The events of the journal: what happened, on which device, when, and to what.

An event is never changed or deleted. Several events may make one action, which is undone as a whole.
"""

import json
from typing import Any, NamedTuple, NoReturn

from ailearn.errors import ProgressError
from ailearn.learning.clock import is_day, is_time
from ailearn.learning.schedule import GRADES, HIGHEST_RETENTION, LOWEST_RETENTION

STATUS = "status"
NOTE = "note"
REVIEW = "review"
MARK = "mark"
RESULT = "result"
UNDO = "undo"
KINDS = (STATUS, NOTE, REVIEW, MARK, RESULT, UNDO)

STATUSES = ("unread", "reading", "read", "known", "skipped")
MARKS = ("suspend", "unsuspend", "flag", "unflag")


class Event(NamedTuple):
    """One thing that happened.

    `subject` is the id of an entry, the key of a card (`entry/card`), or, for an undo, the action taken
    back. `at` is true UTC time, `day` the study day; events are ordered by time, device and uuid.
    """

    uuid: str
    action: str
    device: str
    at: str
    day: str
    kind: str
    subject: str
    payload: dict[str, Any]

    @property
    def order(self) -> tuple[str, str, str]:
        """The place of the event in the one order that all devices agree on."""
        return (self.at, self.device, self.uuid)


def is_card(subject: str) -> bool:
    """Whether `subject` is the key of a card and not the id of an entry."""
    return "/" in subject


def is_sound(kind: str, subject: str, payload: dict[str, Any]) -> bool:
    """Whether an event of `kind` can have this subject and payload, so that state can be derived from it.

    Keys of the payload that nothing here knows are left alone.
    """
    if kind == STATUS:
        return not is_card(subject) and payload.get("status") in STATUSES
    if kind == NOTE:
        return not is_card(subject) and isinstance(payload.get("text"), str)
    if kind == MARK:
        return is_card(subject) and payload.get("mark") in MARKS
    if kind == REVIEW:
        grade, retention = payload.get("grade"), payload.get("retention")
        return (
            is_card(subject)
            and type(grade) is int
            and grade in GRADES
            and type(retention) is float
            and LOWEST_RETENTION <= retention <= HIGHEST_RETENTION
            and isinstance(payload.get("answer", ""), str)
        )
    return kind in KINDS


def to_line(event: Event) -> str:
    """The event as one line of JSON, without the line's end."""
    return json.dumps(event._asdict(), ensure_ascii=False, sort_keys=True)


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_no_number)


def from_line(line: str, place: str) -> Event:
    """The event on a line of a file; `place` names the line in the error.

    Raises ProgressError for a line that is no event, or an event of a kind that only a newer program knows.
    """
    try:
        event = Event(**_DECODER.decode(line))
        if not line.isascii() or "\\u" in line:
            # Half a surrogate pair is valid JSON but no text that could be kept.
            to_line(event).encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise ProgressError("error.event-line", hint="hint.event-line", place=place) from error
    texts = (event.uuid, event.action, event.device, event.at, event.day, event.kind, event.subject)
    sound = all(isinstance(text, str) and text for text in texts) and isinstance(event.payload, dict)
    if sound and event.kind not in KINDS:
        raise ProgressError("error.event-kind", hint="hint.event-kind", place=place, kind=event.kind)
    if not (
        sound
        and is_time(event.at)
        and is_day(event.day)
        and is_sound(event.kind, event.subject, event.payload)
    ):
        raise ProgressError("error.event-line", hint="hint.event-line", place=place)
    return event
