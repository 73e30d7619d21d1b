"""`review` as other programs drive it, and what it says when there is nothing to do."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ailearn.catalog.study import Study
from ailearn.learning.clock import moment
from ailearn.learning.events import REVIEW, STATUS, Event
from ailearn.learning.journal import merge, open_to_read, open_to_write, record

if TYPE_CHECKING:
    from tests.cli.conftest import OwnFolder
    from tests.conftest import Result, Run

FIRST = datetime(2026, 5, 1, 12, tzinfo=UTC)
# Says at the end of the process which modules it holds.
WATCHED = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, sep="\\n", file=sys.stderr))
from ailearn.__main__ import entry_point
entry_point()
"""
HEAVY = {"fsrs", "rich", "yaml", "pydantic", "rapidfuzz", "asyncio", "logging", "webbrowser"}
FIELDS = {
    "key", "entry", "type", "q", "a", "state", "due", "overdue", "reviews", "lapses", "changed", "flagged",
}  # fmt: skip


def on(day: int) -> str:
    """The time to set the clock to, so many days after the first."""
    return (FIRST + timedelta(days=day)).isoformat()


@pytest.fixture
def data(own_folders: Path) -> Path:
    return own_folders / "ailearn" / "data"


@pytest.fixture
def graded(run: Run) -> None:
    """Two cards were reviewed on the first day: one comes back on the next, one later."""
    found = run("review", "--grade", "resnet/degradation=1", "--grade", "lora/cost=4", AILEARN_NOW=on(0))
    assert found.exit == 0


def test_without_a_journal_nothing_is_due_and_that_is_fine(run: Run, data: Path) -> None:
    found = run("review", "--json")

    assert (found.json, found.exit) == ([], 0)
    assert "Nothing is due" in found.err
    assert "ailearn start ID" in found.err
    assert not data.exists(), "looking makes nothing"


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Next due: 2026-05-02"), ("zh", "下次到期：2026-05-02")]
)
def test_when_nothing_is_due_the_next_day_is_named(run: Run, graded: None, language: str, words: str) -> None:
    found = run("review", "--lang", language, AILEARN_NOW=on(0))

    assert (found, found.exit) == ("", 0)
    assert words in found.err


def test_json_lists_what_is_due_with_all_that_is_known_of_it(run: Run, graded: None) -> None:
    found = run("review", "--json", AILEARN_NOW=on(2))

    assert [one["key"] for one in found.json] == ["resnet/degradation"]
    card = found.json[0]
    assert card.keys() == FIELDS
    assert card["q"].keys() == card["a"].keys() == {"en", "zh"}
    told = [card[name] for name in ("entry", "state", "due", "overdue", "reviews", "lapses")]
    assert told == ["resnet", "due", "2026-05-02", 1, 1, 0]
    assert (card["changed"], card["flagged"], found.err) == (False, False, "")


def test_json_lists_new_cards_of_a_named_entry(run: Run, data: Path) -> None:
    found = run("review", "残差网络", "--new", "3", "--json")

    assert [(one["entry"], one["state"], one["due"], one["overdue"]) for one in found.json] == [
        ("resnet", "new", None, None)
    ] * 3
    assert not data.exists()


@pytest.mark.parametrize("options", [["--plain"], [], ["--color", "always"]])
def test_where_nobody_can_answer_the_cards_are_listed_one_a_line(
    run: Run, graded: None, options: list[str]
) -> None:
    found = run("review", *options, AILEARN_NOW=on(2))

    assert [row[:5] for row in found.rows] == [["resnet/degradation", "due", "2026-05-02", "1", "problem"]]
    assert all(len(row) == 7 for row in found.rows)


def test_topic_and_track_choose(run: Run, graded: None) -> None:
    def keys(*options: str) -> list[str]:
        return [
            one["key"] for one in run("review", "--new", "0", "--json", *options, AILEARN_NOW=on(60)).json
        ]

    assert sorted(keys()) == ["lora/cost", "resnet/degradation"]
    assert keys("--topic", "fine-tuning") == ["lora/cost"]
    assert keys("--topic", "computer-vision,hardware") == ["resnet/degradation"]
    assert keys("--topic", "computer-vision", "--topic", "fine-tuning") == []
    assert set(keys("--track", "models")) <= {"lora/cost", "resnet/degradation"}
    assert keys("lora") == ["lora/cost"]


def test_limits_come_from_the_settings_and_options_stand_above_them(run: Run, data: Path) -> None:
    run("config", "set", "new_cards", "2")
    assert len(run("review", "resnet", "lora", "--json").json) == 2
    assert len(run("review", "resnet", "lora", "--new", "4", "--json").json) == 4
    assert len(run("review", "resnet", "lora", "--new", "4", "--limit", "3", "--json").json) == 3

    run("config", "set", "new_cards", "0")
    found = run("review", "resnet", "--json")
    assert (found.json, found.exit) == ([], 0)
    assert "`--new N`" in found.err


def test_when_the_day_is_done_that_is_said(run: Run, graded: None) -> None:
    run("config", "set", "reviews", "0")

    found = run("review", "--json", AILEARN_NOW=on(2))

    assert (found.json, found.exit) == ([], 0)
    assert "`--limit N`" in found.err
    assert len(run("review", "--limit", "5", "--json", AILEARN_NOW=on(2)).json) == 1


# Grades


def test_grades_are_recorded_and_what_follows_is_printed(run: Run, data: Path) -> None:
    found = run(
        "review", "--grade", "resnet/degradation=1", "--grade", "lora/cost=4", "--json", AILEARN_NOW=on(0)
    )

    first, second = found.json
    assert first == {
        "key": "resnet/degradation", "grade": 1, "due": "2026-05-02", "interval": 1, "leech": False
    }  # fmt: skip
    assert (second["key"], second["grade"]) == ("lora/cost", 4)
    assert (FIRST + timedelta(days=second["interval"])).date().isoformat() == second["due"]
    events = list(open_to_read(data).events())
    assert [(one.kind, one.subject, one.payload["grade"]) for one in events] == [
        (REVIEW, "resnet/degradation", 1),
        (REVIEW, "lora/cost", 4),
    ]
    assert events[0].payload["local"].startswith("2026-05-01T12:00")


def test_a_grade_prints_one_record_a_line(run: Run) -> None:
    found = run("review", "--grade", "resnet/degradation=1", AILEARN_NOW=on(0))

    assert found.rows == [["resnet/degradation", "1", "2026-05-02", "1"]]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_terminal_shows_what_a_grade_leads_to(run: Run, language: str) -> None:
    found = run(
        "review", "--grade", "resnet/degradation=1", "--lang", language, terminal=True, AILEARN_NOW=on(0)
    )

    assert "resnet/degradation" in found
    assert "2026-05-02" in found
    assert ("again" if language == "en" else "忘了") in found


BAD_GRADES = ("resnet/degradation=5", "resnet/degradation=0", "resnet/degradation", "=3", "lora/cost=x",
              "lora/cost=３", "lora/cost=")  # fmt: skip


@pytest.mark.parametrize("value", BAD_GRADES)
def test_a_bad_grade_is_wrong_usage_and_leaves_nothing_behind(run: Run, data: Path, value: str) -> None:
    found = run("review", "--grade", "resnet/degradation=3", "--grade", value)

    assert (found, found.exit) == ("", 2)
    assert "hint: " in found.err
    assert not data.exists()


@pytest.mark.parametrize(
    ("key", "hint"),
    [("resnet/nope", "resnet/degradation"), ("resnet", "resnet/degradation"), ("resnte/nope", "resnet")],
)
def test_a_bad_card_is_no_such_entry_and_the_hint_names_others(
    run: Run, data: Path, key: str, hint: str
) -> None:
    found = run("review", "--grade", f"{key}=3")

    assert (found, found.exit) == ("", 3)
    assert hint in found.err.split("hint: ")[1]
    assert not data.exists()


def test_the_same_card_twice_is_wrong_usage(run: Run, data: Path) -> None:
    assert run("review", "--grade", "lora/cost=3", "--grade", "lora/cost=1").exit == 2
    assert not data.exists()


@pytest.mark.parametrize("others", [["resnet"], ["--topic", "hardware"], ["--unsuspend", "lora/cost"]])
def test_grades_and_what_to_review_do_not_go_together(run: Run, others: list[str]) -> None:
    assert run("review", *others, "--grade", "lora/cost=3").exit == 2


@pytest.mark.parametrize(
    "options", [["--new", "-1"], ["--limit", "0"], ["--topic", "nope"], ["--track", "x"]]
)
def test_numbers_and_names_that_cannot_be_meant_are_wrong_usage(run: Run, options: list[str]) -> None:
    assert run("review", *options).exit == 2


def test_an_entry_that_does_not_exist_is_an_error(run: Run) -> None:
    assert run("review", "no-such-entry").exit == 3


# Cards that were set aside


def test_a_leech_is_announced_listed_and_brought_back(run: Run) -> None:
    def grade(day: int) -> Result:
        return run("review", "--grade", "lora/cost=1", "--json", AILEARN_NOW=on(day))

    told = [grade(day) for day in range(9)]

    assert [one.json[0]["leech"] for one in told] == [False] * 8 + [True]
    assert "--unsuspend lora/cost" in told[-1].err
    assert all(one.err == "" for one in told[:-1])
    assert run("review", "--json", AILEARN_NOW=on(20)).json == []

    other = run("review", "--unsuspend", "resnet/degradation")
    assert (other.exit, "lora/cost" in other.err.split("hint: ")[1]) == (1, True)
    back = run("review", "--unsuspend", "lora/cost", AILEARN_NOW=on(20))
    assert (back.exit, "lora/cost" in back.err) == (0, True)
    again = run("review", "--json", AILEARN_NOW=on(20)).json
    assert [(one["key"], one["lapses"]) for one in again] == [("lora/cost", 8)]


def test_a_card_that_does_not_exist_cannot_be_brought_back(run: Run, data: Path) -> None:
    assert run("review", "--unsuspend", "lora/nope").exit == 3
    assert run("review", "--unsuspend", "lora/cost").exit == 1
    assert not data.exists()


# Cards that change


def test_an_edited_card_keeps_its_progress_and_a_removed_one_its_history(
    run: Run, own: OwnFolder, data: Path
) -> None:
    def card(name: str, answer: str) -> dict[str, object]:
        both = {"en": answer, "zh": answer}
        return {"id": name, "type": "why", "q": both, "a": both}

    def due() -> list[tuple[str, bool, int]]:
        found = run("review", "--json", "--content", str(own), AILEARN_NOW=on(1)).json
        return [(one["key"], one["changed"], one["reviews"]) for one in found]

    own.add("mine", cards=[card("first", "One."), card("second", "Two.")])
    grades = ("--grade", "mine/first=1", "--grade", "mine/second=1")
    assert run("review", *grades, "--content", str(own), AILEARN_NOW=on(0)).exit == 0
    assert sorted(due()) == [("mine/first", False, 1), ("mine/second", False, 1)]

    own.add("mine", cards=[card("first", "Another one.")])
    assert due() == [("mine/first", True, 1)]
    assert {one.subject for one in open_to_read(data).events()} == {"mine/first", "mine/second"}

    own.add("mine", cards=[card("first", "Another one."), card("second", "Two.")])
    run("review", "--grade", "mine/first=1", "--content", str(own), AILEARN_NOW=on(1))
    assert due() == [("mine/second", False, 1)]


# The start


def test_listing_with_a_large_journal_loads_no_more_than_other_reads(
    study: Study, data: Path, run: Run
) -> None:
    keys = [row[0] for row in study.connection.execute("SELECT key FROM card ORDER BY key")]
    subjects = (keys + [f"own-{number}/why" for number in range(500)])[:500]
    journal = open_to_write(data, "2026-05-01")
    device = "elsewhere"
    events = (
        Event(
            f"{number:032x}", f"{number:032x}", device, moment(time, 4).at, moment(time, 4).day, REVIEW,
            subjects[number % 500], {"grade": 3, "retention": 0.9, "answer": ""}, number + 1,
        )
        for number in range(20_000)
        if (time := FIRST - timedelta(minutes=(20_000 - number)))
    )  # fmt: skip
    assert merge(journal, events) == 20_000
    record(journal, moment(FIRST, 4), STATUS, {"resnet": {"status": "read"}})
    journal.close()

    command = [sys.executable, "-c", WATCHED, "review", "--json", "--limit", "400"]
    run("papers")
    found = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)

    assert len(json.loads(found.stdout)) > 100
    names = set(found.stderr.splitlines())
    assert "ailearn.learning.review" in names
    assert names & (HEAVY) == set()
    others = {f"ailearn.cli.{name}" for name in ("lists", "reading", "overview", "program")}
    assert names & others == set()
