"""The journal: what is recorded, taken back, replayed and merged, and what survives a crash."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ailearn.errors import NothingFound
from ailearn.learning import events, rescue, schedule
from ailearn.learning.clock import Moment, moment
from ailearn.learning.derive import CardState, EntryState
from ailearn.learning.events import MARK, NOTE, RESULT, REVIEW, STATUS, UNDO, Event
from ailearn.learning.journal import Journal, merge, open_to_read, open_to_write, record, replay, undo

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
ENTRIES, CARDS = ("resnet", "lora"), ("resnet/problem", "lora/why")


def at(days: float = 0) -> Moment:
    return moment(START + timedelta(days=days), 4)


def graded(grade: int, answer: str = "") -> dict[str, Any]:
    return {"grade": grade, "retention": 0.9, "answer": answer}


def state(journal: Journal) -> tuple[dict[str, EntryState], dict[str, CardState]]:
    return journal.entries(), journal.cards()


@contextmanager
def device() -> Iterator[Journal]:
    """A journal of its own that does not wait for the disk."""
    with tempfile.TemporaryDirectory() as folder:
        journal = open_to_write(Path(folder), "2026-05-01")
        journal.connection.execute("PRAGMA synchronous = OFF")
        try:
            yield journal
        finally:
            journal.close()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = open_to_write(tmp_path / "data", "2026-05-01")
    yield opened
    opened.close()


# One thing that a reader does: how many days later (the clock may go back), and what; None takes back.
DONE = st.one_of(
    st.none(),
    st.tuples(
        st.just(STATUS), st.sampled_from(ENTRIES), st.builds(dict, status=st.sampled_from(events.STATUSES))
    ),
    st.tuples(
        st.just(NOTE), st.sampled_from(ENTRIES), st.builds(dict, text=st.sampled_from(("", "残差", "a\nb")))
    ),
    st.tuples(st.just(MARK), st.sampled_from(CARDS), st.builds(dict, mark=st.sampled_from(events.MARKS))),
    st.tuples(st.just(RESULT), st.sampled_from(ENTRIES), st.builds(dict, score=st.integers(0, 3))),
    st.tuples(st.just(REVIEW), st.sampled_from(CARDS), st.builds(graded, st.sampled_from(schedule.GRADES))),
    st.tuples(st.just(REVIEW), st.sampled_from(CARDS), st.builds(graded, st.just(schedule.AGAIN))),
)
HISTORY = st.lists(st.tuples(st.sampled_from((0.0, 0.01, 1.0, 3.0, 20.0, -2.0)), DONE), max_size=25)


def live(journal: Journal, history: list[tuple[float, Any]], begin: float = 0) -> None:
    now = begin
    for later, done in history:
        now += later
        if done is None:
            try:
                undo(journal, at(now))
            except NothingFound:
                continue
        else:
            kind, subject, payload = done
            record(journal, at(now), kind, {subject: payload})


def test_looking_makes_nothing(tmp_path: Path) -> None:
    journal = open_to_read(tmp_path / "data")

    assert state(journal) == ({}, {})
    assert (journal.statuses(), journal.notes(), list(journal.events()), journal.device()) == ({}, {}, [], "")
    assert journal.entry("resnet") == EntryState()
    assert journal.card("resnet/problem") == CardState()
    assert list(tmp_path.iterdir()) == []
    assert state(open_to_read(None)) == ({}, {})


def test_what_was_recorded_is_there_when_it_is_opened_again(journal: Journal, tmp_path: Path) -> None:
    record(journal, at(), STATUS, {"resnet": {"status": "read"}, "lora": {"status": "skipped"}})
    record(journal, at(), NOTE, {"lora": {"text": "低秩 ≠ 小"}})
    record(journal, at(), REVIEW, {"resnet/problem": graded(3, "digest")})

    again = open_to_read(tmp_path / "data")

    assert again.statuses() == {"resnet": "read", "lora": "skipped"}
    assert again.notes() == {"lora": "低秩 ≠ 小"}
    assert again.entry("lora") == EntryState("skipped", "2026-05-01", "低秩 ≠ 小")
    card = again.card("resnet/problem")
    assert card.memory == schedule.after_review(None, "resnet/problem", "2026-05-01", 3, 0.9)
    assert (card.introduced, card.answer, card.suspended) == ("2026-05-01", "digest", False)
    assert again.device() == journal.device() != ""


def test_an_event_says_what_when_and_where(journal: Journal) -> None:
    first, second = record(journal, at(), STATUS, {name: {"status": "read"} for name in ENTRIES})

    assert first.at == "2026-05-01T12:00:00.000Z"
    assert (first.day, first.kind, first.subject) == ("2026-05-01", STATUS, "resnet")
    assert first.action == second.action
    assert first.uuid != second.uuid
    assert first.device == journal.device()
    assert list(journal.events()) == [first, second]


@pytest.mark.parametrize(
    ("kind", "subject", "payload"),
    [
        (STATUS, "resnet", {"status": "done"}),
        (STATUS, "resnet/problem", {"status": "read"}),
        (NOTE, "resnet", {}),
        (MARK, "resnet", {"mark": "flag"}),
        (REVIEW, "resnet/problem", {"grade": 5, "retention": 0.9}),
        (REVIEW, "resnet/problem", {"grade": True, "retention": 0.9}),
        (REVIEW, "resnet/problem", {"grade": 3, "retention": 0.97}),
        (REVIEW, "resnet/problem", {"grade": 3, "retention": 0.79}),
        (UNDO, "action", {}),
        ("dream", "resnet", {}),
    ],
)
def test_what_no_state_follows_from_is_not_recorded(
    journal: Journal, kind: str, subject: str, payload: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=kind):
        record(journal, at(), kind, {subject: payload})

    assert list(journal.events()) == []


def test_a_clock_put_back_does_not_reorder_history(journal: Journal) -> None:
    record(journal, at(10), STATUS, {"resnet": {"status": "reading"}})
    record(journal, at(0), STATUS, {"resnet": {"status": "read"}})
    undo(journal, at(5))
    record(journal, at(-5), STATUS, {"resnet": {"status": "known"}})

    found = list(journal.events())

    assert [event.counter for event in found] == [1, 2, 3, 4]
    assert [event.at[:10] for event in found] == ["2026-05-11", "2026-05-01", "2026-05-06", "2026-04-26"]
    assert journal.entry("resnet") == EntryState("known", "2026-04-26")
    replay(journal)
    assert journal.entry("resnet").status == "known"


def test_undo_says_what_it_took_back_and_goes_on_to_the_beginning(journal: Journal) -> None:
    record(journal, at(), STATUS, {name: {"status": "read"} for name in ENTRIES})
    record(journal, at(), REVIEW, {"resnet/problem": graded(1)})

    assert [(event.kind, event.subject) for event in undo(journal, at())] == [(REVIEW, "resnet/problem")]
    assert state(journal)[1] == {}
    assert [event.subject for event in undo(journal, at())] == list(ENTRIES)
    assert state(journal) == ({}, {})
    with pytest.raises(NothingFound) as caught:
        undo(journal, at())
    assert caught.value.exit_code == 1
    assert len(list(journal.events())) == 5, "events are never deleted"


def test_undo_takes_back_nothing_of_another_device(journal: Journal) -> None:
    with device() as other:
        record(other, at(9), STATUS, {"resnet": {"status": "known"}})
        record(journal, at(), STATUS, {"lora": {"status": "read"}})
        merge(journal, other.events())

    assert undo(journal, at())[0].subject == "lora"
    with pytest.raises(NothingFound):
        undo(journal, at())
    assert journal.statuses() == {"resnet": "known"}


def test_a_leech_is_suspended_until_the_reader_says_otherwise(journal: Journal) -> None:
    record(journal, at(), REVIEW, {"resnet/problem": graded(3)})
    for day in range(1, 9):
        assert not journal.card("resnet/problem").suspended
        record(journal, at(day), REVIEW, {"resnet/problem": graded(1)})
    leech = journal.card("resnet/problem")
    record(journal, at(9), MARK, {"resnet/problem": {"mark": "unsuspend"}})
    freed = journal.card("resnet/problem")

    assert (leech.leech, leech.suspended) == (True, True)
    assert (freed.leech, freed.suspended) == (False, False)
    assert freed.memory == leech.memory


def test_an_edited_card_keeps_its_memory_and_the_answer_last_seen(journal: Journal) -> None:
    record(journal, at(), REVIEW, {"resnet/problem": graded(3, "old")})
    record(journal, at(3), REVIEW, {"resnet/problem": graded(3, "new")})

    card = journal.card("resnet/problem")

    assert card.answer == "new"
    assert card.memory is not None
    assert card.memory.reviews == 2


@settings(max_examples=60, deadline=None)
@given(HISTORY)
def test_a_replay_gives_the_live_state(history: list[tuple[float, Any]]) -> None:
    with device() as journal:
        live(journal, history)
        before = state(journal)
        journal.connection.execute("UPDATE entry SET status = 'nonsense'")
        journal.connection.execute("INSERT INTO undone VALUES ('nobody', 'nothing')")
        journal.connection.execute("DELETE FROM card")

        assert replay(journal) == len(list(journal.events()))
        assert state(journal) == before


@settings(max_examples=40, deadline=None)
@given(HISTORY)
def test_undo_leads_back_to_the_empty_state(history: list[tuple[float, Any]]) -> None:
    with device() as journal:
        live(journal, history)
        with pytest.raises(NothingFound):
            for _ in range(len(history) + 1):
                undo(journal, at(100))

        assert state(journal) == ({}, {})


@settings(max_examples=40, deadline=None)
@given(st.lists(HISTORY, min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_devices_agree_in_whatever_order_events_arrive(
    histories: list[list[tuple[float, Any]]], chance: random.Random
) -> None:
    known: list[Event] = []
    for number, history in enumerate(histories):
        with device() as journal:
            # Each device knows what some others did before it begins.
            merge(journal, chance.sample(known, chance.randint(0, len(known))))
            live(journal, history, begin=number / 3)
            known = list({event.uuid: event for event in (*known, *journal.events())}.values())
    states = []
    for _ in range(3):
        chance.shuffle(known)
        with device() as journal:
            half = len(known) // 2
            assert merge(journal, known[:half]) + merge(journal, known) == len(known)
            assert merge(journal, known) == 0
            states.append((state(journal), list(journal.events())))
            replay(journal)
            assert state(journal) == states[-1][0]

    assert states[0] == states[1] == states[2]


RECORDER = """
import sys
from datetime import datetime
from pathlib import Path
from ailearn.learning.clock import moment
from ailearn.learning.journal import open_to_write, record

journal = open_to_write(Path(sys.argv[1]), "2026-05-01")
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[2])):
    card = {"grade": 3, "retention": 0.9, "answer": "x" * 500}
    now = moment(datetime.now().astimezone(), 4)
    (event,) = record(journal, now, "review", {f"resnet/{number % 7}": card})
    print(event.uuid, flush=True)
"""


def recorder(folder: Path, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RECORDER, str(folder), str(count)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_killed_program_loses_nothing_that_it_recorded(tmp_path: Path) -> None:
    promised: set[str] = set()
    chance = random.Random(9)
    for _ in range(8):
        with recorder(tmp_path, 100_000) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            process.stdin.write("go\n")
            process.stdin.flush()
            time.sleep(chance.uniform(0.1, 0.4))
            process.kill()
            # The last line may be half there; its event is not promised to anyone yet.
            promised |= {line.strip() for line in process.stdout if line.endswith("\n")}
        found = {event.uuid for event in open_to_read(tmp_path).events()}

        assert promised <= found
        assert len(found - promised) <= 1
        promised = found

    assert len(promised) > 8
    assert rescue.integrity(tmp_path).fault == ""
    journal = open_to_write(tmp_path, "2026-05-01")
    before = state(journal)
    replay(journal)
    assert state(journal) == before


def test_two_terminals_at_once_lose_nothing(tmp_path: Path) -> None:
    processes = [recorder(tmp_path, 60) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=30)[0].splitlines() for process in processes]

    journal = open_to_write(tmp_path, "2026-05-01")
    stored = list(journal.events())

    assert [process.returncode for process in processes] == [0, 0, 0]
    assert {event.uuid for event in stored} == {line for lines in said for line in lines}
    assert len(stored) == 180
    assert len({event.device for event in stored}) == 1
    assert [event.counter for event in stored] == list(range(1, 181))
    before = state(journal)
    replay(journal)
    assert state(journal) == before


def test_looking_does_not_load_what_only_grading_needs(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from ailearn.learning.journal import open_to_read;"
        "open_to_read(Path(sys.argv[1])).cards();"
        "print(sorted({'fsrs', 'uuid', 'hashlib', 'random', 'shutil', 'subprocess'} & set(sys.modules)))"
    )
    open_to_write(tmp_path, "2026-05-01").close()
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
