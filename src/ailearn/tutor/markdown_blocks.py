"""Markdown cut into blocks, by the block rules of CommonMark with the tables of GitHub.

Formulas on lines of their own (`$$ … $$`, `\\[ … \\]`, `\\begin{…} … \\end{…}`) are no part of CommonMark,
but of most Markdown about AI; here they are a block of their own, as code is. So is the front matter of a
page, and so is what site generators and wikis add: directives (`:::note`), admonitions (`!!! note "Title"`),
tags of templates, comments (`%% … %%`), embedded pages and names of blocks on lines of their own. The titles
among these are translated.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, paragraph
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
# What may begin a paragraph without being part of it: a box to tick, the name of a footnote, the kind of a
# callout, the colon of a definition; and what may end one: its name or attributes.
_CALLOUT = re.compile(r"\[![\w-]+(?:\|[^\[\]]*)?\][-+]?(?:\s+|$)")
_LEADS = re.compile(rf"\[[ xX]\]\s+|(?P<note>\[\^[^\[\]\s]+\]:\s*)|{_CALLOUT.pattern}|(?P<colon>:[ \t]+)")
_TRAILS = re.compile(r"(?:\s+|\A)(?:\^(?!\d+\Z)[A-Za-z0-9-]+|\{[#.:][^{}\n]*\})\s*\Z")
# A line that begins a paragraph of its own right below another: a footnote, or a definition.
_BEGINNING = re.compile(r"\[\^[^\[\]\s]+\]:|:[ \t]+\S")
_DIRECTIVE = re.compile(
    r":{3,}\s*(?:\{[^{}]*\}|[\w.#-]+(?:\{[^{}]*\})?)?(?:\[(?P<title>.*)\]|[ \t]+(?P<rest>[^{}:\s][^{}]*?))?"
    r"\s*(?:\{[^{}]*\})?\s*:*"
)
_ADMONITION = re.compile(
    r"(?:!{3}|\?{3}\+?)[ \t]*(?P<kind>[\w-]+(?: [\w-]+)*)?[ \t]*(?:\"(?P<title>[^\"]*)\")?"
    r"|={3}[!+]*[ \t]+\"(?P<tab>[^\"]*)\""
)
_INDENT = 4
# Lines of nothing but tags. A variable may also be a word of a wrapped paragraph.
_VARIABLE = re.compile(r"\{\{(?![<%]).*\}\}")
_TAGS = re.compile(
    r"(?:(?:\{\{(?:(?!\}\}).)*\}\}|\{%(?:(?!%\}).)*%\}|\{#(?:(?!#\}).)*#\}|\{/\*(?:(?!\*/\}).)*\*/\}"
    r"|!\[\[[^\[\]]+\]\])\s*)+|\[\[?_?toc_?\]\]?|%%.*%%"
    # A snippet, a directive without text, a command of LaTeX.
    r"|-+8<-+.*|::[\w-]+(?:\{[^{}]*\})?|\\[a-z]+\*?(?:\{[^{}]*\})*",
    re.IGNORECASE,
)
_TAG_ENDS = (
    ("{{<", ">}}"),
    ("{{%", "%}}"),
    ("{{", "}}"),
    ("{%", "%}"),
    ("{#", "#}"),
    ("{/*", "*/}"),
    ("%%", "%%"),
)
# Tags around code, with what ends them.
_CODE_TAG = re.compile(
    r"(?:\{%-?|\{\{[<%])\s*(?P<name>highlight|comment|code|codeblock|mermaid|katex|math|plantuml)\b(?!.*/>\}\})"
)
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
    """What finds the blocks: CommonMark with tables and additions; their words are left as they are."""
    blocks = MarkdownIt("commonmark").enable("table").disable("inline")
    rule = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    for name, function in (("math", _math), ("addition", _addition), ("beginning", _beginning)):
        blocks.block.ruler.before("fence", name, function, rule)  # type: ignore[arg-type]
    return blocks


def _addition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block rule: what is added to CommonMark, on lines of its own."""
    if state.is_code_block(start):
        return False
    line = _line(state, start)
    if line.startswith(":::"):
        found = _DIRECTIVE.fullmatch(line)
        title = (found["title"] or found["rest"] or "") if found else ""
        return silent or _titled(state, start, title, "")
    admonition = _ADMONITION.fullmatch(line)
    if admonition:
        return _admonition(state, start, end, admonition, silent=silent)
    after = _after_tags(state, start, end, line, silent=silent)
    if after is None:
        return False
    if not silent:
        state.line = after
        state.push("tags", "", 0).map = [start, after]
    return True


def _titled(state: StateBlock, line: int, title: str, margin: str) -> bool:
    """Take a line that holds a title, whose translation stands further in than it by `margin`."""
    token = state.push("titled", "", 0)
    token.map, token.content, token.markup = [line, line + 1], title, margin
    state.line = line + 1
    return True


def _admonition(state: StateBlock, start: int, end: int, found: re.Match[str], *, silent: bool) -> bool:
    """Take the line of an admonition or tab, and as Markdown what is set in below it."""
    last = start + 1
    for line in range(start + 1, end):
        if state.isEmpty(line):
            continue
        if state.sCount[line] - state.blkIndent < _INDENT:
            break
        last = line + 1
    title = found["title"] or found["tab"] or ""
    if last == start + 1 and (not title or not (found["kind"] or found["tab"])):
        return False
    if silent:
        return True
    _titled(state, start, title, " " * _INDENT)
    before = state.parentType, state.lineMax, state.blkIndent
    state.parentType, state.lineMax, state.blkIndent = "admonition", last, state.blkIndent + _INDENT
    state.md.block.tokenize(state, start + 1, last)
    state.parentType, state.lineMax, state.blkIndent = before
    state.line = last
    return True


def _after_tags(state: StateBlock, start: int, end: int, line: str, *, silent: bool) -> int | None:
    """The line after the tags at `start`, which hold all of their lines; None where there are none."""
    code = _CODE_TAG.match(line)
    if code:
        closing = re.compile(rf"(?:\{{%-?\s*end|\{{\{{[<%]\s*/\s*){code['name']}\b")
        for number in range(start, end):
            if closing.search(_line(state, number)):
                return number + 1
    if _TAGS.fullmatch(line):
        alone = start + 1 >= end or state.isEmpty(start + 1)
        return None if _VARIABLE.fullmatch(line) and (silent or not alone) else start + 1
    ending = next((last for mark, last in _TAG_ENDS if line.startswith(mark)), None)
    if ending is None or ending in line[2:]:
        return None
    for number in range(start + 1, end):
        following = _line(state, number)
        if ending in following:
            return number + 1 if following.endswith(ending) else None
        if not following and ending != "%%":
            return None
    return None


def _beginning(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block rule: a footnote, a definition and the title of a callout are paragraphs of their own."""
    if state.is_code_block(start):
        return False
    line = _line(state, start)
    if state.parentType == "blockquote" and _CALLOUT.match(line):
        end = start + 1
    elif not _BEGINNING.match(line):
        return False
    return silent or _paragraph(state, start, end)


def _paragraph(state: StateBlock, start: int, end: int) -> bool:
    before = state.lineMax
    state.lineMax = end
    paragraph(state, start, end, False)
    state.lineMax = before
    return True


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
        elif token.type == "titled" and token.map and any(map(str.isalpha, token.content)):
            found.append(_title_of(token, token.map[0], lines))
        elif token.type == "tr_open" and token.map:
            found += _row(tokens, number, lines)
    return found


def _title_of(token: Token, start: int, lines: list[str]) -> _Found:
    """The line of a directive or admonition that has a title."""
    before = re.match(r"[\s>]*", lines[start].replace("\ufeff", " "))
    margin = (before[0] if before else "") + token.markup
    return start, start + 1, Block("paragraph", lines[start], token.content.replace(CELL, " "), margin)


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
        margin += "    " if lead["note"] else "  " if lead["colon"] else ""
    content = _TRAILS.sub("", content)
    if not content.strip() or _TAGS.fullmatch(content):
        return None
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
