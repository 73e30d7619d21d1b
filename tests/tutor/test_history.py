"""`tutor history`: finding, reading again and deleting conversations."""

import json
import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from tests.conftest import Run

from ailearn.tutor import transcripts
from ailearn.tutor.talk import Ending
from ailearn.tutor.transcripts import Turn

ANSWER = "**残差块**写的是修改意见 [resnet: intuition]。\n\n- 什么都不改最容易"
NOTHING = "20260501T133000-000000"


def talk(folder: Path, at: str, entry: str, *said: str, ending: Ending = "done") -> str:
    """Keep a conversation, questions and answers in turn; returns its id."""
    conversation = transcripts.begin(at, "ask", entry)
    for number, text in enumerate(said):
        turn = Turn(at, "assistant", text, "glm-4", "zhipu", ending) if number % 2 else Turn(at, "user", text)
        conversation = transcripts.keep(folder, conversation, turn)
    return conversation.id


@pytest.fixture
def folder(own_folders: Path) -> Path:
    """The reader's conversations: three of them, the newest last."""
    folder = own_folders / "ailearn" / "data" / "conversations"
    talk(folder, "2026-05-01T13:30:00.000Z", "lora", "What does LoRA train?", "Two small matrices.")
    talk(
        folder,
        "2026-05-02T13:30:00.000Z",
        "",
        "Who is Jürgen Schmidhuber?",
        "He co-wrote the LSTM.",
        "And then?",
    )
    talk(
        folder,
        "2026-05-03T13:30:00.000Z",
        "resnet",
        "残差连接为什么有用？",
        ANSWER,
        "浅的时候呢？",
        "也管用",
        ending="cut",
    )
    return folder


def test_the_newest_stands_first(folder: Path, run: Run) -> None:
    found = run("tutor", "history")

    assert [row[0] for row in found.rows] == ["1", "2", "3"]
    assert [row[4] for row in found.rows] == ["resnet", "", "lora"]
    assert [row[6] for row in found.rows] == [
        "残差连接为什么有用？",
        "Who is Jürgen Schmidhuber?",
        "What does LoRA train?",
    ]
    assert [row[5] for row in found.rows] == ["2", "2", "1"]
    assert found.exit == 0


@pytest.mark.parametrize(
    ("words", "numbers"), [("残", [1]), ("jurgen", [2]), ("LORA matrices", [3]), ("resnet", [1])]
)
def test_words_in_either_language_find_them(folder: Path, run: Run, words: str, numbers: list[int]) -> None:
    found = run("tutor", "history", *words.split(), "--json").json

    assert [one["number"] for one in found] == numbers


def test_what_matched_stands_below(folder: Path, run: Run) -> None:
    found = run("tutor", "history", "matrices", terminal=True, NO_COLOR="1")
    lines = found.splitlines()

    assert lines[0].split("  ")[0].strip() == "3"
    assert "What does LoRA train?" in lines[0]
    assert lines[-1].strip() == "Two small matrices."


def test_nothing_found_is_a_no(folder: Path, run: Run) -> None:
    found = run("tutor", "history", "quaternion")

    assert (found, found.exit) == ("", 1)
    assert "Nothing found for quaternion" in found.err


@pytest.mark.parametrize("arguments", [(), ("--json",)])
def test_without_conversations_there_is_nothing_wrong(run: Run, arguments: tuple[str, ...]) -> None:
    found = run("tutor", "history", *arguments)

    assert found.exit == 0
    assert found == ("[]\n" if arguments else "")
    assert "No conversation has been saved yet" in found.err


def test_a_conversation_is_read_again(folder: Path, run: Run) -> None:
    found = run("tutor", "history", "--show", "1", terminal=True, COLUMNS="60", NO_COLOR="1")

    assert found.splitlines()[0].startswith("resnet ·")
    assert "? 残差连接为什么有用？" in found
    assert "残差块写的是修改意见" in found, "Markdown is drawn"
    assert "glm-4 · broken off" in found
    assert max(map(cell_len, found.splitlines())) <= 60


def test_a_question_without_an_answer_says_so(folder: Path, run: Run) -> None:
    assert "No answer came." in run("tutor", "history", "--show", "2", terminal=True)
    assert "没有得到回答" in run("tutor", "history", "--show", "2", "--lang", "zh", terminal=True)


def test_a_conversation_for_programs(folder: Path, run: Run) -> None:
    by_id = run("tutor", "history", "--json").json[0]["id"]
    data = run("tutor", "history", "--show", by_id, "--json").json
    rows = run("tutor", "history", "--show", "1", "--plain").rows

    assert (data["id"], data["entry"], len(data["turns"])) == (by_id, "resnet", 4)
    assert data["turns"][1]["text"] == ANSWER
    assert [row[1:] for row in rows[:2]] == [
        ["user", "残差连接为什么有用？"],
        ["assistant", ANSWER.splitlines()[0]],
    ]


@pytest.mark.parametrize("name", ["9", NOTHING, "../../config/config"])
@pytest.mark.parametrize("option", ["--show", "--delete"])
def test_there_is_no_such_conversation(folder: Path, run: Run, option: str, name: str) -> None:
    found = run("tutor", "history", option, name)

    assert found.exit == 1
    assert f"There is no conversation {name}" in found.err
    assert len(list(folder.iterdir())) == 3


def test_a_deleted_one_is_gone(folder: Path, run: Run) -> None:
    found = run("tutor", "history", "--delete", "3")

    assert found.exit == 0
    assert "Deleted: What does LoRA train?" in found.err
    assert [row[4] for row in run("tutor", "history").rows] == ["resnet", ""]


@pytest.mark.parametrize(("typed", "left"), [("y\n", 2), ("是\n", 2), ("n\n", 3), ("\n", 3), ("", 3)])
def test_a_reader_is_asked_before_it_is_gone(folder: Path, run: Run, typed: str, left: int) -> None:
    found = run("tutor", "history", "--delete", "3", terminal=True, typed=typed)

    assert "Permanently delete What does LoRA train?" in found.err
    assert len(list(folder.iterdir())) == left
    assert found.exit == (0 if left == 2 else 1)


def test_only_one_thing_at_a_time(folder: Path, run: Run) -> None:
    assert run("tutor", "history", "残", "--show", "1").exit == 2
    assert run("tutor", "history", "--delete", "2", "--show", "1").exit == 2


@pytest.mark.parametrize("columns", ["80", "60", "40"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_fits_every_terminal(folder: Path, run: Run, columns: str, language: str) -> None:
    found = run("tutor", "history", "残差", "--lang", language, terminal=True, COLUMNS=columns, NO_COLOR="1")

    assert found
    assert max(map(cell_len, found.splitlines())) <= int(columns)


def test_a_damaged_file_hides_no_other(folder: Path, run: Run) -> None:
    (folder / f"{NOTHING}.jsonl").write_bytes(b"\xff\xfe{")
    (folder / "notes.txt").write_text("The reader's own file.", encoding="utf-8")

    assert len(run("tutor", "history").rows) == 3


def test_nothing_in_a_transcript_steers_the_terminal(folder: Path, run: Run) -> None:
    path = next(folder.iterdir())
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    lines[1]["text"] = "Why\x1b[2J\x9b?"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    drawn = run("tutor", "history", terminal=True) + run("tutor", "history", "--show", "1", terminal=True)
    assert not re.search("[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]", drawn)
    assert "\x1b[2J" not in drawn
