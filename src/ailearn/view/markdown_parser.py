"""Markdown as models write it: CommonMark with tables, struck text and formulas, and easy on Chinese.

Three things differ from the specification, so that every block can be drawn when it is complete and stays as
it was drawn: there are no link definitions, which hold for what stands above them, HTML is text, and so are
entities that stand for characters that no terminal may see.
"""

import functools
import re
import unicodedata
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.common.utils import isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from ailearn.controls import safe

# What a formula in the running text stands between.
_PAIRS = {r"\(": r"\)", r"\[": r"\]", "$$": "$$"}
# A dollar sign begins and ends a formula as in Pandoc: no blank inside of it, no word or digit outside.
_DOLLARS = re.compile(r"\$(?![\s$])((?:\\.|[^\\$])+?)(?<!\s)\$(?![\w$])")
# What shows that brackets hold a formula and not a number or a name that was escaped for no reason.
_FORMULA = re.compile(r"\\[a-zA-Z]|[=^+<>_{}]")
_CITATION = re.compile(r"\s*[\w-]+\s*[:：]\s[\w ,;-]+")
_DISPLAYED = re.compile(r"(\$\$|\\\[)(.*)", re.DOTALL)
_AFTER = " \t.,;。，；"


def cleaned(text: str) -> str:
    """`text` without what could steer a terminal; in pieces it is cleaned as it is as a whole."""
    return safe(text.replace("\r", ""))


class Block(NamedTuple):
    """A block with those inside of it; the token of one called `inline` holds running text."""

    kind: str
    token: Token
    children: "list[Block]"

    @property
    def lines(self) -> tuple[int, int]:
        """The number of its first line, and of the line after its last one."""
        begin, end = self.token.map or (0, 0)
        return begin, end


def parse(text: str) -> list[Block]:
    """The blocks of a text that is `cleaned`."""
    levels: list[list[Block]] = [[]]
    for token in _parser().parse(text):
        if token.nesting >= 0:
            levels[-1].append(Block(token.type.removesuffix("_open"), token, []))
        if token.nesting > 0:
            levels.append(levels[-1][-1].children)
        elif token.nesting < 0:
            levels.pop()
    return levels[0]


class _State(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - their names
        """Whether asterisks beside Chinese open or close something.

        The rules of CommonMark look for blanks and marks beside words, and Chinese has no blanks: they
        leave `**注意：**这` as it stands. Only a blank on the inner side counts here.
        """
        scanned = super().scanDelims(start, canSplitWord)
        end = start + scanned.length
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        if not canSplitWord or not (_is_wide(before) or _is_wide(after)):
            return scanned
        return Scanned(not isWhiteSpace(ord(after)), not isWhiteSpace(ord(before)), scanned.length)


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF"


class _InlineParser(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


class _Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - their name
        """An address as it was written; encoded, one with Chinese in it could not be read."""
        return url


@functools.cache
def _parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False})
    parser.inline = _InlineParser()
    parser.configure("commonmark").enable(["table", "strikethrough"])
    parser.disable(["reference", "html_block", "html_inline"])
    parser.inline.ruler.before("escape", "formula", _formula)
    interrupts = ["paragraph", "blockquote", "list"]
    parser.block.ruler.before("fence", "displayed_formula", _displayed_formula, {"alt": interrupts})
    return parser


def _formula(state: StateInline, silent: bool) -> bool:
    r"""The inline rule for `\(…\)`, `\[…\]`, `$$…$$` and `$…$`."""
    found = _formula_at(state.src[: state.posMax], state.pos)
    if found is None:
        return False
    content, end = found
    if not silent:
        state.push("formula", "", 0).content = content
    state.pos = end
    return True


def _formula_at(text: str, start: int) -> tuple[str, int] | None:
    """The formula that begins at `start`, and where what follows it begins."""
    opening = text[start : start + 2]
    if opening in _PAIRS:
        end = text.find(_PAIRS[opening], start + 2)
        content = text[start + 2 : end]
        if end < 0 or not content.strip() or (opening == r"\[" and not _looks_like_formula(content)):
            return None
        return content, end + 2
    if text[start] == "$" and (start == 0 or not text[start - 1].isalnum()):
        found = _DOLLARS.match(text, start)
        return (found[1], found.end()) if found else None
    return None


def _looks_like_formula(content: str) -> bool:
    return bool(_FORMULA.search(content)) and not _CITATION.fullmatch(content)


def _displayed_formula(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    r"""The block rule for `$$` and `\[` at the beginning of a line.

    A formula ends at its closing mark, and at a blank line in any case.
    """
    if state.is_code_block(start):
        return False
    opened = _DISPLAYED.match(_line(state, start))
    if opened is None:
        return False
    closing = _PAIRS[opened[1]]
    first = opened[2].rstrip(_AFTER)
    if closing in first:
        content = first.removesuffix(closing)
        if closing in content or content == first or not _looks_like_formula(content):
            return False
        last, lines, closed = start + 1, [content], True
    elif first.strip() and not _looks_like_formula(first):
        return False
    else:
        last, lines, closed = _until(closing, state, start + 1, end)
        lines = [first, *lines]
    if silent:
        return True
    token = state.push("displayed_formula", "", 0)
    token.content = "\n".join(lines).strip("\n")
    token.map = [start, last]
    token.meta = {"closed": closed}
    state.line = last
    return True


def _until(closing: str, state: StateBlock, start: int, end: int) -> tuple[int, list[str], bool]:
    """The line after a formula, its lines down to the closing mark, and whether there was one."""
    lines: list[str] = []
    for number in range(start, end):
        if state.isEmpty(number) or state.sCount[number] < state.blkIndent:
            return number, lines, False
        line = _line(state, number)
        if closing in line:
            content, _, after = line.partition(closing)
            return number + 1, [*lines, f"{content}{after}".rstrip()], True
        lines.append(line)
    return end, lines, False


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]
