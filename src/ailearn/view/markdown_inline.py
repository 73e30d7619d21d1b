"""Running text in Markdown: what is emphasised, code, an address, a formula, a citation."""

import re
from collections.abc import Sequence

from markdown_it.token import Token

from ailearn.catalog.folding import is_han
from ailearn.controls import safe
from ailearn.view.formulas import readable
from ailearn.view.words import NO_BREAK, Words

_ROLES = {"em": "emphasis", "strong": "strong"}
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# `[resnet: mechanism]`, also several of them, in brackets of either width.
_CITATION = re.compile(r"[\[【［][\w-]+\s*[:：]\s*[\w ,;:，；、：\xa0-]{1,120}[\]】］]")
_AFTER_COLON = re.compile(r"(?<=[:：]) ")
_ADDRESS = re.compile(r"https?://[\w./?=&%#~:+@-]*[\w/]", re.ASCII)


def words_of(tokens: Sequence[Token] | None) -> list[Words]:
    """The text of inline tokens, a part for each line that the author broke herself."""
    text = _Text()
    for token in tokens or ():
        text.add(token)
    return text.parts()


class _Text:
    def __init__(self) -> None:
        self._text = ""
        self._marks: list[tuple[int, int, str]] = []
        self._opened: list[int] = []
        self._addresses: list[str] = []
        self._soft_break = False

    def add(self, token: Token) -> None:
        kind = token.type
        if kind in ("text", "text_special"):
            first, *others = _LINE_BREAK.split(token.content)
            self._put(first)
            for other in others:
                self._break()
                self._put(other)
        elif kind == "code_inline":
            self._put(f"`{token.content}`", "code")
        elif kind == "formula":
            self._put(readable(token.content))
        elif kind == "softbreak":
            self._soft_break = True
        elif kind == "hardbreak":
            self._break()
        elif kind == "image":
            self._put(token.content)
            self._put_address(token.content, str(token.attrs.get("src", "")))
        elif token.nesting > 0:
            self._open(token)
        elif token.nesting < 0:
            self._close(token)

    def _put(self, text: str, role: str = "") -> None:
        text = safe(text).replace("\n", " ")
        if not text:
            return
        if self._soft_break:
            self._text += "" if _joined(self._text[-1:], text[0]) else " "
            self._soft_break = False
        start = len(self._text)
        self._text += text
        if role:
            self._marks.append((start, len(self._text), role))

    def _break(self) -> None:
        self._soft_break = False
        self._text += "\n"

    def _open(self, token: Token) -> None:
        if token.type == "s_open":
            self._put("~~")
        self._put_nothing()
        self._opened.append(len(self._text))
        if token.type == "link_open":
            self._addresses.append(str(token.attrs.get("href", "")))

    def _put_nothing(self) -> None:
        """Let a blank stand before what is marked and not in it."""
        if self._soft_break:
            self._text += " "
            self._soft_break = False

    def _close(self, token: Token) -> None:
        start = self._opened.pop()
        if token.type == "s_close":
            # Not every terminal can strike text, and what is struck means the contrary.
            self._put("~~")
        elif token.type == "link_close":
            self._put_address(self._text[start:], self._addresses.pop())
        else:
            self._marks.append((start, len(self._text), _ROLES[token.tag]))

    def _put_address(self, label: str, address: str) -> None:
        if address.removeprefix("mailto:") == label:
            self._marks.append((len(self._text) - len(label), len(self._text), "path"))
        elif address:
            self._put(" (" if label else "(")
            self._put(address, "path")
            self._put(")")

    def parts(self) -> list[Words]:
        """The text, parted where it was broken."""
        self._text = _CITATION.sub(lambda found: _AFTER_COLON.sub(NO_BREAK, found[0]), self._text)
        for pattern, role in ((_CITATION, "id"), (_ADDRESS, "path")):
            for found in pattern.finditer(self._text):
                if not any(begin < found.end() and end > found.start() for begin, end, _ in self._plain()):
                    self._marks.append((*found.span(), role))
        parts = []
        start = 0
        for line in self._text.split("\n"):
            end = start + len(line)
            marks = (
                (max(begin - start, 0), min(close - start, len(line)), role)
                for begin, close, role in self._marks
                if begin < end and close > start
            )
            parts.append(Words(line, tuple(marks)))
            start = end + 1
        return parts

    def _plain(self) -> list[tuple[int, int, str]]:
        """Code and addresses, in which nothing else is looked for."""
        return [mark for mark in self._marks if mark[2] in ("code", "path")]


def _joined(before: str, after: str) -> bool:
    """Whether a line break in the source is no blank: Chinese has none, nor have its marks beside them."""
    if _is_chinese_mark(before) or _is_chinese_mark(after):
        return True
    return is_han(before) and is_han(after)


def _is_chinese_mark(character: str) -> bool:
    return "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uff20"
