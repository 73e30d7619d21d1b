"""Cards that a reader adds to an entry: which are taken, what is said of others, and how they are written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.catalog.conftest import TODAY, GuideFolder, described

from ailearn.catalog.added_cards import add_card, card_text, new_id
from ailearn.catalog.checks import check
from ailearn.catalog.model import Card, CardFile, Text
from ailearn.catalog.schema import cards_schema, validate
from ailearn.catalog.source import Library, load
from ailearn.catalog.yaml_reader import read
from ailearn.errors import ContentError

if TYPE_CHECKING:
    from tests.conftest import Run

FILE = "cards/dropout.yaml"
CARD = """\
  - id: own-mask
    type: mechanism
    q: {en: "What is drawn first?", zh: 先抽什么？}
    a: {en: A mask., zh: 一张掩码。}
    excerpt: "Draw a mask."
    source: dropout
"""
CARDS = f"entry: dropout\ncards:\n{CARD}"
NEW = Card(
    "own-scale",
    "why",
    Text("Why are weights scaled?", "为什么要缩放权重？"),
    Text('So that "sums" agree: always.', "让总和一致。"),
    "Scale the weights.",
    "paper.pdf",
)


@pytest.fixture
def both(guide: GuideFolder, own: GuideFolder) -> GuideFolder:
    """The reader's folder over the guide, with one good card in it."""
    own.write(FILE, CARDS)
    return own


def loaded(guide: GuideFolder, *owns: GuideFolder) -> Library:
    return load([guide.folder, *(one.folder for one in owns)])


def ids(library: Library) -> list[str]:
    entry = next(one for one in library.entries if one.id == "dropout")
    return [card.id for card in library.complete(entry).cards]


def found(guide: GuideFolder, *owns: GuideFolder) -> list[str]:
    folders = [guide.folder, *(one.folder for one in owns)]
    return described(check(folders, today=TODAY).findings)


def test_cards_are_added_after_those_of_the_entry_and_replace_nothing(
    guide: GuideFolder, both: GuideFolder
) -> None:
    library = loaded(guide, both)
    assert ids(library) == ["one", "two", "three", "four", "five", "six", "own-mask"]
    assert (library.findings, library.replaced) == ((), ())
    assert library.added["dropout"][0].excerpt == "Draw a mask."
    assert found(guide, both) == []


def test_every_folder_may_add_some_wherever_the_entry_is(
    guide: GuideFolder, both: GuideFolder, tmp_path: Path
) -> None:
    earlier = GuideFolder(tmp_path / "earlier", own=True)
    earlier.write(FILE, CARDS.replace("own-mask", "own-early"))
    both.write("papers/dropout.yaml", guide.read("papers/dropout.yaml"))
    assert ids(loaded(guide, earlier, both))[-2:] == ["own-early", "own-mask"]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("id: own-mask", "id: mask", "C317 dropout.yaml:3"),
        ("id: own-mask", "id: six", "C317 dropout.yaml:3"),
        ("id: own-mask", "id: own_mask", "C301 dropout.yaml:3"),
        ("    source: dropout\n", f"    source: dropout\n{CARD}", "C302 dropout.yaml:9"),
        ("entry: dropout", "entry: droput", "C306 dropout.yaml:1"),
        ("type: mechanism", "type: mechanic", "C205 dropout.yaml:4"),
        ("    type: mechanism\n", "", "C201 dropout.yaml:3"),
        ("excerpt:", "quote:", "C202 dropout.yaml:7"),
    ],
)
def test_what_cannot_be_taken_is_named_with_its_line(
    guide: GuideFolder, both: GuideFolder, old: str, new: str, finding: str
) -> None:
    both.edit(FILE, old, new)
    library = loaded(guide, both)
    assert finding in described(library.findings)
    assert ids(library)[-1] == ("own-mask" if "C302" in finding else "six")
    assert finding in found(guide, both)


def test_a_card_of_a_replaced_entry_keeps_its_id_from_others(guide: GuideFolder, both: GuideFolder) -> None:
    both.write("papers/dropout.yaml", guide.read("papers/dropout.yaml").replace("id: six", "id: own-mask"))
    library = loaded(guide, both)
    assert ids(library)[-1] == "own-mask"
    assert "C302 dropout.yaml:3" in described(library.findings)
    assert library.added == {}


def test_cards_of_an_entry_that_is_broken_wait_in_silence(guide: GuideFolder, both: GuideFolder) -> None:
    guide.edit("papers/dropout.yaml", "level: 2", "level: two")
    assert [one.split()[0] for one in described(loaded(guide, both).findings)] == ["C204"]


@pytest.mark.parametrize(
    ("place", "findings"),
    [
        ("cards/others.yaml", ["C304 others.yaml:1"]),
        ("papers/dropout-cards.yaml", ["C318 dropout-cards.yaml:1", "C304 dropout-cards.yaml:1"]),
        ("dropout.yaml", ["C318 dropout.yaml:1"]),
    ],
)
def test_a_file_in_the_wrong_place_counts_and_is_reported(
    guide: GuideFolder, own: GuideFolder, place: str, findings: list[str]
) -> None:
    own.write(place, CARDS)
    assert ids(loaded(guide, own))[-1] == "own-mask"
    assert sorted(found(guide, own)) == sorted(findings)


def test_the_guide_itself_keeps_its_cards_in_the_entries(guide: GuideFolder) -> None:
    guide.write(FILE, CARDS)
    guide.edit("papers/dropout.yaml", "{id: six,", "{id: own-six,")
    line = guide.line_of("papers/dropout.yaml", "{id: own-six,")
    assert guide.found() == ["C318 dropout.yaml:1", f"C319 dropout.yaml:{line}"]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("先抽什么？", "先抽什么?", "C407 dropout.yaml:5"),
        ("A mask.", "word " * 41, "C405 dropout.yaml:6"),
        ("What is drawn first?", "why SIX, A?", "C313 dropout.yaml:5"),
        ("A mask.", "TODO", "C214 dropout.yaml:6"),
    ],
)
def test_texts_of_added_cards_keep_the_rules_of_all_cards(
    guide: GuideFolder, both: GuideFolder, old: str, new: str, finding: str
) -> None:
    both.edit(FILE, old, new)
    assert finding in found(guide, both)


def test_the_schema_of_a_file_of_cards_is_closed(run: Run) -> None:
    schema = run("content", "schema", "--cards").json
    assert schema == json.loads(json.dumps(cards_schema()))
    assert set(schema["properties"]) == {"entry", "cards"}
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Card"]["properties"]["id"]["pattern"].startswith("^own-")
    assert set(schema["$defs"]["Card"]["required"]) == {"id", "type", "q", "a"}
    assert run("content", "schema").json["title"] == "An entry of ailearn"


# Writing


def test_a_first_card_makes_a_file_that_is_good_content(guide: GuideFolder, own: GuideFolder) -> None:
    path = add_card(own.path, "dropout", NEW)
    assert path == own.path / FILE
    assert loaded(guide, own).added == {"dropout": (NEW,)}
    assert found(guide, own) == []
    assert [one.name for one in path.parent.iterdir()] == ["dropout.yaml"]


def test_what_the_file_holds_stays_as_it_is(guide: GuideFolder, both: GuideFolder) -> None:
    before = f"# Mine\n\n{CARDS}    # the last line\n\n\n"
    both.write(FILE, before)
    add_card(both.path, "dropout", NEW)
    assert both.read(FILE).startswith(before.rstrip())
    assert ids(loaded(guide, both))[-2:] == ["own-mask", "own-scale"]


def test_a_list_without_indent_is_gone_on_with(guide: GuideFolder, both: GuideFolder) -> None:
    flush = "\n".join(line.removeprefix("  ") for line in CARDS.splitlines())
    both.write(FILE, flush.replace("cards:", "cards:\n\n# first"))
    add_card(both.path, "dropout", NEW)
    assert ids(loaded(guide, both))[-2:] == ["own-mask", "own-scale"]


@pytest.mark.parametrize(
    "text",
    [
        "entry: dropout\ncards: []\n",
        f"cards:\n{CARD}entry: dropout\n",
        "entry: dropout\ncards: [\n",
        f"entry: another\ncards:\n{CARD}",
    ],
)
def test_a_file_that_cannot_be_added_to_is_left_alone(both: GuideFolder, text: str) -> None:
    both.write(FILE, text)
    with pytest.raises(ContentError):
        add_card(both.path, "dropout", NEW)
    assert both.read(FILE) == text
    assert [one.name for one in (both.path / "cards").iterdir()] == ["dropout.yaml"]


WORDS = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=30).map(str.strip)


@given(WORDS, WORDS)
def test_any_text_survives_being_written(
    tmp_path_factory: pytest.TempPathFactory, one: str, two: str
) -> None:
    card = Card("own-x", "why", Text(one, two), Text(two, one), one or None)
    path = tmp_path_factory.getbasetemp() / "card.yaml"
    path.write_text(f"entry: dropout\ncards:\n{card_text(card)}", encoding="utf-8")
    document = read(path).document
    assert document is not None
    assert validate(CardFile, document.data)[0] == CardFile("dropout", (card,))


def test_ids_come_from_the_question_and_never_twice() -> None:
    assert new_id("Why does the naïve L2-norm fail?", frozenset()) == "own-naive-l2-norm-fail"
    assert new_id("为什么？", frozenset()) == "own-card"
    taken = frozenset({"own-naive", "own-naive-2"})
    assert new_id("What is naïve?", taken) == "own-naive-3"
    assert len(new_id("x" * 200, frozenset())) <= 60


# The commands


@pytest.fixture
def with_card(tmp_path: Path) -> Path:
    add_card(tmp_path, "resnet", NEW)
    return tmp_path


def test_added_cards_are_shown_reviewed_and_asked_like_any_other(run: Run, with_card: Path) -> None:
    content = ("--content", str(with_card))
    cards = run("show", "resnet", "--cards", "--json", *content).json["cards"]
    assert (cards[-1]["id"], cards[-1]["excerpt"], cards[-1]["source"]) == (
        "own-scale",
        "Scale the weights.",
        "paper.pdf",
    )
    assert cards[0]["excerpt"] is None
    drawn = run("show", "resnet", "--cards", *content, terminal=True, NO_COLOR="1")
    assert "“Scale the weights.”" in drawn
    assert "paper.pdf" in drawn
    assert "Scale the weights." in run("show", "resnet", "--cards", "--plain", *content)
    due = run("review", "resnet", "--new", "100", "--json", *content).json
    assert "resnet/own-scale" in [one["key"] for one in due]
    assert run("review", "--grade", "resnet/own-scale=3", *content).exit == 0
    asked = run("quiz", "resnet", "--count", "100", "--seed", "1", "--json", *content).json["exercises"]
    assert ["resnet/own-scale"] in [one["of"] for one in asked]


def test_a_broken_file_of_cards_is_told_and_hurts_nothing_else(run: Run, with_card: Path) -> None:
    path = with_card / "cards" / "resnet.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("own-scale", "scale"), encoding="utf-8")
    shown = run("show", "resnet", "--brief", "--content", str(with_card))
    assert shown.exit == 0
    assert "resnet.yaml:4" in shown.err
    assert "own-" in shown.err


@pytest.mark.parametrize(
    "name",
    [
        "dropout.sync-conflict-20260310-101010-ABCDEFG.yaml",
        "dropout (1).yaml",
        "dropout 2.yaml",
        "dropout - Copy.yaml",
        "dropout-extra.yaml",
    ],
)
def test_the_cards_of_a_copy_take_no_place_but_new_ones_are_added(
    guide: GuideFolder, both: GuideFolder, name: str
) -> None:
    both.write(f"cards/{name}", CARDS.replace("A mask.", "Old.") + CARD.replace("own-mask", "own-new"))
    library = loaded(guide, both)
    assert ids(library)[-2:] == ["own-mask", "own-new"]
    assert library.added["dropout"][0].a.en == "A mask."
    assert described(library.findings) == [f"C320 {name}:3"]
