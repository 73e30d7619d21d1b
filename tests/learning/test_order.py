"""The order of events: that of their counters, on every device, after those from before there were any."""

from __future__ import annotations

import contextlib
import json
import random
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.learning.steps import at, set_status

from ailearn.learning import clock, storage
from ailearn.learning.events import MARK, NOTE, REVIEW, STATUS, UNDO, from_line
from ailearn.learning.journal import Journal, merge, open_to_read, open_to_write, record, replay
from ailearn.learning.transfer import export, import_lines, sync

# The journal as it was when time was the order.
FIRST_FORM = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE event (
    position INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, action TEXT NOT NULL, device TEXT NOT NULL,
    at TEXT NOT NULL, day TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, payload TEXT NOT NULL
);
CREATE INDEX event_subject ON event (subject, at);
CREATE INDEX event_action ON event (action);
CREATE INDEX event_day ON event (day, kind);
CREATE INDEX event_device ON event (device, at);
CREATE TABLE undone (action TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE entry (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, since TEXT NOT NULL, note TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE card (
    key TEXT PRIMARY KEY, entry TEXT NOT NULL, stability REAL, difficulty REAL, last TEXT, due TEXT,
    reviews INTEGER NOT NULL, lapses INTEGER NOT NULL, introduced TEXT NOT NULL, suspended INTEGER NOT NULL,
    leech INTEGER NOT NULL, flagged INTEGER NOT NULL, answer TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX card_due ON card (due);
PRAGMA user_version = 1;
"""
Old = dict[str, Any]


def first_form(folder: Path, device: str, events: list[Old]) -> None:
    """A journal of the first form that holds `events`, in this order."""
    folder.mkdir(parents=True)
    columns = ("uuid", "action", "device", "at", "day", "kind", "subject", "payload")
    with contextlib.closing(sqlite3.connect(folder / storage.FILE)) as connection, connection:
        connection.executescript(FIRST_FORM)
        connection.execute("INSERT INTO meta VALUES ('device', ?)", (device,))
        for event in events:
            values = {**event, "payload": json.dumps(event["payload"], ensure_ascii=False)}
            connection.execute(
                f"INSERT INTO event ({', '.join(columns)}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [values[column] for column in columns],
            )


def old_event(number: int, device: str, days: float, kind: str, subject: str, payload: Old) -> Old:
    moment = at(days)
    return {
        "uuid": f"{number:03}", "action": f"a{number:03}", "device": device, "at": moment.at,
        "day": moment.day, "kind": kind, "subject": subject, "payload": payload,
    }  # fmt: skip


def state(journal: Journal) -> object:
    return journal.entries(), journal.cards(), list(export(journal))


THINGS: st.SearchStrategy[tuple[str, str, Old]] = st.one_of(
    st.tuples(st.just(STATUS), st.just("resnet"), st.builds(dict, status=st.sampled_from(("read", "known")))),
    st.tuples(st.just(NOTE), st.just("resnet"), st.builds(dict, b=st.just(1), text=st.sampled_from("残a"))),
    st.tuples(
        st.just(MARK), st.just("resnet/why"), st.builds(dict, mark=st.sampled_from(("flag", "unflag")))
    ),
    st.tuples(
        st.just(REVIEW),
        st.just("resnet/why"),
        st.builds(dict, grade=st.integers(1, 4), retention=st.just(0.9)),
    ),
)
# Of an old event: which device, how many days later, and what; an undo takes back what its device did before.
OLD = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from((0.0, 1.0, -3.0)), THINGS | st.none()), max_size=12
)
NEW = st.lists(st.tuples(st.integers(0, 2), st.sampled_from((0.0, 300.0, -300.0)), THINGS), max_size=8)


def old_history(steps: list[tuple[int, float, Any]]) -> list[Old]:
    history: list[Old] = []
    days = 0.0
    for number, (device, later, thing) in enumerate(steps):
        days += later
        name = "cab"[device]
        if thing is None:
            own = [one["action"] for one in history if one["device"] == name and one["kind"] != UNDO]
            thing = (UNDO, own[-1], {}) if own else (NOTE, "lora", {"text": "x"})
        history.append(old_event(number, name, days, *thing))
    return history


@settings(max_examples=25, deadline=None)
@given(OLD, NEW, st.randoms(use_true_random=False))
def test_devices_that_take_over_old_events_apart_agree_in_the_end(
    old: list[tuple[int, float, Any]], new: list[tuple[int, float, Any]], chance: random.Random
) -> None:
    history = old_history(old)
    with tempfile.TemporaryDirectory() as home:
        devices = []
        for number, name in enumerate("cab"):
            # Each knew its own events, and some of the others'; one still has a file that it sent.
            known = [one for one in history if one["device"] == name or chance.random() < 0.5]
            chance.shuffle(known)
            first_form(Path(home, name), name, known)
            devices.append(open_to_write(Path(home, name), at().day))
            devices[-1].connection.execute("PRAGMA synchronous = OFF")
            assert devices[-1].device() == name, "it is still the same device"
            if number == 1:
                lines = [f"{json.dumps(one, ensure_ascii=False, sort_keys=True)}\n" for one in history]
                Path(home, "shared").mkdir()
                Path(home, "shared", "z.jsonl").write_text("".join(lines), "utf-8")
        for number, days, (kind, subject, payload) in new:
            record(devices[number], at(days), kind, {subject: payload})
            if chance.random() < 0.3:
                sync(devices[number], Path(home, "shared"))
        for journal in (*devices, *devices):
            sync(journal, Path(home, "shared"))
        states = [state(journal) for journal in devices]
        for journal in devices:
            replay(journal)
        assert states == [state(journal) for journal in devices]
        found = list(devices[0].events())
        for journal in devices:
            journal.close()

    assert states[0] == states[1] == states[2]
    assert [event.uuid for event in found[: len(history)]] == [
        one["uuid"] for one in sorted(history, key=lambda one: (one["at"], one["device"], one["uuid"]))
    ]
    assert all(event.counter > 0 for event in found[len(history) :])


def test_a_journal_of_the_first_form_is_as_it_was(tmp_path: Path) -> None:
    history = [
        old_event(1, "c", 0, STATUS, "resnet", {"status": "read"}),
        old_event(2, "c", 1, NOTE, "resnet", {"text": "捷径"}),
        old_event(3, "c", 2, REVIEW, "resnet/why", {"retention": 0.9, "grade": 3}),
        old_event(4, "c", 3, STATUS, "resnet", {"status": "skipped"}),
        old_event(5, "c", 4, UNDO, "a004", {}),
    ]
    first_form(tmp_path / "data", "c", history)
    looked = open_to_read(tmp_path / "data")
    journal = open_to_write(tmp_path / "data", at(5).day)

    lines = [json.dumps(one, ensure_ascii=False, sort_keys=True) for one in history]
    assert list(export(looked)) == list(export(journal)) == lines, "old devices can still read it"
    assert journal.entries() == looked.entries()
    assert journal.entry("resnet")[::2] == ("read", "捷径")
    assert journal.card("resnet/why").introduced == at(2).day
    set_status(journal, "known", "resnet", days=-900)
    assert journal.statuses() == {"resnet": "known"}
    assert [event.counter for event in journal.events()][-1] == 1
    tables = journal.connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert {row[0] for row in tables} == {"meta", "event", "undone", "entry", "card"}


def test_a_journal_that_was_poisoned_is_mended(tmp_path: Path) -> None:
    late = {"at": "3000-01-01T00:00:00.000Z", "day": at().day}
    history = [
        old_event(1, "evil", 0, NOTE, "resnet", {"text": "x", "n": float("inf")}),
        {**old_event(2, "c", 0, STATUS, "resnet", {"status": "read"}), "at": "2999-12-31T23:59:59.999Z"},
        {**old_event(3, "c", 0, STATUS, "resnet", {"status": "known"}), **late},
    ]
    for name in ("one", "two"):
        first_form(tmp_path / name, "c", history)
    one, two = (open_to_write(tmp_path / name, at().day) for name in ("one", "two"))

    lines = list(export(one))
    assert lines == list(export(two))
    assert [from_line(line, "") for line in lines] == list(one.events())
    assert one.notes() == {"resnet": "x"}
    set_status(one, "skipped", "resnet")
    assert import_lines(two, export(one), "x").new == 1
    assert one.statuses() == two.statuses() == {"resnet": "skipped"}


def test_an_event_of_the_last_moment_in_the_own_name_stops_nothing(tmp_path: Path) -> None:
    journal, other = (open_to_write(tmp_path / name, at().day) for name in ("one", "two"))
    record(journal, at(), STATUS, {"resnet": {"status": "read"}})
    line = json.loads(next(export(journal)))
    import_lines(journal, [json.dumps({**line, "uuid": "x", "at": clock.LAST_TIME, "counter": 9})], "x")

    record(journal, at(), STATUS, {"resnet": {"status": "skipped"}})

    assert import_lines(other, export(journal), "x").new == 3
    assert other.statuses() == journal.statuses() == {"resnet": "skipped"}
    assert list(journal.events())[-1].at == at().at


def test_two_contents_under_one_uuid_are_two_events_in_one_order(tmp_path: Path) -> None:
    one, two = (open_to_write(tmp_path / name, at().day) for name in ("one", "two"))
    (first,) = record(one, at(), NOTE, {"resnet": {"text": "first"}})
    others = [first._replace(payload={"text": f"other {number}"}) for number in range(6)]

    assert merge(one, others) == 6
    assert merge(two, [*reversed(others), first]) == 7
    assert merge(two, [first, *others]) == 0
    assert state(one) == state(two)
