"""`questions`: an answer in the reader's own words, what a good one holds, and her own grade."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from ailearn.learning.journal import open_to_read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import OwnFolder
    from tests.conftest import Result, Run


def results(home: Path) -> list[dict[str, Any]]:
    events = open_to_read(home / "ailearn" / "data").events()
    return [{"subject": one.subject, **one.payload} for one in events if one.kind == "result"]


def at_terminal(run: Run, *arguments: str, lines: list[str], columns: int = 80, **more: str) -> Result:
    typed = "".join(f"{line}\n" for line in lines)
    return run(
        "questions", *arguments, terminal=True, typed=typed, NO_COLOR="1", COLUMNS=str(columns), **more
    )


def solid(text: str) -> str:
    return "".join(text.split())


def test_an_answer_is_kept_with_the_grade_after_the_points_are_shown(run: Run, own_folders: Path) -> None:
    found = at_terminal(run, "resnet", lines=["A copy would do.", "So training fails.", "", "3", "q"])

    asked = run("questions", "resnet", "--json").json["questions"]
    assert found.exit == 0
    text = solid(found)
    assert solid(asked[0]["q"]["en"]) in text
    assert all(solid(point) in text for point in asked[0]["points"]["en"])
    assert solid(asked[1]["q"]["en"]) not in text
    assert results(own_folders) == [{
        "subject": "resnet", "exercise": "question", "of": ["resnet#1"], "right": True, "grade": 3,
        "text": "A copy would do.\nSo training fails.",
    }]  # fmt: skip


def test_all_three_questions_are_asked_one_after_the_other(run: Run, own_folders: Path) -> None:
    lines = ["第一", "", "1", "", "第二", "", "2", "", "第三", "", "4"]

    found = at_terminal(run, "残差网络", "--lang", "zh", lines=lines)

    assert found.exit == 0
    kept = [(one["of"], one["text"], one["grade"], one["right"]) for one in results(own_folders)]
    assert kept == [
        (["resnet#1"], "第一", 1, False),
        (["resnet#2"], "第二", 2, False),
        (["resnet#3"], "第三", 4, True),
    ]


def test_the_points_wait_until_something_was_written_or_skipped(run: Run) -> None:
    before = at_terminal(run, "resnet", lines=[])
    skipped = at_terminal(run, "resnet", lines=["", "q"])

    point = solid(run("questions", "resnet", "--json").json["questions"][0]["points"]["en"][0])
    assert point not in solid(before)
    assert point in solid(skipped)
    assert "so nothing was recorded" in skipped.err


@pytest.mark.parametrize("lines", [[], ["", "q"], ["", ""], ["An answer", "", "q"]])
def test_without_an_answer_and_a_grade_nothing_is_recorded(
    run: Run, own_folders: Path, lines: list[str]
) -> None:
    assert at_terminal(run, "resnet", lines=lines).exit == 0
    assert not (own_folders / "ailearn" / "data").exists()


def test_the_editor_takes_answers_of_any_length(run: Run, own_folders: Path, tmp_path: Path) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        "import pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "assert path.suffix == '.md'\n"
        "path.write_text('One.\\n\\nTwo, after an empty line.\\n', encoding='utf-8')\n"
    )
    editor = shlex.join((sys.executable, str(script)))

    found = at_terminal(run, "resnet", "--editor", lines=["4", "q"], EDITOR=editor)

    assert found.exit == 0
    assert [one["text"] for one in results(own_folders)] == ["One.\n\nTwo, after an empty line."]


def test_without_an_editor_it_says_what_to_set(run: Run) -> None:
    found = at_terminal(run, "resnet", "--editor", lines=[])

    assert found.exit == 6
    assert "EDITOR" in found.err


def test_json_and_plain_list_questions_and_points(run: Run) -> None:
    found = run("questions", "resnet", "--json").json

    shown = run("show", "resnet", "--json").json
    assert found["questions"] == shown["questions"]
    assert found["entry"]["id"] == "resnet"
    rows = run("questions", "resnet", "--lang", "zh").rows
    assert [row[2] for row in rows if row[1] == "question"] == [one["q"]["zh"] for one in shown["questions"]]
    assert [row[2] for row in rows if row[:2] == ["2", "point"]] == shown["questions"][1]["points"]["zh"]


@pytest.mark.parametrize("form", [["--json"], ["--plain"]])
def test_other_forms_ask_nothing_at_a_terminal_either(run: Run, own_folders: Path, form: list[str]) -> None:
    assert at_terminal(run, "resnet", *form, lines=["x", "", "3"]) == run("questions", "resnet", *form)
    assert not (own_folders / "ailearn" / "data").exists()


def test_an_entry_without_questions_sends_the_reader_to_the_quiz(run: Run, own: OwnFolder) -> None:
    own.add("mine")

    found = run("questions", "mine", "--content", str(own))

    assert (found, found.exit) == ("", 1)
    assert "ailearn quiz mine" in found.err
    assert run("questions", "no-such-entry").exit == 3


@pytest.mark.parametrize("language", ["en", "zh", "both"])
@pytest.mark.parametrize("columns", [60, 80])
def test_no_line_is_wider_than_the_terminal(run: Run, language: str, columns: int) -> None:
    lines = ["x", "", "3", ""] * 3
    found = at_terminal(run, "transformer", "--lang", language, lines=lines, columns=columns)

    assert len(found.splitlines()) > 15
    assert max(map(cell_len, found.splitlines())) <= columns
