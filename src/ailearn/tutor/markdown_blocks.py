"""Markdown cut into blocks, by the block rules of CommonMark with the tables of GitHub.

Formulas on lines of their own (`$$ … $$`, `\\[ … \\]`, `\\begin{…} … \\end{…}`) are no part of CommonMark,
but of most Markdown about AI; here they are a block of their own, as code is. So is the front matter of a
page.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token

from ailearn.tutor.documents import CELL, LINE, Block, Document, Kind, joined

_FRONT_MATTER = re.compile(
    r"\ufeff?(---|\+\+\+)[ \t]*(?:\r\n?|\n)(?=[\w\"'#.-]+\s*[:=]|#)"
    r"(?:.*?(?:\r\n?|\n))?\1[ \t]*(?:\r\n?|\n|\Z)",
    re.DOTALL,
)
_TITLE = re.compile(r"^title\s*[:=]\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_MATH_ENDS = (("$$", "$$"), ("\\[", "\\]"))
_ENVIRONMENT = re.compile(r"\\begin\{(\w+\*?)\}")
# What may begin a paragraph without being part of it: a box to tick, the name of a footnote, the kind of an
# alert.
_LEADS = re.compile(r"\[[ xX]\]\s+|(?P<note>\[\^[^\[\]\s]+\]:\s*)|\[!\w+\]\s*")
_Found = tuple[int, int, Block]


def markdown_document(text: str) -> Document:
    """Markdown taken apart."""
    front = _FRONT_MATTER.match(text)
    matter = front[0] if front else ""
    body = text[len(matter) :]
    lines = LINE.findall(body)
    environment: dict[str, dict[str, object]] = {}
    # A byte order mark is no part of the first line, but is one character of it all the same.
    tokens = parser().parse(
        body.replace("\ufeff", " ", 1) if body.startswith("\ufeff") else body, environment
    )
    blocks = [Block("kept", matter)] if matter else []
    at = 0
    for start, end, block in _found(tokens, lines):
        if start < at:
            continue
        if start > at:
            blocks.append(Block("kept", "".join(lines[at:start])))
        blocks.append(block)
        at = end
    if at < len(lines):
        blocks.append(Block("kept", "".join(lines[at:])))
    references = frozenset(environment.get("references", {}))
    return Document(_title(matter, blocks), tuple(blocks), "markdown", references)


def parser() -> MarkdownIt:
    """What finds the blocks: CommonMark with tables and formulas; their words are left as they are."""
    blocks = MarkdownIt("commonmark").enable("table").disable("inline")
    rule = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    blocks.block.ruler.before("fence", "math", _math, rule)  # type: ignore[arg-type]
    return blocks


def _math(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block rule: a formula between its marks, the last of which ends a line. Without an end it is none."""
    if state.is_code_block(start):
        return False
    first = _line(state, start)
    closing = next((last for mark, last in _MATH_ENDS if first.startswith(mark)), None)
    named = _ENVIRONMENT.match(first)
    closing = f"\\end{{{named[1]}}}" if named else closing
    if closing is None:
        return False
    rest = first[2:] if not named else first
    for line in range(start, end):
        if line > start:
            rest = _line(state, line)
            if state.sCount[line] < state.blkIndent or not rest:
                return False
        at = rest.find(closing)
        if at >= 0:
            if at + len(closing) < len(rest):
                return False
            if not silent:
                state.line = line + 1
                state.push("math_block", "", 0).map = [start, line + 1]
            return True
    return False


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].strip()


def _title(matter: str, blocks: Sequence[Block]) -> str:
    named = _TITLE.search(matter)
    if named:
        return named[1]
    return next((block.text for block in blocks if block.kind == "heading"), "")


def _found(tokens: Sequence[Token], lines: list[str]) -> list[_Found]:
    """The blocks that can be translated, each with its first line and the one after its last."""
    found: list[_Found] = []
    containers: list[Kind] = []
    for number, token in enumerate(tokens):
        if token.type in ("list_item_open", "blockquote_open"):
            containers.append("item" if token.type == "list_item_open" else "quote")
        elif token.type in ("list_item_close", "blockquote_close"):
            containers.pop()
        elif token.type in ("paragraph_open", "heading_open") and token.map:
            kind: Kind = (
                "heading" if token.type == "heading_open" else containers[-1] if containers else "paragraph"
            )
            block = _block(kind, token, tokens[number + 1].content, lines)
            if block:
                found.append((token.map[0], token.map[1], block))
        elif token.type == "tr_open" and token.map:
            found += _row(tokens, number, lines)
    return found


def _block(kind: Kind, token: Token, content: str, lines: list[str]) -> Block | None:
    """A paragraph or heading; None where its words cannot be told from the marks before them."""
    start, end = token.map or (0, 0)
    first = content.split("\n")[0].rstrip()
    body = lines[start].replace("\0", "\ufffd").rstrip()
    at = body.find("#") if token.markup.startswith("#") else len(body) - len(first)
    if not first or at < 0 or first not in body[at:]:
        return None
    margin = re.sub(r"[^\s>]", " ", body[:at].replace("\ufeff", " "))
    lead = _LEADS.match(content)
    if lead:
        content = content[lead.end() :]
        margin += "    " if lead["note"] else ""
    return Block(kind, "".join(lines[start:end]), _flowing(content), margin)


def _flowing(content: str) -> str:
    """The lines of a paragraph as one, with a line feed for every break that is meant."""
    flowing: list[list[str]] = [[]]
    for line in content.replace(CELL, " ").split("\n"):
        hard = line.endswith("  ") or re.search(r"(?<!\\)(?:\\\\)*\\$", line) is not None
        flowing[-1].append(line.rstrip().removesuffix("\\") if hard else line)
        if hard:
            flowing.append([])
    return "\n".join(joined(part) for part in flowing).strip()


def _row(tokens: Sequence[Token], number: int, lines: list[str]) -> list[_Found]:
    """A row of a table. The one of the headings holds the line below it, which must not be parted from it."""
    cells: list[str] = []
    header = False
    for token in tokens[number + 1 :]:
        if token.type == "tr_close":
            break
        header = header or token.type == "th_open"
        if token.type == "inline":
            cells.append(token.content.replace(CELL, " ").replace("\n", " "))
    start = (tokens[number].map or [0])[0]
    end = start + (2 if header else 1)
    indent = re.match(r"[ \t>]*", lines[end - 1])
    margin = indent[0] if indent else ""
    return [(start, end, Block("row", "".join(lines[start:end]), CELL.join(cells), margin))]
