"""A model that proposes grades for the reader's answers; she decides, and grades by herself when it fails."""

import re
from typing import TYPE_CHECKING

from ailearn.cli.options import Session, said, text_of
from ailearn.cli.tutors import reader_of, show_request, teacher_for
from ailearn.errors import NetworkError, UsageError
from ailearn.language import BothLanguages

if TYPE_CHECKING:
    from ailearn.catalog.documents import Document
    from ailearn.learning.exercises import Questions
    from ailearn.learning.review import ReviewCard
    from ailearn.tutor.grading import Assessments, Proposal

# Stands for an answer where a request is shown before there is one.
_NO_ANSWER = "…"


class Grader:
    """The model that looks at the answers of one sitting.

    Made before the first question: raises NetworkError without a model or a key, ConfigurationError without
    the reader's consent.
    """

    def __init__(self, opened: Session, model: str | None) -> None:
        self._opened = opened
        self._teacher = teacher_for(opened, "grade", model)
        self._reader = reader_of(opened)

    def judge(self, question: BothLanguages, points: list[BothLanguages], answer: str) -> "Proposal":
        """What the model thinks. Raises NetworkError, and KeyboardInterrupt when the reader stops it."""
        from ailearn.tutor import grading

        return grading.grade(self._teacher, question, points, answer, self._reader)

    def judge_card(self, card: "ReviewCard", answer: str) -> "Proposal":
        """What the model thinks of an answer to a card; raises as `judge`."""
        return self.judge(card.card["q"], [card.card["a"]], answer)

    def propose(self, question: "Document", answer: str) -> "Proposal | None":
        """The proposal for an answer to an open question; when there is none, one line says why."""
        from ailearn.view.keys import forget_typed

        note = self._opened.screen.note
        note("grade.asking", model=self._teacher.endpoint.model)
        try:
            return self.judge(question["q"], points_of(question), answer)
        except NetworkError as error:
            note("grade.failed", reason=said(self._opened, error))
        except KeyboardInterrupt:
            note("grade.stopped")
        finally:
            # An Enter too many, pressed before there was a proposal, must not accept it.
            forget_typed(self._opened.screen.streams.stdin)
        return None


def points_of(question: "Document") -> list[BothLanguages]:
    """The points of an open question, each in both languages."""
    pairs = zip(question["points"]["en"], question["points"]["zh"], strict=False)
    return [{"en": english, "zh": chinese} for english, chinese in pairs]


def assess_piped(opened: Session, found: "Questions", model: str | None) -> "Assessments":
    """What a model thinks of the answers that stand on stdin; nothing is recorded.

    Raises UsageError when there are none, or more than questions; otherwise as `Grader`.
    """
    from ailearn.tutor.grading import Assessment, Assessments

    answers = _piped(opened, len(found.questions))
    if not answers:
        raise UsageError("error.grade-answers", hint="hint.grade-answers")
    grader = Grader(opened, model)
    assessed = []
    for number, (question, answer) in enumerate(zip(found.questions, answers, strict=False), start=1):
        proposal = grader.judge(question["q"], points_of(question), answer)
        assessed.append(Assessment(number, question["q"], answer, proposal))
    return Assessments(found.entry["id"], tuple(assessed))


def _piped(opened: Session, questions: int) -> list[str]:
    """The answers on stdin, parted by empty lines; none when that is a terminal."""
    stdin = opened.screen.streams.stdin
    if stdin.isatty():
        return []
    text = text_of(stdin.read(), "stdin")
    answers = [one.strip() for one in re.split(r"\n[ \t\r]*\n", text) if one.strip()]
    if len(answers) > questions:
        raise UsageError(
            "error.too-many-answers", hint="hint.grade-answers", count=len(answers), questions=questions
        )
    return answers


def show_card_request(opened: Session, card: "Document", model: str | None) -> None:
    """Print what would be sent for an answer to a card."""
    from ailearn.tutor import grading

    compose = grading.request(card["q"], [card["a"]], _NO_ANSWER, reader_of(opened))
    show_request(opened, "grade", compose, model)


def show_question_request(opened: Session, found: "Questions", model: str | None) -> None:
    """Print what would be sent for the first question, with the first answer on stdin if there is one."""
    from ailearn.tutor import grading

    answers = _piped(opened, len(found.questions))
    question = found.questions[0]
    answer = answers[0] if answers else _NO_ANSWER
    compose = grading.request(question["q"], points_of(question), answer, reader_of(opened))
    show_request(opened, "grade", compose, model)
