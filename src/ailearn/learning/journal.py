"""The journal: an append-only table of events, and the state kept beside it.

The events are the truth. The tables `entry` and `card` hold what follows from them, so that nothing is
replayed when a command starts; they may be rebuilt at any time. The file is SQLite in write-ahead mode
with full synchronisation, so a crash at any moment loses at most what was not yet recorded.

The order of events is that of their counters, then of devices and uuids. A device counts on from the
largest counter that it knows of, so whatever is recorded comes after all that could be seen then.
"""

import contextlib
import itertools
import json
import os
import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ailearn.errors import NothingFound, ProgressError
from ailearn.learning import backups, storage
from ailearn.learning.clock import LAST_TIME, Moment, a_day_after, days_after
from ailearn.learning.derive import (
    CardState,
    EntryState,
    Step,
    card_of,
    card_state,
    entry_state,
    is_sound_card,
    is_sound_entry,
)
from ailearn.learning.events import (
    KINDS,
    LARGEST,
    LONGEST,
    UNDO,
    Event,
    digest,
    former_payload_of,
    is_card,
    parse,
    payload_of,
    to_line,
    uncounted,
)
from ailearn.learning.soundness import CARD, ENTRY
from ailearn.learning.storage import FILE, Place, guarded, transaction

_COLUMNS = "uuid, action, device, at, day, kind, subject, payload, counter"
# The digest only tells two contents under one uuid apart.
ORDER = "counter, device, uuid, digest"
_DONE = ", ".join(f"'{kind}'" for kind in KINDS if kind != UNDO)
LIVE = (
    f"kind IN ({_DONE}) AND NOT EXISTS"
    " (SELECT 1 FROM undone WHERE undone.device = event.device AND undone.action = event.action)"
)


class Journal(NamedTuple):
    """The opened journal; `path` is None for a reader who has none yet and only looks.

    `place` is which file was opened, when it was opened to be written.
    """

    connection: sqlite3.Connection
    path: Path | None
    place: Place | None = None

    def statuses(self) -> dict[str, str]:
        """The status of every entry that has one other than unread."""
        return {key: entry.status for key, entry in self.entries().items() if entry.status != "unread"}

    def notes(self) -> dict[str, str]:
        """The reader's note on every entry that has one."""
        return {key: entry.note for key, entry in self.entries().items() if entry.note}

    def entry(self, entry_id: str) -> EntryState:
        """Where the reader is with one entry."""
        return self._entries("WHERE id = ?", entry_id).get(entry_id, EntryState())

    def entries(self) -> dict[str, EntryState]:
        """Where the reader is with every entry that she did anything with, by id."""
        return self._entries("")

    def card(self, key: str) -> CardState:
        """What is known of one card."""
        return self._cards("WHERE key = ?", key).get(key, CardState())

    def cards(self) -> dict[str, CardState]:
        """What is known of every card that was reviewed or marked, by key."""
        return self._cards("")

    def events(self, digests: Container[bytes] | None = None) -> Iterator[Event]:
        """All events, or those with one of `digests`, in the order that all devices agree on.

        Those that were taken back are among them.
        """
        with guarded(self.path):
            rows = self.connection.execute(f"SELECT digest, {_COLUMNS} FROM event ORDER BY {ORDER}")
            yield from (event_of(row[1:]) for row in rows if digests is None or row[0] in digests)

    def devices(self) -> dict[bytes, str]:
        """The device of every event, by the digest of the event."""
        return dict(self._rows("SELECT digest, device FROM event"))

    def counter(self) -> int:
        """The largest counter that is known; 0 when no event has one."""
        with guarded(self.path):
            return _last_counter(self.connection)

    def ahead(self, moment: Moment) -> list[tuple[str, int, str]]:
        """Devices with events more than a day later than `moment`, how many these are, and the last time."""
        return self._rows(
            "SELECT device, count(*), max(at) FROM event"
            f" WHERE (at > ? OR day > ?) AND {LIVE} GROUP BY device",
            a_day_after(moment.at),
            days_after(moment.day, 1),
        )

    def device(self) -> str:
        """The name by which this device's events are known; empty while there is no journal."""
        rows = self._rows("SELECT value FROM meta WHERE key = 'device'")
        return str(rows[0][0]) if rows else ""

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def _rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        with guarded(self.path):
            return self.connection.execute(query, values).fetchall()

    def _entries(self, which: str, *values: str) -> dict[str, EntryState]:
        rows = self._rows(f"SELECT {ENTRY} FROM entry {which}", *values)
        states = {row[0]: EntryState(*row[1:]) for row in rows}
        self._check(key for key, state in states.items() if not is_sound_entry(state))
        return states

    def _cards(self, which: str, *values: str) -> dict[str, CardState]:
        states = {row[0]: card_of(row) for row in self._rows(f"SELECT {CARD} FROM card {which}", *values)}
        self._check(key for key, state in states.items() if not is_sound_card(state))
        return states

    def _check(self, unsound: Iterable[str]) -> None:
        with guarded(self.path):
            for key in unsound:
                raise sqlite3.DatabaseError(f"the state of {key!r} cannot be read")


def _new_id() -> str:
    return os.urandom(16).hex()


@contextlib.contextmanager
def _reading_events() -> Iterator[None]:
    """What was recorded was sound; an event that nothing follows from is a damaged one."""
    try:
        yield
    except (
        ValueError, TypeError, LookupError, ArithmeticError, RecursionError, sqlite3.IntegrityError
    ) as error:  # fmt: skip
        raise sqlite3.DatabaseError(f"an event cannot be read ({error})") from error


def event_of(row: tuple[Any, ...]) -> Event:
    """The event in a row of the table. Raises sqlite3.DatabaseError when it is damaged."""
    uuid, action, device, at, day, kind, subject, payload, counter = row
    with _reading_events():
        if type(counter) is not int:
            raise ValueError(counter)
        return Event(uuid, action, device, at, day, kind, subject, payload_of(payload), counter)


def open_to_read(folder: Path | None) -> Journal:
    """The journal for a command that records nothing; nothing is created or changed.

    Raises ProgressError when there is one that cannot be read.
    """
    path = folder / FILE if folder else None
    with guarded(path):
        if path is None or not path.exists():
            storage.refuse_loss(path)
            return Journal(_in_memory(), None)
        connection = storage.connect_to_read(path)
        try:
            form = storage.form_of(connection, path)
            if form == storage.SCHEMA:
                return Journal(connection, path)
            # Only a command that records something changes the form; until then a copy has to do.
            copy = _in_memory(connection if form else None)
        except BaseException:
            connection.close()
            raise
        connection.close()
        return Journal(copy, path)


def _in_memory(source: sqlite3.Connection | None = None) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    if source:
        source.backup(connection)
    _upgrade(connection)
    return connection


def renewed(source: sqlite3.Connection) -> sqlite3.Connection:
    """A journal in memory with the events of `source`, in the present form and with all state derived anew.

    Raises sqlite3.Error when nothing can be derived from them.
    """
    connection = _in_memory(source)
    with transaction(connection):
        storage.clear_state(connection)
        _derive_all(connection)
    return connection


def _upgrade(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        form = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if storage.upgrade(connection):
            if form == 1:
                _take_over(connection)
            _derive_all(connection)


def _take_over(connection: sqlite3.Connection) -> None:
    """Bring in the events of the first form of the journal, in which time put them in order.

    It could hold what no line can say: a number that is none, and times after the last one.
    """
    columns = _COLUMNS.removesuffix(", counter")
    rows = connection.execute(f"SELECT {columns} FROM former ORDER BY position")
    with _reading_events():
        for uuid, action, device, at, day, kind, subject, payload in rows:
            time, said = min(at, LAST_TIME), former_payload_of(payload)
            _append(connection, Event(uuid, action, device, time, day, kind, subject, said, uncounted(time)))
    connection.execute("DROP TABLE former")


def open_to_write(folder: Path | None, today: str) -> Journal:
    """The journal for a command that records something; made when there is none.

    A backup is kept once a study day, and before the form of the journal changes. Raises ProgressError
    when it cannot be written, is damaged, or was made by a newer program.
    """
    from ailearn.learning.device import name_device

    if folder is None:
        raise ProgressError("error.no-data-folder", hint="hint.home")
    path = folder / FILE
    with guarded(path), contextlib.ExitStack() as on_failure:
        place = storage.prepare(path)
        connection = storage.connect_to_write(path)
        on_failure.callback(connection.close)
        form = storage.form_of(connection, path)
        if form:
            # A journal that cannot be written needs no backup, which would push out an older one.
            connection.execute("DELETE FROM meta WHERE false")
            current = form == storage.SCHEMA
            backups.keep(path, today if current else f"{today}-schema-{form}", state=current)
        storage.write_ahead(connection)
        if form != storage.SCHEMA:
            _upgrade(connection)
        name_device(connection, folder)
        storage.require_place(path, place)
        place = storage.place_of(path)
        on_failure.pop_all()
    return Journal(connection, path, place)


@contextlib.contextmanager
def _recording(journal: Journal) -> Iterator[None]:
    """A transaction on the file that is still at its place. Raises ProgressError for any other."""
    with guarded(journal.path):
        with transaction(journal.connection):
            storage.require_place(journal.path, journal.place)
            yield
        # What took its place meanwhile knows nothing of it.
        storage.require_place(journal.path, journal.place)


def record(
    journal: Journal, moment: Moment, kind: str, changes: Mapping[str, dict[str, Any]]
) -> tuple[Event, ...]:
    """Record one action: an event of `kind` for every subject of `changes`, with its payload.

    Raises ProgressError when the journal cannot be written or a payload is too long, ValueError for one
    that `kind` cannot have.
    """
    action, device = _new_id(), journal.device()
    with _recording(journal):
        counters = itertools.count(_last_counter(journal.connection) + 1)
        recorded = tuple(
            Event(_new_id(), action, device, moment.at, moment.day, kind, subject, payload, next(counters))
            for subject, payload in changes.items()
        )
        for event in recorded:
            _check(event)
            _append(journal.connection, event)
        _derive(journal.connection, changes)
    return recorded


def _check(event: Event) -> None:
    """Make sure that other devices will read the event as it is; raises as `record`."""
    try:
        line = to_line(event)
        if len(line.encode()) > LONGEST:
            raise ProgressError("error.event-long", hint="hint.event-long", limit=LONGEST)
        sound = event.kind in KINDS and event.kind != UNDO and parse(line) == event
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"{event.kind}: {event.subject!r}") from error
    if not sound:
        raise ValueError(f"{event.kind}: {event.subject!r}")


def _last_counter(connection: sqlite3.Connection) -> int:
    counter = connection.execute("SELECT max(0, coalesce(max(counter), 0)) FROM event").fetchone()[0]
    if type(counter) is not int or counter >= LARGEST:
        raise sqlite3.DatabaseError(f"an event cannot be read (counter {counter!r:.40})")
    return counter


def _append(connection: sqlite3.Connection, event: Event) -> bool:
    """Add an event unless it is there; says whether it was new."""
    payload = json.dumps(event.payload, ensure_ascii=False)
    values = (*event[:7], payload, event.counter, digest(to_line(event).encode()))
    added = connection.execute(
        f"INSERT OR IGNORE INTO event ({_COLUMNS}, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values
    )
    if event.kind == UNDO and added.rowcount:
        connection.execute("INSERT OR IGNORE INTO undone VALUES (?, ?)", (event.device, event.subject))
    return added.rowcount > 0


def undo(journal: Journal, moment: Moment, action: str | None = None) -> tuple[Event, ...]:
    """Take back the last action of this device that was not taken back yet, or the one named `action`.

    Returns its events. Raises NothingFound when there is none left or that one was taken back already,
    ProgressError when the journal cannot be written.
    """
    device, connection = journal.device(), journal.connection
    with _recording(journal):
        last = connection.execute(
            f"SELECT action FROM event WHERE device = ? AND {LIVE} AND action = coalesce(?, action)"
            " ORDER BY counter DESC, uuid DESC LIMIT 1",
            (device, action),
        ).fetchone()
        if last is None:
            raise NothingFound("error.nothing-to-undo")
        rows = connection.execute(
            f"SELECT {_COLUMNS} FROM event WHERE device = ? AND action = ? AND {LIVE} ORDER BY {ORDER}",
            (device, *last),
        ).fetchall()
        taken_back = tuple(map(event_of, rows))
        own, counter = _new_id(), _last_counter(connection) + 1
        _append(connection, Event(own, own, device, moment.at, moment.day, UNDO, last[0], {}, counter))
        _derive(connection, {event.subject for event in taken_back})
    return taken_back


def merge(journal: Journal, events: Iterable[Event]) -> int:
    """Add events from elsewhere; those that are there already change nothing. Returns how many were new.

    The state afterwards depends on the set of events alone, not on the order in which they came.
    Raises ProgressError when the journal cannot be written.
    """
    added = 0
    touched: set[str] = set()
    with _recording(journal):
        for event in events:
            if not _append(journal.connection, event):
                continue
            added += 1
            if event.kind == UNDO:
                rows = journal.connection.execute(
                    "SELECT subject FROM event WHERE device = ? AND action = ?", (event.device, event.subject)
                )
                touched.update(row[0] for row in rows)
            else:
                touched.add(event.subject)
        _derive(journal.connection, touched)
    return added


def replay(journal: Journal) -> int:
    """Derive all state again from all events; returns how many there are.

    Raises ProgressError when the journal cannot be written.
    """
    with _recording(journal):
        _derive_all(journal.connection)
        count = journal.connection.execute("SELECT count(*) FROM event").fetchone()[0]
    return int(count)


def _derive_all(connection: sqlite3.Connection) -> None:
    for table in ("undone", "entry", "card"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("INSERT OR IGNORE INTO undone SELECT device, subject FROM event WHERE kind = 'undo'")
    rows = connection.execute(
        f"SELECT subject, kind, day, payload FROM event WHERE {LIVE} ORDER BY subject, {ORDER}"
    )
    _keep(
        connection,
        (
            (subject, ((kind, day, payload_of(payload)) for _, kind, day, payload in steps))
            for subject, steps in itertools.groupby(rows, key=lambda row: str(row[0]))
        ),
    )


def _derive(connection: sqlite3.Connection, subjects: Iterable[str]) -> None:
    """Derive the state of `subjects` again from their events."""
    for subject in subjects:
        for table, key in (("entry", "id"), ("card", "key")):
            connection.execute(f"DELETE FROM {table} WHERE {key} = ?", (subject,))
        rows = connection.execute(
            f"SELECT kind, day, payload FROM event WHERE subject = ? AND {LIVE} ORDER BY {ORDER}",
            (subject,),
        ).fetchall()
        _keep(connection, [(subject, ((kind, day, payload_of(payload)) for kind, day, payload in rows))])


def _keep(connection: sqlite3.Connection, histories: Iterable[tuple[str, Iterable[Step]]]) -> None:
    """Write down the state that follows from the history of each subject; nothing for an untouched one."""
    entries, cards = [], []
    with _reading_events():
        for subject, steps in histories:
            if is_card(subject):
                card = card_state(subject, steps)
                if card != CardState():
                    memory = card.memory or (None, None, None, None, 0, 0)
                    cards.append((subject, subject.split("/")[0], *memory, *card[1:]))
            else:
                entry = entry_state(steps)
                if entry != EntryState():
                    entries.append((subject, *entry))
        connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", entries)
        connection.executemany(f"INSERT INTO card VALUES ({', '.join('?' * 13)})", cards)
