"""Conversations on disk: nothing that was said is lost, whatever happens to the machine."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ailearn.errors import NothingFound, ProgressError
from ailearn.tutor import transcripts
from ailearn.tutor.transcripts import Conversation, Turn

AT = "2026-05-01T13:30:00.000Z"


def later(minutes: int) -> str:
    return f"2026-05-01T14:{minutes:02}:00.000Z"


def talk(folder: Path, *texts: str, at: str = AT, entry: str = "") -> Conversation:
    """A conversation of questions and answers in turn, all at one time."""
    conversation = transcripts.begin(at, "ask", entry)
    for number, text in enumerate(texts):
        turn = Turn(at, "assistant", text) if number % 2 else Turn(at, "user", text)
        conversation = transcripts.keep(folder, conversation, turn)
    return conversation


def lines(folder: Path, conversation: Conversation) -> list[str]:
    return (folder / f"{conversation.id}.jsonl").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "conversations"


def test_what_is_kept_comes_back_as_it_was(folder: Path) -> None:
    begun = transcripts.begin(AT, "explain", "resnet", "beginner")
    answer = Turn(
        later(1), "assistant", "因为有捷径。\n\n`x`", "glm", "zhipu", "length", ("resnet: mechanism",)
    )
    kept = transcripts.keep(folder, begun, Turn(AT, "user", "为什么？"))
    kept = transcripts.keep(folder, kept, answer)

    assert transcripts.read(folder, begun.id) == kept
    assert kept.turns == (Turn(AT, "user", "为什么？"), answer)
    assert (kept.job, kept.entry, kept.level, kept.started) == ("explain", "resnet", "beginner", AT)


def test_nothing_is_written_before_something_was_said(folder: Path) -> None:
    transcripts.begin(AT, "ask", "resnet")

    assert not folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_only_the_reader_may_read_them(folder: Path) -> None:
    previous = os.umask(0)
    try:
        kept = talk(folder, "Why?")
    finally:
        os.umask(previous)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / f"{kept.id}.jsonl").stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_one_that_others_could_read_is_closed_to_them_at_the_next_turn(folder: Path) -> None:
    kept = talk(folder, "Why?")
    path = folder / f"{kept.id}.jsonl"
    path.chmod(0o644)

    transcripts.keep(folder, kept, Turn(later(2), "assistant", "Because."))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_lines_are_only_added(folder: Path) -> None:
    kept = talk(folder, "Why?", "Beca")
    before = lines(folder, kept)
    again = transcripts.keep(folder, kept, Turn(later(2), "assistant", "Because."))

    assert lines(folder, kept)[:-1] == before
    assert [turn.text for turn in again.turns] == ["Why?", "Because."], "it took the place of the broken one"
    assert transcripts.read(folder, kept.id) == again


def test_a_line_that_was_never_finished_loses_nothing_else(folder: Path) -> None:
    kept = talk(folder, "Why?", "Because.")
    path = folder / f"{kept.id}.jsonl"
    path.write_bytes(
        path.read_bytes() + '{"at": "2026-05-01T13:31:00.000Z", "role": "user", "te残'.encode()[:-1]
    )

    assert transcripts.read(folder, kept.id) == kept
    transcripts.keep(folder, kept, Turn(later(3), "user", "And then?"))
    assert transcripts.read(folder, kept.id).questions == ("Why?", "And then?")


@pytest.mark.parametrize(
    "garbage",
    [
        "null",
        "[]",
        '"text"',
        '{"role": "system", "text": "x", "at": "y"}',
        '{"role": "user", "text": 7}',
        "\x00",
        "[" * 100_000,
    ],
)
def test_lines_that_are_no_turns_are_passed_over(folder: Path, garbage: str) -> None:
    kept = talk(folder, "Why?", "Because.")
    path = folder / f"{kept.id}.jsonl"
    first, *rest = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text(f"{first}{garbage}\n{''.join(rest)}", encoding="utf-8")

    assert transcripts.read(folder, kept.id) == kept


def test_without_its_first_line_a_conversation_is_still_one(folder: Path) -> None:
    kept = talk(folder, "Why?", "Because.", entry="resnet")
    path = folder / f"{kept.id}.jsonl"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[1:]), encoding="utf-8")

    assert transcripts.read(folder, kept.id) == kept._replace(entry="")


_WRITER = """
import sys
from pathlib import Path
from ailearn.tutor import transcripts
from ailearn.tutor.transcripts import Turn

at = "2026-05-01T13:30:00.000Z"
conversation = transcripts.read(Path(sys.argv[1]), sys.argv[2])
for number in range(int(sys.argv[4])):
    text = f"{sys.argv[3]} {number} " + "残" * 3000
    conversation = transcripts.keep(Path(sys.argv[1]), conversation, Turn(at, "user", text))
    print(number, flush=True)
"""


def test_a_killed_process_loses_at_most_the_turn_it_was_writing(folder: Path) -> None:
    kept = talk(folder, "Why?")
    command = [sys.executable, "-c", _WRITER, str(folder), kept.id, "killed", "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(50)]
        process.kill()
    found = transcripts.read(folder, kept.id)

    assert len(found.questions) - 1 >= len(told)
    assert all(text.endswith("残" * 3000) for text in found.questions[1:])


_SMALL_DISK = """
import resource, signal, sys
from pathlib import Path
from ailearn.errors import ProgressError
from ailearn.tutor import transcripts
from ailearn.tutor.transcripts import Turn

at = "2026-05-01T13:30:00.000Z"
conversation = transcripts.read(Path(sys.argv[1]), sys.argv[2])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))
try:
    transcripts.keep(Path(sys.argv[1]), conversation, Turn(at, "assistant", "x" * 5000))
except ProgressError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
def test_a_disk_that_is_full_in_the_middle_of_a_line_loses_nothing_else(folder: Path) -> None:
    kept = talk(folder, "Why?")
    command = [sys.executable, "-c", _SMALL_DISK, str(folder), kept.id]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert "cannot be written" in told
    assert (folder / f"{kept.id}.jsonl").stat().st_size == 1000, "half of the line is there"
    assert transcripts.read(folder, kept.id) == kept
    transcripts.keep(folder, kept, Turn(later(3), "assistant", "Because."))
    assert [turn.text for turn in transcripts.read(folder, kept.id).turns] == ["Why?", "Because."]


def test_two_terminals_go_on_with_one_conversation(folder: Path) -> None:
    kept = talk(folder, "Why?")
    command = [sys.executable, "-c", _WRITER, str(folder), kept.id]
    both = [subprocess.Popen([*command, name, "40"], stdout=subprocess.DEVNULL) for name in ("left", "right")]
    assert [process.wait() for process in both] == [0, 0]
    found = transcripts.read(folder, kept.id)

    assert sorted(text.split(" ", 2)[:2] for text in found.questions[1:]) == sorted(
        [name, str(number)] for name in ("left", "right") for number in range(40)
    )


def test_conversations_that_begin_in_the_same_second_do_not_mix(folder: Path) -> None:
    first, second = talk(folder, "one"), talk(folder, "two")

    assert first.id != second.id
    assert {one.questions for one in transcripts.conversations(folder)} == {("one",), ("two",)}


def test_the_last_conversation_is_the_one_that_was_continued_last(folder: Path) -> None:
    older = talk(folder, "one", at=later(1))
    talk(folder, "two", at=later(2))
    assert transcripts.conversations(folder)[0].questions == ("two",)

    transcripts.keep(folder, older, Turn(later(3), "assistant", "An answer."))
    assert transcripts.latest(folder) is not None
    assert [one.questions for one in transcripts.conversations(folder)] == [("one",), ("two",)]


def test_there_may_be_none(folder: Path) -> None:
    assert transcripts.latest(folder) is None
    assert transcripts.latest(None) is None
    assert transcripts.find(None, "").found == ()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("残", ["zh"]),
        ("残差 连接", ["zh"]),
        ("jurgen", ["en"]),
        ("JÜRGEN lstm", ["en"]),
        ("schmidhuber 残差", []),
        ("gradients", ["en"]),
        ("resnet", ["zh"]),
        ("", ["en", "zh"]),
        ("!?", []),
    ],
)
def test_conversations_are_found_in_both_languages(folder: Path, words: str, found: list[str]) -> None:
    talk(folder, "残差连接为什么有用？", "因为什么都不改最容易。", at=later(1), entry="resnet")
    talk(folder, "Who wrote it?", "Jürgen Schmidhuber. The LSTM keeps its gradient alive.", at=later(2))
    names = {"残差连接为什么有用？": "zh", "Who wrote it?": "en"}

    assert [names[one.conversation.title] for one in transcripts.find(folder, words).found] == found


def test_the_sentence_that_holds_the_words_comes_along(folder: Path) -> None:
    talk(folder, "Why?", "It is deep. A residual block adds x back. It works.", at=later(1))
    talk(folder, "How?", "Slowly.", at=later(2))
    found = transcripts.find(folder, "residual").found

    assert [(one.number, one.piece.text if one.piece else None) for one in found] == [
        (2, "A residual block adds x back.")
    ]
    piece = found[0].piece
    assert piece is not None
    assert [piece.text[begin:end] for begin, end in piece.marks] == ["residual"]


def test_a_conversation_is_read_by_its_number_or_id(folder: Path) -> None:
    older, newer = talk(folder, "one", at=later(1)), talk(folder, "two", at=later(2))

    assert transcripts.read(folder, "1") == newer
    assert transcripts.read(folder, "2") == older
    assert transcripts.read(folder, older.id) == older


@pytest.mark.parametrize("name", ["3", "0", "x", "../secret", "20260501T133000-000000", "²", ""])
def test_a_name_that_stands_for_none_is_said(folder: Path, name: str) -> None:
    talk(folder, "one")
    (path,) = folder.iterdir()
    (folder.parent / "secret.jsonl").write_bytes(path.read_bytes())

    with pytest.raises(NothingFound):
        transcripts.read(folder, name)


def test_what_is_deleted_is_gone(folder: Path) -> None:
    kept = talk(folder, "one")
    transcripts.delete(folder, kept)

    assert list(folder.iterdir()) == []


def test_no_control_character_gets_in_or_out(folder: Path) -> None:
    kept = talk(folder, "Why\x1b[2J?", "Be\x9bcause.\ud800")
    path = folder / f"{kept.id}.jsonl"

    assert json.loads(path.read_text(encoding="utf-8").splitlines()[1])["text"] == "Why\ufffd[2J?"
    path.write_text(path.read_text(encoding="utf-8").replace("\ufffd", "\\u001b"), encoding="utf-8")
    assert "\x1b" not in "".join(turn.text for turn in transcripts.read(folder, kept.id).turns)


def test_without_a_folder_nothing_can_be_kept() -> None:
    with pytest.raises(ProgressError, match="home folder"):
        transcripts.keep(None, transcripts.begin(AT, "ask"), Turn(AT, "user", "Why?"))


def test_a_folder_that_cannot_be_made_is_said(folder: Path) -> None:
    folder.parent.parent.mkdir(exist_ok=True)
    folder.parent.write_text("a file in its place", encoding="utf-8")

    with pytest.raises(ProgressError, match="cannot be written"):
        talk(folder, "Why?")
