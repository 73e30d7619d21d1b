"""What the drawings are made of: lines and paragraphs of the right width, in colours by role."""

import io
import re
import sys
from collections.abc import Iterable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text
from rich.theme import Theme

from ailearn.controls import safe
from ailearn.language import BothLanguages, Language, label, paragraphs, say
from ailearn.view.theme import ASCII_ELLIPSIS, ASCII_MARKS, STYLES
from ailearn.view.wrap import clip, pad, wrap

# Longer lines of prose are hard to read.
_WIDEST = 96
# From this width on there is room for things to stand side by side.
WIDE = 76
# What would break a line that is meant to be one.
_BREAKS = re.compile(r"[\t\n]")
Part = str | tuple[str, str]


class Canvas:
    """Collects a drawing line by line.

    A part of a line is a string, or a string with the role that colours it, or several with blanks between.
    """

    def __init__(self, language: Language, width: int, *, ascii_only: bool, colored: bool) -> None:
        self.language = language
        self.fit(width)
        self._ascii = ascii_only
        self._ellipsis = ASCII_ELLIPSIS if ascii_only else "…"
        self._colored = colored
        self._lines: list[Text] = []

    @property
    def ascii(self) -> bool:
        """Whether only ASCII may be drawn, for what needs other signs then and not only fewer."""
        return self._ascii

    @property
    def height(self) -> int:
        """How many lines have been drawn."""
        return len(self._lines)

    def fit(self, width: int) -> None:
        """Draw on in a terminal of `width` columns."""
        self.width = min(max(width, 20), _WIDEST)

    def cut(self, height: int) -> None:
        """Take away what was drawn below the first `height` lines."""
        del self._lines[height:]

    def text(self, start: int = 0) -> str:
        """The drawing from line `start` on, with escape sequences when it is coloured."""
        lines = self._lines[start:]
        if not self._colored:
            return "".join(f"{line.plain}\n" for line in lines)
        console = Console(
            file=io.StringIO(),
            theme=Theme(STYLES),
            force_terminal=True,
            color_system="standard",
            legacy_windows=False,
            width=max(self.width, 200),
            highlight=False,
            markup=False,
            emoji=False,
            # Size and colours are ours to find out, and what variables say may not even be a number.
            _environ={},
        )
        with console.capture() as captured:
            for line in lines:
                console.print(line, soft_wrap=True)
        return captured.get()

    def say(self, key: str, /, **values: object) -> str:
        """The program's own sentence called `key`."""
        return say(key, self.language, **values)

    def label(self, text: BothLanguages) -> str:
        """`text` in the one language that a line has room for."""
        return label(text, self.language)

    def clipped(self, text: str, room: int) -> str:
        """`text` cut to `room` columns, with the ellipsis that may be drawn here."""
        return clip(text, room, self._ellipsis)

    def line(self, *parts: Part) -> None:
        """One line, which is clipped where it does not fit."""
        self._put(parts, self.width)

    def uncut(self, *parts: Part) -> None:
        """One line as long as it is, for what is copied as a whole; the terminal breaks it."""
        self._put(parts, sys.maxsize)

    def _put(self, parts: Sequence[Part], room: int) -> None:
        drawn = Text(no_wrap=True, end="")
        for part in parts:
            words, role = (part, "") if isinstance(part, str) else part
            words = clip(self._drawable(_BREAKS.sub(" ", words)), room, self._ellipsis)
            start = len(drawn)
            drawn.append(words)
            for name in role.split():
                drawn.stylize(name, start)
            room -= cell_len(words)
        drawn.rstrip()
        self._lines.append(drawn)

    def either(self, first: Sequence[Part], then: Sequence[Part], *, below: Sequence[Part]) -> None:
        """`first` and `then` on one line where both fit; otherwise `then` on the next one, after `below`."""
        words = "".join(part if isinstance(part, str) else part[0] for part in (*first, "  ", *then))
        if cell_len(words.rstrip()) <= self.width:
            self.line(*first, "  ", *then)
        else:
            self.line(*first)
            self.line(*below, *then)

    def blank(self) -> None:
        """An empty line, but never two of them together."""
        if self._lines and self._lines[-1].plain:
            self._lines.append(Text())

    def heading(self, text: str) -> None:
        """A heading with space above it."""
        self.blank()
        self.paragraph(text, indent=0, role="heading")

    def paragraph(
        self, text: str, *, indent: int = 2, first: str = "", role: str = "", lead: str = ""
    ) -> None:
        """Wrapped text; `first` stands in the indent of the first line, in the role `lead`."""
        for number, line in enumerate(wrap(self._drawable(text), self.width - indent)):
            margin = pad(first, indent) if number == 0 else " " * indent
            self.line((margin, lead), (line, role))

    def joined(self, items: Iterable[str]) -> str:
        """A few words on one line, set apart as in `flow`."""
        return f" {'-' if self._ascii else '·'} ".join(items)

    def flow(
        self,
        items: Iterable[str],
        separator: str = "·",
        *,
        indent: int = 2,
        role: str = "",
        spaced: bool = True,
    ) -> None:
        """Short items in a row. Lines break between them, never inside one, and never before a separator."""
        dash = "-" if self._ascii and separator == "·" else self._drawable(separator)
        after = f" {dash}" if spaced else dash
        room = self.width - indent
        line = ""
        for item in (self._drawable(_BREAKS.sub(" ", one)) for one in items):
            if line and cell_len(f"{line}{after} {item}{after}") <= room:
                line += f"{after} {item}"
                continue
            if line:
                self.line(" " * indent, (line + after, role))
            *full, line = wrap(item, room - cell_len(after))
            for piece in full:
                self.line(" " * indent, (piece, role))
        self.line(" " * indent, (line, role))

    def both(
        self, text: BothLanguages, *, indent: int = 2, first: str = "", role: str = "", lead: str = ""
    ) -> None:
        """A text in the reader's language; for `both` the Chinese paragraph stands under the English one."""
        for number, one in enumerate(paragraphs(text, self.language)):
            self.paragraph(one, indent=indent, first="" if number else first, role=role, lead=lead)

    def run_in(self, heading: str, text: BothLanguages) -> None:
        """A text that begins on the line of its heading, to save room."""
        heading += self.say("heading.run-in")
        for number, one in enumerate(paragraphs(text, self.language)):
            if number:
                self.paragraph(one)
                continue
            lines = wrap(self._drawable(f"{heading}{one}"), self.width - 2)
            self.line((lines[0][: len(heading)], "heading"), lines[0][len(heading) :])
            for line in lines[1:]:
                self.line("  ", line)

    def picture(self, text: str, *, indent: int = 2) -> None:
        """Text art, line for line; what is too wide for the terminal is cut off."""
        for line in text.rstrip("\n").split("\n"):
            self.line(" " * indent, (line.expandtabs(), "figure"))

    def formula(self, text: str, *, indent: int = 2) -> None:
        """Lines that stay as they are where they fit; others break where their parts stand well apart."""
        room = self.width - indent
        for whole in text.rstrip("\n").split("\n"):
            line = ""
            for part in re.split(r"(?<=\S)(?= {2,})", self._drawable(whole.expandtabs())):
                if cell_len(line + part) <= room:
                    line += part
                    continue
                if line:
                    self.line(" " * indent, line)
                *full, line = wrap(part, room)
                for piece in full:
                    self.line(" " * indent, piece)
            self.line(" " * indent, line)

    def marked(self, text: str, marks: tuple[tuple[int, int], ...], *, indent: int) -> None:
        """One line of a sentence with the marked words in view and in colour."""
        room = self.width - indent
        text = self._drawable(_BREAKS.sub(" ", text))
        if cell_len(text) > room and marks and cell_len(text[: marks[0][1]]) > room - 4:
            start = max(marks[0][0] - room // 4, 0)
            while start and cell_len(self._ellipsis + text[start - 1 :]) <= room:
                start -= 1
            start += len(text[start:]) - len(text[start:].lstrip())
            text = self._ellipsis + text[start:]
            moved = len(self._ellipsis) - start
            marks = tuple((begin + moved, end + moved) for begin, end in marks if begin >= start)
        drawn = Text(clip(text, room, self._ellipsis), style="muted", no_wrap=True, end="")
        for begin, end in marks:
            drawn.stylize("mark", begin, end)
        self._lines.append(Text(" " * indent, end="").append_text(drawn))

    def _drawable(self, text: str) -> str:
        text = safe(text)
        return text.translate(ASCII_MARKS) if self._ascii else text
