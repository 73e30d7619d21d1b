"""`quiz`, `questions` and `place`: exercises beyond cards."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ailearn.catalog.query import Condition
from ailearn.cli.options import Session, session
from ailearn.cli.reading import chosen
from ailearn.cli.verb import Verb
from ailearn.language import say

if TYPE_CHECKING:
    from ailearn.learning.clock import Moment
    from ailearn.learning.exercises import Questions, Quiz
    from ailearn.learning.placement import Candidate, Outcome, Placement

app = typer.Typer()
_LARGEST_SEED = 1_000_000


def _now(opened: Session) -> "Moment":
    """The time of one answer; the session's own is that of its beginning."""
    from ailearn.learning.clock import current

    return current(opened.settings.rollover, opened.screen.streams.environ)


def _by_hand(context: typer.Context, opened: Session) -> bool:
    """Whether somebody is there to answer; a dumb terminal will do."""
    streams = opened.screen.streams
    listed = context.obj.options.keys() & {"json", "plain"}
    return not listed and streams.stdin.isatty() and streams.stdout.isatty()


def _draw(opened: Session, result: Any) -> None:
    opened.screen.write(opened.screen.draw(result))


def _key(opened: Session, prompt: str, keys: str, **values: object) -> str | None:
    """The first key pressed that is one of `keys`; None for q and the end of input."""
    from ailearn.view.keys import ENTER, read_key

    screen = opened.screen
    screen.write(f"\n{say(prompt, screen.language, **values)}")
    while True:
        key = read_key(screen.streams.stdin)
        if key in ("", "q"):
            screen.write("\n")
            return None
        if key in keys:
            screen.write(f"{'' if key == ENTER else key}\n\n")
            return key


@app.command("quiz", cls=Verb, help="help.quiz")
def quiz(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[ID]", help="argument.id")] = "",
    track: Annotated[str | None, typer.Option("--track", metavar="TRACK", help="option.track")] = None,
    topic: Annotated[list[str] | None, typer.Option("--topic", metavar="TOPIC", help="option.topic")] = None,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, max=1000, help="option.count")] = 10,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", min=0, help="option.seed")] = None,
) -> None:
    """Ask questions made from the guide."""
    import random

    from ailearn.learning import exercises

    opened = session(context)
    conditions = [Condition("topic", names=tuple(one.split(","))) for one in topic or ()]
    if track is not None:
        conditions.append(Condition("track", names=(track,)))
    entry_id = chosen(opened, name) if name else ""
    drawn = random.randrange(_LARGEST_SEED) if seed is None else seed
    found = exercises.quiz(opened.study, drawn, count, tuple(conditions), entry_id)
    if not _by_hand(context, opened):
        opened.screen.show(found)
        return
    _ask(opened, found)


def _ask(opened: Session, found: "Quiz") -> None:
    """One exercise after the other; each answer is recorded as soon as it is given."""
    from ailearn.learning import exercises
    from ailearn.view.exercises import Answered, Asked
    from ailearn.view.keys import ENTER

    answers = []
    total = len(found.exercises)
    for number, exercise in enumerate(found.exercises, start=1):
        _draw(opened, Asked(exercise, number, total))
        last = len(exercise.options)
        key = _key(opened, "quiz.pick", "123456789"[:last], last=last)
        if key is None:
            break
        given = int(key) - 1
        right = exercises.keep_answer(opened.journal_to_write, _now(opened), exercise, given)
        answers.append((exercise, right))
        _draw(opened, Answered(exercise, given))
        if number < total and _key(opened, "quiz.next", f"{ENTER} ") is None:
            break
        if number == total:
            opened.screen.write("\n")
    _draw(opened, exercises.score(answers))


@app.command("questions", cls=Verb, help="help.questions")
def questions(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="argument.id")],
    editor: Annotated[bool, typer.Option("--editor", help="option.editor")] = False,
) -> None:
    """Ask the open questions of an entry, and let the reader grade her answers."""
    from ailearn.learning import exercises

    opened = session(context)
    found = exercises.questions(opened.study, chosen(opened, name))
    if not _by_hand(context, opened):
        opened.screen.show(found)
        return
    for number in range(1, len(found.questions) + 1):
        if not _discuss(opened, found, number, editor):
            break


def _discuss(opened: Session, found: "Questions", number: int, editor: bool) -> bool:
    """One open question: the reader's answer, the points, her grade. False when she wants to end."""
    from ailearn.learning.exercises import keep_written
    from ailearn.view.exercises import OpenQuestion, Points
    from ailearn.view.keys import ENTER

    question = found.questions[number - 1]
    _draw(opened, OpenQuestion(question, number, len(found.questions)))
    text = _edited(opened, found.entry["id"]) if editor else _typed(opened)
    if text is None:
        return False
    _draw(opened, Points(question))
    if text:
        key = _key(opened, "open.grade", "1234")
        if key is None:
            return False
        keep_written(opened.journal_to_write, _now(opened), found, number, text, int(key))
        opened.screen.note("open.kept", grade=key)
    else:
        opened.screen.note("open.unwritten")
    is_last = number == len(found.questions)
    return is_last or _key(opened, "quiz.next", f"{ENTER} ") is not None


def _typed(opened: Session) -> str | None:
    """Lines up to an empty one; None when input ends before anything was written."""
    screen = opened.screen
    screen.note("open.write")
    lines: list[str] = []
    while True:
        line = screen.streams.stdin.readline()
        if not line.strip():
            screen.write("" if line else "\n")
            return None if not line and not lines else "\n".join(lines)
        lines.append(line.rstrip())


def _edited(opened: Session, entry_id: str) -> str:
    """What the reader writes in her editor. Raises ConfigurationError when she has none."""
    import tempfile
    from pathlib import Path

    from ailearn.cli.editor import call_editor, editor_command

    command = editor_command(opened)
    with tempfile.TemporaryDirectory(prefix="ailearn-") as folder:
        path = Path(folder, f"{entry_id}.md")
        path.touch()
        call_editor(command, path)
        return path.read_text(encoding="utf-8", errors="replace").strip()


@app.command("place", cls=Verb, help="help.place")
def place(
    context: typer.Context,
    track: Annotated[str, typer.Argument(metavar="TRACK", help="argument.track")],
) -> None:
    """Find out which entries of a track the reader knows already."""
    from ailearn.learning import placement

    opened = session(context)
    asked = placement.placement(opened.study, opened.journal, track)
    if not _by_hand(context, opened):
        opened.screen.show(asked)
    else:
        _draw(opened, asked)
        outcomes = _place(opened, asked)
        journal = opened.journal_to_write if any(one.passed for one in outcomes) else opened.journal
        _draw(opened, placement.keep(opened.study, journal, _now(opened), asked, outcomes))


def _place(opened: Session, asked: "Placement") -> "list[Outcome]":
    """Entry after entry, until enough of them are not known or the reader wants to end."""
    from ailearn.learning.placement import is_over

    outcomes: list[Outcome] = []
    for candidate in asked.candidates:
        opened.screen.write("\n")
        outcome = _try(opened, candidate)
        if outcome is None:
            break
        outcomes.append(outcome)
        _draw(opened, outcome)
        if is_over(outcomes):
            break
    opened.screen.write("\n")
    return outcomes


def _try(opened: Session, candidate: "Candidate") -> "Outcome | None":
    """The cards of one entry; None when the reader wants to end."""
    from ailearn.learning.placement import Outcome
    from ailearn.view.exercises import PlacementCard
    from ailearn.view.keys import ENTER

    knew = 0
    for number in range(1, len(candidate.cards) + 1):
        _draw(opened, PlacementCard(candidate, number, False))
        if _key(opened, "placement.reveal", f"{ENTER} ") is None:
            return None
        _draw(opened, PlacementCard(candidate, number, True))
        key = _key(opened, "placement.knew", "yn")
        if key is None:
            return None
        knew += key == "y"
    return Outcome(candidate.entry["id"], knew)
