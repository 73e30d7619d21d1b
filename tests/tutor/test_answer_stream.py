"""An answer while it arrives: at a terminal what stays is the whole drawing, elsewhere it is the text."""

import io
import os
import random
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.tutor.terminal import Terminal

from ailearn.settings import load
from ailearn.tutor.talk import Piece
from ailearn.view import answer_stream
from ailearn.view.answer_stream import AnswerStream
from ailearn.view.canvas import Canvas
from ailearn.view.growing_markdown import GrowingMarkdown
from ailearn.view.live_lines import LiveLines
from ailearn.view.markdown import draw_markdown
from ailearn.view.screen import Form, Screen, Streams

TEXTS = Path(__file__).parent / "texts"
ENGLISH = (TEXTS / "residual.en.md").read_text(encoding="utf-8")
CHINESE = (TEXTS / "residual.zh.md").read_text(encoding="utf-8")
# Blocks that no window of ten lines holds.
TALL = "\n".join([
    "- one item that is long", "", *(f"  paragraph {number} of it\n" for number in range(15)), "- two", "",
    "| a | b |", "|---|---|", *(f"| {number} | 残差 |" for number in range(20)), "",
    "```python", *(f"print({number})" for number in range(20)), "```", "the end",
])  # fmt: skip

marks = st.sampled_from([
    "*", "**", "_", "`", "```\n", "~~~\n", "~~", "# ", "- ", "1. ", "2) ", "> ", "| ", "|---|---|\n",
    "c | d\n", "\n", "\n\n", "    ", "  \n", "\\[\n", "\n\\]", "$$", "$$\n", "\\", "---\n", "===\n",
    "word", "残差", "\t", "\r\n", "\x1b[2J",
])  # fmt: skip
markdown = st.lists(marks, max_size=25).map("".join)
cuts = st.lists(st.integers(1, 12), min_size=1)


def pieces(text: str, sizes: list[int]) -> Iterator[str]:
    """`text` in pieces of these sizes, again and again."""
    at = 0
    while at < len(text):
        for size in sizes:
            if text[at : at + size]:
                yield text[at : at + size]
            at += size


def whole(text: str, width: int) -> list[str]:
    """The lines of the text drawn at once."""
    canvas = Canvas("en", width, ascii_only=False, colored=False)
    draw_markdown(text, canvas)
    return canvas.text().rstrip("\n").split("\n")


def screen(terminal: Terminal, **environ: str) -> Screen:
    environ = {"TERM": "xterm-256color", "AILEARN_HOME": "/nowhere", **environ}
    streams = Streams(terminal.stdin, terminal.stdout, terminal.stdout, environ)
    return Screen(load(environ), streams, form="rich")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Terminal]]:
    """Open a terminal: `terminal(columns=60)`. Drawings follow each other without a pause."""
    monkeypatch.setattr(answer_stream, "_PAUSE", 0.002)
    monkeypatch.setattr(answer_stream, "_TICK", 0.02)
    monkeypatch.setattr(answer_stream, "_PATIENCE", 0.05)
    opened: list[Terminal] = []

    def open_terminal(columns: int = 80, rows: int = 24) -> Terminal:
        # The width is the terminal's, as at any reader's.
        monkeypatch.setattr(Screen, "width", property(lambda _: opened[-1].emulator.columns))
        opened.append(Terminal(columns, rows))
        return opened[-1]

    yield open_terminal


def say(stream: AnswerStream, *texts: str) -> None:
    for text in texts:
        stream.hear(Piece("text", text))


@settings(max_examples=200, deadline=None)
@given(markdown, cuts)
@example("# a heading | or not\n|---|---|\n| c | d |\n", [1])
@example("[a] is no link\n\n[a]: https://a.b\n", [1])
def test_a_text_that_grew_looks_as_if_it_had_been_drawn_at_once(text: str, sizes: list[int]) -> None:
    canvas = Canvas("en", 60, ascii_only=False, colored=False)
    growing = GrowingMarkdown(canvas)
    final = ""
    for number, piece in enumerate(pieces(text, sizes)):
        growing.add(piece)
        if number % 3 == 0:
            growing.unfinished()
        assert canvas.text().startswith(final)
        final = canvas.text()
    growing.end()

    assert canvas.text().rstrip("\n").split("\n") == whole(text, 60)


@pytest.mark.parametrize("text", [ENGLISH, CHINESE, TALL], ids=["english", "chinese", "tall"])
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (60, 24), (60, 10), (30, 5)])
def test_what_stays_at_a_terminal_is_the_whole_drawing(
    terminal: Callable[..., Terminal], text: str, columns: int, rows: int
) -> None:
    at = terminal(columns, rows)
    sizes = random.Random(columns + rows).choices([1, 2, 5, 40, 200], k=50)
    with AnswerStream(screen(at, NO_COLOR="1"), "test-model") as stream:
        for piece in pieces(text, sizes):
            say(stream, piece)
            time.sleep(0.0005)

    assert at.close() == whole(text, columns)
    assert at.emulator.cursor_at_line_start


def test_what_is_not_complete_is_shown_and_redrawn_in_place(terminal: Callable[..., Terminal]) -> None:
    at = terminal(60)
    with AnswerStream(screen(at, NO_COLOR="1")) as stream:
        say(stream, "One paragraph with **bold")
        assert at.see(lambda lines: lines != []) == ["  One paragraph with bold"]
        say(stream, " words** in it that goes on until it needs a second line\n\n- an")
        at.see(lambda lines: len(lines) == 4)
        say(stream, " item")
        assert at.see(lambda lines: lines[-1:] == ["  • an item"]) == [
            "  One paragraph with bold words in it that goes on until it",
            "  needs a second line",
            "",
            "  • an item",
        ]
    assert len(at.close()) == 4


@pytest.mark.parametrize("columns", [40, 100])
def test_another_width_leaves_nothing_behind(terminal: Callable[..., Terminal], columns: int) -> None:
    at = terminal(60)
    end = "and this is the end of it, which stands at the end of the line."
    with AnswerStream(screen(at, NO_COLOR="1")) as stream:
        say(stream, f"The first paragraph is complete.\n\nThe second one {'goes on and on ' * 9}")
        at.see(lambda lines: len(lines) == 5)
        at.resize(columns)
        say(stream, end)
        at.see(lambda lines: lines[-1].endswith("line."))

    shown = at.close()
    assert shown[:2] == ["  The first paragraph is complete.", ""]
    assert " ".join(" ".join(shown[2:]).split()) == f"The second one {'goes on and on ' * 9}{end}"
    assert len(shown) == (8 if columns == 40 else 5)


def test_long_lines_of_code_are_shown_whole_in_the_end(terminal: Callable[..., Terminal]) -> None:
    at = terminal(40)
    code = "x = " + " + ".join(f"term{number}" for number in range(12))
    with AnswerStream(screen(at, NO_COLOR="1")) as stream:
        say(stream, "- item\n\n  ```\n  ", code)
        shown = at.see(lambda lines: len(lines) > 2)
        assert len(shown[-1]) == 40, "half of a block takes one row a line"
        say(stream, "\n  ```\n\nThe end.")

    assert at.close() == ["  • item", "", f"      {code}", "", "  The end."]


def test_more_lines_than_the_window_holds_are_not_redrawn_above_it() -> None:
    at = Terminal(40, 5)
    live = LiveLines(at.stdout)
    for count in range(1, 9):
        live.show([], [f"line {number} of {count}" for number in range(count)])
    live.show([f"final {number}" for number in range(9)], [])

    assert at.close() == [f"final {number}" for number in range(9)]


def test_fewer_lines_leave_none_of_the_others() -> None:
    at = Terminal(40, 5)
    live = LiveLines(at.stdout)
    for lines in (["one", "two", "three"], ["one"], ["one", "zwei"], [], ["uno"], ["uno", "due"]):
        live.show([], lines)
        at.see(lambda seen, wanted=lines: seen == wanted)  # type: ignore[misc]
    live.show(["uno"], ["tre"])
    live.show(["tre"], [])

    assert at.close() == ["uno", "tre"]
    assert at.emulator.cursor_at_line_start


def test_a_line_that_no_longer_fits_is_drawn_on_one_row_again() -> None:
    at = Terminal(40, 5)
    live = LiveLines(at.stdout)
    line = "a line that is thirty cells long"
    live.show([], [line])
    at.see(lambda seen: seen == [line])
    at.resize(20)
    live.show([], [line])
    at.see(lambda seen: len(seen[0]) == 20)
    live.show(["short"], [])

    assert at.close() == ["short"]


def test_thoughts_are_one_line_that_vanishes(terminal: Callable[..., Terminal]) -> None:
    at = terminal()
    with AnswerStream(screen(at, LANG="zh_CN.UTF-8"), "test-model") as stream:
        stream.hear(Piece("thought", "So the reader wants to know"))
        stream.hear(Piece("thought", " why."))
        at.see(lambda lines: lines == ["  思考中…… 0 秒"])
        say(stream, "Because.")
        at.see(lambda lines: lines == ["  Because."])
    assert at.close() == ["  Because."]
    assert "reader" not in at.written


def test_a_model_that_takes_its_time_is_named_until_it_speaks(terminal: Callable[..., Terminal]) -> None:
    at = terminal()
    with AnswerStream(screen(at), "qwen3:8b") as stream:
        assert at.emulator.lines == []
        at.see(lambda lines: lines == ["  asking qwen3:8b…"])
        say(stream, "Here ")
        at.see(lambda lines: lines == ["  Here"])
    assert at.close() == ["  Here"]


def test_an_answer_that_never_came_leaves_an_empty_line_to_write_on(
    terminal: Callable[..., Terminal],
) -> None:
    at = terminal()
    with pytest.raises(RuntimeError), AnswerStream(screen(at), "qwen3:8b"):
        at.see(lambda lines: lines != [])
        raise RuntimeError
    assert at.close() == []
    assert at.emulator.cursor_at_line_start


def test_ctrl_c_keeps_what_arrived_and_leaves_a_clean_line(terminal: Callable[..., Terminal]) -> None:
    at = terminal(60)
    with pytest.raises(KeyboardInterrupt), AnswerStream(screen(at)) as stream:
        say(stream, "First.\n\nThe second is **not")
        at.see(lambda lines: len(lines) == 3)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.2)
    assert at.close() == ["  First.", "", "  The second is **not"]
    assert at.emulator.cursor_at_line_start


def test_what_is_typed_meanwhile_is_not_shown(terminal: Callable[..., Terminal]) -> None:
    at = terminal()
    assert at.echoes()
    with AnswerStream(screen(at)):
        assert not at.echoes()
    assert at.echoes()
    at.close()


def test_coming_back_from_the_background_begins_below_what_the_shell_wrote(
    terminal: Callable[..., Terminal],
) -> None:
    at = terminal()
    with AnswerStream(screen(at, NO_COLOR="1")) as stream:
        say(stream, "One.\n\nTwo ")
        at.see(lambda lines: lines[-1:] == ["  Two"])
        at.type_as_shell("\n[1]+  Stopped\n$ fg\n")
        os.kill(os.getpid(), signal.SIGCONT)
        say(stream, "and more")
        at.see(lambda lines: lines[-1:] == ["  Two and more"])
    assert at.close() == ["  One.", "", "  Two", "[1]+  Stopped", "$ fg", "", "  Two and more"]
    assert signal.getsignal(signal.SIGCONT) is signal.SIG_DFL


def test_nothing_in_an_answer_steers_the_terminal(terminal: Callable[..., Terminal]) -> None:
    at = terminal()
    evil = "\x1b]0;title\x07 \x1b[2J **\x1b[31mred** [link](https://a.b/\x1b]8;;) `\x9b2J` &#x1b;[2J &#x9b;"
    with AnswerStream(screen(at, NO_COLOR="1")) as stream:
        for letter in evil:
            say(stream, letter)
    at.close()
    assert set(re.findall(r"\x1b[^A-Za-z]*[A-Za-z]", at.written)) <= {"\x1b[J", "\x1b[?7l", "\x1b[?7h"}
    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1a\x7f-\x9f]", at.written)


# Elsewhere


class Out(io.StringIO):
    """A stream in memory that counts how often it was flushed, and may be taken for a terminal."""

    flushes = 0
    terminal = False

    def isatty(self) -> bool:
        return self.terminal

    def flush(self) -> None:
        self.flushes += 1


def shown(form: Form, *texts: str, thoughts: str = "", **environ: str) -> str:
    environ = {"AILEARN_HOME": "/nowhere", "COLUMNS": "60", **environ}
    out = Out()
    out.terminal = form == "plain"
    with AnswerStream(
        Screen(load(environ), Streams(io.StringIO(), out, io.StringIO(), environ), form=form)
    ) as stream:
        if thoughts:
            stream.hear(Piece("thought", thoughts))
        for text in texts:
            flushed = out.flushes
            say(stream, text)
            assert form != "plain" or out.flushes > flushed or not text.strip()
    return out.getvalue()


@given(st.text(), cuts)
def test_plain_text_comes_as_it_is_but_for_what_steers_a_terminal(text: str, sizes: list[int]) -> None:
    from ailearn.controls import safe

    wanted = safe(text.replace("\r", "")).strip("\n").lstrip()
    assert shown("plain", *pieces(text, sizes)) == (f"{wanted}\n" if wanted else "")


def test_plain_text_ends_with_one_line_feed_and_holds_no_thoughts() -> None:
    assert (
        shown("plain", "\n\n", "# Title\n\n", "text\x1b", "[2J\n\n", thoughts="hm")
        == "# Title\n\ntext\ufffd[2J\n"
    )


def test_json_shows_nothing() -> None:
    assert shown("json", ENGLISH) == ""


def test_forced_colours_move_no_cursor_and_say_the_same() -> None:
    drawn = shown("rich", *pieces(ENGLISH, [7]), FORCE_COLOR="1", AILEARN_COLOR="always", thoughts="hm")

    assert re.findall(r"\x1b\[[^m]*?[A-Za-ln-z]", drawn) == []
    assert "\x1b[1m" in drawn
    assert re.sub(r"\x1b\[[0-9;]*m", "", drawn).rstrip("\n").split("\n") == whole(ENGLISH, 60)


@pytest.mark.parametrize("form", ["plain", "rich"])
def test_a_closed_pipe_ends_the_answer(form: Form) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    environ = {"AILEARN_HOME": "/nowhere"}
    out = os.fdopen(writing, "w")
    on = Screen(load(environ), Streams(io.StringIO(), out, io.StringIO(), environ), form=form)
    with pytest.raises(BrokenPipeError), AnswerStream(on) as stream:
        say(stream, "A paragraph.\n\n", "Another one.\n\n")
    with pytest.raises(BrokenPipeError):
        out.close()
