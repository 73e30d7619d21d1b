"""What was just recorded: a status, a note, something taken back."""

from typing import TYPE_CHECKING

from ailearn.view.canvas import Canvas
from ailearn.view.signs import sign
from ailearn.view.wrap import pad

if TYPE_CHECKING:
    # Only names for the types of what is drawn; `show` draws notes without opening a journal.
    from ailearn.learning.progress import Marked, Note, TakenBack, Undone

_UNDONE = {
    "status": "undo.status",
    "note": "undo.note",
    "review": "undo.review",
    "mark": "undo.mark",
    "result": "undo.result",
}


def draw_marked(marked: "Marked", canvas: Canvas) -> None:
    """Each entry with its new status and the one before."""
    column = max((len(change.id) for change in marked.changes), default=0)
    for change in marked.changes:
        after, before = (canvas.say(f"status.{one}") for one in (change.after, change.before))
        canvas.line(
            sign(change.after),
            (pad(change.id, column), "id"),
            "  ",
            after,
            "  ",
            (canvas.say("marked.before", before=before), "muted"),
        )


def draw_note(note: "Note", canvas: Canvas) -> None:
    """The note as it is now."""
    if not note.text:
        canvas.paragraph(canvas.say("note.gone", id=note.id), indent=0)
        return
    canvas.paragraph(
        canvas.say("section.note"), indent=len(note.id) + 2, first=note.id, lead="id", role="heading"
    )
    draw_lines(note.text, canvas)


def draw_lines(text: str, canvas: Canvas) -> None:
    """Markdown as it was written: lines that are too long are wrapped, and lists keep their margin."""
    for line in text.splitlines():
        words = line.lstrip()
        if not words:
            canvas.blank()
            continue
        margin = min(len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip()), canvas.width // 4)
        canvas.paragraph(words.rstrip(), indent=2 + margin)


def draw_undone(undone: "Undone", canvas: Canvas) -> None:
    """What holds again, in a sentence each."""
    for step in undone.steps:
        canvas.paragraph(_sentence(step, canvas), indent=0)


def _sentence(step: "TakenBack", canvas: Canvas) -> str:
    was, now = step.was, step.now
    if step.kind == "status":
        was, now = (canvas.say(f"status.{one}") for one in (was, now))
    key = "undo.note-gone" if step.kind == "note" and not now else _UNDONE[step.kind]
    return canvas.say(key, id=step.subject, was=was, now=now)
