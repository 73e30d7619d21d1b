"""A translation as it comes about: drawn, woven into the text, or collected for programs; how far it is."""

import contextlib
import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple, TextIO

from ailearn.language import say
from ailearn.tutor.documents import Block, Document, below, inert

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

    from ailearn.view.canvas import Canvas
    from ailearn.view.screen import Screen

_MARKER = re.compile(r"[ \t>]*([-+*]|\d{1,9}[.)])[ \t]")
# After so many answers it can be told how long the rest will take.
_LEAST_KNOWN = 3


class Piece(NamedTuple):
    """A text to draw, as Markdown or as it stands; what is `kept` keeps its lines."""

    text: str
    markdown: bool
    kept: bool = False
    role: str = ""


class Translation(NamedTuple):
    """A whole text with its translation."""

    document: Document
    translations: tuple[str | None, ...]


class Woven:
    """Writes the original with the translations woven in, a block as soon as it is there."""

    def __init__(self, document: Document, file: TextIO) -> None:
        self._document = document
        self._file = file

    def take(self, number: int, translation: str | None) -> None:
        """Write block `number`."""
        text = self._document.blocks[number].source
        if translation is not None:
            text += below(self._document, number, translation)
        self._file.write(text)
        self._file.flush()

    def end(self) -> None:
        """Nothing is left to be written."""


class Drawn:
    """Draws the blocks at a terminal, one below the other; the rows of a table are drawn together."""

    def __init__(self, document: Document, screen: "Screen") -> None:
        self._document = document
        self._screen = screen
        self._table = ""

    def take(self, number: int, translation: str | None) -> None:
        """Draw block `number`."""
        block = self._document.blocks[number]
        if block.kind == "row":
            # The row of the headings holds the line under it, and begins another table.
            if "\n" in block.source.rstrip("\r\n"):
                self.end()
            below_it = "" if translation is None else below(self._document, number, translation)
            self._table += re.sub(r"(?m)^[ \t>]+", "", block.source + below_it)
            return
        self.end()
        if not block.source.strip("\ufeff \t\r\n>"):
            return
        front_matter = number == 0 and block.source.lstrip("\ufeff")[:3] in ("---", "+++")
        if self._document.form == "markdown" and not (front_matter and block.kind == "kept"):
            pieces = _pieces(block, translation)
            self._show(*(Piece(text, markdown=True) for text in pieces))
        elif block.kind == "kept":
            self._show(Piece(block.source, markdown=False, kept=True))
        else:
            role = "heading" if block.kind == "heading" else ""
            texts = [block.text] if translation is None else [block.text, translation]
            self._show(*(Piece(text, markdown=False, role=role) for text in texts))

    def end(self) -> None:
        """Draw what was waited with."""
        if self._table:
            self._show(Piece(self._table, markdown=True))
        self._table = ""

    def _show(self, *pieces: Piece) -> None:
        drawn = "".join(map(self._screen.draw, pieces))
        if drawn.strip():
            self._screen.write(f"{drawn}\n")


class Listed:
    """Collects everything, to be printed at the end."""

    def __init__(self, document: Document, screen: "Screen") -> None:
        self._document = document
        self._screen = screen
        self._translations: list[str | None] = []

    def take(self, number: int, translation: str | None) -> None:
        """Remember the translation of block `number`."""
        self._translations.append(translation)

    def end(self) -> None:
        """Print all blocks that were taken."""
        self._screen.show(Translation(self._document, tuple(self._translations)))


def _pieces(block: Block, translation: str | None) -> list[str]:
    """A block as Markdown to be drawn, piece by piece: the original, and its translation on a line below."""
    if block.kind == "kept":
        return [block.source]
    texts = [block.text] if translation is None else [block.text, translation]
    if block.kind == "heading":
        return [f"# {text}" for text in texts]
    marker = _MARKER.match(block.source) if block.kind == "item" else None
    mark = f"{marker[1]} " if marker else "> " if block.kind == "quote" else ""
    indent = mark if block.kind == "quote" else " " * len(mark)
    lines = [inert(line) for text in texts for line in text.split("\n")]
    return [mark + f"  \n{indent}".join(lines)]


def draw_piece(piece: Piece, canvas: "Canvas") -> None:
    """Draw Markdown, or plain text: its words wrapped, what is kept line for line."""
    from ailearn.view.markdown import draw_markdown

    if piece.markdown:
        draw_markdown(piece.text, canvas)
    elif piece.kept:
        canvas.picture(piece.text.strip("\r\n").replace("\r\n", "\n"))
    else:
        canvas.paragraph(piece.text, role=piece.role)


class Progress:
    """How far a translation is, on the last line of a terminal; anywhere else nothing is shown.

    `total` are the paragraphs of the text, `kept` those that need not be asked for.
    """

    def __init__(self, screen: "Screen", total: int, kept: int) -> None:
        environ, stderr = screen.streams.environ, screen.streams.stderr
        self._shown = stderr.isatty() and environ.get("TERM") != "dumb"
        self._screen = screen
        self._total = total
        self._kept = kept
        self._asked = 0
        self._seconds = 0.0
        self._bar: RichProgress | None = None

    @contextlib.contextmanager
    def waiting(self, done: int) -> Iterator[None]:
        """Show, while something is waited for, that `done` paragraphs are there."""
        began = time.monotonic()
        if self._shown:
            self._bar = self._begun(done)
        try:
            yield
        finally:
            if self._bar is not None:
                self._bar.stop()
                self._bar = None
        self._asked += 1
        self._seconds += time.monotonic() - began

    def _begun(self, done: int) -> "RichProgress":
        from rich.console import Console
        from rich.progress import BarColumn, ProgressColumn, TextColumn
        from rich.progress import Progress as RichProgress

        screen = self._screen
        console = Console(
            file=screen.streams.stderr,
            force_terminal=True,
            no_color=not screen.colored(screen.streams.stderr),
            legacy_windows=False,
            width=screen.width,
        )
        columns: list[ProgressColumn] = [TextColumn("{task.description}", markup=False)]
        if not screen.ascii:
            columns.append(BarColumn(bar_width=max(10, min(30, screen.width - 50))))
        columns.append(TextColumn("{task.fields[told]}", markup=False))
        bar = RichProgress(*columns, console=console, transient=True)
        language = screen.language
        told = say("translate.progress", language, done=done, total=self._total)
        if self._kept:
            told += say("translate.progress-kept", language, count=self._kept)
        if self._asked >= _LEAST_KNOWN:
            seconds = self._seconds / self._asked * (self._total - done)
            told += say("translate.progress-left", language, time=_duration(seconds))
        bar.add_task(
            say("translate.progress-label", language), total=max(self._total, 1), completed=done, told=told
        )
        bar.start()
        return bar


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"
