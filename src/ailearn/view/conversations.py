"""Conversations with a model that were kept: their list, and one of them again."""

from rich.cells import cell_len

from ailearn.tutor.transcripts import Conversation, Found, History, Turn
from ailearn.view.canvas import Canvas
from ailearn.view.markdown import draw_markdown
from ailearn.view.measures import local_time

# What is said of answers that did not end by themselves.
_BROKEN = {
    "length": "history.length",
    "cut": "history.cut",
    "stopped": "history.stopped",
    "refused": "history.refused",
}


def draw_history(history: History, canvas: Canvas) -> None:
    """Number, time and first question of each; under that the entry, how long it went on, what matched."""
    column = max((len(str(one.number)) for one in history.found), default=0) + 2
    for found in history.found:
        _summary(found, column, canvas)


def _summary(found: Found, column: int, canvas: Canvas) -> None:
    conversation = found.conversation
    number = f"{found.number:>{column - 2}}  "
    at = f"{local_time(conversation.last_at)}  "
    if column + cell_len(at + conversation.title) <= canvas.width:
        canvas.line((number, "number"), (at, "muted"), (conversation.title, "title"))
    else:
        canvas.line((number, "number"), (at, "muted"))
        canvas.line(" " * column, (conversation.title, "title"))
    count = len(conversation.questions)
    facts = [conversation.entry, canvas.say("history.questions", count=count) if count > 1 else ""]
    if any(facts):
        canvas.flow((one for one in facts if one), indent=column, role="muted")
    if found.piece and found.piece.text != conversation.title:
        canvas.marked(found.piece.text, found.piece.marks, indent=column)


def draw_conversation(conversation: Conversation, canvas: Canvas) -> None:
    """What it is about, then every question with its answer, who gave it, and how it ended."""
    facts = (conversation.entry, local_time(conversation.started), conversation.id)
    canvas.flow((one for one in facts if one), indent=0, role="muted")
    for number, turn in enumerate(conversation.turns):
        canvas.blank()
        if turn.role == "user":
            canvas.paragraph(turn.text, indent=2, first="? ", lead="mark", role="title")
            following = conversation.turns[number + 1 : number + 2]
            if not following or following[0].role == "user":
                canvas.paragraph(canvas.say("history.unanswered"), role="muted")
        else:
            draw_markdown(turn.text, canvas)
            _colophon(turn, canvas)


def _colophon(turn: Turn, canvas: Canvas) -> None:
    """Which model answered, and why it stops where it does unless it ended by itself."""
    broken = _BROKEN.get(turn.ending)
    facts = (turn.model, canvas.say(broken) if broken else "")
    canvas.flow((one for one in facts if one), role="muted")
