"""Thoughts that stand inside an answer, between marks such as `<think>` and `</think>`.

A server that does not set the thoughts of a model apart passes them on as they come. Where the template of
a model begins them itself, at the end of the prompt (QwQ, DeepSeek-R1, Qwen3, Nemotron), only the mark that
ends them arrives, and what came before it was no answer.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from ailearn.tutor.talk import Piece

# What opens thoughts and what ends them, by the model cards and templates of those who write so.
_MARKS = {
    "<think>": "</think>",  # DeepSeek-R1, Qwen3, QwQ, GLM-4.5, MiniMax-M1 and most others
    "<thinking>": "</thinking>",  # models that are told to by a prompt
    "<reasoning>": "</reasoning>",  # Reka Flash
    "<thought>": "</thought>",  # EXAONE Deep; Gemini behind its OpenAI-compatible API
    "[THINK]": "[/THINK]",  # Magistral
    "◁think▷": "◁/think▷",  # Kimi-VL-Thinking
    "<seed:think>": "</seed:think>",  # Seed-OSS
    "<|channel|>analysis<|message|>": "<|channel|>final<|message|>",  # gpt-oss, in its format "harmony"
}
_OPENS, _CLOSES = tuple(_MARKS), tuple(_MARKS.values())
_ANY_CLOSE = re.compile("|".join(map(re.escape, _CLOSES)))
_BLANKS = " \t"
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？")


class ThoughtSplitter:
    """Sets thoughts and text apart, wherever the pieces of an answer are cut; drops blanks after a mark.

    Only a mark at the very beginning, or right behind other thoughts, opens some, and only the first that is
    not spoken of ends some that nothing opened, so that an answer may speak of these marks (see
    `_ends_thoughts`). Then all text so far turns out to have been a thought, which a piece of the kind
    `unsaid` says.
    """

    def __init__(self) -> None:
        self._waiting = ""
        self._state: Literal["beginning", "opened", "thinking", "closed", "speaking"] = "beginning"
        self._close = ""
        # Until it is certain that thoughts are told apart, what has been said is needed to read a mark.
        self._said: list[str] | None = []

    def set_apart(self) -> None:
        """The server tells the thoughts of this answer apart itself, so that no mark in its text ends any."""
        self._said = None

    def feed(self, content: str) -> Iterator[Piece]:
        """What is certain by now."""
        self._waiting += content
        yield from self._certain(last=False)

    def flush(self) -> Iterator[Piece]:
        """What was kept back in case that a mark follows."""
        yield from self._certain(last=True)
        if self._waiting:
            yield Piece("thought" if self._state == "thinking" else "text", self._waiting)
        self._waiting = ""

    def _certain(self, *, last: bool) -> Iterator[Piece]:
        if self._state == "beginning":
            self._begin()
        if self._state == "opened" and self._past_blanks():
            self._state = "thinking"
        if self._state == "thinking":
            yield from self._thought()
        if self._state == "speaking":
            yield from self._text(last)
        if self._state == "closed" and self._past_blanks():
            self._begin(_OPENS)
            if self._state != "closed":
                yield from self._certain(last=last)

    def _begin(self, marks: Sequence[str] = (*_OPENS, *_CLOSES)) -> None:
        start = self._waiting.lstrip()
        mark = next((one for one in marks if start.startswith(one)), None)
        if mark:
            self._waiting, self._said = start[len(mark) :], None
            self._close = _MARKS.get(mark, "")
            self._state = "opened" if self._close else "closed"
        elif not any(one.startswith(start) for one in marks):
            self._state = "speaking"

    def _past_blanks(self) -> bool:
        self._waiting = self._waiting.lstrip()
        return bool(self._waiting)

    def _thought(self) -> Iterator[Piece]:
        thought, mark, rest = self._waiting.partition(self._close)
        if mark:
            self._waiting, self._state = rest, "closed"
        else:
            # Its end may be the first half of the mark.
            certain = len(thought) - _overlap(thought, self._close)
            thought, self._waiting = thought[:certain], thought[certain:]
        if thought:
            yield Piece("thought", thought)

    def _text(self, last: bool) -> Iterator[Piece]:
        while self._said is not None and (mark := _ANY_CLOSE.search(self._waiting)):
            before, after = self._waiting[: mark.start()], self._waiting[mark.end() :]
            if not last and not after.strip(_BLANKS):
                # What follows tells whether the mark is only spoken of.
                yield from self._say(before)
                return
            if _ends_thoughts("".join(self._said) + before, mark[0], after):
                self._waiting, self._state, self._said = after, "closed", None
                yield Piece("unsaid", "")
                return
            yield from self._say(before + mark[0])
        certain = len(self._waiting)
        if self._said is not None and not last:
            certain -= max(_overlap(self._waiting, close) for close in _CLOSES)
        yield from self._say(self._waiting[:certain])

    def _say(self, text: str) -> Iterator[Piece]:
        self._waiting = self._waiting[len(text) :]
        if text:
            if self._said is not None:
                self._said.append(text)
            yield Piece("text", text)


def _ends_thoughts(before: str, mark: str, after: str) -> bool:
    """Whether a mark that nothing opened ends thoughts, or is only spoken of.

    It is spoken of in code, after the mark that would open what it ends, and within a sentence: there it is a
    word among others, with blanks or punctuation around it. Thoughts end with a sentence or a line, or the
    answer follows the mark at once or with a capital letter.
    """
    line = before.rpartition("\n")[2]
    opening = next(one for one, close in _MARKS.items() if close == mark)
    if opening in before or len(_FENCE.findall(before)) % 2 or line.count("`") % 2:
        return False
    following = after.lstrip(_BLANKS)[:1]
    if not line.strip() or line.rstrip().endswith(_SENTENCE_ENDS) or following in ("", "\n"):
        return True
    return following.isupper() or (following == after[:1] and following.isalnum())


def _overlap(text: str, mark: str) -> int:
    """How many characters at the end of `text` may begin `mark`."""
    return next((size for size in range(len(mark) - 1, 0, -1) if text.endswith(mark[:size])), 0)
