"""Somebody at a real terminal: what she sees, what she presses, and what is printed at the end."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pexpect

ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[=>])")
# Colours may begin and end, and the cursor may move, anywhere in a text.
_BETWEEN = r"(?:\x1b\[[0-9;?]*[A-Za-z])*"


def without_escapes(text: str) -> str:
    """What a reader sees of what was printed."""
    return ESCAPES.sub("", text).replace("\r", "")


def rest_of(child: pexpect.spawn[str]) -> str:
    """What is still printed until the program ends, with its escape sequences but no carriage returns."""
    import pexpect

    child.expect(pexpect.EOF)
    child.close()
    return str(child.before).replace("\r", "")


def wait_for_end(child: pexpect.spawn[str], seconds: float = 20) -> None:
    """Wait until the program has ended, with its terminal still open. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while child.isalive():
        if time.monotonic() > deadline:
            raise TimeoutError(f"still running: {child.args}")
        time.sleep(0.01)


class Reader:
    """A reader with a program in front of her; `seen` is all that she was shown, as it was printed."""

    def __init__(self, child: pexpect.spawn[str]) -> None:
        self.child = child
        self.seen = ""

    def sees(self, *texts: str) -> str:
        """Wait for each text in turn; returns what was printed up to the last, without escapes."""
        shown = ""
        for text in texts:
            self.child.expect(_BETWEEN.join(map(re.escape, text)))
            shown += f"{self.child.before}{self.child.after}"
        self.seen += shown
        return without_escapes(shown)

    def press(self, keys: str, *texts: str) -> str:
        """Press keys and wait for what they bring."""
        self.child.send(keys)
        return self.sees(*texts)

    def end(self) -> str:
        """What is still printed until the program ends."""
        rest = rest_of(self.child)
        self.seen += rest
        return without_escapes(rest)
