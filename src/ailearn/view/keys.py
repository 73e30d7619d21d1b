"""One key at a time from a terminal, without waiting for the end of a line."""

import contextlib
import os
import select
import sys
import unicodedata
from collections.abc import Iterator
from typing import Any, TextIO

ENTER = "\n"
ESCAPE = "\x1b"
# So long after an escape, in seconds, whatever follows is taken for part of the same key.
_SEQUENCE = 0.02
_END = ("", "\x04", "\x1a")
# The terminals that are set differently now, and how each was found.
_changed: list[tuple[int, list[Any]]] = []


def read_key(stdin: TextIO) -> str:
    """The next key in lower case: a character, `ENTER`, or "" for the end of input.

    Arrows and other keys that send several characters are passed over. Full-width digits and letters of a
    Chinese input method count as plain ones. What is no terminal is read line by line, a key each.
    Raises KeyboardInterrupt for Ctrl-C.
    """
    descriptor = _terminal(stdin)
    if descriptor is None:
        line = stdin.readline()
        return _plain(line.strip()[:1] or line[:1])
    while True:
        key = _windows_key() if sys.platform == "win32" else _terminal_key(descriptor)
        if key is not None:
            return _plain(key)


def read_letter(stdin: TextIO) -> str:
    """The next letter as it was typed, `ENTER`, `ESCAPE`, or "" for the end of input.

    Keys that send several characters are passed over, as by `read_key`. Raises KeyboardInterrupt for Ctrl-C.
    """
    descriptor = _terminal(stdin)
    if descriptor is None:
        return stdin.read(1)
    while True:
        letter = _windows_key() if sys.platform == "win32" else _terminal_key(descriptor, escapes=True)
        if letter is not None:
            return "" if letter in _END else ENTER if letter in ("\r", "\n") else letter


@contextlib.contextmanager
def typing(stdin: TextIO) -> Iterator[None]:
    """Letter after letter may be read: what is typed in between is neither shown nor taken for a line."""
    descriptor = _terminal(stdin)
    if descriptor is None or sys.platform == "win32":
        yield
    else:
        with _one_by_one(descriptor):
            yield


@contextlib.contextmanager
def as_found(stdin: TextIO) -> Iterator[None]:
    """The terminal is left as it was found, wherever what another library does with it is broken off."""
    descriptor = _terminal(stdin)
    if descriptor is None or sys.platform == "win32":
        yield
        return
    termios: Any = __import__("termios")
    before = termios.tcgetattr(descriptor)
    with _set(descriptor, before, before):
        yield


def forget_typed(stdin: TextIO) -> None:
    """Drop what was typed ahead at a terminal."""
    descriptor = _terminal(stdin)
    if descriptor is not None and sys.platform != "win32":
        termios: Any = __import__("termios")
        termios.tcflush(descriptor, termios.TCIFLUSH)


@contextlib.contextmanager
def unechoed(stdin: TextIO) -> Iterator[None]:
    """What is typed is not shown, for it would stand in the middle of a drawing; Ctrl-C stays what it is."""
    descriptor = _terminal(stdin)
    if descriptor is None or sys.platform == "win32":
        yield
        return
    termios: Any = __import__("termios")
    before = termios.tcgetattr(descriptor)
    changed = list(before)
    changed[3] &= ~termios.ECHO
    with _set(descriptor, before, changed):
        yield


def _plain(key: str) -> str:
    key = unicodedata.normalize("NFKC", key).lower()
    return "" if key in _END else ENTER if key in ("\r", "\n") else key


def _terminal(stdin: TextIO) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        descriptor = stdin.fileno()
        return descriptor if os.isatty(descriptor) else None
    return None


def _windows_key() -> str | None:  # pragma: no cover - only there
    msvcrt: Any = __import__("msvcrt")
    key = str(msvcrt.getwch())
    if key in ("\x00", "\xe0"):
        msvcrt.getwch()
        return None
    if key == "\x03":
        raise KeyboardInterrupt
    return key


def _terminal_key(descriptor: int, *, escapes: bool = False) -> str | None:
    """A key, None for one that sends a sequence; the escape key itself counts only where it `escapes`."""
    with _one_by_one(descriptor):
        given = os.read(descriptor, 1)
        if given == b"\x1b":
            return ESCAPE if not _pass_over(descriptor) and escapes else None
        while True:
            try:
                return given.decode()
            except UnicodeDecodeError:
                more = os.read(descriptor, 1) if len(given) < 4 else b""
                if not more:
                    return None
                given += more


def _pass_over(descriptor: int) -> bool:
    """Read the rest of an escape sequence (ECMA-48): after `[` to a letter or tilde, after `O` one more.

    Says whether there was any.
    """
    introducer = _following(descriptor)
    if introducer in (b"[", b"O"):
        while (byte := _following(descriptor)) and introducer == b"[" and not b"@" <= byte <= b"~":
            pass
    return bool(introducer)


def _following(descriptor: int) -> bytes:
    return os.read(descriptor, 1) if select.select([descriptor], [], [], _SEQUENCE)[0] else b""


@contextlib.contextmanager
def _one_by_one(descriptor: int) -> Iterator[None]:
    """The terminal gives keys as they are pressed and does not show them; Ctrl-C stays what it is."""
    termios: Any = __import__("termios")
    before = termios.tcgetattr(descriptor)
    changed = list(before)
    changed[3] &= ~(termios.ICANON | termios.ECHO)
    changed[6] = [*before[6]]
    changed[6][termios.VMIN], changed[6][termios.VTIME] = 1, 0
    with _set(descriptor, before, changed):
        yield


@contextlib.contextmanager
def _set(descriptor: int, before: list[Any], changed: list[Any]) -> Iterator[None]:
    """The terminal is set differently for a while; what was typed ahead stays."""
    termios: Any = __import__("termios")
    _changed.append((descriptor, before))
    try:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, changed)
        yield
    finally:
        _put_back(descriptor, before)
        _changed.remove((descriptor, before))


def put_right() -> None:
    """Set every terminal as it was found, wherever a signal broke off what was done with it."""
    while _changed:
        _put_back(*_changed.pop())


def _put_back(descriptor: int, before: list[Any]) -> None:
    """Set the terminal as it was; one that was closed meanwhile needs nothing put right."""
    termios: Any = __import__("termios")
    # A signal may break off waiting for the output to be shown.
    for moment in (termios.TCSADRAIN, termios.TCSANOW):
        with contextlib.suppress(termios.error):
            termios.tcsetattr(descriptor, moment, before)
            return
