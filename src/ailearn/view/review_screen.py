"""The screen of a sitting: a card at a time, a key at a time."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from rich.cells import cell_len

from ailearn.catalog import browse, shown
from ailearn.catalog.study import Study
from ailearn.errors import NothingFound
from ailearn.language import say
from ailearn.learning.review import Grades, ReviewCard
from ailearn.learning.session import Progress, Sitting, Summary
from ailearn.view import entries
from ailearn.view.canvas import Canvas, Part
from ailearn.view.keys import ENTER, read_key
from ailearn.view.measures import duration
from ailearn.view.screen import Screen

_GRADES = ("review.1", "review.2", "review.3", "review.4")
_CLEAR = "\x1b[H\x1b[2J"
# The section of an entry that says more about a card of each type, and what there is instead.
_SECTIONS = {"why": "intuition", "compare": "mechanism"}
_INSTEAD = ("mechanism", "intuition", "one_liner")
# Between two keys on a line, and where that is too much.
_GAP, _NARROW_GAP = "   ", "  "


class CardScreen(NamedTuple):
    """A card with everything around it.

    `intervals` is empty until the answer is shown; `notice` says what the last key did; `section` explains.
    """

    card: ReviewCard
    progress: Progress
    intervals: dict[int, int]
    undoable: bool
    notice: str
    section: shown.Shown | None


class LastScreen(NamedTuple):
    """The end of a sitting; `undoable` offers to take back the last answer."""

    summary: Summary
    undoable: bool
    notice: str


def draw_cardscreen(screen: CardScreen, canvas: Canvas) -> None:
    """Progress, the question, the answer when it is shown, and the keys."""
    card = screen.card
    _head(screen, canvas)
    canvas.blank()
    if card.changed:
        canvas.paragraph(canvas.say("review.changed"), indent=2, first="! ", lead="warn", role="warn")
        canvas.blank()
    canvas.both(card.card["q"], indent=0, role="title")
    if screen.intervals:
        canvas.line(("─" * canvas.width, "muted"))
        canvas.both(card.card["a"], indent=0)
    if screen.section:
        canvas.line(("─" * canvas.width, "muted"))
        entries.draw_shown(screen.section, canvas)
    canvas.blank()
    if screen.notice:
        canvas.paragraph(screen.notice, indent=0, role="hint")
        canvas.blank()
    _keys(_offered(screen, canvas), canvas)


def _head(screen: CardScreen, canvas: Canvas) -> None:
    card, progress = screen.card, screen.progress
    counts = [
        canvas.say(key, count=count)
        for key, count in (
            ("review.due", progress.due), ("review.new", progress.new), ("review.again", progress.again)
        )
        if count
    ]  # fmt: skip
    marks = [
        canvas.say(key)
        for key, is_set in (
            ("review.unseen", card.state.memory is None), ("review.flagged", card.state.flagged)
        )
        if is_set
    ]  # fmt: skip
    canvas.line((f"{progress.number}/{progress.total}", "heading"), _GAP, (canvas.joined(counts), "muted"))
    canvas.line((canvas.joined([card.key, *marks]), "id"))


def _offered(screen: CardScreen, canvas: Canvas) -> list[list[tuple[str, str]]]:
    """Each row of keys with what they do."""
    flag = "review.unflag" if screen.card.state.flagged else "review.flag"
    others = [("f", flag), ("s", "review.suspend"), ("o", "review.open")]
    if screen.undoable:
        others.append(("u", "review.undo"))
    others.append(("q", "review.quit"))
    named = [(key, canvas.say(text)) for key, text in others]
    if not screen.intervals:
        return [[(canvas.say("review.enter"), canvas.say("review.reveal")), *named]]
    grades = [
        (str(number), canvas.joined([canvas.say(key), _days(screen.intervals[number], canvas)]))
        for number, key in enumerate(_GRADES, start=1)
    ]
    return [grades, [("e", canvas.say("review.explain")), *named]]


def _days(count: int, canvas: Canvas) -> str:
    """A number of days, in months from 100 days on and in years from two of them on."""
    if count < 100:
        return canvas.say("review.days", count=count)
    if count < 730:
        return canvas.say("review.months", count=round(count / 30.4))
    return canvas.say("review.years", count=f"{count / 365:.1f}")


def _keys(rows: list[list[tuple[str, str]]], canvas: Canvas) -> None:
    """Rows of keys; lines break between them."""
    for row in rows:
        whole = sum(cell_len(f"{key} {text}") for key, text in row)
        gap = _GAP if whole + len(_GAP) * (len(row) - 1) <= canvas.width else _NARROW_GAP
        line: list[Part] = []
        used = 0
        for key, text in row:
            wide = cell_len(f"{key} {text}")
            if line and used + len(gap) + wide > canvas.width:
                canvas.line(*line)
                line, used = [], 0
            if line:
                line.append(gap)
                used += len(gap)
            line += [(key, "mark"), f" {text}"]
            used += wide
        canvas.line(*line)


def draw_lastscreen(screen: LastScreen, canvas: Canvas) -> None:
    """The summary, and the way back to the last card."""
    draw_summary(screen.summary, canvas)
    canvas.blank()
    if screen.notice:
        canvas.paragraph(screen.notice, indent=0, role="hint")
        canvas.blank()
    back = [("u", canvas.say("review.undo"))] if screen.undoable else []
    _keys([[(canvas.say("review.enter"), canvas.say("review.end")), *back]], canvas)


def draw_summary(summary: Summary, canvas: Canvas) -> None:
    """What was done, and what is due next."""
    if summary.reviewed:
        facts = [
            canvas.say("review.reviewed", count=summary.reviewed),
            canvas.say("review.failed", count=summary.again),
            duration(summary.minutes, canvas.language),
        ]
        canvas.flow(facts, indent=0, role="title")
    else:
        canvas.paragraph(canvas.say("review.none-graded"), indent=0)
    coming = summary.upcoming
    if coming.today:
        canvas.paragraph(canvas.say("review.still-today", count=coming.today), indent=0)
    if coming.day:
        canvas.paragraph(canvas.say("review.next-due", day=coming.day, count=coming.later), indent=0)


def draw_grades(grades: Grades, canvas: Canvas) -> None:
    """What follows for every card."""
    for card in grades.cards:
        said = canvas.say(_GRADES[card.grade - 1])
        facts = [said, canvas.say("review.days", count=card.interval), card.due]
        canvas.either([(card.key, "id")], [canvas.joined(facts)], below=["  "])


class ReviewScreen:
    """Shows a sitting at a terminal and does what the reader's keys ask for."""

    def __init__(self, screen: Screen, study: Study, sitting: Sitting) -> None:
        self._screen, self._study, self._sitting = screen, study, sitting
        self._notice = ""
        self._section: shown.Shown | None = None
        self._stale = self._reading = False
        self._does: dict[str, Callable[[], None]] = {
            "f": self._flag, "s": self._suspend, "o": self._open, "u": self._undo, "e": self._explain,
            ENTER: self._reveal, " ": self._reveal,
        }  # fmt: skip

    def run(self) -> None:
        """Go through the sitting until it is over or the reader ends it, then say what it came to.

        Raises KeyboardInterrupt for Ctrl-C, and ProgressError when something cannot be recorded.
        """
        try:
            with self._watching():
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
            key = self._key()
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

    def _key(self) -> str:
        sitting = self._sitting
        if sitting.current is not None and not sitting.revealed:
            # Working them out for the first time takes a moment, in which the reader reads the question.
            sitting.intervals()
        while True:
            self._reading = True
            self._catch_up()
            try:
                return read_key(self._screen.streams.stdin)
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
                    card, sitting.progress(), shown_intervals, sitting.undoable, self._notice, self._section
                )
            )
        screen.write((_CLEAR if self._clears() else "\n") + drawn)

    def _clears(self) -> bool:
        environ = self._screen.streams.environ
        if os.name == "nt":
            return bool(environ.get("WT_SESSION") or environ.get("TERM"))
        return environ.get("TERM", "dumb") != "dumb"

    # What the keys do

    def _reveal(self) -> None:
        self._sitting.reveal()

    def _grade(self, given: int) -> None:
        if self._sitting.revealed:
            self._section = None
            graded = self._sitting.grade(given)
            if graded.leech:
                self._say("review.leech", key=graded.key)

    def _flag(self) -> None:
        self._say("review.is-flagged" if self._sitting.flag() else "review.is-unflagged")

    def _suspend(self) -> None:
        self._section = None
        self._say("review.is-suspended", key=self._sitting.suspend())

    def _undo(self) -> None:
        key = self._sitting.undo()
        if key is None:
            self._say("review.nothing-to-undo")
        else:
            self._section = None
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
