"""The events of the journal: what happened, on which device, when, and to what.

An event is never changed or deleted. Several events may make one action, which is undone as a whole.
On its way an event is a line of JSON, and that line is what it is known by: two that differ in anything
are two events, so nothing that arrives can take the place of another.
"""

import json
import math
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from ailearn.errors import ProgressError
from ailearn.learning.clock import is_day, is_time, milliseconds
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

# The most bytes of a line, and how deep a payload may be nested.
LONGEST = 1 << 20
_DEEPEST = 32
# Counters and all other whole numbers fit into 64 bits.
LARGEST = 1 << 62
_UNCOUNTED = 1 << 46


class Event(NamedTuple):
    """One thing that happened.

    `subject` is the id of an entry, the key of a card (`entry/card`), or, for an undo, the action of the
    same device that is taken back. `at` is true UTC time by the clock of the device, `day` the study day.
    `counter` was one more than the largest that the device knew of: events are ordered by counter, device
    and uuid, whatever the clocks said. Before there were counters time was the order; the counters of those
    events are below zero and follow from `at` (see `uncounted`).
    """

    uuid: str
    action: str
    device: str
    at: str
    day: str
    kind: str
    subject: str
    payload: dict[str, Any]
    counter: int


def uncounted(at: str) -> int:
    """The counter of an event that was recorded without one: before all that have one, in order of time."""
    return milliseconds(at) - _UNCOUNTED


def is_card(subject: str) -> bool:
    """Whether `subject` is the key of a card and not the id of an entry."""
    return "/" in subject


def is_sound(kind: str, subject: str, payload: dict[str, Any]) -> bool:
    """Whether an event of `kind` can have this subject and payload, so that state can be derived from it.

    Keys of the payload that nothing here knows are left alone, and so are kinds, which a newer program
    made: no state follows from them.
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
    return True


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, allow_nan=False)


def to_line(event: Event) -> str:
    """The event as one line of JSON, without the line's end.

    Raises ValueError, TypeError or RecursionError for a payload that is no JSON.
    """
    fields = event._asdict()
    if event.counter < 0:
        del fields["counter"]
    return _ENCODER.encode(fields)


def digest(line: bytes) -> bytes:
    """What an event is known by, from its line."""
    # Loading hashlib loads OpenSSL, which a command that records nothing does without.
    import hashlib

    return hashlib.blake2b(line, digest_size=16).digest()


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)


def _fraction(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(text)
    return number


def _whole(text: str) -> int:
    number = int(text)
    if abs(number) > LARGEST:
        raise ValueError(text)
    return number


_DECODER = json.JSONDecoder(parse_constant=_no_number, parse_float=_fraction, parse_int=_whole)


def payload_of(text: str) -> dict[str, Any]:
    """The payload that was recorded as `text`.

    Raises ValueError or RecursionError for what no line can say.
    """
    # Without the look for white space around it, which there is none of here: a tenth of a replay.
    return _sayable(text, _DECODER.raw_decode(text)[0])


def former_payload_of(text: str) -> dict[str, Any]:
    """The same of an event without a counter, where a number might be none; it becomes null."""

    payload = json.loads(
        text,
        parse_constant=lambda _: None,
        parse_float=lambda digits: _or_null(_fraction, digits),
        parse_int=lambda digits: _or_null(_whole, digits),
    )
    return _sayable(text, payload)


def _or_null(read: Callable[[str], float], digits: str) -> float | None:
    try:
        return read(digits)
    except ValueError:
        return None


def _sayable(text: str, payload: Any) -> dict[str, Any]:
    if not isinstance(payload, dict):
        raise ValueError(text[:40])
    if "\\u" in text:
        # Half a surrogate pair is valid JSON, but no text.
        _ENCODER.encode(payload).encode()
    return payload


def parse(line: str) -> Event:
    """The event on a line. Raises ValueError for a line that is none."""
    try:
        fields = _DECODER.decode(line)
        counted = "counter" in fields
        event = Event(**{"counter": 0, **fields})
    except (TypeError, RecursionError) as error:
        raise ValueError(line) from error
    *texts, payload, counter = event
    if not (
        all(isinstance(text, str) and text for text in texts)
        and isinstance(payload, dict)
        and type(counter) is int
        and is_time(event.at)
        and is_day(event.day)
        and is_sound(event.kind, event.subject, payload)
        and (counter > 0) == counted
        and (line.count("{") + line.count("[") <= _DEEPEST or _is_shallow(payload))
    ):
        raise ValueError(line)
    if not counted:
        event = event._replace(counter=uncounted(event.at))
    # Half a surrogate pair is valid JSON, but no text that could be kept.
    doubtful = len(line) > LONGEST // 16 or not line.isascii() or "\\u" in line
    if doubtful and len(to_line(event).encode()) > LONGEST:
        raise ValueError(line)
    return event


def _is_shallow(payload: dict[str, Any]) -> bool:
    """Whether `payload` is nested so little that nothing that reads or writes it runs out of stack."""
    level: list[Any] = [payload]
    for _ in range(_DEEPEST):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return True
    return False


def from_line(line: str, place: str) -> Event:
    """The event on a line of a file; `place` names the line in the error.

    Raises ProgressError for a line that is no event.
    """
    try:
        return parse(line)
    except ValueError as error:
        raise ProgressError("error.event-line", hint="hint.event-line", place=place) from error
