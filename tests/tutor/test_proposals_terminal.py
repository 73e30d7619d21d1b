"""Grades and cards that a model proposes, decided on with single keys in a real terminal."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.reader import rest_of
from tests.tutor.server import ModelServer, Script

from ailearn.learning.journal import open_to_read

if sys.platform == "win32":
    pytest.skip("Windows has no pty", allow_module_level=True)

if TYPE_CHECKING:
    from tests.conftest import Run, Start

CTRL_C = "\x03"


def proposal(question: dict[str, Any]) -> str:
    numbers = range(1, len(question["points"]["en"]) + 1)
    points = [{"point": number, "verdict": "met", "quote": "", "reason": "It is."} for number in numbers]
    return json.dumps({"points": points, "misconception": "", "reason": "All there.", "grade": 4})


def results(home: Path) -> list[dict[str, Any]]:
    events = open_to_read(home / "ailearn" / "data").events()
    return [one.payload for one in events if one.kind == "result"]


@pytest.fixture
def asked(run: Run, connected: ModelServer) -> list[dict[str, Any]]:
    """The questions of ResNet, with a model that finds every point in each answer."""
    found: list[dict[str, Any]] = run("questions", "resnet", "--json").json["questions"]
    connected.say(*map(proposal, found))
    return found


def test_a_proposal_is_taken_with_enter_or_overruled_with_a_key(
    start: Start, asked: list[dict[str, Any]], own_folders: Path
) -> None:
    child = start("questions", "resnet", "--grade")
    for key in ("\r", "2"):
        child.expect_exact("finish with an empty line.")
        child.sendline("A copy would do.")
        child.sendline("")
        child.expect_exact("proposes 4")
        child.expect_exact("Enter accepts 4, q quit: ")
        child.send(f"x9{key}")
        child.expect_exact("q: quit: ")
        child.send("\r")
    child.expect_exact("finish with an empty line.")
    child.send(CTRL_C)
    rest_of(child)
    assert child.exitstatus == 130
    assert [one["grade"] for one in results(own_folders)] == [4, 2]


def test_ctrl_c_stops_the_model_and_keeps_what_was_written(
    start: Start, connected: ModelServer, own_folders: Path
) -> None:
    connected.play(Script((b": wait\n\n",), stalls=20))
    child = start("questions", "resnet", "--grade")
    child.expect_exact("finish with an empty line.")
    child.sendline("A copy would do.")
    child.sendline("")
    child.expect_exact("is comparing your answer")
    while not connected.chats:
        time.sleep(0.01)
    child.send(f"\r{CTRL_C}")
    child.expect_exact("Please grade it yourself.")
    child.expect_exact("q quit: ")
    child.send("3")
    child.expect_exact("q: quit: ")
    child.send("q")
    rest_of(child)
    assert [(one["grade"], one["text"]) for one in results(own_folders)] == [(3, "A copy would do.")]


def test_cards_are_kept_changed_and_dropped_with_single_keys(
    start: Start, run: Run, connected: ModelServer, own_folders: Path, tmp_path: Path
) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text(
        "Shortcuts are free of cost. Gates are never used. Depth goes up to 152.", encoding="utf-8"
    )
    texts = [
        (
            "What do shortcuts cost?",
            "捷径要花多少？",
            "Nothing.",
            "什么也不花。",
            "Shortcuts are free of cost.",
        ),
        ("Is anything gated?", "有门控吗？", "No, never.", "从来没有。", "Gates are never used."),
        ("How deep is it?", "它有多深？", "152 layers.", "152 层。", "Depth goes up to 152."),
    ]
    cards = [
        {"type": "why", "q": {"en": q, "zh": w}, "a": {"en": a, "zh": d}, "excerpt": excerpt}
        for q, w, a, d, excerpt in texts
    ]
    connected.say(json.dumps({"cards": cards}))
    editor = f"{sys.executable} -c \"import sys,pathlib; p=pathlib.Path(sys.argv[1]); " \
        "p.write_text(p.read_text('utf-8').replace('No, never.', 'Never.'), 'utf-8')\""  # fmt: skip
    child = start("cards", "suggest", "resnet", "--from", str(notes), "--lang", "both", EDITOR=editor)
    child.expect_exact("Shortcuts are free of cost")
    child.expect_exact("q quit: ")
    child.send("x\x1b[An")
    child.expect_exact("Card 2 of 3")
    child.expect_exact("q quit: ")
    child.send("e")
    child.expect_exact("  Never.")
    child.expect_exact("q quit: ")
    child.send("y")
    child.expect_exact("Kept as resnet/own-anything-gated.")
    child.expect_exact("Card 3 of 3")
    child.expect_exact("q quit: ")
    child.send(CTRL_C)
    rest_of(child)
    assert child.exitstatus == 130
    kept = [
        one
        for one in run("show", "resnet", "--cards", "--json").json["cards"]
        if one["id"].startswith("own-")
    ]
    assert [(one["id"], one["a"]["en"]) for one in kept] == [("own-anything-gated", "Never.")]
