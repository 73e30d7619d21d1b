"""What a sitting shows: a card with the keys around it, and how it went."""

from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from ailearn.catalog import shown
from ailearn.learning.review import Grades, ReviewCard
from ailearn.learning.session import Progress, Summary
from ailearn.view import entries
from ailearn.view.canvas import Canvas, Part
from ailearn.view.measures import duration

if TYPE_CHECKING:
    from ailearn.tutor.grading import Proposal

_GRADES = ("review.1", "review.2", "review.3", "review.4")
# Between two keys on a line, and where that is too much.
_GAP, _NARROW_GAP = "   ", "  "


class CardScreen(NamedTuple):
    """A card with everything around it.

    `intervals` is empty until the answer is shown; `notice` says what the last key did; `section` explains.
    `written` is the reader's answer in her own words, None where she gives none, and `typing` whether she is
    still at it; `proposal` is what a model makes of it.
    """

    card: ReviewCard
    progress: Progress
    intervals: dict[int, int]
    undoable: bool
    notice: str
    section: shown.Shown | None
    written: str | None = None
    typing: bool = False
    proposal: "Proposal | None" = None


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
    if screen.written or screen.typing:
        canvas.blank()
        # Where the next letter will stand is marked, for the terminal's own cursor waits below.
        canvas.paragraph(f"{screen.written or ''}{'_' * screen.typing}", first="> ", lead="mark")
    if screen.intervals:
        canvas.line(("─" * canvas.width, "muted"))
        canvas.both(card.card["a"], indent=0)
        if card.card["excerpt"]:
            canvas.paragraph(f"“{card.card['excerpt']}”", role="muted")
    # There is no room for both, and `e` puts the section away again.
    if screen.proposal and not screen.section:
        from ailearn.view.proposals import draw_proposal

        canvas.line(("─" * canvas.width, "muted"))
        draw_proposal(screen.proposal, canvas)
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
    is_written = bool((screen.written or "").strip())
    if screen.typing:
        shows = canvas.say("review.compare" if is_written else "review.show")
        return [[(canvas.say("review.enter"), shows), ("Esc", canvas.say("review.other-keys"))]]
    flag = "review.unflag" if screen.card.state.flagged else "review.flag"
    others = [("f", flag), ("s", "review.suspend"), ("o", "review.open")]
    if screen.undoable:
        others.append(("u", "review.undo"))
    others.append(("q", "review.quit"))
    named = [(key, canvas.say(text)) for key, text in others]
    if not screen.intervals:
        writes = [("w", canvas.say("review.write"))] if screen.written is not None else []
        shows = canvas.say("review.compare" if is_written else "review.reveal")
        return [[(canvas.say("review.enter"), shows), *writes, *named]]
    grades = [
        (str(number), canvas.joined([canvas.say(key), _days(screen.intervals[number], canvas)]))
        for number, key in enumerate(_GRADES, start=1)
    ]
    if screen.proposal:
        takes = canvas.say("review.take", grade=screen.proposal.grade)
        grades.append((canvas.say("review.enter"), takes))
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
