"""An answer on the screen while it arrives."""

import contextlib
import itertools
import signal
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol

from ailearn.controls import safe
from ailearn.language import say
from ailearn.tutor.talk import Piece
from ailearn.view.screen import Screen

if TYPE_CHECKING:
    from ailearn.view.growing_markdown import GrowingMarkdown

# Seconds after which a reader wonders whether anything happens at all.
_PATIENCE = 0.5
# Seconds between two drawings, so that a fast model does not keep the machine busy with drawing.
_PAUSE = 0.06
_TICK = 0.25


class AnswerStream:
    """Shows an answer as it arrives.

    At a terminal it is drawn as Markdown: what is complete for good, what is not again and again. With
    `--json` nothing is shown, for the whole result follows. Text that turns out to have been a thought stays
    on a screen, with a line under it that says so; into files and pipes goes the answer alone, at its end.
    """

    def __init__(self, screen: Screen, model: str = "") -> None:
        self._screen, self._model = screen, model
        self._shown: _Shown | None = None
        # What waits for the end, where nobody watches.
        self._held: list[str] | None = None if screen.streams.stdout.isatty() else []

    def __enter__(self) -> "AnswerStream":
        self._shown = _shown_on(self._screen, self._model)
        return self

    def hear(self, piece: Piece) -> None:
        """Show a piece of text; of a thought only that there is one. Raises OSError when nobody listens."""
        if self._shown is None:
            return
        if piece.kind == "thought":
            self._shown.think()
        elif self._held is not None:
            self._held.clear() if piece.kind == "unsaid" else self._held.append(piece.text)
        elif piece.kind == "unsaid":
            self._shown.begin_anew()
        elif piece.text:
            self._shown.add(piece.text)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown is not None:
            if self._held:
                self._shown.add("".join(self._held))
            self._shown.end()


class _Shown(Protocol):
    """One way to show an answer; all of them raise OSError when the stream is closed."""

    def think(self) -> None:
        """The model is thinking."""

    def add(self, text: str) -> None:
        """A piece of the answer."""

    def begin_anew(self) -> None:
        """What was added so far were thoughts, and the answer begins now."""

    def end(self) -> None:
        """No more of it comes; what is shown ends with a whole line."""


def _shown_on(screen: Screen, model: str) -> _Shown | None:
    if screen.form == "json":
        return None
    if screen.form == "plain":
        return _Plain(screen)
    from ailearn.view.live_lines import can_redraw

    return (
        _Live(screen, model) if can_redraw(screen.streams.stdout, screen.streams.environ) else _Drawn(screen)
    )


def _begun_anew(text: "GrowingMarkdown", screen: Screen) -> "GrowingMarkdown":
    """The answer below what turned out to be thoughts, and between them a line that says so."""
    from ailearn.view.growing_markdown import GrowingMarkdown

    text.end()
    text.canvas.line()
    text.canvas.line("  ", (say("tutor.thought-aloud", screen.language), "muted"))
    text.canvas.line()
    return GrowingMarkdown(text.canvas)


class _Plain:
    """The text as it arrives. It ends with one line feed, however many the model sends."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._held = ""
        self._begun = False

    def think(self) -> None:
        pass

    def add(self, text: str) -> None:
        text = safe(self._held + text.replace("\r", ""))
        whole = text.rstrip("\n")
        self._held = text[len(whole) :]
        if not self._begun:
            whole = whole.lstrip()
        if whole:
            self._begun = True
            self._screen.write(whole)
        elif not self._begun:
            self._held = ""

    def begin_anew(self) -> None:
        self.end()
        self._held, self._begun = "", False
        self._screen.say_aside(say("tutor.thought-aloud", self._screen.language))

    def end(self) -> None:
        if self._begun:
            self._screen.write("\n")


class _Drawn:
    """A drawing that is printed block by block, where the cursor cannot be moved."""

    def __init__(self, screen: Screen) -> None:
        from ailearn.view.growing_markdown import GrowingMarkdown

        self._screen = screen
        self._text = GrowingMarkdown(screen.canvas())
        self._printed = 0

    def think(self) -> None:
        pass

    def add(self, text: str) -> None:
        self._text.add(text)
        self._print()

    def begin_anew(self) -> None:
        self._text = _begun_anew(self._text, self._screen)

    def end(self) -> None:
        self._text.end()
        self._print()

    def _print(self) -> None:
        canvas = self._text.canvas
        if canvas.height > self._printed:
            self._screen.write(canvas.text(self._printed))
            self._printed = canvas.height


class _Live:
    """A drawing that grows at the bottom of a terminal.

    It is drawn by a thread of its own, which Ctrl-C cannot interrupt halfway through a line.
    """

    def __init__(self, screen: Screen, model: str) -> None:
        from ailearn.view.growing_markdown import GrowingMarkdown
        from ailearn.view.keys import unechoed
        from ailearn.view.live_lines import LiveLines

        self._screen, self._model = screen, model
        self._text = GrowingMarkdown(screen.canvas())
        self._printed = 0
        self._lines = LiveLines(screen.streams.stdout)
        # None where the answer begins anew.
        self._pieces: list[str | None] = []
        self._asked = time.monotonic()
        self._thinking: float | None = None
        self._news, self._over = threading.Event(), threading.Event()
        self._continued = False
        self._failure: OSError | None = None
        self._settings = contextlib.ExitStack()
        self._settings.enter_context(unechoed(screen.streams.stdin))
        self._watch()
        self._thread = threading.Thread(target=self._run, name="answer", daemon=True)
        self._thread.start()

    def think(self) -> None:
        if self._thinking is None:
            self._thinking = time.monotonic()
            self._tell()

    def add(self, text: str) -> None:
        self._pieces.append(text)
        self._thinking = None
        self._tell()

    def begin_anew(self) -> None:
        self._pieces.append(None)
        self._tell()

    def end(self) -> None:
        self._over.set()
        self._news.set()
        try:
            self._thread.join()
        finally:
            self._settings.close()
        if self._failure is not None:
            raise self._failure

    def _tell(self) -> None:
        if self._failure is not None:
            raise self._failure
        self._news.set()

    def _run(self) -> None:
        try:
            while not self._over.is_set():
                self._news.wait(_TICK)
                self._news.clear()
                self._draw()
                self._over.wait(_PAUSE)
            self._draw(last=True)
        except OSError as error:
            self._failure = error

    def _draw(self, *, last: bool = False) -> None:
        if self._continued:
            self._continued = False
            self._lines.forget()
        canvas = self._text.canvas
        canvas.fit(self._screen.width)
        # Pieces may be added while this one is being taken.
        count = len(self._pieces)
        for anew, pieces in itertools.groupby(self._pieces[:count], key=lambda piece: piece is None):
            if anew:
                self._text = _begun_anew(self._text, self._screen)
            else:
                self._text.add("".join(filter(None, pieces)))
        del self._pieces[:count]
        if last:
            self._text.end()
        final = canvas.text(self._printed).split("\n")[:-1]
        self._printed = canvas.height
        unfinished = [] if last else self._text.unfinished().split("\n")[:-1]
        self._lines.show(final, [*unfinished, *([] if last else self._status())])

    def _status(self) -> list[str]:
        """One line that says what the model is doing when no text comes; nothing for a while at first."""
        now = time.monotonic()
        language = self._screen.language
        if self._thinking is not None:
            said = say("tutor.thinking", language, seconds=int(now - self._thinking))
        elif self._text.empty and self._model and now - self._asked >= _PATIENCE:
            said = say("tutor.asking", language, model=self._model)
        else:
            return []
        canvas = self._screen.canvas()
        canvas.line("  ", (said, "muted"))
        return canvas.text().split("\n")[:-1]

    def _watch(self) -> None:
        """Begin anew below whatever the shell has printed when the program comes back from the background."""
        number: Any = getattr(signal, "SIGCONT", None)
        if number is not None and threading.current_thread() is threading.main_thread():
            before = signal.signal(number, self._come_back)
            self._settings.callback(signal.signal, number, before)

    def _come_back(self, *_: object) -> None:
        self._continued = True
        self._news.set()
