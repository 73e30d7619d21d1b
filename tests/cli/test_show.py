"""`show`: every name an entry goes by, its parts, and what happens when a name is none or several."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from ailearn.catalog.model import Entry
from ailearn.catalog.shown import SECTIONS

if TYPE_CHECKING:
    from tests.cli.conftest import OwnFolder
    from tests.conftest import Run

# Written out, so that every entry is a test of its own; a test below holds the list to the guide.
GUIDE = (
    "alexnet", "attention", "bitter-lesson", "brook", "cot", "cots-hpc", "distillation", "hardware-lottery",
    "laion-5b", "lora", "ppo", "resnet", "roformer", "scaling-laws", "transformer", "xlnet",
    "3blue1brown-neural-networks", "andrew-ng-ml", "hung-yi-lee-2025", "li-mu-paper-reading", "wangmutou",
    "zomi", "d2l", "deep-learning-from-scratch", "docs-are-all-you-need", "math-of-deep-learning",
    "claude", "deepseek", "deepseek-r1", "doubao", "gemini", "glm-4-flash", "immersive-translate",
)  # fmt: skip


def shown_id(run: Run, name: str) -> str:
    found = run("show", name, "--json")
    assert (found.exit, found.err) == (0, "")
    entry_id: str = found.json["id"]
    return entry_id


@pytest.mark.parametrize(
    ("name", "entry_id"),
    [
        ("transformer", "transformer"),
        ("TRANSFORMER", "transformer"),
        ("QKV", "transformer"),
        ("multi head attention", "transformer"),
        ("自注意力", "transformer"),
        ("ResNet", "resnet"),
        ("残差网络", "resnet"),
        ("1706.03762", "transformer"),
        ("1706.03762v7", "transformer"),
        ("arXiv:1706.03762", "transformer"),
        ("https://arxiv.org/abs/1706.03762v5", "transformer"),
        ("https://arxiv.org/pdf/1706.03762v5.pdf", "transformer"),
        ("http://www.arxiv.org/pdf/1706.03762", "transformer"),
        ("https://arxiv.org/abs/1706.03762?context=cs", "transformer"),
        ("10.1109/CVPR.2016.90", "resnet"),
        ("10.1109/cvpr.2016.90", "resnet"),
        ("https://doi.org/10.1109/CVPR.2016.90", "resnet"),
        ("https://dx.doi.org/10.1109/CVPR.2016.90", "resnet"),
        ("doi:10.1109/CVPR.2016.90", "resnet"),
        ("https://doi.org/10.48550/arXiv.1706.03762", "transformer"),
        ("978-7-115-48558-8", "deep-learning-from-scratch"),
        ("9787115485588", "deep-learning-from-scratch"),
        ("Attention Is All You Need", "transformer"),
        ("deep residual learning for image recognition", "resnet"),
        ("用于图像识别的深度残差学习", "resnet"),
    ],
)
def test_an_entry_answers_to_every_name_it_has(run: Run, name: str, entry_id: str) -> None:
    assert shown_id(run, name) == entry_id


def test_every_entry_answers_to_its_id_and_to_its_short_names(
    run: Run, entries: list[dict[str, Any]]
) -> None:
    assert sorted(one["id"] for one in entries) == sorted(GUIDE)
    for entry in entries:
        for name in (entry["id"], entry["short"]["en"], entry["short"]["zh"]):
            assert shown_id(run, name) == entry["id"]


def test_several_ids_are_shown_in_the_order_given(run: Run) -> None:
    found = run("show", "resnet", "残差网络", "alexnet", "--json").json

    assert [one["id"] for one in found] == ["resnet", "resnet", "alexnet"]


def test_one_unknown_id_among_several_shows_nothing(run: Run) -> None:
    found = run("show", "resnet", "nonesuch", "--json")

    assert (found, found.exit) == ("", 3)
    assert "nonesuch" in found.err


def test_plain_names_the_entry_in_every_record_when_there_are_several(run: Run) -> None:
    one = run("show", "resnet", "--section", "problem", "--plain")
    two = run("show", "resnet", "alexnet", "--section", "problem", "--plain")

    assert [row[0] for row in one.rows] == ["problem"]
    assert [row[:2] for row in two.rows] == [["resnet", "problem"], ["alexnet", "problem"]]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("entry_id", GUIDE)
def test_the_brief_form_fits_one_screen(run: Run, entry_id: str, language: str) -> None:
    found = run("show", entry_id, "--brief", "--lang", language, terminal=True, NO_COLOR="1")

    lines = found.splitlines()
    assert len(lines) <= 24
    assert max(cell_len(line) for line in lines) <= 80
    entry = run("show", entry_id, "--json").json
    solid = "".join(found.split())
    for field in ("one_liner", "problem", "motivation", "intuition"):
        assert "".join(entry[field][language].split()) in solid


def test_the_brief_form_is_the_same_four_texts_in_plain(run: Run) -> None:
    found = run("show", "resnet", "-b", "--plain")

    assert [row[0] for row in found.rows] == ["title", "one_liner", "problem", "motivation", "intuition"]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        *((one, one) for one in SECTIONS if one != "note"),
        ("直觉", "intuition"),
        ("动机", "motivation"),
        ("局限", "limits"),
        ("怎么做", "mechanism"),
        ("前置", "requires"),
        ("卡片", "cards"),
        ("What-For", "one_liner"),
        ("what for", "one_liner"),
        ("why", "motivation"),
        ("how", "mechanism"),
        ("int", "intuition"),
        ("one-liner", "one_liner"),
    ],
)
def test_a_section_is_found_by_its_name_in_either_language(run: Run, name: str, field: str) -> None:
    found = [run("show", one, "--section", name, "--plain") for one in ("resnet", "d2l", "zomi", "claude")]

    assert {one.exit for one in found} == {0}
    assert {row[0].split(".")[0] for one in found for row in one.rows} == {field}


@pytest.mark.parametrize("name", ["nonsense", "m", "无此", ""])
def test_an_unknown_section_is_wrong_usage_and_names_the_known_ones(run: Run, name: str) -> None:
    found = run("show", "resnet", "--section", name)

    assert (found, found.exit) == ("", 2)
    assert all(one in found.err for one in SECTIONS)


def test_a_section_on_a_terminal_shows_only_its_text(run: Run) -> None:
    entry = run("show", "resnet", "--json").json
    found = run("show", "resnet", "--section", "intuition", terminal=True, NO_COLOR="1")

    solid = "".join(found.split())
    assert "".join(entry["intuition"]["en"].split()) in solid
    assert "".join(entry["problem"]["en"].split()) not in solid


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_the_cards_are_shown_with_their_answers(run: Run, language: str) -> None:
    cards = run("show", "transformer", "--json").json["cards"]

    drawn = run("show", "transformer", "--cards", "--lang", language, terminal=True, NO_COLOR="1")
    plain = run("show", "transformer", "--cards", "--lang", language, "--plain")

    assert 6 <= len(cards) <= 9
    for card in cards:
        assert f"transformer/{card['id']}" in drawn
        for text in (card["q"], card["a"]):
            for one in ("en", "zh") if language == "both" else (language,):
                assert "".join(text[one].split()) in "".join(drawn.split())
                assert text[one] in plain


def test_the_cards_are_left_out_of_the_whole_summary_but_not_of_json(run: Run) -> None:
    assert not any(row[0].startswith("cards") for row in run("show", "resnet", "--plain").rows)
    assert run("show", "resnet", "--json").json["cards"]


@pytest.mark.parametrize(
    "options", ["--brief --cards", "--brief --section limits", "--cards --section limits"]
)
def test_only_one_part_can_be_asked_for(run: Run, options: str) -> None:
    found = run("show", "resnet", *options.split())

    assert (found, found.exit) == ("", 2)
    assert "--section" in found.err


@pytest.mark.parametrize("entry_id", ["resnet", "bitter-lesson", "zomi", "d2l", "claude"])
def test_json_holds_every_field_of_the_model(run: Run, entry_id: str) -> None:
    found = run("show", entry_id, "--json").json
    listed = next(one for one in run("list", "--json").json if one["id"] == entry_id)

    fields = {field.name for field in dataclasses.fields(Entry)}
    assert set(found) == fields | {"year", "month", "url", "tracks", "progress"}
    assert {key: found[key] for key in listed} == listed
    for field in dataclasses.fields(Entry):
        if "tuple" in str(field.type):
            assert isinstance(found[field.name], list)


def test_json_keeps_the_details_of_nested_parts(run: Run) -> None:
    found = run("show", "transformer", "--json").json

    assert set(found["mechanism"]) == {"en", "zh"}
    assert len(found["mechanism"]["en"]) == len(found["mechanism"]["zh"])
    assert all(set(card) == {"id", "type", "q", "a", "excerpt", "source"} for card in found["cards"])
    assert all(set(one) == {"id", "why"} and set(one["why"]) == {"en", "zh"} for one in found["requires"])
    assert set(found["reading"]) == {"first", "second", "skip"}
    assert (found["course"], found["book"], found["tool"], found["isbn"]) == (None, None, None, None)


@pytest.mark.parametrize("entry_id", GUIDE)
@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_every_entry_can_be_drawn_whole_within_the_terminal(run: Run, entry_id: str, language: str) -> None:
    found = run("show", entry_id, "--lang", language, terminal=True, NO_COLOR="1", COLUMNS="60")

    assert found.exit == 0
    assert max(cell_len(line) for line in found.splitlines() if "://" not in line) <= 60


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("tranformer", "transformer"),
        ("alexnt", "alexnet"),
        ("残差网", "resnet"),
        ("1706.0376", "transformer"),
        ("distilation", "distillation"),
    ],
)
@pytest.mark.parametrize("command", ["show", "open-link", "path"])
def test_an_unknown_name_gets_the_nearest_three_at_most(
    run: Run, command: str, typed: str, near: str
) -> None:
    found = run(command, typed)

    assert (found, found.exit) == ("", 3)
    assert f'"{typed}"' in found.err
    names = found.err.split("hint:")[1].strip().removeprefix("Did you mean ").rstrip("?").split(", ")
    assert near in names
    assert len(names) <= 3


@pytest.mark.parametrize("typed", ["zzzzqqqq", "", "。。。"])
def test_a_name_unlike_any_other_is_sent_to_the_search(run: Run, typed: str) -> None:
    found = run("show", typed)

    assert (found, found.exit) == ("", 3)
    assert "ailearn search" in found.err


@pytest.fixture(scope="module")
def twins(shared_own: OwnFolder) -> OwnFolder:
    """A content folder in which one alias stands for two entries."""
    shared_own.add("first-twin", aliases=["the twins", "双胞胎"])
    shared_own.add("second-twin", aliases=["The Twins", "双胞胎"])
    return shared_own


@pytest.mark.parametrize("command", ["show", "open-link", "path"])
@pytest.mark.parametrize("name", ["the twins", "双胞胎"])
def test_an_ambiguous_name_gets_the_candidates(run: Run, twins: OwnFolder, command: str, name: str) -> None:
    found = run(command, name, "--content", str(twins), "--json", terminal=True, typed="1\n")

    assert (found, found.exit) == ("", 3)
    assert "first-twin, second-twin" in found.err


@pytest.mark.parametrize(
    ("typed", "entry_id", "asked"),
    [("1\n", "first-twin", 1), ("2\n", "second-twin", 1), ("0\n3\nx\n２\n2\n", "second-twin", 5)],
)
def test_at_a_terminal_the_reader_picks_a_candidate(
    run: Run, twins: OwnFolder, typed: str, entry_id: str, asked: int
) -> None:
    found = run("show", "the twins", "--content", str(twins), terminal=True, typed=typed, NO_COLOR="1")

    assert found.exit == 0
    assert f"Title of {entry_id}" in found
    assert "first-twin" in found.err
    assert "second-twin" in found.err
    assert found.err.count("1-2") == asked


@pytest.mark.parametrize("typed", ["q\n", "\n", ""])
def test_the_reader_may_pick_nothing(run: Run, twins: OwnFolder, typed: str) -> None:
    found = run("show", "the twins", "--content", str(twins), terminal=True, typed=typed)

    assert (found, found.exit) == ("", 1)


def test_a_stronger_name_beats_a_weaker_one(run: Run, own: OwnFolder) -> None:
    own.add("usurper", aliases=["resnet"], title={"en": "AlexNet", "zh": "残差网络"})

    for name, entry_id in (("resnet", "resnet"), ("残差网络", "resnet"), ("alexnet", "alexnet")):
        assert run("show", name, "--content", str(own), "--json").json["id"] == entry_id
