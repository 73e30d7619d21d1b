"""The program is killed at any moment, by a signal that nothing can catch; what it acknowledged stays."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.conftest import AILEARN
from tests.reader import Reader
from tests.torture.conftest import rounds

from ailearn.learning import rescue
from ailearn.learning.events import Event
from ailearn.learning.journal import Journal, open_to_read, open_to_write, replay

if TYPE_CHECKING:
    from tests.conftest import Start
    from tests.torture.conftest import Figure

if sys.platform == "win32":
    pytest.skip("Windows has no such signal", allow_module_level=True)

ENTRIES = ("alexnet", "attention", "cot", "lora", "ppo", "resnet", "transformer", "xlnet")
# A command takes about 0.1 s; it is killed somewhere between these seconds after its start.
SOONEST, LATEST = 0.04, 0.16


def events(folder: Path) -> dict[str, Event]:
    with closing(open_to_read(folder)) as journal:
        return {event.uuid: event for event in journal.events()}


def environment(day: str) -> dict[str, str]:
    return {**os.environ, "AILEARN_NOW": f"{day}T12:00:00Z"}


def events_of(path: Path) -> list[str]:
    """The ids of the events in a journal under any name."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return [row[0] for row in connection.execute("SELECT uuid FROM event")]


def state(journal: Journal) -> tuple[object, object]:
    return journal.entries(), journal.cards()


def assert_sound(folder: Path) -> None:
    """The file is whole and its state is what follows from its events."""
    assert rescue.integrity(folder).fault == ""
    with closing(open_to_write(folder, "2026-05-01")) as journal:
        before = state(journal)
        replay(journal)
        assert state(journal) == before


def command_line(chance: random.Random, number: int, folder: Path) -> list[str]:
    entry = chance.choice(ENTRIES)
    return chance.choice(
        [
            ["read", entry],
            ["start", entry],
            ["note", entry, f"thought {number}"],
            ["review", "--grade", f"resnet/degradation={chance.randint(1, 4)}"],
            ["undo"],
            ["sync", str(folder / "sync")],
            ["progress", "import", str(folder / "other.jsonl")],
            ["progress", "export", str(folder / "export.jsonl")],
        ]
    )


def test_no_command_that_is_killed_loses_what_others_recorded(own_folders: Path, figure: Figure) -> None:
    data, chance = own_folders / "ailearn" / "data", random.Random(11)
    seed = [str(AILEARN), "note", "lora", "the first"]
    subprocess.run(seed, check=True, capture_output=True)
    subprocess.run([str(AILEARN), "progress", "export", str(own_folders / "other.jsonl")], check=True)
    known, killed, acknowledged = events(data), 0, 0
    number = 0
    while killed < rounds(200, 5):
        number += 1
        line = command_line(chance, number, own_folders)
        process = subprocess.Popen(
            [str(AILEARN), *line],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
        )
        try:
            process.wait(chance.uniform(SOONEST, LATEST))
        except subprocess.TimeoutExpired:
            process.kill()
        code = process.wait()
        killed += code == -signal.SIGKILL
        now = events(data)

        assert known.items() <= now.items(), line
        if code == 0 and line[0] in ("read", "start", "note", "review", "undo"):
            acknowledged += 1
            if line[0] in ("note", "review"):
                assert len(now) > len(known), line
        known = now
        for event in known.values():
            assert event.kind != "note" or event.payload["text"].startswith(("thought", "the first"))
    assert_sound(data)
    exported = own_folders / "export.jsonl"
    assert not exported.exists() or exported.read_bytes().endswith(b"\n")
    figure(f"kills: {killed} commands killed, {acknowledged} acknowledged, {len(known)} events, 0 lost")


def test_a_restore_that_is_killed_leaves_the_old_journal_or_the_new_one(
    own_folders: Path, figure: Figure
) -> None:
    data, chance = own_folders / "ailearn" / "data", random.Random(12)
    for day in ("2026-05-01", "2026-05-02"):
        for entry in ENTRIES[:3]:
            subprocess.run(
                [str(AILEARN), "note", entry, day],
                check=True,
                capture_output=True,
                env=environment(day),
            )
    known, killed = set(events(data)), 0
    while killed < rounds(40, 2):
        process = subprocess.Popen(
            [str(AILEARN), "progress", "restore"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(chance.uniform(SOONEST, LATEST))
        except subprocess.TimeoutExpired:
            process.kill()
        code = process.wait()
        killed += code == -signal.SIGKILL
        assert code in (0, -signal.SIGKILL)
        # Half a restore may be finished by the next command; nothing is silently empty.
        result = subprocess.run([str(AILEARN), "progress", "--json"], capture_output=True, check=False)
        if result.returncode != 0:
            assert result.returncode == 5, result.stderr
            assert b"restore" in result.stderr
            subprocess.run([str(AILEARN), "progress", "restore"], check=True, capture_output=True)
        now = set(events(data))
        beside = [set(events_of(path)) for path in data.glob("progress-replaced-*.sqlite")]
        assert now
        assert known <= now.union(*beside)
    assert_sound(data)
    figure(f"restore: killed {killed} times, nothing lost, never an empty journal")


def test_a_review_that_is_killed_keeps_every_answer_that_was_followed_by_a_card(
    own_folders: Path, start: Start, figure: Figure
) -> None:
    data, chance = own_folders / "ailearn" / "data", random.Random(13)
    answers = 0
    for number in range(rounds(60, 2)):
        # Weeks later there always are cards due.
        now = f"{date(2026, 1, 1) + timedelta(weeks=4 * number)}T12:00:00Z"
        reader = Reader(start("review", *ENTRIES, "--limit", "20", AILEARN_NOW=now))
        before = len(events(data)) if data.exists() else 0
        reader.sees("q quit")
        followed = 0
        for _ in range(chance.randint(0, 6)):
            reader.press("\r", "4 easy")
            reader.press(chance.choice("234"), "q quit")
            followed += 1
        reader.child.send("\r")
        time.sleep(chance.uniform(0, 0.05))
        reader.child.send("3")
        time.sleep(chance.uniform(0, 0.05))
        reader.child.kill(signal.SIGKILL)
        reader.end()

        after = len(events(data)) if data.exists() else 0
        assert before + followed <= after <= before + followed + 1
        answers += followed
    assert_sound(data)
    figure(
        f"reviews: {rounds(60, 2)} killed at a terminal, {answers} answers acknowledged, 0 lost, 0 invented"
    )
