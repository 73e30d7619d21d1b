"""Whether a journal is sound: its file, every event in it, and the state that is kept beside them."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ailearn.learning.clock import is_day
from ailearn.learning.derive import EntryState, card_of, is_sound_card, is_sound_entry
from ailearn.learning.events import KINDS, LARGEST, former_payload_of, is_sound, payload_of

EVENT = "uuid, action, device, at, day, kind, subject, payload"
CARD = "key, stability, difficulty, last, due, reviews, lapses, introduced, suspended, leech, flagged, answer"
ENTRY = "id, status, since, note"


def first_fault(connection: sqlite3.Connection, check: str = "integrity_check", *, state: bool = True) -> str:
    """What is wrong with a journal first; empty for a sound one.

    `check` is how SQLite looks through its file; without `state` only the events count, from which state can
    be derived anew. Raises sqlite3.Error and UnicodeDecodeError for what cannot even be looked at.
    """
    fault = _file_fault(connection, check) or _events_fault(connection)
    return fault or (_state_fault(connection) if state else "")


def _file_fault(connection: sqlite3.Connection, check: str = "integrity_check") -> str:
    """What SQLite finds wrong with a file first; empty for a sound one."""
    answer = str(connection.execute(f"PRAGMA {check}(1)").fetchone()[0])
    return "" if answer == "ok" else " ".join(answer.split())


def _events_fault(connection: sqlite3.Connection) -> str:
    """Which event cannot be read or leads to no state; empty when none is so. Raises sqlite3.Error."""
    names = connection.execute("SELECT key, value FROM meta")
    if not all(isinstance(text, str) for row in names for text in row):
        return "the table meta"
    columns = {column[0] for column in connection.execute("SELECT * FROM event LIMIT 0").description}
    # Before there were counters a number could be none; it is put right when the form changes.
    read, counter = (payload_of, "counter") if "counter" in columns else (former_payload_of, "0")
    rows = connection.execute(f"SELECT {counter}, {EVENT} FROM event")
    return next((f"the event {row[1]!r:.40}" for row in rows if not _is_event(read, *row)), "")


def _is_event(read: Callable[[str], dict[str, Any]], counter: object, *row: object) -> bool:
    texts = [text for text in row if isinstance(text, str) and text]
    if len(texts) < len(row) or type(counter) is not int or counter >= LARGEST:
        return False
    *_, at, day, kind, subject, content = texts
    try:
        payload = read(content)
    except (ValueError, RecursionError):
        return False
    # What only a newer program knows is kept and left to it.
    return _is_time(at) and is_day(day) and (kind not in KINDS or is_sound(kind, subject, payload))


def _is_time(text: str) -> bool:
    # Its year may lie beyond those that events have now: clocks were wrong before anybody looked.
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _state_fault(connection: sqlite3.Connection) -> str:
    entries = ((row[0], EntryState(*row[1:])) for row in connection.execute(f"SELECT {ENTRY} FROM entry"))
    cards = ((row[0], card_of(row)) for row in connection.execute(f"SELECT {CARD} FROM card"))
    unsound = next((key for key, state in entries if not is_sound_entry(state)), None)
    if unsound is None:
        unsound = next((key for key, state in cards if not is_sound_card(state)), None)
    connection.execute("SELECT action FROM undone LIMIT 1")
    return "" if unsound is None else f"the state of {unsound!r:.80}"
