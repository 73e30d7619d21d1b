"""Exercises in a real terminal: one key answers, other keys do nothing, Ctrl-C keeps what was answered."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from tests.reader import rest_of, wait_for_end, without_escapes

from ailearn.learning.journal import open_to_read

if TYPE_CHECKING:
    from tests.conftest import Run, Start

if sys.platform == "win32":
    pytest.skip("Windows has no pty", allow_module_level=True)

ARROW_UP, CTRL_C = "\x1b[A", "\x03"


def results(home: Path) -> list[dict[str, Any]]:
    events = open_to_read(home / "ailearn" / "data").events()
    return [one.payload for one in events if one.kind == "result"]


def test_one_key_answers_and_others_are_passed_over(start: Start, run: Run, own_folders: Path) -> None:
    first, second = run("quiz", "--seed", "3", "--count", "2", "--json").json["exercises"]
    child = start("quiz", "--seed", "3", "--count", "2")
    child.expect_exact("q to quit: ")
    child.send(f"x9{ARROW_UP}\x1bOP{first['right']}")
    child.expect_exact("Right.")
    child.expect_exact("Enter: continue, q: quit: ")
    child.send(f"7{ARROW_UP} ")
    child.expect_exact("q to quit: ")
    child.send(str(second["right"]))
    assert "2 of 2 right." in rest_of(child)
    assert child.exitstatus == 0
    assert [one["right"] for one in results(own_folders)] == [True, True]


def test_ctrl_c_ends_a_quiz_quietly_and_keeps_what_was_answered(start: Start, own_folders: Path) -> None:
    child = start("quiz", "--seed", "3")
    child.expect_exact("q to quit: ")
    child.send("1")
    child.expect_exact("q: quit: ")
    child.send("\r")
    child.expect_exact("q to quit: ")
    child.send(CTRL_C)
    assert rest_of(child).strip() in ("", "^C")
    assert child.exitstatus == 130
    assert len(results(own_folders)) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_quiz_that_is_told_to_end_leaves_the_terminal_as_it_was(
    start: Start, own_folders: Path, number: int
) -> None:
    import termios

    child = start("quiz", "--seed", "3")
    before = termios.tcgetattr(child.fileno())
    child.expect_exact("q to quit: ")
    child.send("1")
    child.expect_exact("q: quit: ")
    child.kill(number)
    wait_for_end(child)
    assert termios.tcgetattr(child.fileno())[3] == before[3]
    assert "Traceback" not in rest_of(child)
    assert child.exitstatus == 128 + number
    assert len(results(own_folders)) == 1


def test_the_terminal_shows_what_is_typed_again_after_a_key_was_read(start: Start, own_folders: Path) -> None:
    child = start("questions", "resnet", "--lang", "zh", columns=60)
    for number, text in enumerate(("照抄就行，训练没找到。", "第二个答案"), start=1):
        child.expect_exact("空一行结束。")
        child.sendline(text)
        child.expect_exact(text)
        child.sendline("")
        child.expect_exact("q 结束：")
        child.send(str(number))
        child.expect_exact("q 结束：")
        child.send("\r" if number == 1 else "q")
    rest_of(child)
    assert child.exitstatus == 0
    assert [(one["text"], one["grade"]) for one in results(own_folders)] == [
        ("照抄就行，训练没找到。", 1),
        ("第二个答案", 2),
    ]


def test_ctrl_c_in_a_placement_marks_nothing(start: Start, own_folders: Path) -> None:
    child = start("place", "models")
    for _ in range(3):
        child.expect_exact("q: quit: ")
        child.send("\r")
        child.expect_exact("n no, q quit: ")
        child.send("y")
    child.expect_exact("3 of 3: known")
    child.expect_exact("q: quit: ")
    child.send(CTRL_C)
    rest_of(child)
    assert child.exitstatus == 130
    assert not (own_folders / "ailearn" / "data").exists()


@pytest.mark.parametrize("columns", [80, 60])
def test_questions_fit_the_window_that_the_terminal_has(start: Start, columns: int) -> None:
    child = start("quiz", "--seed", "8", "--lang", "both", columns=columns)
    child.expect_exact("q to quit: ")
    lines = without_escapes(str(child.before)).splitlines()
    assert columns - 8 <= max(map(cell_len, lines)) <= columns


def test_a_dumb_terminal_will_do(start: Start, own_folders: Path) -> None:
    child = start("quiz", "--seed", "3", "--count", "1", TERM="dumb")
    child.expect_exact("q to quit: ")
    assert "\x1b" not in str(child.before)
    child.send("1")
    assert "of 1 right." in rest_of(child)
    assert len(results(own_folders)) == 1
