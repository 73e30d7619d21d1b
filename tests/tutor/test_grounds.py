"""`ask` without a model: the guide itself answers, and nothing about that is an error."""

import re
from pathlib import Path

import pytest
from tests.conftest import Run
from tests.tutor.server import ModelServer

from ailearn.catalog import browse
from ailearn.catalog.study import Study
from ailearn.errors import AilearnError
from ailearn.language import Language
from ailearn.tutor.grounds import grounds, read_on

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
QUESTIONS = (
    "什么是软目标",
    "Why do residual connections help?",
    "How does LoRA work?",
    "怎么读一篇论文",
    "Where do I start?",
    "ResNet 的错误率是多少",
)


def test_the_guide_answers_when_no_model_is_connected(run: Run) -> None:
    found = run("ask", "什么是软目标", "--lang", "zh")

    assert found.exit == 0
    assert found.rows[0] == [
        "[glossary: soft-target]",
        "软目标：大模型对所有类别给出的概率，当作小模型要学的答案。",
        "",
    ]
    assert {row[0] for row in found.rows} >= {"[distillation: mechanism]"}


def test_plain_is_one_passage_a_line_with_its_source(run: Run) -> None:
    found = run("ask", "How does the residual block work?", "resnet")

    assert all(len(row) == 3 for row in found.rows)
    told = {citation: (text, source) for citation, text, source in found.rows}
    text, source = told["[resnet: mechanism]"]
    assert "Add x to what the layers produce" in text
    assert source.startswith("arXiv:1512.03385v1")


def test_json_holds_both_languages_and_says_that_no_model_answered(run: Run) -> None:
    found = run("ask", "What is the degradation problem?", "resnet", "--json").json

    assert (found["question"], found["entry"]) == ("What is the degradation problem?", "resnet")
    assert found["answer"] is None
    assert found["model"] is None
    passage = found["passages"][0]
    assert passage["cite"] == f"[{passage['entry']}: {passage['section']}]"
    assert passage["entry"] in ("resnet", "glossary")
    assert set(passage["text"]) == {"en", "zh"}
    assert all(passage["text"].values())


def test_a_reader_is_told_where_to_read_on_and_how_to_connect_a_model(run: Run) -> None:
    found = run("ask", "LoRA 的缺点", "--lang", "zh")

    assert "`ailearn show lora --section limits`" in found.err
    assert "`ailearn tutor setup`" in found.err
    assert "`ailearn prompt lora --job explain`" in found.err
    assert "ailearn tutor setup" not in found, "that is a hint and no data"


@pytest.mark.parametrize("language", ["en", "zh", "both"])
@pytest.mark.parametrize("form", [(), ("--json",), ("--color", "always")])
def test_nothing_found_is_said_kindly_and_is_no_error(run: Run, language: str, form: tuple[str, ...]) -> None:
    found = run("ask", "What is the weather in Paris?", "--lang", language, *form)

    assert found.exit == 0
    assert "error" not in found.err
    assert "`ailearn search" in found.err
    assert "`ailearn prompt ID`" in found.err
    if form == ("--json",):
        assert found.json["passages"] == []
    else:
        assert found == ""


def test_entries_with_a_similar_name_are_named_when_nothing_is_found(study: Study) -> None:
    assert grounds(study, "hardwarre lottery", "", "en").passages, "a slip of the finger is understood"
    nothing = grounds(study, "zomimimi", "", "en")

    assert nothing.passages == ()
    assert nothing.nearest == ("zomi",)


def test_the_entry_asked_about_comes_first(run: Run) -> None:
    found = run("ask", "What are the limits?", "ppo")

    assert found.rows[0][0] == "[ppo: limits]"


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_the_drawing_names_every_passage_once_and_fits(run: Run, language: str, width: int) -> None:
    from rich.cells import cell_len

    for question in QUESTIONS:
        drawn = run("ask", question, "--lang", language, "--color", "always", COLUMNS=str(width))
        lines = ESCAPES.sub("", drawn).splitlines()
        cited = [one for line in lines for one in re.findall(r"\[[\w/-]+: [\w-]+\]", line)]
        assert cited
        assert len(cited) == len(set(cited)), "passages of one section stand under one name"
        assert max(map(cell_len, lines)) <= width
        assert lines[0]
        assert lines[-1]


def test_both_languages_stand_one_under_the_other(run: Run) -> None:
    drawn = ESCAPES.sub("", run("ask", "什么是软目标", "--lang", "both", "--color", "always"))

    assert drawn.index("soft target: ") < drawn.index("软目标：")


def test_no_colour_and_ascii_are_honoured(run: Run) -> None:
    drawn = run("ask", "How does LoRA work?", "--ascii", "--lang", "en", terminal=True, NO_COLOR="1")

    assert "\x1b" not in drawn
    assert "LoRA - How it works  [lora: mechanism]" in drawn
    assert "•" not in drawn


def test_every_passage_says_how_to_read_on(study: Study, run: Run) -> None:
    asked = (
        *QUESTIONS,
        "Who wrote the ResNet paper?",
        "what did attention leave open",
        "Which assistant translates?",
    )
    commands = {read_on(one) for question in asked for one in grounds(study, question, "", "en").passages}

    assert {one.split()[1] for one in commands} >= {"show", "glossary", "guide", "path"}
    for command in commands:
        assert run(*command.split()[1:]).exit == 0, command


def test_every_passage_of_every_entry_can_be_drawn(
    study: Study, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ailearn.catalog.passages import passages_of
    from ailearn.settings import load
    from ailearn.tutor.grounds import Grounds
    from ailearn.view.screen import Screen, standard_streams

    listing = browse.listing(study)
    screen = Screen(load({"COLUMNS": "60", "AILEARN_LANG": "both"}), standard_streams(), form="rich")
    for summary in listing.entries:
        entry = browse.entry(study, summary["id"])
        named = {entry["id"]: entry["short"]}
        drawn = screen.draw(Grounds("?", "", passages_of(entry), named))
        assert f"[{entry['id']}: mechanism]" in drawn


def test_without_a_model_nothing_is_kept(run: Run, own_folders: Path) -> None:
    run("ask", "什么是软目标")

    assert not list((own_folders / "ailearn").rglob("*conversation*"))
    assert run("tutor", "history", "--plain") == ""


def test_a_connected_model_answers_instead(connected: ModelServer, run: Run) -> None:
    connected.say("Soft targets are probabilities [glossary: soft-target].")
    found = run("ask", "什么是软目标")

    assert "Soft targets are probabilities" in found
    assert "[distillation: mechanism]" not in found


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_grounds_hold_what_is_needed_to_name_every_passage(study: Study, language: Language) -> None:
    for question in QUESTIONS:
        found = grounds(study, question, "", language)
        assert 0 < len(found.passages) <= 5
        for passage in found.passages:
            try:
                browse.entry(study, passage.entry)
            except AilearnError:
                continue
            assert passage.entry in found.names
