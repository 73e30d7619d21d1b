"""Plain text cut into blocks: paragraphs between blank lines, with their hard-wrapped lines joined."""

import re
from collections import Counter
from collections.abc import Iterator

from ailearn.tutor.documents import CELL, LINE, Block, Document, joined

# A line longer than this was not wrapped by hand: where there is one, every line is a paragraph.
_WRAPPED = 120
# Lines that begin so many cells further in than most of a text are meant as they stand: code, poems, tables.
_INDENTED = 2
_ONE_LINE_INDENTED = 4
_GOOD_PART = 0.2
_HEADING = 80
_BULLET = re.compile(r"[ \t]*(?:[-*+•‣◦·–—]|\(?\d{1,3}[.)、]|\(?[a-zA-Z][.)])[ \t]+(?=\S)")
# Chinese paragraphs begin two full-width spaces in.
_CHINESE_INDENT = "\u3000"
_SENTENCE_END = (".", "!", "?", ":", ";", ",", "。", "！", "？", "：", "；", "，", "…")


def plain_document(text: str) -> Document:
    """Plain text taken apart. Its title is its first line when that looks like one."""
    lines = LINE.findall(text)
    usual = _usual_indent(lines)
    blocks: list[Block] = []
    for run in _runs(lines):
        if not run[0].strip() or _as_it_stands(run, usual):
            blocks.append(Block("kept", "".join(run)))
        else:
            blocks += [_block(part, alone=len(run) == 1) for part in _paragraphs(run)]
    first = next((block for block in blocks if block.kind != "kept"), None)
    title = first.text if first and first.kind == "heading" else ""
    return Document(title, tuple(blocks), "plain")


def _runs(lines: list[str]) -> Iterator[list[str]]:
    """Lines that stand together, and the blank ones between them."""
    run: list[str] = []
    for line in lines:
        if run and bool(line.strip()) != bool(run[-1].strip()):
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _indent(line: str) -> int:
    line = line.lstrip("\ufeff").expandtabs(8)
    return len(line) - len(line.lstrip(" "))


def _usual_indent(lines: list[str]) -> int:
    """The margin of a text: the smallest at which a good part of it stands."""
    shares: Counter[int] = Counter()
    for run in _runs(lines):
        if run[0].strip():
            shares[min(map(_indent, run))] += sum(map(len, run))
    least = shares.total() * _GOOD_PART
    return min((indent for indent, share in shares.items() if share >= least), default=0)


def _as_it_stands(run: list[str], usual: int) -> bool:
    if not any(map(str.isalpha, "".join(run))):
        return True
    deepest = min(map(_indent, run)) - usual
    if any(len(line) > _WRAPPED for line in run) or _BULLET.match(run[0]):
        return False
    return deepest >= (_INDENTED if len(run) > 1 else _ONE_LINE_INDENTED)


def _paragraphs(run: list[str]) -> Iterator[list[str]]:
    """Lines that stand together, parted at bullets and wherever lines are not wrapped by hand."""
    each = any(len(line) > _WRAPPED for line in run)
    part: list[str] = []
    for line in run:
        begins = each or _BULLET.match(line) or line.startswith(_CHINESE_INDENT) or (part and _rule(part[-1]))
        if part and begins and not _rule(line):
            yield part
            part = []
        part.append(line)
    yield part


def _rule(line: str) -> bool:
    """Whether a line is made of nothing but marks, such as one that underlines a title."""
    return not any(map(str.isalnum, line))


def _block(lines: list[str], *, alone: bool) -> Block:
    source = "".join(lines)
    text = joined([line.lstrip("\ufeff").replace(CELL, " ") for line in lines if not _rule(line)])
    if not any(map(str.isalpha, text)):
        return Block("kept", source)
    bullet = _BULLET.match(lines[0])
    if bullet:
        lead = bullet[0]
        return Block("item", source, text[len(lead.strip()) :].strip(), re.sub(r"\S", " ", lead))
    heading = alone and len(text) <= _HEADING and not text.endswith(_SENTENCE_END)
    margin = re.match(r"[ \t\u3000]*", lines[0].lstrip("\ufeff"))
    return Block("heading" if heading else "paragraph", source, text, margin[0] if margin else "")
