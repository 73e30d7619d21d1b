"""Markdown on a canvas: what a model writes, drawn as the guide's own pages are.

A text that is still growing is drawn by units: blocks, the items of a list, the lines of a code block. How
one looks depends on nothing below it, so a unit that is complete never changes.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ailearn.view.canvas import Canvas
from ailearn.view.formulas import readable
from ailearn.view.markdown_inline import words_of
from ailearn.view.markdown_parser import Block, cleaned, parse
from ailearn.view.markdown_tables import draw_table
from ailearn.view.words import Margin, Words, draw_words

LISTS = ("bullet_list", "ordered_list")
CODE = ("fence", "code_block")
# What stands apart from what is above and below it, blank line or not.
_APART = (*CODE, "table", "displayed_formula", "blockquote", "hr")
_TAB = 4
# However deep lists and quotations are, text keeps so many cells.
_NARROWEST = 10
_OUTER = Margin(("  ",), ("  ",))


class Unit(NamedTuple):
    """A block, or the part of one that can be drawn by itself: an item, or a line of code."""

    block: Block
    number: int


def draw_markdown(text: str, canvas: Canvas) -> None:
    """Draw a whole text. Nothing in it can steer the terminal, and no text is an error."""
    source = cleaned(text)
    Drawing(canvas).draw(units(parse(source)), source)


def units(blocks: Sequence[Block]) -> list[Unit]:
    """The units of blocks, in order."""
    return [Unit(block, number) for block in blocks for number in range(unit_count(block))]


def unit_count(block: Block) -> int:
    """How many units a block has; an empty code block has none."""
    if block.kind in LISTS:
        return len(block.children)
    return len(_code_lines(block)) if block.kind in CODE else 1


def _code_lines(block: Block) -> list[str]:
    content = block.token.content
    lines = content.removesuffix("\n").split("\n") if content else []
    # The name of a language goes without saying; more than that was meant to be read.
    said = block.token.info.strip()
    return [said, *lines] if " " in said else lines


class Drawing:
    """Units on a canvas, one below the other."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        # The kind of the block that stands last, empty at the beginning.
        self.last = ""
        self._lines: list[str] = []

    def draw(self, units: Sequence[Unit], source: str) -> None:
        """Draw units below what is there. `source` is the text that they were read from."""
        self._lines = source.split("\n")
        for block, number in units:
            if block.kind in LISTS:
                item = block.children[number]
                if self._blank_above(item) if number else self._stands_apart(self.last, block):
                    self.canvas.blank()
                self._item(block, number, _OUTER)
            else:
                if not number and self._stands_apart(self.last, block):
                    self.canvas.blank()
                if block.kind in CODE:
                    self._code([_code_lines(block)[number]], _OUTER)
                else:
                    self._block(block, Margin() if block.kind == "heading" else _OUTER)
            self.last = block.kind

    def _stands_apart(self, last: str, block: Block) -> bool:
        """Whether there is a blank line above a block: as in the source, but where it serves reading."""
        if block.kind == "heading":
            return True
        if last in ("", "heading"):
            return False
        return last in _APART or block.kind in _APART or self._blank_above(block)

    def _blank_above(self, block: Block) -> bool:
        line = block.lines[0] - 1
        return 0 <= line < len(self._lines) and not self._lines[line].strip(" \t>")

    def _blocks(self, blocks: Sequence[Block], margin: Margin) -> None:
        """The blocks inside of another one."""
        last = ""
        for block in blocks:
            if last and self._stands_apart(last, block):
                self.canvas.line(*margin.rest)
            height = self.canvas.height
            self._block(block, margin)
            if self.canvas.height > height:
                margin = margin.below
            last = block.kind

    def _block(self, block: Block, margin: Margin) -> None:
        if block.kind in LISTS:
            for number, item in enumerate(block.children):
                if number and self._blank_above(item):
                    self.canvas.line(*margin.rest)
                self._item(block, number, margin)
                margin = margin.below
        elif block.kind in CODE:
            self._code(_code_lines(block), margin)
        elif block.kind == "blockquote":
            self._blocks(block.children, self._deeper(margin, margin.with_sign(("│ ", "muted"), again=True)))
        elif block.kind == "table":
            draw_table(block, margin, self.canvas)
        elif block.kind == "displayed_formula":
            lines = [Words(line) for line in readable(block.token.content).split("\n")]
            draw_words(lines, self._deeper(margin, margin.with_sign("  ")), self.canvas)
        elif block.kind == "hr":
            self.canvas.line(*margin.first, ("─" * (self.canvas.width - margin.width), "muted"))
        else:
            role = {"h1": "heading", "h2": "heading"}.get(block.token.tag, "title")
            text = words_of(block.children[0].token.children if block.children else None)
            draw_words(text, margin, self.canvas, role if block.kind == "heading" else "")

    def _item(self, block: Block, number: int, margin: Margin) -> None:
        first = block.token.attrs.get("start", 1)
        sign = f"{int(first) + number}. " if block.kind == "ordered_list" else "• "
        margin = self._deeper(margin, margin.with_sign((sign, "number")))
        height = self.canvas.height
        self._blocks(block.children[number].children, margin)
        if self.canvas.height == height:
            self.canvas.line(*margin.first)

    def _code(self, lines: Sequence[str], margin: Margin) -> None:
        """Code as it stands: broken lines of it could be neither read nor copied."""
        margin = self._deeper(margin, margin.with_sign("  "))
        for line in lines:
            self.canvas.uncut(*margin.first, (line.expandtabs(_TAB), "code"))
            margin = margin.below

    def _deeper(self, margin: Margin, wanted: Margin) -> Margin:
        """The margin that is wanted, where it leaves room for text."""
        return wanted if wanted.width <= self.canvas.width - _NARROWEST else margin
