"""Named paths: the list of them, and one with its steps."""

from rich.cells import cell_len

from ailearn.catalog.documents import Document
from ailearn.catalog.paths import NamedPaths, Way
from ailearn.language import paragraphs
from ailearn.view import signs
from ailearn.view.canvas import Canvas, Part
from ailearn.view.measures import duration, level


def draw_namedpaths(found: NamedPaths, canvas: Canvas) -> None:
    """Each path with its length, what it is about and its steps in a row."""
    for path in found.paths:
        canvas.blank()
        _head(path, canvas)
        marked = ["".join((*signs.before_id(step)[:1], step["id"])) for step in path["steps"]]
        canvas.flow(marked, "→", role="id")
    canvas.blank()
    canvas.paragraph(canvas.say("paths.more"), indent=0, role="muted")


def _head(path: Document, canvas: Canvas) -> None:
    size = canvas.say("paths.size", count=len(path["steps"]), time=duration(path["minutes"], canvas.language))
    title = canvas.label(path["title"])
    named: list[Part] = [(title, "heading"), "  ", (path["id"], "id")]
    if cell_len(f"{title}  {path['id']}") <= canvas.width:
        canvas.either(named, [(size, "muted")], below=["  "])
    else:
        canvas.paragraph(title, indent=0, role="heading")
        canvas.either(["  ", (path["id"], "id")], [(size, "muted")], below=["  "])
    canvas.both(path["about"])


def draw_way(way: Way, canvas: Canvas) -> None:
    """The steps in order, each with its length and why it stands there, and the time for all."""
    _head(way._asdict(), canvas)
    canvas.blank()
    unmarked = signs.column(way.steps)
    for number, step in enumerate(way.steps, start=1):
        facts = f"{level(step['level'])}  {duration(step['minutes'], canvas.language)}"
        sign = signs.in_column(step, unmarked)
        named: list[Part] = [(f"{number:>3}. ", "number"), sign, (step["id"], "id")]
        canvas.either(named, [(facts, "muted")], below=[" " * 5])
        canvas.paragraph(canvas.label(step["title"]), indent=5, role="title")
        needed_for = canvas.say("paths.for", id=step["for"]) if step["for"] else ""
        for at, why in enumerate(paragraphs(step["why"], canvas.language)):
            canvas.paragraph(why if at else needed_for + why, indent=5)
    canvas.blank()
    total = canvas.say("path.total", count=len(way.steps), time=duration(way.minutes, canvas.language))
    canvas.paragraph(total, indent=0)
