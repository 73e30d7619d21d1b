"""A week of study with two devices: what is recorded on either, and what both know in the end.

The reader studies in Shanghai until Wednesday and in Berlin from then on. The clock is frozen for every
command; what should come out is worked out here from the days and grades by themselves.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ailearn.learning import schedule
from ailearn.learning.derive import CardState
from ailearn.learning.journal import open_to_read

if TYPE_CHECKING:
    from tests.conftest import Result, Run

SHANGHAI, BERLIN = "+08:00", "+02:00"
PROBLEM, AUGMENTATION, CONTEXT, MOSES = (
    "alexnet/problem", "alexnet/augmentation", "attention/context", "attention/moses"
)  # fmt: skip

# The first answer is recorded; of the second the event is written but not yet committed.
CRASHING = """
import sys, time
from ailearn.cli.boundary import main
from ailearn.learning import journal
assert main(["review", "--grade", sys.argv[1]]) == 0
def hang(*arguments):
    sys.stderr.write("in the middle\\n")
    sys.stderr.flush()
    time.sleep(60)
journal._derive = hang
main(["review", "--grade", sys.argv[2]])
"""


class Device:
    """A device with folders of its own, on which commands run at a given time."""

    def __init__(self, run: Run, home: Path, shared: Path) -> None:
        self.home = home
        self._run = run
        self._shared = str(shared)

    def __call__(self, now: str, *arguments: str) -> Result:
        found = self._run(*arguments, AILEARN_HOME=str(self.home), AILEARN_NOW=now)
        assert found.exit == 0, found.err
        return found

    def grade(self, now: str, *grades: str) -> None:
        self(now, "review", *(word for one in grades for word in ("--grade", one)))

    def sync(self, now: str) -> tuple[int, int]:
        """What was sent and received."""
        found = self(now, "sync", self._shared, "--json").json
        return found["sent"], found["received"]

    def crash(self, now: str, *grades: str) -> None:
        """Kill the program while it records the last of two grades."""
        environ = {**os.environ, "AILEARN_HOME": str(self.home), "AILEARN_NOW": now}
        command = [sys.executable, "-c", CRASHING, *grades]
        with subprocess.Popen(
            command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            assert any("in the middle" in line for line in process.stderr), "it came that far"
            process.kill()
        assert process.returncode in (-getattr(signal, "SIGKILL", 9), 1)

    def statuses(self, now: str) -> dict[str, str]:
        found = self(now, "list", "--json").json
        states = {one["id"]: one["progress"]["status"] for one in found}
        return {one: status for one, status in states.items() if status != "unread"}

    def cards(self) -> dict[str, CardState]:
        journal = open_to_read(self.home / "data")
        try:
            return journal.cards()
        finally:
            journal.close()

    def events(self) -> list[str]:
        journal = open_to_read(self.home / "data")
        try:
            return [f"{event.day} {event.kind} {event.subject}" for event in journal.events()]
        finally:
            journal.close()


@pytest.fixture
def device(run: Run, own_folders: Path, tmp_path: Path) -> Callable[[str], Device]:
    def make(name: str) -> Device:
        home = own_folders / name
        home.mkdir()
        (home / "cache").symlink_to(own_folders / "ailearn" / "cache")
        return Device(run, home, tmp_path / "shared")

    return make


def memory(key: str, *reviews: tuple[str, int]) -> schedule.Memory | None:
    """What is left in memory of a card after reviews on these study days."""
    found = None
    for day, grade in reviews:
        found = schedule.after_review(found, key, day, grade, 0.9)
    return found


def study_for_a_week(laptop: Device, phone: Device) -> None:
    # Monday: a beginning on the laptop; the last card after midnight still belongs to Monday.
    laptop(f"2026-05-04T20:00:00{SHANGHAI}", "read", "alexnet", "attention")
    laptop.grade(f"2026-05-04T21:00:00{SHANGHAI}", f"{PROBLEM}=3", f"{CONTEXT}=1")
    laptop.grade(f"2026-05-05T01:30:00{SHANGHAI}", f"{AUGMENTATION}=2")
    assert laptop.sync(f"2026-05-05T01:40:00{SHANGHAI}") == (5, 0)
    # Tuesday: the phone knows all that, and has the card that was failed.
    assert phone.sync(f"2026-05-05T08:00:00{SHANGHAI}") == (0, 5)
    due = phone(f"2026-05-05T08:01:00{SHANGHAI}", "review", "--json").json
    assert CONTEXT in str(due)
    phone.grade(f"2026-05-05T08:05:00{SHANGHAI}", f"{CONTEXT}=3")
    # Wednesday: the clock goes back by six hours. Evening in Shanghai, the same evening again in Berlin.
    phone.grade(f"2026-05-06T22:00:00{SHANGHAI}", f"{AUGMENTATION}=3")
    phone(f"2026-05-06T22:30:00{BERLIN}", "start", "distillation")
    phone.sync(f"2026-05-06T22:31:00{BERLIN}")
    # Thursday: the laptop, still on Shanghai's time, loses its power while it records an answer.
    laptop.crash(f"2026-05-07T15:00:00{SHANGHAI}", f"{MOSES}=3", f"{PROBLEM}=1")
    laptop.sync(f"2026-05-07T15:10:00{SHANGHAI}")
    # Friday: a slip on the phone, and one on the laptop, both taken back.
    phone(f"2026-05-08T10:00:00{BERLIN}", "skip", "ppo")
    assert "ppo" in phone(f"2026-05-08T10:01:00{BERLIN}", "undo")
    laptop.grade(f"2026-05-08T18:00:00{BERLIN}", f"{PROBLEM}=1")
    laptop(f"2026-05-08T18:01:00{BERLIN}", "undo")
    # Saturday, offline: both go on with the same things, the phone as the last of more.
    laptop(f"2026-05-09T09:00:00{BERLIN}", "know", "distillation")
    laptop.grade(f"2026-05-09T09:05:00{BERLIN}", f"{PROBLEM}=4")
    phone("2026-05-09T10:55:00+02:00", "note", "resnet", "捷径")
    phone(f"2026-05-09T11:00:00{BERLIN}", "read", "distillation")
    phone.grade(f"2026-05-10T03:30:00{BERLIN}", f"{PROBLEM}=3")


EXPECTED = {
    # The two grades of Saturday are one day's: the later one does not count as a day between.
    PROBLEM: (("2026-05-04", 3), ("2026-05-09", 4), ("2026-05-09", 3)),
    AUGMENTATION: (("2026-05-04", 2), ("2026-05-06", 3)),
    CONTEXT: (("2026-05-04", 1), ("2026-05-05", 3)),
    MOSES: (("2026-05-07", 3),),
}
SUNDAY = f"2026-05-10T12:00:00{BERLIN}"


@pytest.mark.parametrize("order", [("laptop", "phone"), ("phone", "laptop")])
def test_both_devices_come_out_right(device: Callable[[str], Device], order: tuple[str, str]) -> None:
    devices = {name: device(name) for name in ("laptop", "phone")}
    laptop, phone = devices["laptop"], devices["phone"]
    study_for_a_week(laptop, phone)

    for name in (*order, *order):
        devices[name].sync(SUNDAY)

    for one in (laptop, phone):
        assert one.sync(SUNDAY) == (0, 0), "all is where it belongs"
        assert one.statuses(SUNDAY) == {"alexnet": "read", "attention": "read", "distillation": "read"}
        states = one.cards()
        assert {key: card.memory for key, card in states.items()} == {
            key: memory(key, *reviews) for key, reviews in EXPECTED.items()
        }
        assert {key: card.introduced for key, card in states.items()} == {
            key: reviews[0][0] for key, reviews in EXPECTED.items()
        }
        assert one(SUNDAY, "show", "resnet", "--json").json["progress"]["note"] == "捷径"
    assert laptop.events() == phone.events()
    for command in ("progress", "next", "review"):
        assert laptop(SUNDAY, command, "--json") == phone(SUNDAY, command, "--json")


def test_a_study_day_stays_what_it_was_where_it_was(device: Callable[[str], Device]) -> None:
    laptop, phone = device("laptop"), device("phone")
    study_for_a_week(laptop, phone)
    for one in (laptop, phone, laptop):
        one.sync(SUNDAY)

    found = laptop(SUNDAY, "progress", "--json").json["days"]

    assert found == {
        "2026-05-04": 3, "2026-05-05": 1, "2026-05-06": 2, "2026-05-07": 1, "2026-05-09": 5
    }  # fmt: skip
    assert phone(f"2026-05-10T12:00:00{SHANGHAI}", "progress", "--json").json["days"] == found


def test_the_crash_lost_only_the_answer_that_was_being_recorded(device: Callable[[str], Device]) -> None:
    laptop = device("laptop")
    laptop(f"2026-05-06T20:00:00{SHANGHAI}", "read", "alexnet")
    now = f"2026-05-07T15:00:00{SHANGHAI}"
    laptop.crash(now, f"{MOSES}=3", f"{PROBLEM}=1")

    assert laptop.events() == ["2026-05-06 status alexnet", f"2026-05-07 review {MOSES}"]
    assert laptop.cards().keys() == {MOSES}
    checked: list[list[str]] = laptop(now, "doctor", "--plain").rows
    assert [row[0] for row in checked if row[1] == "journal"] == ["ok"]
    laptop.grade(now, f"{PROBLEM}=1")
    assert laptop.cards().keys() == {MOSES, PROBLEM}


def test_a_device_that_lost_its_journal_gets_it_back_from_the_folder(
    device: Callable[[str], Device],
) -> None:
    laptop, phone = device("laptop"), device("phone")
    study_for_a_week(laptop, phone)
    for one in (laptop, phone, laptop):
        one.sync(SUNDAY)
    tablet = device("tablet")

    tablet.sync(SUNDAY)

    assert tablet.events() == laptop.events()
    assert tablet.cards() == laptop.cards()
    same: Any = tablet(SUNDAY, "progress", "--json")
    assert same == laptop(SUNDAY, "progress", "--json")
