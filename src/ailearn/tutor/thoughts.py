"""Thoughts that stand inside an answer, between `<think>` and `</think>`.

That is how DeepSeek-R1 and what was distilled from it write, and a server that does not set the thoughts
apart passes them on as they come.
"""

from collections.abc import Iterator
from typing import Literal

from ailearn.tutor.talk import Piece

_OPENS, _CLOSES = "<think>", "</think>"


class ThoughtSplitter:
    """Sets thoughts and text apart, wherever the pieces of an answer are cut.

    Only a mark at the very beginning opens thoughts, so that an answer may speak of these marks. Blanks
    after a mark are dropped.
    """

    def __init__(self) -> None:
        self._waiting = ""
        self._state: Literal["beginning", "opened", "thinking", "closed", "speaking"] = "beginning"

    def feed(self, content: str) -> Iterator[Piece]:
        """What is certain by now."""
        self._waiting += content
        start = self._waiting.lstrip()
        if self._state == "beginning" and start.startswith(_OPENS):
            self._waiting, self._state = start[len(_OPENS) :], "opened"
        elif self._state == "beginning" and not _OPENS.startswith(start):
            self._state = "speaking"
        if self._state == "opened" and self._past_blanks():
            self._state = "thinking"
        if self._state == "thinking":
            yield from self._thought()
        if self._state == "closed" and self._past_blanks():
            self._state = "speaking"
        if self._state == "speaking" and self._waiting:
            yield Piece("text", self._waiting)
            self._waiting = ""

    def flush(self) -> Iterator[Piece]:
        """What was kept back in case that a mark follows."""
        if self._waiting:
            yield Piece("thought" if self._state == "thinking" else "text", self._waiting)
        self._waiting = ""

    def _past_blanks(self) -> bool:
        self._waiting = self._waiting.lstrip()
        return bool(self._waiting)

    def _thought(self) -> Iterator[Piece]:
        thought, mark, rest = self._waiting.partition(_CLOSES)
        if mark:
            self._waiting, self._state = rest, "closed"
        else:
            # Its end may be the first half of the mark.
            certain = len(thought) - _overlap(thought, _CLOSES)
            thought, self._waiting = thought[:certain], thought[certain:]
        if thought:
            yield Piece("thought", thought)


def _overlap(text: str, mark: str) -> int:
    """How many characters at the end of `text` may begin `mark`."""
    return next((size for size in range(len(mark) - 1, 0, -1) if text.endswith(mark[:size])), 0)
