"""`quiz`: questions with one right answer, at a terminal and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from ailearn.learning.journal import open_to_read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import OwnFolder
    from tests.conftest import Result, Run


def results(home: Path) -> list[dict[str, Any]]:
    """The payloads of all results in the journal, with their subjects."""
    events = open_to_read(home / "ailearn" / "data").events()
    return [{"subject": one.subject, **one.payload} for one in events if one.kind == "result"]


def asked(run: Run, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run("quiz", *arguments, "--json").json["exercises"]
    return found


def at_terminal(run: Run, *arguments: str, keys: list[str], columns: int = 80) -> Result:
    """A quiz answered with a key a line."""
    typed = "".join(f"{key}\n" for key in keys)
    return run("quiz", *arguments, terminal=True, typed=typed, NO_COLOR="1", COLUMNS=str(columns))


def solid(text: str) -> str:
    return "".join(text.split())


def test_json_has_questions_with_their_answers_in_both_languages(run: Run) -> None:
    found = run("quiz", "--track", "models", "--seed", "5", "--count", "6", "--json").json

    assert found["seed"] == 5
    assert len(found["exercises"]) == 6
    for one in found["exercises"]:
        assert set(one) == {
            "kind", "entry", "of", "question", "options", "right", "explanation", "section", "source"
        }  # fmt: skip
        assert 1 <= one["right"] <= len(one["options"])
        for text in (one["question"], *one["options"], *one["explanation"]):
            assert text["en"]
            assert text["zh"]


def test_the_seed_alone_decides_whatever_the_language(run: Run) -> None:
    first = run("quiz", "--seed", "9", "--json")

    assert run("quiz", "--seed", "9", "--json", "--lang", "zh") == first
    assert run("quiz", "--seed", "10", "--json") != first


def test_without_a_seed_the_one_that_was_drawn_is_told(run: Run) -> None:
    found = run("quiz", "resnet", "--json")

    assert run("quiz", "resnet", "--json", "--seed", str(found.json["seed"])) == found


def test_without_a_terminal_it_prints_a_record_a_question_and_records_nothing(
    run: Run, own_folders: Path
) -> None:
    rows = run("quiz", "--seed", "5", "--count", "4").rows

    for row, one in zip(rows, asked(run, "--seed", "5", "--count", "4"), strict=True):
        assert row[:4] == [one["kind"], one["entry"], one["question"]["en"], str(one["right"])]
        assert row[7:] == [option["en"] for option in one["options"]]
    assert not (own_folders / "ailearn" / "data").exists()


def test_right_and_wrong_answers_are_explained_counted_and_recorded(run: Run, own_folders: Path) -> None:
    first, second = asked(run, "--seed", "3", "--count", "2")
    missed = first["right"] % len(first["options"]) + 1

    found = at_terminal(run, "--seed", "3", "--count", "2", keys=[str(missed), "", str(second["right"])])

    text = solid(found)
    assert found.exit == 0
    assert f"No, not {missed}. It is {first['right']}:" in found
    right = solid(first["options"][first["right"] - 1]["en"])
    assert text.count(right) == 2
    assert all(solid(line["en"]) in text for line in first["explanation"])
    assert "Right." in found
    assert f"Source: {first['entry']}" in found
    assert "1 of 2 right." in found
    assert first["entry"] in found.splitlines()[-1]
    assert results(own_folders) == [
        {"subject": one["entry"], "exercise": one["kind"], "right": right, "of": one["of"]}
        for one, right in ((first, False), (second, True))
    ]


def test_it_waits_for_a_key_that_is_on_offer_and_never_goes_on_by_itself(run: Run, own_folders: Path) -> None:
    found = at_terminal(run, "--seed", "3", "--count", "2", keys=["x", "7", "0", "2", "1", "5", "q"])

    assert "Question 2" not in found
    assert "of 1 right." in found
    assert len(results(own_folders)) == 1


@pytest.mark.parametrize("keys", [["q"], []])
def test_it_can_be_left_at_once_and_leaves_nothing_behind(
    run: Run, own_folders: Path, keys: list[str]
) -> None:
    found = at_terminal(run, keys=keys)

    assert found.exit == 0
    assert "0 of 0 right." in found
    assert not (own_folders / "ailearn" / "data").exists()


def test_full_width_digits_of_an_input_method_count(run: Run) -> None:
    (one,) = asked(run, "--seed", "3", "--count", "1")
    wide = chr(ord("０") + one["right"])

    assert "答对了" in at_terminal(run, "--seed", "3", "--count", "1", "--lang", "zh", keys=[wide])


def test_undo_takes_back_one_answer(run: Run, own_folders: Path) -> None:
    at_terminal(run, "--seed", "3", "--count", "1", keys=["1"])

    assert run("undo").exit == 0
    assert run("undo").exit == 1
    assert len(results(own_folders)) == 1, "events are never deleted"


@pytest.mark.parametrize("language", ["en", "zh", "both"])
@pytest.mark.parametrize("columns", [60, 80])
def test_no_line_is_wider_than_the_terminal(run: Run, language: str, columns: int) -> None:
    keys = ["1", ""] * 10
    found = at_terminal(run, "--seed", "6", "--lang", language, keys=keys, columns=columns)

    assert "10" in found
    assert max(map(cell_len, found.splitlines())) <= columns


def test_in_both_languages_the_chinese_stands_under_the_english(run: Run) -> None:
    (one,) = asked(run, "--seed", "3", "--count", "1")

    found = solid(at_terminal(run, "--seed", "3", "--count", "1", "--lang", "both", keys=["1"]))

    for text in (one["question"], *one["options"]):
        assert 0 <= found.index(solid(text["en"])) < found.index(solid(text["zh"]))


def test_drawn_for_paper_it_has_all_answers(run: Run) -> None:
    found = run("quiz", "--seed", "3", "--count", "3", "--color", "always")

    assert found.count("✓") == 3
    assert "1-4" not in found


def test_where_nothing_can_be_asked_the_answer_is_no(run: Run) -> None:
    found = run("quiz", "brook", "--track", "models")
    assert (found, found.exit) == ("", 1)
    assert "no quiz questions" in found.err


def test_own_entries_are_asked_about_too(run: Run, own: OwnFolder) -> None:
    own.add("mine", cards=[{
        "id": "why", "type": "why",
        "q": {"en": "Why mine?", "zh": "为什么是我的？"}, "a": {"en": "Just so.", "zh": "就这样。"},
    }])  # fmt: skip

    found = asked(run, "mine", "--content", str(own), "--seed", "1")

    (choice,) = [one for one in found if one["kind"] == "choice"]
    assert choice["of"] == ["mine/why"]
    assert choice["options"][choice["right"] - 1] == {"en": "Just so.", "zh": "就这样。"}


@pytest.mark.parametrize("arguments", ["no-such-entry", "--count 0", "--seed -1", "--track nope", "a b"])
def test_what_cannot_be_meant_is_an_error_with_a_hint(run: Run, arguments: str) -> None:
    found = run("quiz", *arguments.split())

    assert found.exit == (3 if arguments == "no-such-entry" else 2)
    assert "hint: " in found.err
