"""A sitting in which a model compares written answers with the cards, in a real terminal."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from tests.reader import Reader
from tests.tutor.server import ModelServer, Script, answer, failure

from ailearn.learning.journal import open_to_read

if sys.platform == "win32":
    pytest.skip("Windows has no pty", allow_module_level=True)

if TYPE_CHECKING:
    from tests.conftest import Run, Start

FIRST, SECOND = "resnet/degradation", "lora/cost"
PROPOSAL = {
    "points": [{"point": 1, "verdict": "partly", "quote": "error rises", "reason": "Where, you do not say."}],
    "misconception": "Overfitting it is not.",
    "reason": "Right in the main.",
    "grade": 2,
}
SAID = json.dumps(PROPOSAL)


Sit = Callable[..., Reader]


@pytest.fixture
def sit(start: Start, connected: ModelServer) -> Sit:
    """Begin `ailearn review --explain` with new cards of two entries, against a model that says `SAID`."""
    connected.say(SAID)

    def begin(*options: str, columns: int = 80, **environment: str) -> Reader:
        named = {"AILEARN_NOW": "2026-05-01T12:00:00Z", **environment}
        arguments = ("review", "resnet", "lora", "--explain", *options)
        return Reader(start(*arguments, columns=columns, lines=30, **named))

    return begin


def grades(folder: Path) -> list[tuple[str, str, object]]:
    journal = open_to_read(folder / "ailearn" / "data")
    found = [(one.kind, one.subject, one.payload.get("grade")) for one in journal.events()]
    journal.close()
    return found


def test_an_answer_is_written_compared_and_the_proposal_taken_with_enter(
    sit: Sit, connected: ModelServer, own_folders: Path
) -> None:
    reader = sit()
    reader.sees(FIRST, "> _", "Enter show the answer", "other keys")
    reader.press("the error rises", "the error rises_", "Enter compare")
    shown = reader.press("\r", "partly covered, in your words: “error rises”", "accept 2", "q quit")
    assert "Where, you do not say." in shown
    assert "Overfitting it is not." in shown
    assert "Right in the main." in shown
    assert "the error rises" in connected.chats[0].prompt
    reader.press("\r", SECOND, "> _", "other keys")
    reader.child.send("\x03")
    assert "reviewed 1" in reader.end()
    assert reader.child.exitstatus == 130
    assert grades(own_folders) == [("review", FIRST, 2)]


def test_she_decides_otherwise_and_explains_as_ever(sit: Sit, own_folders: Path) -> None:
    reader = sit()
    reader.sees("other keys")
    reader.press("the error rises\r", "accept 2", "q quit")
    with_section = reader.press("e", "Problem", "accept 2", "q quit")
    assert "partly covered" not in with_section
    reader.press("e", "partly covered", "q quit")
    reader.press(" ", FIRST, "q quit")
    reader.press("4", SECOND, "other keys")
    reader.press("\x1b", "u undo", "q quit")
    reader.press("u", f"Undone: {FIRST}", "other keys")
    reader.press("\r", "1 again", "q quit")
    assert "takes" not in reader.press("\r", "4 easy", "q quit"), "what was proposed before is gone"
    reader.child.send("q")
    reader.end()
    assert [one[0] for one in grades(own_folders)] == ["review", "undo"]


def test_without_a_word_it_is_an_ordinary_card(sit: Sit, connected: ModelServer, own_folders: Path) -> None:
    reader = sit()
    reader.sees("other keys")
    reader.press("  \x7f", "Enter show the answer", "other keys")
    shown = reader.press("\r", "4 easy", "q quit")
    assert "takes" not in shown
    reader.press("\r", "4 easy", "q quit")
    reader.press("3", SECOND, "other keys")
    assert connected.chats == []
    assert grades(own_folders) == [("review", FIRST, 3)]


def test_the_keys_wait_behind_escape_and_what_is_written_stays(sit: Sit, connected: ModelServer) -> None:
    reader = sit()
    reader.sees("other keys")
    reader.press("qfsou", "qfsou_", "other keys")
    reader.press("\x1b", "> qfsou", "Enter compare", "w write an answer", "q quit")
    reader.press("f", "> qfsou", "Flagged.", "q quit")
    reader.press("w", "qfsou_", "other keys")
    reader.press("\x1b", "q quit")
    reader.press("s", SECOND, "> _", "other keys")
    assert connected.chats == []


def test_letters_are_taken_away_one_by_one_by_words_and_all(sit: Sit) -> None:
    reader = sit("--lang", "zh")
    reader.sees("其他按键")
    reader.press("误差 上升 了", "误差 上升 了_", "其他按键")
    reader.press("\x7f\x7f", "> 误差 上升_", "其他按键")
    reader.press("\x17", "> 误差_", "其他按键")
    reader.press("\x1b[A\x1b[3~！", "> 误差！_", "其他按键")
    reader.press("\x15", "> _", "回车 看答案")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (answer("I would rather talk."), "failed twice to answer in the required form"),
        (failure(401, {"error": {"message": "Incorrect API key provided"}}), "No proposal: "),
        (answer("No.", finish="content_filter"), "refused to do this"),
    ],
)
def test_a_model_that_fails_leaves_the_sitting_as_it_is(
    sit: Sit, connected: ModelServer, own_folders: Path, script: Script, reason: str
) -> None:
    connected._scripts = [script]
    reader = sit()
    reader.sees("other keys")
    shown = reader.press("the error rises\r", "Please", "4 easy", "q quit")
    assert "Please grade it yourself." in " ".join(shown.split())
    assert reason in " ".join(shown.split())
    assert "takes" not in shown
    assert "the error rises" in shown
    reader.press("3", SECOND, "other keys")
    assert grades(own_folders) == [("review", FIRST, 3)]


def test_ctrl_c_stops_the_model_and_not_the_sitting(
    sit: Sit, connected: ModelServer, own_folders: Path
) -> None:
    connected._scripts = [Script((b": wait\n\n",), stalls=20)]
    reader = sit()
    reader.sees("other keys")
    reader.press("the error rises\r", "is comparing your answer", "q quit")
    while not connected.chats:
        time.sleep(0.01)
    reader.press("\x03", "Stopped. Please grade it yourself.", "q quit")
    reader.press("1", SECOND, "other keys")
    assert grades(own_folders) == [("review", FIRST, 1)]


def test_an_enter_too_many_does_not_take_a_proposal_that_nobody_saw(
    sit: Sit, connected: ModelServer, own_folders: Path
) -> None:
    connected._scripts = [answer(SAID, size=200)._replace(pause=0.1)]
    reader = sit()
    reader.sees("other keys")
    reader.press("the error rises\r", "is comparing your answer", "q quit")
    reader.press("\r", "accept 2", "q quit")
    reader.press("1", SECOND, "other keys")
    assert grades(own_folders) == [("review", FIRST, 1)]


def test_a_window_of_another_size_keeps_what_is_written_and_proposed(sit: Sit) -> None:
    reader = sit(columns=100)
    reader.sees("other keys")
    reader.press("误差 rises " * 6, "other keys")
    for columns in (60, 72):
        reader.child.setwinsize(30, columns)
        drawn = reader.sees(FIRST, "rises _", "other keys")
        assert max(map(cell_len, drawn.splitlines())) <= columns
    reader.press("\r", "accept 2", "q quit")
    reader.child.setwinsize(30, 60)
    drawn = reader.sees(FIRST, "rises", "partly covered", "accept 2", "q quit")
    assert max(map(cell_len, drawn.splitlines())) <= 60


def test_a_dumb_terminal_takes_a_line(sit: Sit, own_folders: Path) -> None:
    reader = sit(TERM="dumb")
    reader.sees("other keys")
    reader.press("the error rises\n", "accept 2", "q quit")
    reader.press("\n", SECOND, "other keys")
    reader.child.send("q\n")
    shown = reader.end()
    assert "reviewed 1" in shown
    assert grades(own_folders) == [("review", FIRST, 2)]


def test_with_nothing_due_no_model_is_asked_for(run: Run) -> None:
    found = run("review", "--explain", terminal=True)
    assert found.exit == 0
    assert "Nothing is due" in found.err
    assert run("review", "resnet", "--explain", terminal=True).exit == 7
