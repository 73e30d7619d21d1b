"""`explain`, and the prompts of `ask` and `explain` as they are sent.

`pytest tests/tutor/test_explain.py --snapshot-update` writes the prompts anew: read them as a model would.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.conftest import Run
from tests.tutor.server import ModelServer, Script, answer, delta, event
from tests.view.conftest import GUIDE

from ailearn.catalog import browse
from ailearn.catalog import study as opening
from ailearn.catalog.passages import passages_of
from ailearn.language import LANGUAGES, Language
from ailearn.settings import LEVELS
from ailearn.tutor import tasks
from ailearn.tutor.reader import Reader
from ailearn.tutor.talk import Message

CUT = Script((event(delta(content="Half of ")), event(delta(content="it"))), breaks=True)


@pytest.fixture
def fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small guide, and a reader who has read something of it."""
    monkeypatch.setattr(opening, "guide_folder", lambda: GUIDE)
    monkeypatch.setattr(opening, "PACKAGED_INDEX", GUIDE / "no-index-is-packaged-here")


def prompt(run: Run, *arguments: str) -> str:
    """The messages of a request, as text."""
    shown = run(*arguments, "--show-prompt", "--json")
    assert shown.exit == 0, shown.err
    return as_text(shown.json["body"]["messages"])


def as_text(messages: Iterable[dict[str, str]]) -> str:
    return "\n\n".join(f"=== {one['role']} ===\n{one['content']}" for one in messages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_prompt_of_a_question(
    fixed: None, own_folders: Path, snapshot: SnapshotAssertion, language: Language
) -> None:
    study = opening.open_study((), own_folders / "ailearn" / "cache")
    entry = browse.entry(study, "transformer")
    passages = tuple(one for one in passages_of(entry) if one.section in ("problem", "limits", "formula"))
    reader = Reader(language, "student", ("attention",))
    earlier = (Message("user", "What is a key?"), Message("assistant", "A vector [transformer: mechanism]."))
    request = tasks.ask(study, "Why divide by √d?", entry, passages, reader, earlier)(1.0)

    assert as_text(one._asdict() for one in request.messages) == snapshot


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_prompt_of_a_question_that_the_guide_does_not_answer(
    fixed: None, run: Run, snapshot: SnapshotAssertion, language: str
) -> None:
    asked = "怎样腌酸菜？" if language == "zh" else "How do I bake sourdough bread?"

    assert prompt(run, "ask", asked, "--lang", language) == snapshot


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("level", LEVELS)
def test_the_prompt_of_an_explanation(
    fixed: None, run: Run, snapshot: SnapshotAssertion, level: str, language: str
) -> None:
    run("read", "attention")

    assert prompt(run, "explain", "transformer", "--level", level, "--lang", language) == snapshot


def test_an_explanation_is_kept_and_can_be_talked_about(
    connected: ModelServer, run: Run, own_folders: Path
) -> None:
    connected.say("It adds a change [resnet: mechanism].", "A change to x.")
    explained = run("explain", "残差网络", "--level", "expert")
    asked = run("ask", "-c", "Which change?")

    assert explained == "It adds a change [resnet: mechanism].\n"
    assert "test-model; cites resnet: mechanism" in explained.err
    assert asked == "A change to x.\n"
    messages = connected.chats[1].body["messages"]
    assert messages[1]["content"].startswith("Explain ResNet")
    assert messages[2]["content"].startswith("It adds a change")
    (found,) = run("tutor", "history", "--json").json
    assert (found["job"], found["entry"], found["questions"]) == ("explain", "resnet", 2)


def test_sections_it_was_not_given_are_no_sources(connected: ModelServer, run: Run) -> None:
    connected.say("So [resnet: limits] and [lora: problem].")
    found = run("explain", "resnet", "--json")

    assert found.json["citations"] == ["resnet: limits"]
    assert found.json["unknown_citations"] == ["lora: problem"]
    assert (found.json["entry"], found.json["passages"]) == ("resnet", [])


@pytest.mark.parametrize("level", [None, "expert"])
def test_an_explanation_that_broke_off_is_asked_for_again(
    connected: ModelServer, run: Run, level: str | None
) -> None:
    connected.play(CUT, answer("The whole of it."))
    cut = run("explain", "resnet", *(["--level", level] if level else []))
    again = run("ask", "--retry")

    assert (cut, cut.exit) == ("Half of it\n", 7)
    assert (again, again.exit) == ("The whole of it.\n", 0)
    assert connected.chats[1].body == connected.chats[0].body


def test_the_level_is_that_of_the_reader(connected: ModelServer, run: Run) -> None:
    run("explain", "resnet")
    run("read", "alexnet", "attention", "transformer")
    run("explain", "resnet")
    run("explain", "resnet", "--level", "expert")
    prompts = [one.prompt for one in connected.chats]

    assert "one picture from daily life" in prompts[0]
    assert "small made-up numbers" in prompts[1]
    assert "what is new compared with earlier work" in prompts[2]


def test_her_note_on_the_entry_goes_along(connected: ModelServer, run: Run) -> None:
    run("note", "resnet", "Why does the identity help?")
    run("note", "lora", "Another thought.")
    run("explain", "resnet")

    assert "<note>\nWhy does the identity help?\n</note>" in connected.chats[0].prompt
    assert "Another thought" not in connected.chats[0].prompt


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_a_model_it_says_what_works_instead(run: Run, language: str) -> None:
    found = run("explain", "残差网络", "--lang", language)

    assert (found, found.exit) == ("", 7)
    assert "`ailearn prompt resnet --job explain`" in found.err
    assert "`ailearn show resnet`" in found.err


def test_the_prompt_needs_no_model(run: Run) -> None:
    shown = run("explain", "resnet", "--show-prompt", "--json")

    assert shown.json["url"] is None
    assert "Deep Residual Learning" in shown.json["body"]["messages"][0]["content"]


@pytest.mark.parametrize(
    ("arguments", "code"), [(["resnte"], 3), ([], 2), (["resnet", "--level", "genius"], 2)]
)
def test_what_cannot_be_explained_is_said(
    connected: ModelServer, run: Run, arguments: list[str], code: int
) -> None:
    assert run("explain", *arguments).exit == code
    assert connected.chats == []


def test_nothing_is_kept_that_she_would_not_have_kept(
    connected: ModelServer, run: Run, own_folders: Path
) -> None:
    run("explain", "resnet", "--no-save")

    assert not (own_folders / "ailearn" / "data" / "conversations").exists()


def test_every_kind_of_entry_can_be_explained(connected: ModelServer, run: Run) -> None:
    for name in ("d2l", "claude", "3blue1brown-neural-networks", "bitter-lesson"):
        assert run("explain", name).exit == 0
        assert json.dumps(name)[1:-1] in connected.chats[-1].prompt
