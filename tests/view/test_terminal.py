"""The installed program in a real terminal: pickers, the pager, window sizes, colours, Ctrl-C."""

import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest
from rich.cells import cell_len
from tests.conftest import AILEARN, Start
from tests.reader import rest_of, without_escapes

if sys.platform == "win32":
    pytest.skip("Windows has no pty", allow_module_level=True)
else:
    import pexpect

COLORS = re.compile(r"\x1b\[[0-9;]*m")
CTRL_C, CTRL_D = "\x03", "\x04"
SIZES = pytest.mark.parametrize("columns", [80, 60])

# A pager that shows the first lines, waits for a key and dies of Ctrl-C as programs do.
PAGER = """
import signal
import sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
lines = sys.stdin.readlines()
sys.stdout.write("".join(lines[:5]) + f"--pager has {len(lines)} lines--\\n")
sys.stdout.flush()
with open("/dev/tty") as keyboard:
    keyboard.readline()
"""


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """The command line of a pager whose doings can be told from the program's."""
    script = tmp_path / "pager.py"
    script.write_text(PAGER, encoding="utf-8")
    return f"{sys.executable} {script}"


@pytest.fixture
def two_namesakes(tmp_path: Path) -> Path:
    """A content folder in which two entries share an alias, which `content check` would complain about."""
    folder = tmp_path / "own" / "papers"
    folder.mkdir(parents=True)
    for name in ("first-namesake", "second-namesake"):
        both = f"{{en: About {name}., zh: 关于 {name}。}}"
        (folder / f"{name}.yaml").write_text(
            f"id: {name}\nkind: paper\ntitle: {{en: The {name}, zh: 这是 {name}}}\n"
            f"short: {{en: {name} short, zh: {name} 简称}}\naliases: [namesake]\nauthors: [Ada Lovelace]\n"
            "date: '2001-02-03'\ntopics: [foundations]\nlevel: 1\nminutes: 10\n"
            f"links: [{{kind: page, url: 'https://example.org/{name}'}}]\n"
            + "".join(
                f"{field}: {both}\n"
                for field in ("one_liner", "problem", "motivation", "intuition", "limits", "legacy")
            )
            + "mechanism: {en: [One.], zh: [一。]}\n"
            f"cards: [{{id: why, type: why, q: {both}, a: {both}}}]\n",
            encoding="utf-8",
        )
    return folder.parent


def before(child: "pexpect.spawn[str]") -> str:
    """What was printed before the thing that was waited for, without carriage returns."""
    return str(child.before).replace("\r", "")


# Pickers


def test_the_second_of_several_links_can_be_picked(start: Start) -> None:
    child = start("open-link", "resnet", BROWSER="echo opened %s #")
    child.expect_exact("Which link?")
    child.expect_exact("1-4, or q: ")
    assert "2  pdf" in before(child)
    child.sendline("2")
    assert "https://arxiv.org/pdf/1512.03385" in rest_of(child)
    assert child.exitstatus == 0


def test_the_picker_asks_again_after_an_answer_that_is_not_on_its_list(start: Start) -> None:
    child = start("open-link", "resnet", BROWSER="echo opened %s #")
    for answer in ("9", "x", "0", "-1"):
        child.expect_exact("1-4, or q: ")
        child.sendline(answer)
    child.expect_exact("1-4, or q: ")
    child.sendline("1")
    assert "https://arxiv.org/abs/1512.03385" in rest_of(child)
    assert child.exitstatus == 0


@pytest.mark.parametrize("answer", ["q", ""])
def test_q_or_nothing_leaves_the_picker_without_opening_anything(start: Start, answer: str) -> None:
    child = start("open-link", "resnet", BROWSER="echo opened %s #")
    child.expect_exact("1-4, or q: ")
    child.sendline(answer)
    assert "opened" not in rest_of(child).lower()
    assert child.exitstatus == 1


def test_ctrl_d_leaves_the_picker_on_a_line_of_its_own(start: Start) -> None:
    child = start("open-link", "resnet")
    child.expect_exact("1-4, or q: ")
    child.send(CTRL_D)
    assert rest_of(child).endswith("\n")
    assert child.exitstatus == 1


def test_ctrl_c_leaves_the_picker_quietly_with_exit_130(start: Start) -> None:
    child = start("open-link", "resnet")
    child.expect_exact("1-4, or q: ")
    child.send(CTRL_C)
    assert rest_of(child).replace("^C", "") == "\n"
    assert child.exitstatus == 130


def test_the_picker_speaks_chinese(start: Start) -> None:
    child = start("open-link", "resnet", "--lang", "zh")
    child.expect_exact("哪个链接？")
    child.expect("1-4.*：")
    child.sendline("q")
    rest_of(child)
    assert child.exitstatus == 1


def test_a_name_that_two_entries_share_asks_which_one_is_meant(start: Start, two_namesakes: Path) -> None:
    child = start("show", "namesake", "--brief", "--content", str(two_namesakes))
    child.expect_exact("Which one?")
    child.expect_exact("1-2, or q: ")
    assert "1  first-namesake  The first-namesake" in before(child)
    child.sendline("2")
    shown = without_escapes(rest_of(child))
    assert "About second-namesake." in shown
    assert "About first-namesake." not in shown
    assert child.exitstatus == 0


# The pager


def test_long_output_goes_through_the_pager(start: Start, pager: str) -> None:
    child = start("show", "transformer", PAGER=pager)
    child.expect(r"--pager has (\d+) lines--")
    assert isinstance(child.match, re.Match)
    assert int(child.match[1]) > 24
    child.sendline("")
    assert rest_of(child).strip() == ""
    assert child.exitstatus == 0


def test_short_output_is_not_paged(start: Start, pager: str) -> None:
    child = start("show", "attention", "--brief", PAGER=pager)
    shown = rest_of(child)
    assert "--pager" not in shown
    assert "Bahdanau" in shown


@pytest.mark.parametrize("options", [("--no-pager",), ("--plain",), ("--json",)])
def test_nothing_is_paged_that_is_not_for_reading_on_the_screen(
    start: Start, pager: str, options: tuple[str, ...]
) -> None:
    child = start("show", "transformer", *options, PAGER=pager)
    shown = rest_of(child)
    assert "--pager" not in shown
    assert shown.count("\n") > 24
    assert child.exitstatus == 0


@pytest.mark.parametrize(
    "command",
    [
        "no-such-pager-anywhere",
        "/etc/passwd",
        "/",
        " ",
        "",
        "\t",
        "exit 3",
        "kill -9 $$",
        "kill $$",
        "'",
        "(",
    ],
)
def test_a_pager_that_shows_nothing_keeps_nobody_from_reading(start: Start, command: str) -> None:
    child = start("show", "transformer", PAGER=command)
    assert "Attention Is All You Need" in rest_of(child)
    assert child.exitstatus == 0


# A shell in short: it starts a program, ends it when its pager is there, and looks at the terminal.
SHELL = """
import subprocess, sys, termios, time
before = termios.tcgetattr(0)[3]
program = subprocess.Popen(sys.argv[2:])
while termios.tcgetattr(0)[3] == before:
    time.sleep(0.01)
program.send_signal(int(sys.argv[1]))
print("ended by", program.wait(), "as it was:", termios.tcgetattr(0)[3] == before)
"""


@pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("command", ["less", "less -S"])
def test_a_program_that_is_told_to_end_takes_its_pager_along(
    own_folders: Path, command: str, number: int
) -> None:
    arguments = ["-c", SHELL, str(int(number)), str(AILEARN), "show", "transformer"]
    environment = {**os.environ, "PAGER": command, "TERM": "xterm"}
    child = pexpect.spawn(sys.executable, arguments, env=environment, encoding="utf-8", timeout=30)
    child.expect(r"ended by (\d+) as it was: (\w+)")
    assert isinstance(child.match, re.Match)
    assert child.match.groups() == (str(128 + number), "True")
    child.close()


@pytest.mark.parametrize("command", ["cat", " cat -u "])
def test_a_pager_that_ends_well_shows_the_text_once(start: Start, command: str) -> None:
    assert rest_of(start("show", "transformer", PAGER=command)).count("Attention Is All You Need") == 1


@pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
@pytest.mark.parametrize("options", ["-M", "M", "-i -S", "FX", "", "-Ptext$-M", None])
@pytest.mark.parametrize("command", ["less", "less -M", None])
def test_less_shows_colours_whatever_else_it_is_asked(
    start: Start, command: str | None, options: str | None
) -> None:
    named = {"PAGER": command, "LESS": options}
    child = start(
        "show", "transformer", **{name: value for name, value in named.items() if value is not None}
    )
    child.expect_exact("Vaswani")
    assert COLORS.search(before(child))
    assert "ESC[" not in before(child)
    child.send("q")
    rest_of(child)


def test_a_pager_without_colours_gets_none(start: Start, tmp_path: Path) -> None:
    view = tmp_path / "view"
    view.write_text("#!/bin/sh\ncat\n")
    view.chmod(0o755)
    shown = rest_of(start("show", "transformer", PAGER=f"{view} -"))
    assert "Attention Is All You Need" in shown
    assert "\x1b" not in shown


def test_ctrl_c_in_a_pager_that_dies_of_it_ends_quietly(start: Start, pager: str) -> None:
    child = start("show", "transformer", PAGER=pager)
    child.expect(r"--pager has \d+ lines--")
    child.send(CTRL_C)
    assert rest_of(child).replace("^C", "").strip() == ""
    assert child.exitstatus in (0, 130)


@pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
def test_less_shows_chinese_and_colours_survives_ctrl_c_and_ends_with_q(start: Start) -> None:
    child = start("show", "transformer", "--lang", "both", PAGER="less -FRX")
    child.expect_exact("注意力就是你所需要的一切")
    child.expect(r"\n:|\r:")
    assert COLORS.search(before(child))
    for _ in range(2):
        child.send(CTRL_C)
        time.sleep(0.2)
    assert child.isalive()
    child.send(" ")
    child.expect_exact("Motivation")
    child.send("q")
    rest_of(child)
    assert child.exitstatus == 0


@pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
def test_less_is_the_pager_when_none_is_named(start: Start) -> None:
    child = start("papers")
    child.expect(r"\n:|\r:")
    child.send("q")
    rest_of(child)
    assert child.exitstatus == 0


# Windows and colours


@SIZES
@pytest.mark.parametrize("language", ["en", "zh"])
def test_lines_fit_the_window_that_the_terminal_has(start: Start, columns: int, language: str) -> None:
    child = start("timeline", "--no-pager", "--lang", language, columns=columns)
    lines = without_escapes(rest_of(child)).splitlines()
    widest = max(cell_len(line) for line in lines)
    assert columns - 8 <= widest <= columns


def test_a_terminal_gets_colours(start: Start) -> None:
    assert COLORS.search(rest_of(start("papers", "--no-pager")))


def test_no_color_takes_the_colours_away_and_nothing_else(start: Start) -> None:
    colored = rest_of(start("show", "resnet", "--no-pager"))
    plain = rest_of(start("show", "resnet", "--no-pager", NO_COLOR="1"))
    assert "\x1b" not in plain
    assert without_escapes(colored) == plain


def test_a_dumb_terminal_gets_plain_records(start: Start) -> None:
    shown = rest_of(start("papers", "--no-pager", TERM="dumb"))
    assert "\x1b" not in shown
    rows = [line.split("\t") for line in shown.splitlines()]
    assert all(len(row) == 8 for row in rows)
    assert "transformer" in {row[0] for row in rows}
