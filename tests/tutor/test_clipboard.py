"""`prompt --copy` and `--open`: the bytes that reach the terminal, and what happens without one."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import AILEARN, Run, Start
from tests.reader import rest_of

from ailearn.errors import UsageError
from ailearn.view.clipboard import LONGEST, in_tmux, sequence

if sys.platform == "win32":
    pytest.skip("Windows has no pty", allow_module_level=True)
else:
    import pexpect

QUIZ = ("prompt", "resnet", "--job", "quiz")


def copied(told: str) -> str:
    """What a terminal that received `told` has on its clipboard."""
    return base64.b64decode(told).decode()


@pytest.fixture
def text(run: Run) -> str:
    """The prompt that is copied in these tests."""
    return str(run(*QUIZ))


# In a terminal


def test_the_terminal_gets_the_prompt_for_its_clipboard_and_the_reader_a_line(
    start: Start, text: str
) -> None:
    child = start(*QUIZ, "--copy")
    shown = rest_of(child)
    found = re.match("\x1b]52;c;([A-Za-z0-9+/=]+)\x07", shown)
    assert found
    assert copied(found[1]) == text
    after = shown[found.end() :]
    assert after.startswith(f"Copied to the clipboard: {len(text)} characters.")
    assert "For Claude: https://claude.ai/new" in after
    assert "<entry" not in after
    assert child.exitstatus == 0


def test_chinese_reaches_the_clipboard_as_utf_8(start: Start) -> None:
    shown = rest_of(start(*QUIZ, "--copy", "--lang", "zh"))
    found = re.match("\x1b]52;c;([^\x07]+)\x07", shown)
    assert found
    assert copied(found[1]).startswith("请考考我")
    assert "已复制到剪贴板" in shown


def test_the_terminal_is_found_when_stderr_goes_elsewhere(own_folders: Path, text: str) -> None:
    # The shell parts the two: what is printed goes into files, and the clipboard is the terminal's still.
    folder = own_folders / "out"
    folder.mkdir()
    line = f"{AILEARN} {' '.join(QUIZ)} --copy > {folder}/stdout 2> {folder}/stderr"
    environ = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    child: pexpect.spawn[str] = pexpect.spawn("sh", ["-c", line], env=environ, encoding="utf-8", timeout=20)
    shown = rest_of(child)
    found = re.fullmatch("\x1b]52;c;([^\x07]+)\x07", shown)
    assert found
    assert copied(found[1]) == text
    assert (folder / "stdout").read_text(encoding="utf-8") == text
    assert "\x1b" not in (folder / "stderr").read_text(encoding="utf-8")


def test_tmux_gets_it_for_itself_and_wrapped_to_be_handed_on(start: Start, text: str) -> None:
    shown = rest_of(start(*QUIZ, "--copy", TMUX="/tmp/tmux-1000/default,1,0"))
    encoded = base64.b64encode(text.encode()).decode()
    plain, wrapped = f"\x1b]52;c;{encoded}\x07", f"\x1bPtmux;\x1b\x1b]52;c;{encoded}\x07\x1b\\"
    assert shown.startswith(plain + wrapped + "Copied to the clipboard")
    assert "set -g set-clipboard on" in shown


def test_screen_gets_it_in_pieces_that_it_can_hold(start: Start, text: str) -> None:
    shown = rest_of(start(*QUIZ, "--copy", STY="1.pts-0.host", TERM="screen-256color"))
    pieces = re.findall("\x1bP([^\x1b]*(?:\x1b][^\x1b]*)?)\x1b\\\\", shown)
    assert len(pieces) > 5
    assert all(len(piece) + 4 <= 768 for piece in pieces)
    assert "".join(pieces) == f"\x1b]52;c;{base64.b64encode(text.encode()).decode()}\x07"
    assert shown.partition("Copied to")[0] == "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def test_a_terminal_without_a_clipboard_is_told_from_one_with_it(start: Start) -> None:
    child = start(*QUIZ, "--copy", TERM="dumb")
    shown = rest_of(child)
    assert "\x1b" not in shown
    assert "There is no terminal to copy through" in shown
    assert child.exitstatus == 2


def test_json_is_printed_and_copied(start: Start, text: str) -> None:
    shown = rest_of(start(*QUIZ, "--copy", "--json"))
    assert shown.count("\x1b]52;c;") == 1
    assert '"job": "quiz"' in shown


def test_open_copies_and_opens(start: Start) -> None:
    shown = rest_of(start(*QUIZ, "--open", BROWSER="echo opened %s #"))
    assert shown.startswith("\x1b]52;c;")
    assert "opened https://claude.ai/new" in shown
    assert "<entry" not in shown


def test_a_prompt_longer_than_the_screen_is_not_paged(start: Start, text: str) -> None:
    child = start(*QUIZ, PAGER="echo paged; cat >/dev/null", columns=200)
    shown = rest_of(child)
    assert "paged" not in shown
    assert shown.startswith(text)


# Without a terminal


def test_without_any_terminal_nothing_is_printed_but_what_to_do(own_folders: Path) -> None:
    ended = subprocess.run(
        [AILEARN, *QUIZ, "--copy"],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, b"")
    told = ended.stderr.decode()
    assert told.startswith("error: There is no terminal to copy through.\n\nhint: Without `--copy`")


# The sequence


def test_what_no_terminal_would_take_is_refused() -> None:
    most = LONGEST // 4 * 3
    assert sequence("x" * most, {}).startswith("\x1b]52;c;eHh4")
    with pytest.raises(UsageError) as caught:
        sequence("x" * (most + 3), {})
    assert caught.value.key == "error.clipboard-long"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [({}, False), ({"TERM": "screen"}, False), ({"TMUX": "x"}, True), ({"TERM": "tmux-256color"}, True)],
)
def test_tmux_is_known_by_its_variable_and_over_ssh_by_its_terminal(
    environ: dict[str, str], expected: bool
) -> None:
    assert in_tmux(environ) is expected
