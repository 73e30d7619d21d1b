"""`place`: three cards for each entry of a track, and what is known is marked at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Result, Run


def at_terminal(run: Run, knew: str, *arguments: str, columns: int = 80, track: str = "models") -> Result:
    """A placement in which each letter of `knew` answers a card: y, n, or q to end."""
    typed = "".join("q\n" if key == "q" else f"\n{key}\n" for key in knew)
    return run("place", track, *arguments, terminal=True, typed=typed, NO_COLOR="1", COLUMNS=str(columns))


def statuses(run: Run) -> dict[str, str]:
    entries = run("list", "--json").json
    return {one["id"]: one["progress"]["status"] for one in entries if one["progress"]["status"] != "unread"}


def test_entries_of_which_two_cards_of_three_were_known_are_marked(run: Run) -> None:
    found = at_terminal(run, "yyyynnynynnnnyn")

    assert found.exit == 0
    assert statuses(run) == {"alexnet": "known", "distillation": "known"}
    assert "2 of 3: known" in found
    end = found[found.index("Marked as known") :]
    assert "alexnet" in end
    assert "distillation" in end
    assert "ailearn undo" in end


def test_one_undo_takes_back_all_that_was_marked(run: Run) -> None:
    at_terminal(run, "yyyyyyyyynnnnnn")
    assert len(statuses(run)) == 3

    assert run("undo").exit == 0

    assert statuses(run) == {}


def test_it_stops_after_two_entries_in_a_row_that_are_not_known(run: Run) -> None:
    found = at_terminal(run, "nnnyyynnynnn" + "yyy" * 6)

    steps = [step["id"] for step in run("tracks", "models", "--json").json[0]["steps"]]
    assert "stopped before the end" in found
    assert statuses(run) == {steps[1]: "known"}


def test_who_knows_everything_gets_to_the_end_of_the_track(run: Run) -> None:
    found = at_terminal(run, "yyy" * 10)

    steps = [step["id"] for step in run("tracks", "models", "--json").json[0]["steps"]]
    assert "stopped" not in found
    assert statuses(run) == dict.fromkeys(steps, "known")
    again = run("place", "models")
    assert (again, again.exit) == ("", 1)
    assert "ailearn next" in again.err


@pytest.mark.parametrize(("knew", "marked"), [("q", {}), ("yyq", {}), ("yyyq", {"alexnet": "known"})])
def test_q_ends_it_and_keeps_what_was_finished(run: Run, knew: str, marked: dict[str, str]) -> None:
    assert at_terminal(run, knew).exit == 0
    assert statuses(run) == marked


def test_when_nothing_was_known_nothing_is_recorded(run: Run, own_folders: Path) -> None:
    found = at_terminal(run, "nnnnnn")

    assert "Nothing was marked." in found
    assert not (own_folders / "ailearn" / "data").exists()


def test_entries_read_or_known_are_not_asked_about_but_skipped_ones_are(run: Run) -> None:
    run("read", "alexnet")
    run("know", "attention")
    run("skip", "distillation")

    found = run("place", "models", "--json").json

    asked = [one["entry"]["id"] for one in found["entries"]]
    assert asked[0] == "distillation"
    assert not {"alexnet", "attention"} & set(asked)
    assert sorted(found["learnt"]) == ["alexnet", "attention"]


def test_json_and_plain_list_the_cards_and_record_nothing(run: Run, own_folders: Path) -> None:
    found = run("place", "模型结构的演进", "--json").json

    assert found["track"] == "models"
    rows = run("place", "models", "--lang", "zh").rows
    cards = [(one["entry"]["id"], card) for one in found["entries"] for card in one["cards"]]
    assert rows == [[f"{entry}/{card['id']}", card["q"]["zh"], card["a"]["zh"]] for entry, card in cards]
    assert len(rows) == 3 * len(found["entries"]) == 30
    assert not (own_folders / "ailearn" / "data").exists()


def test_an_answer_is_covered_until_enter(run: Run) -> None:
    first = run("place", "models", "--json").json["entries"][0]["cards"][0]

    covered = "".join(at_terminal(run, "q").split())
    opened = "".join(at_terminal(run, "yq").split())

    assert "".join(first["q"]["en"].split()) in covered
    assert "".join(first["a"]["en"].split()) not in covered
    assert "".join(first["a"]["en"].split()) in opened


def test_the_rules_are_told_before_it_begins(run: Run) -> None:
    found = " ".join(at_terminal(run, "q").split())

    assert "3 cards for each entry" in found
    assert "know 2 of them" in found
    assert "stops after 2 entries in a row" in found


@pytest.mark.parametrize("language", ["en", "zh", "both"])
@pytest.mark.parametrize("columns", [60, 80])
def test_no_line_is_wider_than_the_terminal(run: Run, language: str, columns: int) -> None:
    found = at_terminal(run, "yyynnnnnn", "--lang", language, columns=columns)

    assert len(found.splitlines()) > 30
    assert max(map(cell_len, found.splitlines())) <= columns


def test_an_unknown_track_is_wrong_usage_with_the_nearest_one(run: Run) -> None:
    found = run("place", "modles")

    assert (found, found.exit) == ("", 2)
    assert "models" in found.err
