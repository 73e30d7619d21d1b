"""A text cut into blocks that are translated one by one, and the text with its translation woven in.

The sources of all blocks, one after the other, are the original byte for byte. A translation is put below its
block as a paragraph of its own, with whatever marks keep it inside the same list item or quote.
"""

import re
from typing import Literal, NamedTuple

# What a block is; only `kept` ones (code, formulas, HTML, blank lines and the like) are never translated.
Kind = Literal["heading", "paragraph", "item", "quote", "row", "kept"]
Form = Literal["markdown", "plain"]
# Stands between the cells of a table row in `Block.text`; a break between lines that is meant is a line feed.
CELL = "\x1f"
_MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".rmd", ".qmd")
_PLAIN_SUFFIXES = (".txt", ".text")
_LOOKS = re.compile(
    r"^ {0,3}(?:#{1,6} \S|```|~~~|\$\$\s*$|\|? *:?-{2,}:? *\|[-:| ]*$)"
    r"|\]\((?:https?:|#|/|\.)|(?<!\w)\*\*\w[^*\n]*\*\*",
    re.MULTILINE,
)
# A line break as Markdown knows it (CommonMark 2.1); `splitlines` knows more.
LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")

# What begins a block at the beginning of a line, which would then be no paragraph; tags of mere words do not.
_BLOCK_MARK = re.compile(
    r"[-+*:](?=\s|$)|#{1,6}(?=\s|$)|>|`{3}|~{3}|:{2}(?=\w)|:{3}|!{3}|\?{3}|={3}|(?:[-_*=]\s*)+$"
    r"|-+8<-|\\[A-Za-z]+\*?(?:\{[^{}]*\})*$|\$\$|\\\[|\\begin\{"
    r"|<(?:[!?]|/?(?!(?:a|b|i|u|s|q|em|strong|code|sub|sup|span|br|kbd|mark|small|img)\b)"
    r"[A-Za-z][\w-]*(?=[\s/>]|$))"
    r"|</?[A-Za-z][^<>]*>$",
)


class Block(NamedTuple):
    """A piece of a text.

    `source` is it as it stands, with the line feed at its end. `text` is what is to be translated, wrapped
    lines joined, empty for what is kept. `margin` begins every line of its translation.
    """

    kind: Kind
    source: str
    text: str = ""
    margin: str = ""


class Document(NamedTuple):
    """A whole text: what it is called, empty when it does not say, and its blocks.

    `references` are the labels of its link reference definitions, folded as Markdown compares them. Of a PDF,
    `running_heads` are the lines left out as heads, feet and numbers of its pages, `bibliography` the
    paragraphs kept as references.
    """

    title: str
    blocks: tuple[Block, ...]
    form: Form
    references: frozenset[str] = frozenset()
    running_heads: int = 0
    bibliography: int = 0

    @property
    def source(self) -> str:
        """The original."""
        return "".join(block.source for block in self.blocks)


def form_of(text: str, suffix: str = "") -> Form:
    """Whether a text is Markdown, by the suffix of its file, else by its looks."""
    if suffix.lower() in _MARKDOWN_SUFFIXES:
        return "markdown"
    if suffix.lower() in _PLAIN_SUFFIXES:
        return "plain"
    return "markdown" if _LOOKS.search(text) else "plain"


def read_text(text: str, suffix: str = "") -> Document:
    """A text taken apart, as Markdown or as plain text."""
    if form_of(text, suffix) == "markdown":
        from ailearn.tutor.markdown_blocks import markdown_document

        return markdown_document(text)
    from ailearn.tutor.plain_blocks import plain_document

    return plain_document(text)


def joined(lines: list[str]) -> str:
    """Hard-wrapped lines as one; no space comes between two lines that meet in Chinese."""
    whole = ""
    for line in lines:
        line = line.strip()
        gap = " " if whole and line and not (_wide(whole[-1]) and _wide(line[0])) else ""
        whole += gap + line
    return whole


def _wide(character: str) -> bool:
    """Whether a character is written without spaces: Chinese, Japanese, full-width marks."""
    return "\u2e80" <= character <= "\u9fff" or "\uf900" <= character <= "\uffef" or character >= "\U00020000"


def below(document: Document, number: int, translation: str) -> str:
    """What is put after block `number` so that its translation stands under it."""
    block = document.blocks[number]
    following = document.blocks[number + 1].source if number + 1 < len(document.blocks) else ""
    feed = _feed(block.source)
    before = "" if block.source.endswith(("\n", "\r")) else feed
    if block.kind == "row":
        return before + block.margin + _row(translation) + feed
    lines = translation.split("\n")
    if document.form == "markdown":
        lines = [f"{inert(line)}  " for line in lines[:-1]] + [inert(lines[-1])]
    blank = block.margin.rstrip() + feed
    body = "".join(f"{block.margin}{line}{feed}" for line in lines)
    return before + blank + body + (blank if _clings(following, block.margin) else "")


def _feed(source: str) -> str:
    found = re.search(r"\r\n|\r|\n", source)
    return found[0] if found else "\n"


def _row(translation: str) -> str:
    cells = [re.sub(r"(?<!\\)\|", r"\\|", cell.replace("\n", " ")) for cell in translation.split(CELL)]
    return f"| {' | '.join(cells)} |"


def _clings(following: str, margin: str) -> bool:
    """Whether the next line, without a blank one between, would become part of a paragraph above it."""
    found = LINE.match(following)
    line = found[0].expandtabs(4).rstrip() if found else ""
    bare = line.lstrip(" >")
    if not bare:
        return False
    if re.fullmatch(r"=+|-+", bare):
        return True
    if len(line) - len(bare) < len(margin.expandtabs(4)) and re.match(r"(?:[-+*]|\d{1,9}[.)])(?:\s|$)", bare):
        # The next item of the list that the paragraph is in.
        return False
    # No other list may begin right below a paragraph, as CommonMark has it.
    return re.match(r"(?:[-+*]|1[.)])\s+\S", bare) is None


def inert(line: str) -> str:
    """A line of a translation that Markdown takes for the words of a paragraph, whatever it begins with."""
    line = line.strip()
    labelled = re.match(r"(\d{1,9})[.)](?=\s|$)|(\[[^\[\]]*\]):", line)
    if labelled:
        beginning = labelled[1] or labelled[2]
        return f"{beginning}\\{line[len(beginning) :]}"
    return f"\\{line}" if _BLOCK_MARK.match(line) else line
