"""A sitting in a real terminal: keys, windows, languages, and how it ends."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from tests.conftest import AILEARN
from tests.reader import Reader, wait_for_end, without_escapes

from ailearn.catalog.study import Study
from ailearn.learning.journal import open_to_read
from ailearn.learning.review import ReviewCard, card

if TYPE_CHECKING:
    from tests.conftest import Run, Start

if sys.platform == "win32":
    pytest.skip("Windows has no pty", allow_module_level=True)

COLORS = re.compile(r"\x1b\[[0-9;]*m")
CLEAR = "\x1b[2J"
CTRL_C, CTRL_D, CTRL_Z = "\x03", "\x04", "\x1a"
FIRST, SECOND = "resnet/degradation", "lora/cost"
LOOKS = pytest.mark.parametrize(
    ("language", "columns"), [("en", 80), ("en", 60), ("zh", 80), ("zh", 60), ("both", 60)]
)


Sit = Callable[..., Reader]


@pytest.fixture
def sit(start: Start) -> Sit:
    """Begin `ailearn review` with new cards of two entries: `sit("--limit", "3", columns=60)`."""

    def begin(*options: str, columns: int = 80, **environment: str) -> Reader:
        named = {"AILEARN_NOW": "2026-05-01T12:00:00Z", **environment}
        return Reader(start("review", "resnet", "lora", *options, columns=columns, **named))

    return begin


@pytest.fixture
def cards(study: Study, own_folders: Path) -> Callable[[str], ReviewCard]:
    """A card as the guide and the journal know it."""

    def look(key: str) -> ReviewCard:
        journal = open_to_read(own_folders / "ailearn" / "data")
        try:
            return card(study, journal, key)
        finally:
            journal.close()

    return look


Cards = Callable[[str], ReviewCard]


def grades(folder: Path) -> list[tuple[str, str, object]]:
    """What the journal holds: kind, subject, and grade or mark."""
    journal = open_to_read(folder / "ailearn" / "data")
    found = [
        (one.kind, one.subject, one.payload.get("grade", one.payload.get("mark"))) for one in journal.events()
    ]
    journal.close()
    return found


def unwrapped(text: str) -> str:
    """Without blanks and line breaks, which fall elsewhere in every window."""
    return re.sub(r"\s", "", text)


@LOOKS
def test_a_sitting_from_the_first_question_to_the_summary(
    sit: Sit, cards: Cards, own_folders: Path, language: str, columns: int
) -> None:
    wanted = {"en": ["en"], "zh": ["zh"], "both": ["en", "zh"]}[language]
    chinese = language == "zh"
    quit_key = "q 退出" if chinese else "q quit"
    first = cards(FIRST).card
    reader = sit("--limit", "2", "--lang", language, columns=columns)

    asked = reader.sees(FIRST, quit_key)
    assert all(unwrapped(first["q"][one]) in unwrapped(asked) for one in wanted)
    assert not any(unwrapped(first["a"][one]) in unwrapped(asked) for one in ("en", "zh"))
    assert ("1/2", "新卡 2" if chinese else "new 2") == tuple(asked.split("\n")[0].split("   ", 1))

    told = reader.press("\r", quit_key)
    assert all(unwrapped(first["a"][one]) in unwrapped(told) for one in wanted)
    names = ("忘了", "吃力", "记得", "轻松") if chinese else ("again", "hard", "good", "easy")
    unit = "天" if chinese else "d"
    row = r"\s+".join(rf"{number} {name} · \d+ {unit}" for number, name in enumerate(names, start=1))
    assert re.search(row, told)

    reader.press("3", "2/2", SECOND, quit_key)
    reader.press(" ", unit, quit_key)
    last = reader.press("4", "2026-05-", "回车 结束" if chinese else "Enter end")
    assert ("复习了 2 张" if chinese else "reviewed 2") in last
    reader.child.send("\r")
    reader.end()

    assert reader.child.exitstatus == 0
    assert grades(own_folders) == [("review", FIRST, 3), ("review", SECOND, 4)]
    lines = without_escapes(reader.seen).splitlines()
    assert max(map(cell_len, lines)) <= columns


def test_no_key_but_enter_and_space_shows_the_answer_and_none_but_a_grade_goes_on(
    sit: Sit, own_folders: Path
) -> None:
    reader = sit()
    reader.sees(FIRST, "q quit")
    for key in ("3", "1", "e", "x", "é", "中"):
        assert "again" not in reader.press(key, FIRST, "q quit")
    for key in ("\x1b[A", "\x1b[3~", "\x1b"):
        # What follows an escape at once would belong to it.
        reader.child.send(key)
        time.sleep(0.1)
    reader.press("\r", "4 easy")
    reader.press("\r", FIRST, "4 easy")
    reader.press(" ", FIRST, "4 easy")
    reader.child.send("q")
    reader.end()

    assert grades(own_folders) == []


def test_a_chinese_input_method_may_be_left_on(sit: Sit, own_folders: Path) -> None:
    reader = sit("--lang", "zh")
    reader.sees(FIRST, "q 退出")
    reader.press("\u3000", "4 轻松")
    reader.press("３", SECOND, "q 退出")
    reader.child.send("ｑ")
    reader.end()

    assert grades(own_folders) == [("review", FIRST, 3)]


def test_a_failed_card_comes_back_in_the_same_sitting(sit: Sit, own_folders: Path) -> None:
    reader = sit("--limit", "2")
    reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy")
    assert "again 1" in reader.press("1", SECOND, "q quit")
    reader.press("\r", "4 easy")
    reader.press("3", "2/2", FIRST, "q quit")
    reader.press("\r", "4 easy")
    reader.press("2", "reviewed 2 · again 1", "Enter end")
    reader.child.send("q")
    reader.end()

    assert grades(own_folders) == [("review", FIRST, 1), ("review", SECOND, 3), ("review", FIRST, 2)]


def test_undo_shows_the_card_again_after_the_last_one_too(sit: Sit, own_folders: Path) -> None:
    reader = sit("--limit", "2")
    assert "undo" not in reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy")
    reader.press("1", SECOND, "u undo   q quit")
    reader.press("u", FIRST, f"Undone: {FIRST}", "q quit")
    assert grades(own_folders)[-1][0] == "undo"
    reader.press("u", "nothing to undo", "q quit")
    for key in (SECOND, "Enter end"):
        reader.press("\r", "4 easy")
        reader.press("3", key)
    reader.press("u", "2/2", SECOND, "q quit")
    reader.press("\r", "4 easy")
    reader.press("4", "Enter end")
    reader.child.send("\r")
    reader.end()

    assert [one for one in grades(own_folders) if one[0] == "review"] == [
        ("review", FIRST, 1), ("review", FIRST, 3), ("review", SECOND, 3), ("review", SECOND, 4)
    ]  # fmt: skip


def test_a_flag_is_set_and_taken_away(sit: Sit, cards: Cards) -> None:
    reader = sit()
    reader.sees(FIRST, "q quit")
    assert "flagged" in reader.press("f", "Flagged.", "f unflag", "q quit")
    assert cards(FIRST).state.flagged is True
    reader.press("f", "Unflagged.", "f flag", "q quit")
    assert cards(FIRST).state.flagged is False
    reader.child.send("q")
    assert "No card was graded." in reader.end()


def test_a_suspended_card_is_set_aside_with_the_way_back(sit: Sit, cards: Cards) -> None:
    reader = sit()
    reader.sees(FIRST, "q quit")
    reader.press("s", SECOND, f"`ailearn review --unsuspend {FIRST}`", "q quit")
    assert cards(FIRST).state.suspended is True
    reader.press("u", FIRST, "q quit")
    assert cards(FIRST).state.suspended is False


def test_the_section_that_explains_is_shown_under_the_answer_and_put_away(sit: Sit, cards: Cards) -> None:
    assert cards(FIRST).card["type"] == "problem"
    reader = sit()
    reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy", "q quit")
    assert "Problem" in reader.press("e", "4 easy", "q quit")
    assert "Problem" not in reader.press("e", "4 easy", "q quit")
    reader.press("e", "Problem", "q quit")
    assert "Problem" not in reader.press("3", SECOND, "q quit")


def test_the_source_is_opened_or_its_address_printed(sit: Sit) -> None:
    reader = sit(BROWSER="true %s")
    reader.sees(FIRST, "q quit")
    reader.press("o", "Opened https://arxiv.org/abs/1512.03385", FIRST[:0] or "q quit")

    reader = sit(BROWSER="no-such-browser-anywhere", PATH=str(AILEARN.parent))
    reader.sees(FIRST, "q quit")
    reader.press("o", "There is no browser", "https://arxiv.org/abs/1512.03385", "q quit")


@pytest.mark.parametrize(("key", "exit_code"), [("q", 0), (CTRL_D, 0), (CTRL_C, 130)])
def test_it_ends_at_once_with_everything_recorded_and_a_summary(
    sit: Sit, own_folders: Path, key: str, exit_code: int
) -> None:
    reader = sit()
    reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy")
    reader.press("1", SECOND, "q quit")
    reader.child.send(key)

    shown = reader.end()

    assert "reviewed 1 · again 1" in shown
    assert "Next due: 2026-05-02 (cards: 1)" in shown
    assert "Traceback" not in shown
    assert reader.child.exitstatus == exit_code
    assert grades(own_folders) == [("review", FIRST, 1)]


def test_a_killed_program_loses_nothing_that_was_answered(sit: Sit, own_folders: Path) -> None:
    reader = sit()
    reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy")
    reader.press("2", SECOND)
    reader.child.kill(signal.SIGKILL)
    reader.end()

    assert grades(own_folders) == [("review", FIRST, 2)]


def test_the_terminal_is_left_as_it_was(sit: Sit) -> None:
    import termios

    reader = sit()
    before = termios.tcgetattr(reader.child.fileno())
    reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy")
    reader.child.send("q")
    reader.child.expect_exact("No card was graded.")
    after = termios.tcgetattr(reader.child.fileno())
    reader.end()

    assert after[3] == before[3]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("revealed", [False, True])
def test_a_program_that_is_told_to_end_leaves_the_terminal_as_it_was(
    sit: Sit, own_folders: Path, name: str, revealed: bool
) -> None:
    import termios

    reader = sit()
    before = termios.tcgetattr(reader.child.fileno())
    reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy")
    reader.press("3", SECOND, "q quit")
    if revealed:
        reader.press("\r", "4 easy")
    assert not termios.tcgetattr(reader.child.fileno())[3] & termios.ECHO

    number = getattr(signal, name)
    reader.child.kill(number)
    wait_for_end(reader.child)

    assert termios.tcgetattr(reader.child.fileno())[3] == before[3]
    assert "Traceback" not in reader.end()
    assert reader.child.exitstatus == 128 + number
    assert grades(own_folders) == [("review", FIRST, 3)]


def test_a_terminal_that_is_closed_ends_it_without_a_report(sit: Sit, own_folders: Path) -> None:
    reader = sit()
    reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy")
    reader.press("3", SECOND, "q quit")
    reader.child.delayafterclose = 5.0
    reader.child.close()

    assert reader.child.exitstatus == 128 + signal.SIGHUP
    assert grades(own_folders) == [("review", FIRST, 3)]
    assert not (own_folders / "ailearn" / "state" / "last-error.txt").exists()


def _removed(data: Path) -> None:
    shutil.rmtree(data)


def _moved(data: Path) -> None:
    data.rename(data.with_name("elsewhere"))


def _deleted(data: Path) -> None:
    (data / "progress.sqlite").unlink()


def _emptied(data: Path) -> None:
    os.truncate(data / "progress.sqlite", 0)


def _replaced(data: Path) -> None:
    shutil.copy(data / "progress.sqlite", data / "copy")
    os.replace(data / "copy", data / "progress.sqlite")


def _restored(data: Path) -> None:
    assert subprocess.run([AILEARN, "progress", "restore"], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("happens", [_removed, _moved, _deleted, _emptied, _replaced, _restored])
@pytest.mark.parametrize("key", ["2", "u", "s", "f"])
def test_nothing_is_recorded_into_a_journal_that_is_no_longer_there(
    sit: Sit, run: Run, own_folders: Path, happens: Callable[[Path], None], key: str
) -> None:
    run("read", "alexnet", AILEARN_NOW="2026-04-29T12:00:00Z")
    run("read", "ppo", AILEARN_NOW="2026-04-30T12:00:00Z")
    data = own_folders / "ailearn" / "data"
    reader = sit()
    reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy")
    reader.press("3", SECOND, "q quit")
    happens(data)
    reader.press("\r", "4 easy")
    reader.child.send(key)

    told = reader.end()

    assert "while it was open" in told
    assert "Your last change was not recorded" in told
    assert reader.child.exitstatus == 5
    kept = data.with_name("elsewhere") if happens is _moved else data
    if happens is _removed:
        assert not kept.exists()
    elif happens is _deleted:
        assert run("progress").exit == 5
    elif happens is _restored:
        assert [kind for kind, _, _ in grades(own_folders)] == ["status", "status"]
        (replaced,) = kept.glob("progress-replaced-*.sqlite")
        os.replace(replaced, kept / "progress.sqlite")
        assert grades(own_folders)[-1] == ("review", FIRST, 3)


def test_a_window_of_another_size_is_drawn_anew_and_the_key_after_it_counts(sit: Sit) -> None:
    reader = sit("--lang", "zh", columns=100)
    reader.sees(FIRST, "q 退出")
    reader.press("\r", "4 轻松", "q 退出")
    for columns in (60, 72, 60):
        reader.child.setwinsize(24, columns)
        drawn = reader.sees(FIRST, "4 轻松", "q 退出")
        assert max(map(cell_len, drawn.splitlines())) == columns
    reader.press("3", SECOND, "q 退出")


def test_it_goes_on_after_it_was_sent_to_the_background(sit: Sit, own_folders: Path) -> None:
    reader = sit()
    reader.sees(FIRST, "q quit")
    reader.child.kill(signal.SIGSTOP)
    time.sleep(0.1)
    reader.child.kill(signal.SIGCONT)
    reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy")
    reader.press("3", SECOND, "q quit")

    assert grades(own_folders) == [("review", FIRST, 3)]


def test_the_screen_is_cleared_between_cards_only_where_that_is_possible(sit: Sit) -> None:
    reader = sit()
    reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy")
    assert reader.seen.count(CLEAR) == 2

    reader = sit(TERM="dumb")
    reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy")
    reader.press("3", SECOND, "q quit")
    reader.child.send("q")
    reader.end()
    assert "\x1b" not in reader.seen


def test_no_color_and_ascii_take_away_colours_and_lines(sit: Sit) -> None:
    reader = sit("--ascii", NO_COLOR="1")
    reader.sees(FIRST, "q quit")
    reader.press("\r", "4 easy", "q quit")

    drawn = reader.seen.replace("\x1b[H", "").replace(CLEAR, "")
    assert "\x1b" not in drawn
    assert drawn.isascii()
    assert "1 again - 1 d" in drawn

    colored = sit()
    colored.sees(FIRST, "q quit")
    assert COLORS.search(colored.seen)


def test_a_card_whose_answer_changed_says_so_until_it_was_graded(
    sit: Sit, run: Run, own_folders: Path, cards: Cards
) -> None:
    from ailearn.learning.clock import current
    from ailearn.learning.journal import open_to_write, record

    journal = open_to_write(own_folders / "ailearn" / "data", "2026-04-01")
    past = current(4, {"AILEARN_NOW": "2026-04-01T12:00:00Z"})
    record(journal, past, "review", {FIRST: {"grade": 1, "retention": 0.9, "answer": "another"}})
    journal.close()

    reader = sit("--new", "0")
    assert "This card has changed" in reader.sees("1/1", FIRST, "q quit")
    reader.press("\r", "This card has changed", "4 easy")
    assert "This card has changed" not in reader.press("1", FIRST, "q quit")
    assert cards(FIRST).changed is False


def test_nothing_due_at_a_terminal_says_so_and_waits_for_no_key(sit: Sit) -> None:
    reader = sit("--new", "0")

    assert "`--new N`" in reader.end()
    assert reader.child.exitstatus == 0


@pytest.mark.parametrize("option", ["--json", "--plain"])
def test_a_terminal_may_ask_for_data(sit: Sit, option: str) -> None:
    reader = sit(option, "--limit", "2")

    shown = reader.end()

    assert SECOND in shown
    assert "q quit" not in shown
    assert reader.child.exitstatus == 0
