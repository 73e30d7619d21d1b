"""Exercises on the screen: a question at a time, what was right and why, and how it went."""

from typing import NamedTuple

from ailearn.catalog.documents import Document
from ailearn.language import BothLanguages
from ailearn.learning.exercises import Exercise, Questions, Quiz, Score
from ailearn.learning.placement import (
    CARDS,
    FAILURES,
    PASSING,
    Candidate,
    Outcome,
    Placed,
    Placement,
)
from ailearn.view.canvas import Canvas


class Asked(NamedTuple):
    """One exercise of a quiz, waiting for its answer."""

    exercise: Exercise
    number: int
    total: int


class Answered(NamedTuple):
    """An exercise with the answer that was given, counted from 0."""

    exercise: Exercise
    given: int


class OpenQuestion(NamedTuple):
    """One open question, waiting for an answer in the reader's own words."""

    question: Document
    number: int
    total: int


class Points(NamedTuple):
    """What a good answer to an open question holds; `numbered` where something will refer to the points."""

    question: Document
    numbered: bool = False


class PlacementCard(NamedTuple):
    """A card of a placement; the answer is covered until it is `open`."""

    candidate: Candidate
    number: int
    open: bool


def draw_asked(asked: Asked, canvas: Canvas) -> None:
    """The question and its numbered answers."""
    number = canvas.say("quiz.number", number=asked.number, total=asked.total)
    canvas.line((f"── {number} ──", "muted"))
    canvas.both(asked.exercise.question, indent=0, role="title")
    canvas.blank()
    _options(asked.exercise, canvas)


def _options(exercise: Exercise, canvas: Canvas) -> None:
    for number, option in enumerate(exercise.options, start=1):
        canvas.both(option, indent=5, first=f"  {number}  ", lead="number")


def draw_answered(answered: Answered, canvas: Canvas) -> None:
    """Whether it was right, the right answer, why, and where that is written."""
    exercise, given = answered
    if given == exercise.right:
        canvas.line(("✓ ", "ok"), (canvas.say("quiz.right"), "ok"))
    else:
        says = canvas.say("quiz.wrong", given=given + 1, right=exercise.right + 1)
        canvas.line(("✗ ", "error"), (says, "error"))
        canvas.both(exercise.options[exercise.right], role="title")
    _explanation(exercise, canvas)


def _explanation(exercise: Exercise, canvas: Canvas) -> None:
    for line in exercise.explanation:
        canvas.both(line)
    section = canvas.say(f"section.{exercise.section}") if exercise.section else ""
    place = canvas.joined(one for one in (exercise.entry, section, exercise.source) if one)
    canvas.paragraph(canvas.say("quiz.source") + place, role="muted")


def draw_quiz(quiz: Quiz, canvas: Canvas) -> None:
    """All questions with their answers, for paper."""
    for number, exercise in enumerate(quiz.exercises, start=1):
        canvas.blank()
        draw_asked(Asked(exercise, number, len(quiz.exercises)), canvas)
        canvas.blank()
        canvas.line(("✓ ", "ok"), (str(exercise.right + 1), "number"))
        _explanation(exercise, canvas)


def draw_score(score: Score, canvas: Canvas) -> None:
    """How many answers were right, and what to look at again."""
    canvas.line((canvas.say("quiz.score", right=score.right, asked=score.asked), "heading"))
    if score.again:
        canvas.line(canvas.say("quiz.again"))
        canvas.flow(score.again, role="id")


def draw_openquestion(asked: OpenQuestion, canvas: Canvas) -> None:
    """The question."""
    number = canvas.say("quiz.number", number=asked.number, total=asked.total)
    canvas.line((f"── {number} ──", "muted"))
    canvas.both(asked.question["q"], indent=0, role="title")


def draw_points(points: Points, canvas: Canvas) -> None:
    """The points, one below the other."""
    canvas.line((canvas.say("open.points"), "heading"))
    texts = points.question["points"]
    for number, (english, chinese) in enumerate(zip(texts["en"], texts["zh"], strict=False), start=1):
        text: BothLanguages = {"en": english, "zh": chinese}
        first = f"  {number} " if points.numbered else "  • "
        canvas.both(text, indent=4, first=first, lead="number")


def draw_questions(questions: Questions, canvas: Canvas) -> None:
    """All questions with their points."""
    total = len(questions.questions)
    for number, question in enumerate(questions.questions, start=1):
        canvas.blank()
        draw_openquestion(OpenQuestion(question, number, total), canvas)
        draw_points(Points(question), canvas)


def draw_placement(placement: Placement, canvas: Canvas) -> None:
    """The rules of the placement, and which entries it leaves out."""
    canvas.paragraph(canvas.label(placement.track["title"]), indent=0, role="title")
    rules = canvas.say("placement.rules", cards=CARDS, passing=PASSING, failures=FAILURES)
    canvas.paragraph(rules, indent=0)
    if placement.learnt:
        canvas.line(canvas.say("placement.learnt"))
        canvas.flow(placement.learnt, role="id")


def draw_placementcard(card: PlacementCard, canvas: Canvas) -> None:
    """The question, or the answer below the question that stands there already."""
    shown = card.candidate.cards[card.number - 1]
    if card.open:
        canvas.both(shown["a"])
        return
    entry = card.candidate.entry
    count = (f"{card.number}/{len(card.candidate.cards)}", "number")
    canvas.line(("── ", "muted"), (canvas.label(entry["short"]), "muted"), " ", count, (" ──", "muted"))
    canvas.both(shown["q"], indent=0, role="title")


def draw_outcome(outcome: Outcome, canvas: Canvas) -> None:
    """How an entry went."""
    mark, role, key = ("✓ ", "ok", "passed") if outcome.passed else ("✗ ", "warn", "failed")
    said = {
        "passed": canvas.say("placement.passed", knew=outcome.knew, cards=CARDS),
        "failed": canvas.say("placement.failed", knew=outcome.knew, cards=CARDS),
    }
    canvas.line((mark, role), (outcome.entry, "id"), "  ", (said[key], role))


def draw_placed(placed: Placed, canvas: Canvas) -> None:
    """What was marked, and how to take it back."""
    if placed.early:
        canvas.paragraph(canvas.say("placement.early"), indent=0)
    if not placed.changes:
        canvas.line((canvas.say("placement.none"), "heading"))
        return
    canvas.line((canvas.say("placement.marked"), "heading"))
    canvas.flow([change.id for change in placed.changes], role="id")
    canvas.paragraph(canvas.say("placement.undo"), indent=0, role="muted")
