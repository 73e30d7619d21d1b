"""Lines at the bottom of a terminal that are drawn again in place until they are final."""

import os
import re
from collections.abc import Mapping
from typing import TextIO

from rich.cells import cell_len

_COLORS = re.compile(r"\x1b\[[0-9;]*m")
# Control sequences of ECMA-48, and DEC's mode in which long lines are not continued below.
_UP = "\x1b[{}A"
_ERASE_BELOW = "\x1b[J"
_NO_WRAP, _WRAP = "\x1b[?7l", "\x1b[?7h"


def can_redraw(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether `stream` is a terminal whose cursor can be moved."""
    try:
        terminal = os.isatty(stream.fileno())
    except (OSError, ValueError):
        return False
    if os.name == "nt":
        return terminal and bool(environ.get("WT_SESSION") or environ.get("TERM"))
    return terminal and environ.get("TERM", "dumb") != "dumb"


class LiveLines:
    """Final lines above, and below them some that change, each on one row of the terminal.

    The cursor stands at the end of the last line that may change; without any, at the beginning of a line.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._columns = 0
        self._shown: list[str] = []

    def show(self, final: list[str], changing: list[str]) -> None:
        """Print lines that stay, and show others below them in place of those that were shown so far.

        Of more than the window holds the last ones are shown. Raises OSError when the terminal is gone.
        """
        columns, rows = os.get_terminal_size(self._stream.fileno())
        changing = changing[-max(rows - 1, 1) :]
        lines = [*final, *changing]
        same = self._kept(lines, columns)
        if not final and same == len(lines) == len(self._shown):
            return
        text = self._back_to(same, columns)
        text += "".join(f"{line}\n" for line in final[same:])
        if changing:
            text += _NO_WRAP + "\n".join(changing[max(same - len(final), 0) :]) + _WRAP
        self._stream.write(text)
        self._stream.flush()
        self._shown, self._columns = changing, columns

    def forget(self) -> None:
        """Leave what is shown where it is: something else has been written to the terminal."""
        self._shown = []

    def _kept(self, lines: list[str], columns: int) -> int:
        """How many of the lines shown can stay as they are."""
        kept = 0
        for old, new in zip(self._shown, lines, strict=False):
            # What did not fit was shown in part only.
            if old != new or _cells(new) > columns:
                break
            kept += 1
        # The cursor has to end up behind a line.
        return kept - 1 if kept and kept == len(lines) else kept

    def _back_to(self, number: int, columns: int) -> str:
        """Go to the beginning of a line that is shown, or of the one below the last, and erase from there."""
        if not self._shown:
            return ""
        if number == len(self._shown):
            return "\n"
        # A window that was made narrower has continued lines below.
        rows = sum(max(-(-min(_cells(line), self._columns) // columns), 1) for line in self._shown[number:])
        return "\r" + (_UP.format(rows - 1) if rows > 1 else "") + _ERASE_BELOW


def _cells(line: str) -> int:
    return cell_len(_COLORS.sub("", line))
