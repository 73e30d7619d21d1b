"""What would be sent to a model, word for word."""

import re

from ailearn.tutor.client import ShownRequest
from ailearn.view.canvas import Canvas

_INDENT = 2
_ROLES = {"system": "request.instructions", "user": "request.question", "assistant": "request.answer"}
# The indentation of a line, and the mark of a list item, under which the rest of it is not to hang.
_BEGINNING = re.compile(r"(\s*)((?:[-*•]|\d{1,2}[.)])\s+)?")


def draw_shownrequest(shown: ShownRequest, canvas: Canvas) -> None:
    """Where to, then each message under the name of who says it."""
    if shown.endpoint is None:
        canvas.paragraph(canvas.say("request.nowhere"), indent=0, role="warn")
    else:
        canvas.paragraph(shown.url, indent=0, role="path")
        place = [canvas.say("request.local")] if shown.endpoint.local else []
        options = [f"{name} {shown.body[name]}" for name in ("temperature",) if name in shown.body]
        options += ["JSON"] if shown.request.as_json else []
        canvas.flow([shown.endpoint.model, *place, *options], indent=0, role="muted")
    for message in shown.request.messages:
        canvas.heading(canvas.say(_ROLES[message.role]))
        for line in message.content.split("\n"):
            _line(line.expandtabs(4), canvas)


def _line(line: str, canvas: Canvas) -> None:
    """One line of a message, with its indentation; Markdown lists keep their shape."""
    found = _BEGINNING.match(line)
    beginning = found[0] if found else ""
    text = line[len(beginning) :]
    if not line.strip():
        canvas.blank()
        return
    first = f"{' ' * _INDENT}{beginning}"
    indent = min(len(first), canvas.width // 3)
    canvas.paragraph(text, indent=indent, first=first[-indent:])
