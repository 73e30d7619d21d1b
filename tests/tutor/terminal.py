"""A terminal in the test's own process: a pty, and just enough of an emulator to see what a reader sees.

It knows what the program uses: line feeds, moving up, erasing below, long lines that are continued or not.
Lines flow anew when the window gets another width, as in most terminals. Colours are ignored.
"""

import codecs
import contextlib
import os
import re
import struct
import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

import pytest
from rich.cells import cell_len

if sys.platform == "win32":
    pytest.skip("Windows has no pty", allow_module_level=True)
else:
    import fcntl
    import termios

# Colours that nobody sets: all that was written before has been read.
END = "\x1b[99m"
_SEQUENCE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")


class Emulator:
    """A window onto rows; a row that is continued in the next one is marked so."""

    def __init__(self, columns: int, rows: int = 24) -> None:
        self.columns, self.height = columns, rows
        self._rows: list[list[str]] = [[]]
        self._continued: list[bool] = [False]
        self._y = self._x = 0
        self._wraps = True
        self._waiting = ""

    @property
    def lines(self) -> list[str]:
        """Every line from the first one ever printed, continued rows joined, without blanks at the end."""
        lines = [""]
        for row, continued in zip(self._rows, self._continued, strict=True):
            lines[-1] += "".join(row) if continued else "".join(row).rstrip()
            if not continued:
                lines.append("")
        while lines and not lines[-1]:
            lines.pop()
        return lines

    @property
    def cursor_at_line_start(self) -> bool:
        """Whether whatever is printed next begins a line."""
        return self._x == 0 and not self._rows[self._y]

    def feed(self, text: str) -> None:
        """Take what a program has written."""
        text = self._waiting + text
        self._waiting = ""
        at = 0
        while at < len(text):
            character = text[at]
            if character == "\x1b":
                found = _SEQUENCE.match(text, at)
                if found is None:
                    self._waiting = text[at:]
                    return
                self._control(found[1], found[2])
                at = found.end()
                continue
            at += 1
            if character == "\r":
                self._x = 0
            elif character == "\n":
                self._down()
            else:
                self._put(character)

    def _control(self, values: str, name: str) -> None:
        if name == "A":
            top = max(len(self._rows) - self.height, 0)
            self._y = max(self._y - int(values or 1), top)
        elif name == "J" and values in ("", "0"):
            del self._rows[self._y + 1 :], self._continued[self._y + 1 :]
            del self._rows[self._y][self._x :]
            self._continued[self._y] = False
        elif values == "?7":
            self._wraps = name == "h"
        else:
            assert name == "m", f"{values}{name} is not a sequence that this terminal knows"

    def _down(self) -> None:
        self._y += 1
        if self._y == len(self._rows):
            self._rows.append([])
            self._continued.append(False)

    def _put(self, character: str) -> None:
        width = cell_len(character)
        if self._x + width > self.columns:
            if self._wraps:
                self._continued[self._y] = True
                self._down()
                self._x = 0
            else:
                self._x = self.columns - width
        row = self._rows[self._y]
        row += [" "] * (self._x - len(row))
        row[self._x : self._x + width] = [character, *[""] * (width - 1)]
        self._x += width

    def resize(self, columns: int) -> None:
        """The window gets another width, and lines flow anew."""
        rows: list[list[str]] = []
        continued: list[bool] = []
        whole: list[str] = []
        cursor = (0, 0)
        for number, (row, goes_on) in enumerate(zip(self._rows, self._continued, strict=True)):
            at = len(whole) + self._x if number == self._y else None
            whole += row
            if at is not None:
                cursor = (len(rows) + at // columns, at % columns)
            if not goes_on:
                pieces = [whole[start : start + columns] for start in range(0, len(whole), columns)] or [[]]
                rows += pieces
                continued += [True] * (len(pieces) - 1) + [False]
                whole = []
        self._rows, self._continued, self.columns = rows, continued, columns
        self._y, self._x = cursor
        if self._y == len(rows):
            # It waits behind the last cell of a full row.
            self._y, self._x = self._y - 1, columns


class Terminal:
    """A pty, and an emulator that reads everything that is written to it."""

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self.emulator = Emulator(columns, rows)
        self.written = ""
        self._master, self._slave = os.openpty()
        self._set_size()
        self.stdout: TextIO = os.fdopen(os.dup(self._slave), "w", encoding="utf-8", newline="")
        self.stdin: TextIO = os.fdopen(os.dup(self._slave), encoding="utf-8")
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def see(self, condition: Callable[[list[str]], bool]) -> list[str]:
        """Wait until the lines are as wanted; returns them. Fails after five seconds."""
        until = time.monotonic() + 5
        while not condition(lines := self.emulator.lines):
            assert time.monotonic() < until, "\n".join(lines)
            time.sleep(0.005)
        return lines

    def resize(self, columns: int) -> None:
        """Make the window wider or narrower."""
        self.emulator.resize(columns)
        self._set_size()

    def type_as_shell(self, text: str) -> None:
        """Let another program write to the terminal."""
        os.write(self._slave, text.encode())

    def echoes(self) -> bool:
        """Whether what is typed is shown."""
        return bool(termios.tcgetattr(self._slave)[3] & termios.ECHO)

    def close(self) -> list[str]:
        """Hang up when all has been read; returns every line."""
        os.write(self._slave, END.encode())
        self.see(lambda _: END in self.written)
        for stream in (self.stdout, self.stdin):
            with contextlib.suppress(OSError):
                stream.close()
        os.close(self._slave)
        self._reader.join(5)
        os.close(self._master)
        self.written = self.written.removesuffix(END)
        return self.emulator.lines

    def _set_size(self) -> None:
        size = struct.pack("HHHH", self.emulator.height, self.emulator.columns, 0, 0)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")()
        with contextlib.suppress(OSError):
            while data := os.read(self._master, 4096):
                text = decoder.decode(data)
                self.emulator.feed(text)
                self.written += text
