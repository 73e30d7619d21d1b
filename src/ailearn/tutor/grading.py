"""Comparing the reader's answer with the points of a good one. The model proposes; the reader decides."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from ailearn.language import BothLanguages, paragraphs
from ailearn.tutor.fences import fenced
from ailearn.tutor.quotes import quoted_from
from ailearn.tutor.reader import Reader
from ailearn.tutor.structured import ask_for_object, objects_under, text_in
from ailearn.tutor.talk import Compose, Message, Request
from ailearn.tutor.teacher import Teacher
from ailearn.tutor.wording import wording

Verdict = Literal["met", "partly", "missing"]
# What a model may call them.
_VERDICTS: dict[str, Verdict] = {
    "met": "met", "yes": "met", "full": "met", "partly": "partly", "partial": "partly", "partially": "partly",
    "missing": "missing", "missed": "missing", "no": "missing", "none": "missing", "wrong": "missing",
}  # fmt: skip
AGAIN, HARD, GOOD, EASY = 1, 2, 3, 4
# Of an answer longer than this, in characters, the end does not go along; and never less than this share.
_LONGEST_ANSWER = 5000
_LEAST_SHARE = 0.2
# Two words of hers may be all that shows a point.
_SHORTEST_QUOTE = 3


class Judged(NamedTuple):
    """One point and whether the answer holds it.

    `quote` are the reader's own words that show it, empty when the model named none that she wrote.
    """

    point: BothLanguages
    verdict: Verdict
    quote: str
    reason: str


class Proposal(NamedTuple):
    """A grade from 1 (again) to 4 (easy), as in reviews, and what speaks for it.

    `misconception` is what the answer gets wrong, empty when nothing is; `shortened` says that the end of
    the answer was not read.
    """

    grade: int
    points: tuple[Judged, ...]
    reason: str
    misconception: str
    model: str
    shortened: bool


class Assessment(NamedTuple):
    """An open question, what the reader answered, and what a model proposes."""

    number: int
    question: BothLanguages
    answer: str
    proposal: Proposal


class Assessments(NamedTuple):
    """The answers to the open questions of the entry with the id `entry`."""

    entry: str
    answers: tuple[Assessment, ...]


def grade(
    teacher: Teacher,
    question: BothLanguages,
    points: Sequence[BothLanguages],
    answer: str,
    reader: Reader,
) -> Proposal:
    """What `teacher` thinks of an answer.

    A proposal never says more than its own verdicts do: easy needs every point, and without any it is
    again. Raises NetworkError, and KeyboardInterrupt when the reader stops it.
    """

    def read(data: dict[str, Any]) -> Proposal:
        judged = _judged(data, points, answer)
        proposed = min(_grade(data), _highest(judged))
        misconception = text_in(data, "misconception", needed=False)
        return Proposal(proposed, judged, text_in(data, "reason"), misconception, "", False)

    found = ask_for_object(teacher, request(question, points, answer, reader), read, reader.language)
    return found.value._replace(model=found.model, shortened=found.shortened)


def request(question: BothLanguages, points: Sequence[BothLanguages], answer: str, reader: Reader) -> Compose:
    """What a model is asked about an answer."""
    language = reader.language
    listed = "\n".join(
        f"{number}. {' / '.join(paragraphs(point, language))}" for number, point in enumerate(points, start=1)
    )

    def compose(share: float) -> Request:
        longest = int(_LONGEST_ANSWER * max(share, _LEAST_SHARE))
        told = answer if len(answer) <= longest else f"{answer[:longest]} […]"
        system = wording("grade.system", language, data=wording("system.data", language))
        asked = wording(
            "grade.ask",
            language,
            question=fenced("question", "\n".join(paragraphs(question, language))),
            points=fenced("points", listed),
            answer=fenced("answer", told),
            count=len(points),
            language=wording(f"grade.in.{language}", language),
        )
        return Request((Message("system", system), Message("user", asked)), as_json=True, temperature=0.0)

    return compose


def _judged(data: dict[str, Any], points: Sequence[BothLanguages], answer: str) -> tuple[Judged, ...]:
    found: dict[int, Judged] = {}
    for position, one in enumerate(objects_under(data, "points"), start=1):
        number = _whole(one.get("point", position), "point")
        if not 1 <= number <= len(points):
            raise ValueError(f"there is no point {number}, only 1 to {len(points)}")
        verdict = _VERDICTS.get(text_in(one, "verdict").casefold())
        if verdict is None:
            raise ValueError('"verdict" must be met, partly or missing')
        words = text_in(one, "quote", needed=False) if verdict != "missing" else ""
        quote = quoted_from(answer, words, _SHORTEST_QUOTE)
        found[number] = Judged(points[number - 1], verdict, quote, text_in(one, "reason", needed=False))
    missing = [str(number) for number in range(1, len(points) + 1) if number not in found]
    if missing:
        raise ValueError(f"there is no verdict on point {', '.join(missing)}")
    return tuple(found[number] for number in sorted(found))


def _grade(data: dict[str, Any]) -> int:
    given = _whole(data.get("grade"), "grade")
    if not AGAIN <= given <= EASY:
        raise ValueError('"grade" must be 1, 2, 3 or 4')
    return given


def _highest(judged: tuple[Judged, ...]) -> int:
    """The best grade that the verdicts allow."""
    verdicts = {one.verdict for one in judged}
    return EASY if verdicts == {"met"} else AGAIN if verdicts == {"missing"} else GOOD


def _whole(value: object, name: str) -> int:
    """The whole number that a model wrote, if need be as text."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 10:
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and value == value // 1:
        return int(value)
    raise ValueError(f'"{name}" must be a whole number')
