"""Tables in Markdown: in columns where they fit, otherwise row by row with the name of each column."""

from typing import NamedTuple

from rich.cells import cell_len

from ailearn.view.canvas import Canvas, Part
from ailearn.view.markdown_inline import words_of
from ailearn.view.markdown_parser import Block
from ailearn.view.words import Margin, Words, draw_words, wrapped
from ailearn.view.wrap import narrowest

_GAP = "  "
# Texts in a column that is narrower than this, in cells, are no pleasure to read.
_NARROWEST = 12


class _Cell(NamedTuple):
    lines: list[Words]
    align: str

    @property
    def width(self) -> int:
        return max(cell_len(one.text) for one in self.lines)

    @property
    def least(self) -> int:
        """Below this width it is no pleasure to read, or words of it are cut."""
        return max(min(self.width, _NARROWEST), *(narrowest(one.text) for one in self.lines))


def draw_table(table: Block, margin: Margin, canvas: Canvas) -> None:
    """Draw a table."""
    head, *rows = [[_cell(cell) for cell in row.children] for part in table.children for row in part.children]
    room = canvas.width - margin.width
    widths = _widths([head, *rows], room)
    if widths is None:
        _draw_records(head, rows, margin, canvas)
    else:
        _draw_columns(head, rows, widths, margin, canvas)


def _cell(cell: Block) -> _Cell:
    tokens = cell.children[0].token.children if cell.children else None
    style = str(cell.token.attrs.get("style", ""))
    return _Cell(words_of(tokens), style.removeprefix("text-align:"))


def _widths(rows: list[list[_Cell]], room: int) -> list[int] | None:
    """The widths of the columns; None when some would be too narrow to read."""
    columns = [*zip(*rows, strict=True)]
    natural = [max(cell.width for cell in column) for column in columns]
    least = [max(cell.least for cell in column) for column in columns]
    room -= len(_GAP) * (len(columns) - 1)
    if sum(least) > room:
        return None
    widest = min(max(natural), room)
    while sum(widths := [max(min(one, widest), few) for one, few in zip(natural, least, strict=True)]) > room:
        widest -= 1
    return widths


def _draw_columns(
    head: list[_Cell], rows: list[list[_Cell]], widths: list[int], margin: Margin, canvas: Canvas
) -> None:
    if any(cell.width for cell in head):
        _draw_row(head, widths, "title", margin, canvas)
        margin = margin.below
        canvas.line(*margin.first, (_GAP.join("─" * width for width in widths), "muted"))
    apart = any(cell.width > width for row in rows for cell, width in zip(row, widths, strict=True))
    for number, row in enumerate(rows):
        if number and apart:
            canvas.line(*margin.rest)
        _draw_row(row, widths, "", margin, canvas)
        margin = margin.below


def _draw_row(row: list[_Cell], widths: list[int], role: str, margin: Margin, canvas: Canvas) -> None:
    cells = [
        [line for words in cell.lines for line in wrapped(words, max(width, 1), role)]
        for cell, width in zip(row, widths, strict=True)
    ]
    for number in range(max(map(len, cells))):
        parts: list[Part] = [*margin.first]
        for column, (lines, width) in enumerate(zip(cells, widths, strict=True)):
            line = lines[number] if number < len(lines) else []
            parts += [_GAP if column else "", *_aligned(line, width, row[column].align)]
        canvas.line(*parts)
        margin = margin.below


def _aligned(line: list[Part], width: int, align: str) -> list[Part]:
    room = width - sum(cell_len(part if isinstance(part, str) else part[0]) for part in line)
    before = {"right": room, "center": room // 2}.get(align, 0)
    return [" " * before, *line, " " * (room - before)]


def _draw_records(head: list[_Cell], rows: list[list[_Cell]], margin: Margin, canvas: Canvas) -> None:
    """Each row as a paragraph for its first cell, and lines for the others under it."""
    run_in = canvas.say("heading.run-in")
    for number, row in enumerate(rows or [head]):
        if number:
            canvas.line(*margin.rest)
        for column, (name, cell) in enumerate(zip(head, row, strict=True)):
            lead = "" if cell is name else " ".join(one.text for one in name.lines).strip()
            lines = [_after(f"{lead}{run_in}" if lead else "", cell.lines[0]), *cell.lines[1:]]
            if not cell.width and column:
                continue
            inner, role = (margin.with_sign("  "), "") if column else (margin, "title")
            draw_words(lines, inner, canvas, role)
            margin = margin.below


def _after(lead: str, words: Words) -> Words:
    """`words` after a name that is set apart."""
    moved = tuple((begin + len(lead), end + len(lead), role) for begin, end, role in words.marks)
    return Words(f"{lead}{words.text}", ((0, len(lead), "muted"), *moved) if lead else moved)
