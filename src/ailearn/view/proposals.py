"""What a model makes of the reader's answer, on the screen: point for point, and the grade it proposes."""

from ailearn.tutor.grading import Assessments, Judged, Proposal
from ailearn.view.canvas import Canvas
from ailearn.view.exercises import OpenQuestion, Points, draw_openquestion, draw_points

# The sign of a verdict, its role, and the word beside it that says the same.
_SIGNS = {
    "met": ("✓", "ok", "grade.met"),
    "partly": ("◐", "warn", "grade.partly"),
    "missing": ("✗", "error", "grade.missing"),
}


def draw_proposal(proposal: Proposal, canvas: Canvas) -> None:
    """Each point with its verdict and the reader's own words for it, what is wrong, and the grade."""
    several = len(proposal.points) > 1
    for number, judged in enumerate(proposal.points, start=1):
        _judged(judged, f"{number} " if several else "", canvas)
    if proposal.misconception:
        said = canvas.say("grade.misconception") + proposal.misconception
        canvas.paragraph(said, indent=4, first="  ! ", lead="warn")
    if proposal.shortened:
        canvas.paragraph(canvas.say("grade.shortened", model=proposal.model), role="muted")
    proposed = canvas.say("grade.proposed", model=proposal.model, grade=proposal.grade)
    canvas.paragraph(proposed, role="heading")
    canvas.paragraph(proposal.reason, indent=4)


def _judged(judged: Judged, number: str, canvas: Canvas) -> None:
    sign, role, key = _SIGNS[judged.verdict]
    said = canvas.say(key)
    first = f"  {number}{sign} "
    if judged.quote:
        said += canvas.say("grade.quoted", quote=judged.quote)
    canvas.paragraph(said, indent=len(first), first=first, lead=role)
    if judged.reason:
        canvas.paragraph(judged.reason, indent=len(first), role="muted")


def draw_assessments(assessments: Assessments, canvas: Canvas) -> None:
    """Every question with the answer, the points and the proposal."""
    total = len(assessments.answers)
    for one in assessments.answers:
        canvas.blank()
        draw_openquestion(OpenQuestion({"q": one.question}, one.number, total), canvas)
        for line in one.answer.splitlines():
            canvas.paragraph(line, indent=4, first="  > ", lead="mark")
        points = [judged.point for judged in one.proposal.points]
        texts = {"en": [point["en"] for point in points], "zh": [point["zh"] for point in points]}
        draw_points(Points({"points": texts}, numbered=True), canvas)
        draw_proposal(one.proposal, canvas)
