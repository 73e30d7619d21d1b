"""A text in Markdown that arrives in pieces: what is complete is drawn for good, the rest again and again."""

import re

from ailearn.view.canvas import Canvas
from ailearn.view.markdown import CODE, LISTS, Drawing, unit_count, units
from ailearn.view.markdown_parser import Block, cleaned, parse

# Marks at the very end that the next piece may make longer.
_UNDECIDED = re.compile(r"[*_~`\\]+$")


class GrowingMarkdown:
    """Draws a text on a canvas while it arrives; in the end it looks as if it had been drawn at once."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self._drawing = Drawing(canvas)
        # The text from the first block on that is not finished, and how many units of that are drawn.
        self._pending = ""
        self._drawn = 0

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see yet."""
        return not self.canvas.height and not self._pending.strip()

    def add(self, piece: str) -> None:
        """Take a piece of the text, and draw what is complete with it."""
        self._pending += cleaned(piece)
        # Half a line may still turn into anything.
        whole = self._pending[: self._pending.rfind("\n") + 1]
        blocks = parse(whole) if "\n" in piece else []
        if not blocks:
            return
        *others, last = blocks
        final, closed = _final_units(last, whole)
        count = sum(map(unit_count, others)) + final
        self._drawing.draw(units(blocks)[self._drawn : count], whole)
        lines = whole.split("\n")
        begin, end = last.lines
        # Blank lines above what comes next belong to it.
        cut = _before_blanks(lines, end if closed else begin)
        self._pending = self._pending[sum(len(line) + 1 for line in lines[:cut]) :]
        self._drawn = 0 if closed else final

    def unfinished(self) -> str:
        """The drawing of what is not complete, as it looks now."""
        height, before = self.canvas.height, self._drawing.last
        shown = _rounded_off(self._pending)
        self._drawing.draw(units(parse(shown))[self._drawn :], shown)
        drawn = self.canvas.text(height)
        self.canvas.cut(height)
        self._drawing.last = before
        return drawn

    def end(self) -> None:
        """Draw all that is left."""
        self._drawing.draw(units(parse(self._pending))[self._drawn :], self._pending)
        self._pending, self._drawn = "", 0


def _final_units(block: Block, source: str) -> tuple[int, bool]:
    """How many units of the last block of a text cannot change any more, and whether the block is over.

    The text ends with a whole line.
    """
    begin, end = block.lines
    if block.kind in LISTS:
        # It may go on below a blank line, and so may indented code.
        return unit_count(block) - 1, False
    if block.kind in CODE:
        content = block.token.content.count("\n")
        return unit_count(block), block.kind == "fence" and end - begin == content + 2
    line = source[:-1].rpartition("\n")[2]
    complete = block.kind in ("heading", "hr") or bool(block.token.meta.get("closed"))
    # Whatever a line with a bar is, it becomes the head of a table when the next one says so.
    over = not line.strip() or (complete and "|" not in line)
    return (1, True) if over else (0, False)


def _before_blanks(lines: list[str], number: int) -> int:
    """The number of the first of the blank lines above line `number`."""
    while number and not lines[number - 1].strip():
        number -= 1
    return number


def _rounded_off(text: str) -> str:
    """`text` with what is open at its end closed, so that no marks stand there until their partners come."""
    text = _UNDECIDED.sub("", text)
    paragraph = text.rpartition("\n\n")[2]
    if "```" in paragraph:
        return text
    if paragraph.rfind(r"\(") > paragraph.rfind(r"\)"):
        return f"{text}\\)"
    return text + next((mark for mark in ("`", "**") if paragraph.count(mark) % 2), "")
