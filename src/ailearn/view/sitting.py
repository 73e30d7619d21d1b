"""A sitting at a terminal: a card at a time, a key at a time."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from ailearn.catalog import browse, shown
from ailearn.catalog.study import Study
from ailearn.errors import NetworkError, NothingFound
from ailearn.language import say
from ailearn.learning.review import ReviewCard
from ailearn.learning.session import Sitting
from ailearn.view.keys import ENTER, ESCAPE, forget_typed, read_key, read_letter, typing
from ailearn.view.review_screen import CardScreen, LastScreen
from ailearn.view.screen import Screen

if TYPE_CHECKING:
    from ailearn.tutor.grading import Proposal

_CLEAR = "\x1b[H\x1b[2J"
# The section of an entry that says more about a card of each type, and what there is instead.
_SECTIONS = {"why": "intuition", "compare": "mechanism"}
_INSTEAD = ("mechanism", "intuition", "one_liner")
# What a model makes of a written answer to a card; raises NetworkError, and KeyboardInterrupt when stopped.
Judge = Callable[[ReviewCard, str], "Proposal"]


class ReviewScreen:
    """Shows a sitting at a terminal and does what the reader's keys ask for.

    With a `judge` she writes an answer before a card is shown whole, and gets a grade proposed for it.
    """

    def __init__(self, screen: Screen, study: Study, sitting: Sitting, judge: Judge | None = None) -> None:
        self._screen, self._study, self._sitting, self._judge = screen, study, sitting, judge
        self._notice = ""
        self._section: shown.Shown | None = None
        self._begin_card()
        self._stale = self._reading = False
        self._does: dict[str, Callable[[], None]] = {
            "f": self._flag, "s": self._suspend, "o": self._open, "u": self._undo, "e": self._explain,
            "w": self._write, ENTER: self._enter, " ": self._reveal,
        }  # fmt: skip

    def _begin_card(self) -> None:
        """Nothing is written and nothing explained yet."""
        self._section = None
        self._written: str | None = None if self._judge is None else ""
        self._typing = self._judge is not None
        self._proposal: Proposal | None = None

    def run(self) -> None:
        """Go through the sitting until it is over or the reader ends it, then say what it came to.

        Raises KeyboardInterrupt for Ctrl-C, and ProgressError when something cannot be recorded.
        """
        try:
            # Between two keys as well: a terminal that waits for lines makes nothing of Ctrl-D.
            with self._watching(), typing(self._screen.streams.stdin):
                self._loop()
        except KeyboardInterrupt:
            self._screen.write("\n")
            self._end()
            raise
        self._end()

    def _end(self) -> None:
        # The last screen has said it already.
        if self._sitting.current is not None:
            self._screen.write("\n" + self._screen.draw(self._sitting.summary()))

    def _loop(self) -> None:
        while True:
            self._draw()
            key = self._type() if self._typing and self._sitting.current is not None else self._key()
            self._notice = ""
            if key in ("q", ""):
                return
            if self._sitting.current is None:
                if key == "u":
                    self._undo()
                elif key in (ENTER, " "):
                    return
            elif key in ("1", "2", "3", "4"):
                self._grade(int(key))
            elif key in self._does:
                self._does[key]()

    def _key(self, read: Callable[[TextIO], str] = read_key) -> str:
        """The next key, as `read` gives it."""
        sitting = self._sitting
        if sitting.current is not None and not sitting.revealed:
            # Working them out for the first time takes a moment, in which the reader reads the question.
            sitting.intervals()
        while True:
            self._reading = True
            self._catch_up()
            try:
                return read(self._screen.streams.stdin)
            except _Continued:
                continue
            finally:
                self._reading = False

    def _draw(self) -> None:
        sitting, screen = self._sitting, self._screen
        card = sitting.current
        if card is None:
            drawn = screen.draw(LastScreen(sitting.summary(), sitting.undoable, self._notice))
        else:
            shown_intervals = sitting.intervals() if sitting.revealed else {}
            drawn = screen.draw(
                CardScreen(
                    card,
                    sitting.progress(),
                    shown_intervals,
                    sitting.undoable,
                    self._notice,
                    self._section,
                    self._written,
                    self._typing,
                    self._proposal,
                )
            )
        screen.write((_CLEAR if self._clears() else "\n") + drawn)

    def _clears(self) -> bool:
        environ = self._screen.streams.environ
        if os.name == "nt":
            return bool(environ.get("WT_SESSION") or environ.get("TERM"))
        return environ.get("TERM", "dumb") != "dumb"

    # An answer in her own words

    def _type(self) -> str:
        """Take letters until the answer is written; the key that follows from how that ended."""
        if not self._clears():
            return self._type_line()
        with typing(self._screen.streams.stdin):
            while True:
                letter = self._key(read_letter)
                if letter in (ENTER, ESCAPE) or not (letter or self._written):
                    self._typing = False
                    return letter
                self._written, self._notice = _edited(self._written or "", letter), ""
                self._draw()

    def _type_line(self) -> str:
        """The same where nothing can be drawn anew: a line, in which one of the keys alone is that key."""
        line = self._screen.streams.stdin.readline()
        self._typing = False
        words = line.strip()
        if not line or words in ("q", *self._does):
            return words
        self._written = words
        return ENTER

    def _write(self) -> None:
        self._typing = self._judge is not None and not self._sitting.revealed

    def _propose(self) -> None:
        """Ask the model, while the answer can be read already."""
        card = self._sitting.current
        assert card is not None and self._judge is not None and self._written is not None
        self._say("grade.asking-card")
        self._draw()
        self._notice = ""
        try:
            self._proposal = self._judge(card, self._written)
        except NetworkError as error:
            reason = say(error.key, self._screen.language, **error.values)
            self._say("grade.failed", reason=reason)
        except KeyboardInterrupt:
            self._say("grade.stopped")
        # An Enter too many, pressed before there was a proposal, must not accept it.
        forget_typed(self._screen.streams.stdin)

    # What the keys do

    def _enter(self) -> None:
        if self._sitting.revealed and self._proposal:
            self._grade(self._proposal.grade)
        else:
            self._reveal()

    def _reveal(self) -> None:
        if self._sitting.revealed:
            return
        self._sitting.reveal()
        self._typing = False
        if self._judge is not None and self._written and self._written.strip():
            self._propose()

    def _grade(self, given: int) -> None:
        if self._sitting.revealed:
            self._begin_card()
            graded = self._sitting.grade(given)
            if graded.leech:
                self._say("review.leech", key=graded.key)

    def _flag(self) -> None:
        self._say("review.is-flagged" if self._sitting.flag() else "review.is-unflagged")

    def _suspend(self) -> None:
        self._begin_card()
        self._say("review.is-suspended", key=self._sitting.suspend())

    def _undo(self) -> None:
        key = self._sitting.undo()
        if key is None:
            self._say("review.nothing-to-undo")
        else:
            self._begin_card()
            self._say("review.is-undone", key=key)

    def _open(self) -> None:
        from ailearn.exchange import browser

        card = self._sitting.current
        assert card is not None
        try:
            url = shown.links(self._study, card.entry).links[0]["url"]
        except NothingFound as error:
            self._say(error.key, **error.values)
            return
        if browser.open_address(url):
            self._say("note.opened", url=url)
        else:
            self._notice = f"{say('note.no-browser', self._screen.language)} {url}"

    def _explain(self) -> None:
        card = self._sitting.current
        assert card is not None
        if not self._sitting.revealed:
            return
        if self._section is not None:
            self._section = None
            return
        entry = browse.document(self._study, card.entry)
        kind: str = card.card["type"]
        wanted = (_SECTIONS.get(kind, kind), *_INSTEAD)
        field: str = next((one for one in wanted if entry.get(one)), _INSTEAD[-1])
        self._section = shown.Shown((entry,), (field,), False, False)

    def _say(self, key: str, /, **values: object) -> None:
        self._notice = say(key, self._screen.language, **values)

    # The window

    @contextlib.contextmanager
    def _watching(self) -> Iterator[None]:
        """Draw anew when the window gets another size, or the program comes back from the background."""
        handlers: dict[int, Any] = {}
        for name, handler in (("SIGWINCH", self._resized), ("SIGCONT", self._continued)):
            number = getattr(signal, name, None)
            if number is not None:
                handlers[number] = signal.signal(number, handler)
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _resized(self, *_: object) -> None:
        self._stale = True
        if self._reading:
            self._catch_up()

    def _continued(self, *_: object) -> None:
        self._stale = True
        # The shell has set the terminal to its own liking; asking for a key again sets it to ours.
        if self._reading:
            raise _Continued

    def _catch_up(self) -> None:
        """Draw what is out of date; a signal during that only notes that it is again."""
        self._reading = False
        while self._stale:
            self._stale = False
            self._draw()
        self._reading = True


class _Continued(Exception):
    """The program was stopped and goes on."""


def _edited(written: str, letter: str) -> str:
    """What is written after one more letter, or after one of the keys that take some away."""
    if letter in ("\x7f", "\b"):
        return written[:-1]
    if letter == "\x15":
        return ""
    if letter == "\x17":
        return written.rstrip().rpartition(" ")[0]
    return written + (" " if letter == "\t" else letter if letter.isprintable() else "")
