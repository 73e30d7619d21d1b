"""A conversation: at a real terminal with its keys, and line by line from a pipe."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import AILEARN
from tests.reader import Reader, wait_for_end
from tests.tutor.server import ModelServer, answer, failure

if TYPE_CHECKING:
    from tests.conftest import Run, Start

if sys.platform == "win32":
    pytest.skip("Windows has no pty", allow_module_level=True)

CTRL_C, CTRL_D, UP, ESC = "\x03", "\x04", "\x1b[A", "\x1b"
PROMPT = "› "
SLOW = answer("Slow answer. " * 200)._replace(pause=0.01)


class Talker(Reader):
    """Somebody who talks with a model at a terminal."""

    def asks(self, question: str, *texts: str) -> str:
        """Type a question, press Enter, wait for what comes of it and for the prompt after that."""
        return self.press(f"{question}\r", *texts, PROMPT)

    def ends(self) -> str:
        """Press Ctrl-D and read what is still printed."""
        self.child.send(CTRL_D)
        rest = self.end()
        assert self.child.exitstatus == 0
        return rest


Chat = Callable[..., Talker]


@pytest.fixture
def chat(start: Start, connected: ModelServer) -> Chat:
    """Begin a conversation: `chat("resnet", "-c", columns=60)`; the prompt is there."""

    def begin(*arguments: str, columns: int = 80, **environment: str) -> Talker:
        reader = Talker(
            start("chat", *arguments, columns=columns, PROMPT_TOOLKIT_NO_CPR="1", PAGER="cat", **environment)
        )
        reader.child.delaybeforesend = 0.0
        reader.sees(PROMPT)
        return reader

    return begin


def questions(server: ModelServer) -> list[str]:
    """The last message of every request."""
    return [one.body["messages"][-1]["content"] for one in server.chats]


def messages(server: ModelServer) -> list[dict[str, Any]]:
    """The messages of the last request, but for the instructions."""
    return [one for one in server.chats[-1].body["messages"] if one["role"] != "system"]


@pytest.mark.parametrize(("language", "columns"), [("en", 80), ("zh", 60)])
def test_a_conversation_from_the_first_question_to_the_last(
    chat: Chat, connected: ModelServer, run: Run, language: str, columns: int
) -> None:
    connected.say("It adds **x** back [resnet: mechanism].", "第二个回答。")
    reader = chat("resnet", "--lang", language, columns=columns)

    assert "It adds x back [resnet: mechanism]." in reader.asks(
        "Why?", "It adds", "test-model", "resnet: mechanism"
    )
    reader.asks("那浅的网络呢？", "第二个回答。", "test-model")
    kept = re.search("--show ([0-9T]+-[0-9a-f]+)", reader.ends())

    assert questions(connected) == ["Why?", "那浅的网络呢？"]
    assert [one["content"] for one in messages(connected)][:2] == [
        "Why?",
        "It adds **x** back [resnet: mechanism].",
    ]
    # The second question has found passages of its own, and still knows what the first was about.
    assert all("resnet: mechanism" in one.prompt for one in connected.chats)
    assert kept is not None
    turns = run("tutor", "history", "--show", kept[1], "--json").json["turns"]
    assert [one["text"] for one in turns] == [
        "Why?", "It adds **x** back [resnet: mechanism].", "那浅的网络呢？", "第二个回答。",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("answering", [False, True])
def test_a_conversation_that_is_told_to_end_leaves_the_terminal_as_it_was(
    start: Start, connected: ModelServer, name: str, answering: bool
) -> None:
    import termios

    connected.play(SLOW)
    reader = Talker(start("chat", "resnet", PROMPT_TOOLKIT_NO_CPR="1"))
    before = termios.tcgetattr(reader.child.fileno())
    reader.sees(PROMPT)
    if answering:
        reader.press("Why?\r", "Slow answer.")
    assert not termios.tcgetattr(reader.child.fileno())[3] & termios.ECHO

    number = getattr(signal, name)
    reader.child.kill(number)
    wait_for_end(reader.child)

    assert termios.tcgetattr(reader.child.fileno())[3] == before[3]
    assert "Traceback" not in reader.end()
    assert reader.child.exitstatus == 128 + number


def test_it_says_what_it_is_about_with_whom_and_which_keys_to_press(
    start: Start, connected: ModelServer
) -> None:
    reader = Talker(start("chat", "resnet", "--no-save", PROMPT_TOOLKIT_NO_CPR="1"))
    shown = reader.sees(PROMPT)

    assert shown.splitlines()[:3] == [
        "ResNet  resnet",
        "test-model (custom) · not saved",
        "Enter asks; Esc Enter or a final \\ starts a new line; /help; Ctrl-D quits.",
    ]


def test_ctrl_c_stops_an_answer_and_not_the_program(chat: Chat, connected: ModelServer) -> None:
    connected.play(SLOW, answer("The next one."))
    reader = chat("resnet")

    reader.child.send("Why?\r")
    reader.sees("Slow answer. Slow answer.")
    reader.child.send(CTRL_C)
    assert "^C" not in reader.sees("Stopped.", PROMPT)
    reader.asks("And now?", "The next one.")
    assert "Saved." in reader.ends()
    assert questions(connected) == ["Why?", "And now?"]


def test_ctrl_c_before_anything_came_stops_too(chat: Chat, connected: ModelServer) -> None:
    connected.play(answer("")._replace(chunks=(), stalls=5.0), answer("The next one."))
    reader = chat("resnet")

    reader.child.send("Why?\r")
    reader.sees("asking test-model…")
    reader.child.send(CTRL_C)
    reader.sees("Stopped.", PROMPT)
    reader.asks("And now?", "The next one.")
    reader.ends()


def test_ctrl_c_clears_the_line_and_on_an_empty_one_says_how_to_end(
    chat: Chat, connected: ModelServer
) -> None:
    reader = chat("resnet")
    reader.child.send("not what I meant")
    reader.sees("not what I meant")
    reader.child.send(CTRL_C)
    reader.asks("Why?", "An answer.")
    reader.child.send(CTRL_C)
    reader.sees("Ctrl-D or /quit ends the conversation.", PROMPT)
    reader.ends()

    assert questions(connected) == ["Why?"]


@pytest.mark.parametrize("key", ["\\\r", f"{ESC}\r"])
def test_a_question_may_have_several_lines(chat: Chat, connected: ModelServer, key: str) -> None:
    reader = chat("resnet")
    reader.child.send(f"第一行{key}")
    reader.sees("第一行")
    reader.asks("第二行", "An answer.")
    reader.ends()

    assert questions(connected) == ["第一行\n第二行"]


def test_retry_asks_the_same_again_in_place_of_the_answer(
    chat: Chat, connected: ModelServer, run: Run
) -> None:
    connected.say("First.", "Second.", "Third.")
    reader = chat("resnet")
    reader.asks("One?", "First.")
    reader.asks("Two?", "Second.")
    reader.asks("/retry", "Third.")
    reader.ends()

    assert questions(connected) == ["One?", "Two?", "Two?"]
    assert [one["content"] for one in messages(connected)] == ["One?", "First.", "Two?"]
    turns = run("tutor", "history", "--show", "1", "--json").json["turns"]
    assert [one["text"] for one in turns] == ["One?", "First.", "Two?", "Third."]


def test_errors_of_a_model_are_told_and_the_conversation_goes_on(chat: Chat, connected: ModelServer) -> None:
    connected.play(failure(401, {"error": {"message": "no"}}), answer("Better now."))
    reader = chat("resnet")

    reader.asks("Why?", "error: ", "hint: ")
    reader.asks("/retry", "Better now.")
    reader.ends()
    assert questions(connected) == ["Why?", "Why?"]


def test_commands_show_what_they_say(chat: Chat, connected: ModelServer) -> None:
    reader = chat("resnet")

    reader.asks("/passages", "Nothing has been asked yet.")
    reader.asks("/retry", "Nothing has been asked yet.")
    reader.asks("/help", "/model NAME")
    reader.asks("/nonsense", "There is no command /nonsense.")
    reader.asks("Which function does the block learn?", "An answer.")
    reader.asks("/passages", "[resnet: ")
    reader.asks("/show", "Deep Residual Learning")
    reader.asks("/model other@custom", "other (custom) answers.")
    reader.asks("/model x@nobody", "error: ", "hint: ")
    reader.asks("And now?", "An answer.")
    reader.child.send("/quit\r")
    reader.sees("Saved.")

    assert [one.body["model"] for one in connected.chats] == ["test-model", "other"]


def test_earlier_questions_come_back_in_the_next_conversation(
    chat: Chat, connected: ModelServer, own_folders: Path
) -> None:
    reader = chat("resnet")
    reader.asks("残差连接为什么有用？", "An answer.")
    reader.asks("/help", "/quit")
    reader.ends()
    kept = own_folders / "ailearn" / "data" / "chat-history"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600

    reader = chat()
    reader.child.send(UP)
    reader.sees("残差连接为什么有用？")
    reader.asks("", "An answer.")
    reader.ends()
    assert questions(connected) == ["残差连接为什么有用？"] * 2


def test_nothing_is_kept_of_a_conversation_that_should_not_be(
    chat: Chat, connected: ModelServer, own_folders: Path
) -> None:
    reader = chat("resnet", "--no-save")
    reader.asks("A secret?", "An answer.")
    assert "Saved" not in reader.ends()

    files = [
        one for one in (own_folders / "ailearn").rglob("*") if one.is_file() and "cache" not in one.parts
    ]
    assert not [one for one in files if b"secret" in one.read_bytes()]


def test_a_conversation_goes_on_later(chat: Chat, connected: ModelServer) -> None:
    connected.say("First.", "About LoRA.", "Second.")
    for entry, question, said in (("resnet", "One?", "First."), ("lora", "Two?", "About LoRA.")):
        reader = chat(entry)
        reader.asks(question, said)
        reader.ends()

    reader = chat("resnet", "-c")
    reader.asks("Three?", "Second.")
    assert "ailearn chat resnet -c" in reader.ends()
    assert [one["content"] for one in messages(connected)] == ["One?", "First.", "Three?"]


def test_without_colours_and_boxes(chat: Chat, connected: ModelServer, start: Start) -> None:
    connected.say("- an item\n\n> quoted")
    reader = Talker(start("chat", "resnet", "--ascii", NO_COLOR="1", PROMPT_TOOLKIT_NO_CPR="1"))
    reader.child.delaybeforesend = 0.0
    reader.sees("> ")
    reader.child.send("Why?\r")
    shown = reader.sees("* an item", "| quoted", "> ")
    assert shown.isascii()
    reader.ends()


# Not at a terminal


def test_a_pipe_asks_line_by_line(run: Run, connected: ModelServer) -> None:
    connected.say("One **1**.", "Two.")
    result = run("chat", "resnet", typed="First?\n\nSecond \\\nline?\n/quit\nNever asked\n")

    assert result == "One **1**.\n\nTwo.\n"
    assert result.exit == 0
    assert questions(connected) == ["First?", "Second \nline?"]
    assert "ailearn tutor history --show" in result.err


def test_json_is_the_whole_conversation(run: Run, connected: ModelServer) -> None:
    result = run("chat", "resnet", "--json", typed="First?\nSecond?\n")

    assert result.json["entry"] == "resnet"
    assert [one["role"] for one in result.json["turns"]] == ["user", "assistant"] * 2


def test_a_question_without_an_answer_is_told_by_the_exit_code(run: Run, connected: ModelServer) -> None:
    connected.play(failure(402, {"error": {"message": "no"}}), answer("Fine."))
    result = run("chat", typed="First?\nSecond?\n")

    assert result == "Fine.\n"
    assert result.exit == 7
    assert "error: " in result.err


def test_no_model_is_an_error_with_a_hint(run: Run) -> None:
    result = run("chat", "resnet", typed="Why?\n")

    assert (result, result.exit) == ("", 7)
    assert "ailearn tutor setup" in result.err


def test_no_such_entry_is_told_before_anything_else(run: Run, connected: ModelServer) -> None:
    assert run("chat", "resnett", typed="Why?\n").exit == 3
    assert connected.requests == []


def test_what_is_no_text_is_no_question(connected: ModelServer) -> None:
    environ = {**os.environ, "PYTHONIOENCODING": "utf-8:strict"}
    result = subprocess.run(
        [AILEARN, "chat"], input=b"\xff?\n", capture_output=True, env=environ, check=False
    )

    assert result.returncode == 2
    assert connected.chats == []


def test_the_first_conversation_to_go_on_with_is_a_new_one(run: Run, connected: ModelServer) -> None:
    result = run("chat", "lora", "-c", typed="Why?\n")

    assert result == "An answer.\n"
    assert "no conversation to continue" in result.err
