"""`path` without an entry: the named paths, one of them, and a track as a path."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

if TYPE_CHECKING:
    from tests.cli.conftest import OwnFolder
    from tests.conftest import Run

NAMED = ("from-zero", "infrastructure-track", "models-track", "systems-engineer", "transformer-weekend")
# What a path asks of its reader in its `about`.
ASSUMED = {"transformer-weekend": {"3blue1brown-neural-networks"}}
SO = {"en": "So.", "zh": "所以。"}


def requirements(run: Run, entry_id: str) -> set[str]:
    return {one["id"] for one in run("show", entry_id, "--json").json["requires"]}


def write_path(own: OwnFolder, path_id: str, *steps: str, **fields: Any) -> None:
    both = {"en": f"About {path_id}.", "zh": f"关于 {path_id}。"}
    path = {
        "id": path_id,
        "title": {"en": f"The way {path_id}", "zh": f"路径 {path_id}"},
        "about": both,
        "steps": [{"id": step, "why": SO} for step in steps],
        **fields,
    }
    own.write(f"paths/{path_id}.yaml", json.dumps(path))


def rules(run: Run, own: OwnFolder) -> list[str]:
    """The rules that the reader's own path breaks."""
    found = run("content", "check", "--content", str(own), "--json").json
    return [one["rule"] for one in found if "/own/" in str(one["path"])]


def test_the_list_has_every_named_path_with_its_time(run: Run) -> None:
    found = run("path", "--json").json

    assert [one["id"] for one in found] == sorted(NAMED)
    for one in found:
        assert one["minutes"] == sum(step["minutes"] for step in one["steps"])
        for text in (one["title"], one["about"], *(step["why"] for step in one["steps"])):
            assert text["en"]
            assert text["zh"]
    rows = run("path", "--plain", "--lang", "zh").rows
    assert [row[:4] for row in rows] == [
        [one["id"], str(len(one["steps"])), str(one["minutes"]), one["title"]["zh"]] for one in found
    ]


@pytest.mark.parametrize("name", NAMED)
def test_no_step_of_the_guides_paths_comes_before_what_it_rests_on(run: Run, name: str) -> None:
    order = [step["id"] for step in run("path", name, "--json").json["steps"]]

    assert len(set(order)) == len(order)
    for number, step in enumerate(order):
        assert requirements(run, step) <= {*order[:number], *ASSUMED.get(name, ())}, step


def test_a_weekend_takes_eight_to_ten_hours(run: Run) -> None:
    assert 8 * 60 <= run("path", "transformer-weekend", "--json").json["minutes"] <= 10 * 60


@pytest.mark.parametrize("track", ["infrastructure", "models"])
def test_the_paths_of_the_tracks_hold_all_their_steps(run: Run, track: str) -> None:
    steps = {step["id"] for step in run("tracks", track, "--json").json[0]["steps"]}

    assert steps <= {step["id"] for step in run("path", f"{track}-track", "--json").json["steps"]}


@pytest.mark.parametrize("name", ["a weekend with transformers", "用一个周末读懂 Transformer"])
def test_a_path_answers_to_its_title_in_either_language(run: Run, name: str) -> None:
    assert run("path", name, "--json").json["id"] == "transformer-weekend"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_path_is_drawn_with_reasons_minutes_and_total(run: Run, language: str) -> None:
    found = run("path", "models-track", "--lang", language, terminal=True, NO_COLOR="1")

    text = "".join(found.split())
    path = run("path", "models-track", "--json").json
    places = [text.index("".join(step["why"][language].split())) for step in path["steps"]]
    assert places == sorted(places)
    assert f"{len(path['steps'])} " in found.splitlines()[-1]
    assert f"{path['minutes'] / 60:.0f} " in found.splitlines()[-1]


@pytest.mark.parametrize("arguments", [[], ["from-zero"], ["--track", "models"]])
@pytest.mark.parametrize("language", ["en", "zh", "both"])
@pytest.mark.parametrize("columns", [40, 60, 80])
def test_no_line_is_wider_than_the_terminal(
    run: Run, arguments: list[str], language: str, columns: int
) -> None:
    found = run("path", *arguments, "--lang", language, terminal=True, NO_COLOR="1", COLUMNS=str(columns))

    assert len(found.splitlines()) > 10
    assert max(map(cell_len, found.splitlines())) <= columns


@pytest.mark.parametrize("track", ["infrastructure", "models"])
def test_a_track_as_a_path_keeps_its_order_and_puts_in_what_it_needs(run: Run, track: str) -> None:
    steps = run("path", "--track", track, "--json").json["steps"]

    own = [step["id"] for step in run("tracks", track, "--json").json[0]["steps"]]
    order = [step["id"] for step in steps]
    assert [one for one in order if one in own] == own
    for number, step in enumerate(steps):
        assert {one for one in requirements(run, step["id"]) if one not in own} <= set(order[:number])
        if step["id"] in own:
            assert step["for"] is None
        else:
            assert step["for"] in order[number:]
            assert step["id"] in requirements(run, step["for"])


def test_what_is_put_in_names_what_needs_it_and_why(run: Run) -> None:
    found = run("path", "--track", "infrastructure", "--plain").rows

    (row,) = [one for one in found if one[1] == "transformer"]
    requires = run("show", "scaling-laws", "--json").json["requires"]
    assert row[4] == next(one["why"]["en"] for one in requires if one["id"] == "transformer")
    assert row[5] == "scaling-laws"


def test_what_is_read_stays_on_a_named_path_with_its_mark(run: Run) -> None:
    before = run("path", "transformer-weekend", "--json").json
    run("read", "alexnet")

    after = run("path", "transformer-weekend", "--json").json

    assert [step["id"] for step in after["steps"]] == [step["id"] for step in before["steps"]]
    assert after["steps"][0]["progress"]["status"] == "read"


def test_entries_win_over_paths_of_the_same_name(run: Run, own: OwnFolder) -> None:
    write_path(own, "lora", "brook")

    found = run("path", "lora", "--content", str(own), "--json").json

    assert found["goal"] == "lora"


def test_own_paths_join_the_guides_and_replace_those_of_the_same_id(run: Run, own: OwnFolder) -> None:
    write_path(own, "mine", "brook", "lora")
    write_path(own, "from-zero", "alexnet")

    found = {one["id"]: one for one in run("path", "--content", str(own), "--json").json}

    assert set(found) == {*NAMED, "mine"}
    assert [step["id"] for step in found["mine"]["steps"]] == ["brook", "lora"]
    assert [step["id"] for step in found["from-zero"]["steps"]] == ["alexnet"]
    assert run("path", "The way mine", "--content", str(own)).rows[0][1] == "brook"


def test_steps_that_name_no_entry_are_passed_over_and_reported(run: Run, own: OwnFolder) -> None:
    write_path(own, "mine", "brook", "no-such-entry", "lora")

    found = run("path", "mine", "--content", str(own), "--json").json

    assert [step["id"] for step in found["steps"]] == ["brook", "lora"]
    assert rules(run, own) == ["C306"]


def test_a_sound_path_breaks_no_rule(run: Run, own: OwnFolder) -> None:
    write_path(own, "mine", "brook", "lora")

    assert rules(run, own) == []


@pytest.mark.parametrize(
    ("path_id", "fields", "broken"),
    [
        ("mine", {"steps": [{"id": "brook", "why": SO}, {"id": "brook", "why": SO}]}, ["C316"]),
        ("mine", {"steps": [{"id": "brook", "why": {"en": "word " * 26, "zh": "好。"}}]}, ["C405"]),
        ("mine", {"steps": [{"id": "brook", "why": {"en": "word " * 25, "zh": "好" * 45}}]}, []),
        ("mine", {"steps": [{"id": "brook", "why": {"en": "So.", "zh": "好" * 46}}]}, ["C405"]),
        ("mine", {"about": {"en": "About.", "zh": "关于GPU。"}}, ["C408"]),
        ("mine", {"hours": 3}, ["C202"]),
        ("mine", {"id": "other"}, ["C304"]),
        ("lora", {}, ["C310"]),
        ("from-zero", {}, ["C303"]),
    ],
)
def test_the_checker_judges_paths_like_tracks(
    run: Run, own: OwnFolder, path_id: str, fields: dict[str, Any], broken: list[str]
) -> None:
    write_path(own, path_id, "brook", **fields)

    assert rules(run, own) == broken


def test_the_guides_own_paths_are_clean_and_checked(run: Run) -> None:
    found = run("content", "check")

    assert (found, found.exit) == ("", 0)
    files = len(list((Path(__file__).parents[2] / "content").rglob("*.yaml")))
    assert f"files: {files}," in found.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["transformer-weeknd"], 3, "transformer-weekend"),
        (["tranformer"], 3, "transformer"),
        (["--track", "modles"], 2, "models"),
        (["lora", "--track", "models"], 2, "--track"),
    ],
)
def test_what_cannot_be_meant_is_an_error_with_a_hint(
    run: Run, arguments: list[str], code: int, said: str
) -> None:
    found = run("path", *arguments)

    assert (found, found.exit) == ("", code)
    assert said in found.err
    assert "hint: " in found.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_paths_are_offered_after_path(run: Run, shell: str) -> None:
    run("path")

    assert "tool path" in run("completion", shell) or "tool|path" in run("completion", shell)
