"""Running text, parts of which have roles of their own, and the margin in which it stands."""

import itertools
from collections.abc import Iterable
from typing import NamedTuple

from rich.cells import cell_len

from ailearn.view.canvas import Canvas, Part
from ailearn.view.wrap import wrap

# A blank at which no line breaks.
NO_BREAK = "\xa0"
# What stands for it while lines are broken: of the same width, and no blank.
_STAND_IN = "\ue000"


class Words(NamedTuple):
    """A text, and where in it which roles hold; they may lie within each other and overlap."""

    text: str
    marks: tuple[tuple[int, int, str], ...] = ()


class Margin(NamedTuple):
    """What stands before the first line of something, and before the others."""

    first: tuple[Part, ...] = ()
    rest: tuple[Part, ...] = ()

    @property
    def width(self) -> int:
        """In cells."""
        return sum(map(_cells, self.rest))

    @property
    def below(self) -> "Margin":
        """The margin of what stands under the first line."""
        return Margin(self.rest, self.rest)

    def with_sign(self, sign: Part, *, again: bool = False) -> "Margin":
        """The margin with a sign in it, on every line if `again`."""
        under = sign if again else " " * _cells(sign)
        return Margin((*self.first, sign), (*self.rest, under))


def _cells(part: Part) -> int:
    return cell_len(part if isinstance(part, str) else part[0])


def wrapped(words: Words, width: int, role: str = "") -> list[list[Part]]:
    """`words` in lines of at most `width` cells, each in parts; `role` holds for all of them."""
    roles = _roles(words, role)
    lines: list[list[Part]] = []
    at = 0
    for line in wrap(words.text.replace(NO_BREAK, _STAND_IN), width):
        parts: list[tuple[str, str]] = []
        for character in line:
            # Wrapping changes nothing but blanks: these are dropped, or become one space.
            while character != " " and words.text[at].isspace() and words.text[at] != NO_BREAK:
                at += 1
            found = roles[at] if at < len(roles) else role
            shown = " " if words.text[at : at + 1] == NO_BREAK else character
            at += character != " "
            if parts and parts[-1][1] == found:
                parts[-1] = (parts[-1][0] + shown, found)
            else:
                parts.append((shown, found))
        lines.append([*parts])
    return lines


def _roles(words: Words, role: str) -> list[str]:
    """The roles of each character, each once."""
    roles = [role] * len(words.text)
    for name in dict.fromkeys(mark[2] for mark in words.marks):
        changes = [0] * (len(roles) + 1)
        for begin, end, _ in (mark for mark in words.marks if mark[2] == name):
            changes[begin] += 1
            changes[end] -= 1
        covered = itertools.accumulate(changes)
        roles = [f"{one} {name}" if inside else one for one, inside in zip(roles, covered, strict=False)]
    return roles


def draw_words(paragraphs: Iterable[Words], margin: Margin, canvas: Canvas, role: str = "") -> None:
    """Texts under each other, wrapped in what the margin leaves of the canvas."""
    for words in paragraphs:
        for line in wrapped(words, canvas.width - margin.width, role):
            canvas.line(*margin.first, *line)
            margin = margin.below
