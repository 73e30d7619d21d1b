"""`quiz`, `questions` and `place`: exercises beyond cards."""

from typing import TYPE_CHECKING, Annotated

import typer

from ailearn.catalog.query import Condition, names_in
from ailearn.cli.keyboard import by_hand, draw, press
from ailearn.cli.options import Session, session
from ailearn.cli.reading import chosen
from ailearn.cli.verb import Verb

if TYPE_CHECKING:
    from ailearn.cli.proposing import Grader
    from ailearn.learning.clock import Moment
    from ailearn.learning.exercises import Questions, Quiz
    from ailearn.learning.placement import Candidate, Outcome, Placement
    from ailearn.tutor.grading import Proposal

app = typer.Typer()
_LARGEST_SEED = 1_000_000


def _now(opened: Session) -> "Moment":
    """The time of one answer; the session's own is that of its beginning."""
    from ailearn.learning.clock import current

    return current(opened.settings.rollover, opened.screen.streams.environ)


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
    conditions = [Condition("topic", names=names_in(one)) for one in topic or ()]
    if track is not None:
        conditions.append(Condition("track", names=(track,)))
    entry_id = chosen(opened, name) if name else ""
    drawn = random.randrange(_LARGEST_SEED) if seed is None else seed
    found = exercises.quiz(opened.study, drawn, count, tuple(conditions), entry_id)
    if not by_hand(context, opened):
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
        draw(opened, Asked(exercise, number, total))
        last = len(exercise.options)
        key = press(opened, "quiz.pick", "123456789"[:last], last=last)
        if key is None:
            break
        given = int(key) - 1
        right = exercises.keep_answer(opened.journal_to_write, _now(opened), exercise, given)
        answers.append((exercise, right))
        draw(opened, Answered(exercise, given))
        if number < total and press(opened, "quiz.next", f"{ENTER} ") is None:
            break
        if number == total:
            opened.screen.write("\n")
    draw(opened, exercises.score(answers))


@app.command("questions", cls=Verb, help="help.questions")
def questions(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="argument.id")],
    editor: Annotated[bool, typer.Option("--editor", help="option.editor")] = False,
    grade: Annotated[bool, typer.Option("--grade", help="option.propose")] = False,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="option.model")] = None,
    show_prompt: Annotated[bool, typer.Option("--show-prompt", help="option.show-prompt")] = False,
) -> None:
    """Ask the open questions of an entry, and let the reader grade her answers; a model may help."""
    from ailearn.cli import proposing
    from ailearn.learning import exercises

    opened = session(context)
    found = exercises.questions(opened.study, chosen(opened, name))
    if show_prompt:
        proposing.show_question_request(opened, found, model)
    elif not by_hand(context, opened):
        opened.screen.show(proposing.assess_piped(opened, found, model) if grade else found)
    else:
        grader = proposing.Grader(opened, model) if grade else None
        for number in range(1, len(found.questions) + 1):
            if not _discuss(opened, found, number, editor, grader):
                break


def _discuss(opened: Session, found: "Questions", number: int, editor: bool, grader: "Grader | None") -> bool:
    """One open question: the reader's answer, the points, her grade. False when she wants to end."""
    from ailearn.learning.exercises import keep_written
    from ailearn.view.exercises import OpenQuestion, Points
    from ailearn.view.keys import ENTER

    question = found.questions[number - 1]
    draw(opened, OpenQuestion(question, number, len(found.questions)))
    text = _edited(opened, found.entry["id"]) if editor else _typed(opened)
    if text is None:
        return False
    draw(opened, Points(question, numbered=grader is not None))
    if text:
        grade = _grade(opened, grader.propose(question, text) if grader else None)
        if grade is None:
            return False
        keep_written(opened.journal_to_write, _now(opened), found, number, text, grade)
        opened.screen.note("open.kept", grade=grade)
    else:
        opened.screen.note("open.unwritten")
    is_last = number == len(found.questions)
    return is_last or press(opened, "quiz.next", f"{ENTER} ") is not None


def _grade(opened: Session, proposal: "Proposal | None") -> int | None:
    """The reader's grade, Enter for the one that is proposed; None when she wants to end."""
    from ailearn.view.keys import ENTER

    if proposal is None:
        key = press(opened, "open.grade", "1234")
    else:
        draw(opened, proposal)
        key = press(opened, "open.decide", f"1234{ENTER}", grade=proposal.grade)
        if key == ENTER:
            return proposal.grade
    return int(key) if key else None


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
        return path.read_text(encoding="utf-8-sig", errors="replace").strip()


@app.command("place", cls=Verb, help="help.place")
def place(
    context: typer.Context,
    track: Annotated[str, typer.Argument(metavar="TRACK", help="argument.track")],
) -> None:
    """Find out which entries of a track the reader knows already."""
    from ailearn.learning import placement

    opened = session(context)
    asked = placement.placement(opened.study, opened.journal, track)
    if not by_hand(context, opened):
        opened.screen.show(asked)
    else:
        draw(opened, asked)
        outcomes = _place(opened, asked)
        journal = opened.journal_to_write if any(one.passed for one in outcomes) else opened.journal
        draw(opened, placement.keep(opened.study, journal, _now(opened), asked, outcomes))


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
        draw(opened, outcome)
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
        draw(opened, PlacementCard(candidate, number, False))
        if press(opened, "placement.reveal", f"{ENTER} ") is None:
            return None
        draw(opened, PlacementCard(candidate, number, True))
        key = press(opened, "placement.knew", "yn")
        if key is None:
            return None
        knew += key == "y"
    return Outcome(candidate.entry["id"], knew)
