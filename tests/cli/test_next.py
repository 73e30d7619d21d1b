"""`next`: what to do next, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from ailearn.catalog.study import Study
from ailearn.learning.clock import moment
from ailearn.learning.journal import open_to_write
from ailearn.learning.review import grade

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run

NOW = "2026-05-10T20:00:00+08:00"


@pytest.fixture
def begun(run: Run, own_folders: Path, study: Study) -> None:
    """A journal with an entry read, one begun, one skipped, and two cards that are due."""
    from datetime import datetime

    earlier = "2026-05-01T20:00:00+08:00"
    run("read", "alexnet", "attention", AILEARN_NOW=earlier)
    run("start", "distillation", AILEARN_NOW="2026-05-02T20:00:00+08:00")
    run("skip", "ppo", AILEARN_NOW=earlier)
    now = moment(datetime.fromisoformat(earlier), 4)
    journal = open_to_write(own_folders / "ailearn" / "data", now.day)
    for key in ("alexnet/problem", "attention/context"):
        grade(study, journal, now, key, 1, 0.9)
    journal.close()


def proposed(run: Run, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run("next", "--json", *arguments, AILEARN_NOW=NOW).json
    return found


def test_a_new_reader_gets_one_entry_and_a_reason(run: Run) -> None:
    found = run("next", "--json")

    assert found.exit == 0
    assert found.err == ""
    (only,) = found.json
    assert only["kind"] == "read"
    assert only["why"]["en"].startswith("You can start it straight away.")
    assert only["command"] == f"ailearn show {only['entry']['id']}"
    assert run("show", only["entry"]["id"], "--json").json["requires"] == []


def test_nobody_new_is_told_that_a_paper_on_networks_needs_nothing(
    run: Run, entries: list[dict[str, Any]]
) -> None:
    begun = run("--json").json["next"]["entry"]["id"]

    assert begun == run("next", "--json").json[0]["entry"]["id"] == "3blue1brown-neural-networks"
    for entry in (one for one in entries if one["kind"] == "paper"):
        if run("show", entry["id"], "--json").json["requires"] == []:
            assert entry["id"] == "brook"


@pytest.mark.usefixtures("begun")
def test_reviews_come_first_then_the_unfinished_then_the_next_entry(run: Run) -> None:
    review, unfinished, entry = proposed(run)

    assert (review["kind"], review["cards"]["due"]) == ("review", 2)
    assert review["command"] == "ailearn review"
    assert (unfinished["kind"], unfinished["entry"]["id"]) == ("continue", "distillation")
    assert unfinished["since"] == "2026-05-02"
    assert "2026-05-02" in unfinished["why"]["en"]
    assert "2026-05-02" in unfinished["why"]["zh"]
    assert entry["kind"] == "read"
    assert entry["rests_on"] == ["alexnet"]
    for one in (unfinished, entry):
        assert one["minutes"] == one["entry"]["minutes"]
    assert review["minutes"] > 0


@pytest.mark.usefixtures("begun")
def test_the_reason_has_the_facts_of_the_entry(run: Run) -> None:
    *_, entry = proposed(run)

    assert entry["why"]["en"].startswith("It builds on AlexNet, which you have finished.")
    assert f"{entry['opens']} other entries build on it." in entry["why"]["en"]
    assert "AlexNet" in entry["why"]["zh"]
    assert f"就能接着读另外 {entry['opens']} 个条目" in entry["why"]["zh"]


def test_several_prerequisites_are_named_in_one_sentence(run: Run, entries: list[dict[str, Any]]) -> None:
    ids = [one["id"] for one in entries if one["kind"] in ("paper", "essay")]
    several = next(one for one in ids if len(run("show", one, "--json").json["requires"]) > 1)
    run("read", *(one for one in ids if one != several))

    (*_, entry) = proposed(run)

    assert entry["entry"]["id"] == several
    assert len(entry["rests_on"]) > 1
    assert " and " in entry["why"]["en"]
    assert "和" in entry["why"]["zh"]


@pytest.mark.usefixtures("begun")
def test_plain_is_one_record_for_each_proposal(run: Run) -> None:
    rows = run("next", "--plain", AILEARN_NOW=NOW).rows

    assert [row[0] for row in rows] == ["review", "continue", "read"]
    assert [row[2] for row in rows[:2]] == ["", "distillation"]
    assert int(rows[0][3]) >= 2
    assert all(int(row[1]) > 0 for row in rows)
    assert {len(row) for row in rows} == {6}
    zh = run("next", "--plain", "--lang", "zh", AILEARN_NOW=NOW).rows
    assert [row[:5] for row in zh] == [row[:5] for row in rows]


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize("language", ["en", "zh", "both"])
@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_terminal_shows_what_why_and_how_within_its_width(run: Run, language: str, width: int) -> None:
    found = run("next", "--lang", language, terminal=True, NO_COLOR="1", COLUMNS=str(width), AILEARN_NOW=NOW)

    assert max(cell_len(line) for line in found.splitlines()) <= width
    solid = "".join(found.split())
    for one in proposed(run):
        for spoken in ("en", "zh") if language == "both" else (language,):
            assert "".join(one["why"][spoken].split()) in solid
        assert one["command"] in found


def test_a_reader_who_has_read_everything_gets_a_kind_word(run: Run, entries: list[dict[str, Any]]) -> None:
    run("know", *(one["id"] for one in entries if one["kind"] in ("paper", "essay")))

    found = run("next", "--plain")

    assert (found, found.exit) == ("", 0)
    assert "Nothing is due" in found.err
    assert run("next", "--json").json == []


@pytest.mark.usefixtures("begun")
def test_the_limits_of_the_settings_hold(run: Run) -> None:
    run("config", "set", "reviews", "1")

    assert proposed(run)[0]["cards"] == {"due": 1, "new": 0}


def test_looking_makes_no_journal(run: Run, own_folders: Path) -> None:
    assert run("next").exit == 0
    assert run("progress").exit == 0

    assert not (own_folders / "ailearn" / "data").exists()
