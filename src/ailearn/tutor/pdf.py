"""The text of a PDF file as paragraphs, as far as a format that only knows marks on pages gives it away.

Lines are joined to paragraphs, words that were divided are made whole, page numbers and running heads are
dropped. Where pypdf takes two columns one after the other, so does this.
"""

import io
import logging
import re
import struct
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

from pypdf import PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

from ailearn.controls import safe
from ailearn.errors import ContentError
from ailearn.tutor.documents import Block, Document, Kind, joined

# What pypdf raises on files that are not what they should be.
_BROKEN = (
    PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, AssertionError,
    NotImplementedError, OverflowError, OSError, zlib.error, struct.error,
)  # fmt: skip
# Fewer letters than this on a page, on average, and it is a picture of one.
_LEAST_LETTERS = 20
# Running heads and feet stand among so many lines at either end of a page, on so many pages.
_EDGE = 2
_REPEATED = 3
# A line shorter than this share of a full one ends its paragraph, if its sentence ends there.
_FULL = 0.85
_LIGATURES = re.compile("[\ufb00-\ufb06]")
_PAGE_NUMBER = re.compile(
    r"(?:page |第 ?)?[-–—|]? ?(?:\d{1,4}|[ivxl]{1,7})(?: ?(?:/|of) ?\d{1,4})? ?[-–—|]?(?: ?页)?",
    re.IGNORECASE,
)
_STAMP = re.compile(r"arXiv:\S+\s+\[[\w.\-]+\]\s+\d{1,2} \w{3} \d{4}")
_SENTENCE_END = re.compile(r"[.!?:。！？：…][\"'”’)\]）」』]*(?:\s*\[[\d, –\-]+\])?[\d∗*†‡]{0,2}$")
_NUMBERED = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[A-H](?:\.\d{1,2}){0,2}\.?|[IVX]{1,5}\.|第[一二三四五六七八九十\d]+[章节])"
    r"\s+(?=[A-Z\u4e00-\u9fff])"
)
_NAMED = re.compile(
    r"(?:abstract|introduction|background|related work|methods?|experiments?|results|discussion|conclusions?"
    r"|acknowledge?ments?|references|bibliography|appendix|limitations|摘要|引言|结论|致谢|参考文献|附录)\W?",
    re.IGNORECASE,
)
_REFERENCES = re.compile(
    r"(?:[\dIVX.]+\s+)?(?:references(?: and notes)?|bibliography|参考文献)\W?", re.IGNORECASE
)
_AFTER_REFERENCES = re.compile(r"(?:appendi|supplement|附录|[A-H](?:\.\d)?\.?\s+[A-Z])", re.IGNORECASE)
# A bullet of a font of its own comes out as the sign for what cannot be read.
_BULLET = re.compile(r"[•◦▪‣·–—∗*\ufffd] (?=\S)")
_BEGINS = re.compile(
    r"(?:Figure|Fig\.|Table|Algorithm|图|表) ?\d+[.:： ]|[•◦▪‣·–—∗*\ufffd] (?=\S)"
    r"|\(?\d{1,2}[.)] (?=[A-Z])|\[\d{1,3}\] "
)
_ABSTRACT = re.compile(r"abstract\W?|摘\s*要\W?", re.IGNORECASE)
_LONGEST_FRONT = 60
_LONGEST_HEADING = 90
# Beginnings of compound words, which keep their hyphen where nothing in the text tells otherwise.
_COMPOUND = (
    "self", "non", "well", "state", "end", "high", "low", "long", "short", "large", "small", "cross", "semi",
    "fine", "real", "two", "three", "one", "first", "second", "so", "zero", "few", "hand", "task", "domain",
)  # fmt: skip


def is_pdf(data: bytes) -> bool:
    """Whether a file says that it is a PDF; some have something before that (ISO 32000-1, annex H)."""
    return b"%PDF-" in data[:1024]


def read_pdf(data: bytes, name: str) -> Document:
    """The text of a PDF as a document whose blocks are its paragraphs. `name` is what errors call it.

    Raises ContentError for a file that is encrypted, broken, or holds pictures of text alone.
    """
    # pypdf tells a log what it mends, which nobody here can do anything about.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages, title = _pages(data, name)
    lines = [line for page in _bodies(pages) for line in page]
    letters = sum(map(str.isalpha, "".join(lines)))
    if letters < _LEAST_LETTERS * max(len(pages), 1):
        raise ContentError("error.pdf-no-text", hint="hint.pdf-no-text", name=name)
    blocks = tuple(_blocks(lines))
    first = next((block.text for block in blocks if block.kind == "heading"), "")
    return Document(title or first, blocks, "markdown")


def _pages(data: bytes, name: str) -> tuple[list[list[str]], str]:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ContentError("error.pdf-encrypted", hint="hint.pdf-encrypted", name=name)
        pages = [_lines(page.extract_text()) for page in reader.pages]
        named = reader.metadata.title if reader.metadata else None
    except (FileNotDecryptedError, DependencyError) as error:
        raise ContentError("error.pdf-encrypted", hint="hint.pdf-encrypted", name=name) from error
    except _BROKEN as error:
        reason = safe(" ".join(str(error).split())).removesuffix(".") or type(error).__name__
        raise ContentError("error.pdf-broken", hint="hint.pdf-broken", name=name, reason=reason) from error
    return pages, safe(named).strip() if isinstance(named, str) else ""


def _lines(text: str) -> list[str]:
    text = _LIGATURES.sub(lambda one: unicodedata.normalize("NFKC", one[0]), safe(text))
    return [" ".join(line.split()) for line in text.replace("\u00a0", " ").splitlines() if line.strip()]


def _bodies(pages: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """The pages without running heads, page numbers and the stamp of arXiv."""
    repeated = Counter(shape for page in pages for shape in {_shape(page[at]) for at in _edges(page)})
    least = min(_REPEATED, max(len(pages), 2))
    first = _first_number(pages)
    for number, page in enumerate(pages):
        dropped = {
            at
            for at in _edges(page)
            if repeated[_shape(page[at])] >= least
            or _PAGE_NUMBER.fullmatch(page[at])
            or (first is not None and first + number in _outer_numbers(page[at]))
        }
        yield [line for at, line in enumerate(page) if at not in dropped and not _STAMP.search(line)]


def _edges(page: Sequence[str]) -> list[int]:
    """Where on a page running heads and feet may stand."""
    return [at for at in range(len(page)) if at < _EDGE or at >= len(page) - _EDGE]


def _outer_numbers(line: str) -> list[int]:
    """The numbers at the ends of a line that is too short, and no sentence."""
    if len(line) > _LONGEST_HEADING or line.endswith("."):
        return []
    return [int(one) for one in re.findall(r"^\d{1,4}(?= [A-Z])|(?<= )\d{1,4}$|^\d{1,4}$", line)]


def _first_number(pages: Sequence[Sequence[str]]) -> int | None:
    """The number of the first page, when the numbers at the edges of most pages agree on it."""
    votes = Counter(
        first
        for number, page in enumerate(pages)
        for first in {one - number for at in _edges(page) for one in _outer_numbers(page[at])}
    )
    for first, count in votes.most_common(1):
        if count >= 2 and count * 2 >= len(pages):
            return first
    return None


def _shape(line: str) -> str:
    """A line without its numbers, for the head of a chapter that stands on every page bears the page's."""
    return re.sub(r"\d+", "#", line).casefold()


def _blocks(lines: list[str]) -> Iterator[Block]:
    """Paragraphs, headings and what is neither; of what follows the references, only an appendix counts."""
    full = _full_length(lines)
    vocabulary = _vocabulary(lines)
    body = _front_length(lines)
    yield from _front(lines[:body], full)
    in_references = False
    for kind, part in _parts(lines[body:], full):
        text = _whole(part, vocabulary)
        if kind == "heading":
            in_references = not _AFTER_REFERENCES.match(text) and (
                in_references or _REFERENCES.fullmatch(text) is not None
            )
        if kind == "kept" or (in_references and kind != "heading"):
            yield Block("kept", "\n".join(part) + "\n\n")
            continue
        bullet = _BULLET.match(text) if kind == "paragraph" else None
        if bullet:
            text = text[bullet.end() :]
            yield Block("item", f"- {text}\n", text, "  ")
        else:
            yield Block(kind, f"## {text}\n" if kind == "heading" else f"{text}\n", text)
        yield Block("kept", "\n")


def _front_length(lines: Sequence[str]) -> int:
    """How many lines stand above the abstract: title, authors and where they work."""
    return next((at for at, line in enumerate(lines[:_LONGEST_FRONT]) if _ABSTRACT.fullmatch(line)), 0)


def _front(lines: Sequence[str], full: int) -> Iterator[Block]:
    """What stands above the abstract: the first line is the title, short ones are names."""
    if lines:
        yield Block("heading", f"# {lines[0]}\n", lines[0])
        yield Block("kept", "\n")
    for kind, part in _parts(lines[1:], full):
        if kind == "paragraph" and all(len(line) >= _FULL * full for line in part[:-1]) and len(part) > 1:
            text = joined(part)
            yield Block("paragraph", f"{text}\n", text)
            yield Block("kept", "\n")
        else:
            yield Block("kept", "  \n".join(part) + "\n\n")


def _full_length(lines: Sequence[str]) -> int:
    """How long a line is that fills its column."""
    lengths = sorted(len(line) for line in lines if len(line) > 20)
    return lengths[len(lengths) * 3 // 4] if lengths else 80


def _parts(lines: Sequence[str], full: int) -> Iterator[tuple[Kind, list[str]]]:
    """Lines that belong together, and what they are."""
    part: list[str] = []
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        kind = _kind_of(line, part, following, full)
        if kind != "paragraph":
            if part:
                yield "paragraph", part
            part = []
            yield kind, [line]
            continue
        if part and _begins(line, part[-1], full):
            yield "paragraph", part
            part = []
        part.append(line)
    if part:
        yield "paragraph", part


def _kind_of(line: str, part: Sequence[str], following: str, full: int) -> Kind:
    """What a line is by itself: part of a paragraph, a heading, or nothing for a translator."""
    if _is_formula(line):
        return "kept"
    open_sentence = bool(part) and not _SENTENCE_END.search(part[-1]) and len(part[-1]) >= _FULL * full
    short = len(line) <= min(_LONGEST_HEADING, int(full * 0.9)) and not line.endswith((".", ",", ";", ":"))
    if short and (
        _NAMED.fullmatch(line) or (_NUMBERED.match(line) and not open_sentence and _title_like(line))
    ):
        return "heading"
    return "paragraph"


def _title_like(line: str) -> bool:
    """Whether a numbered line names a section rather than holding numbers or going on with a sentence."""
    words = _NUMBERED.sub("", line)
    letters = sum(map(str.isalpha, words))
    return letters >= max(3, 0.6 * len(words.replace(" ", "")))


def _is_formula(line: str) -> bool:
    """Whether a line holds numbers and signs rather than words: a formula, or a row of a table."""
    compact = line.replace(" ", "")
    words = re.findall(r"[^\W\d_]{2,}", line)
    letters = sum(map(len, words))
    if not words:
        return True
    return letters < 0.5 * len(compact) and not re.search("[\u4e00-\u9fff]{4}", line)


def _begins(line: str, last: str, full: int) -> bool:
    """Whether a line begins a new paragraph after the line `last`."""
    if _BEGINS.match(line):
        return True
    if last.endswith("-") or line[:1].islower():
        return False
    return bool(_SENTENCE_END.search(last)) and len(last) < _FULL * full


def _vocabulary(lines: Sequence[str]) -> Counter[str]:
    """Every word that stands whole on a line, with its hyphens."""
    words: Counter[str] = Counter()
    for line in lines:
        found = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", line.lower())
        words.update(found[:-1] if line.endswith("-") else found)
    return words


def _whole(lines: Sequence[str], vocabulary: Counter[str]) -> str:
    """Lines as one, with words that were divided at their ends made whole again."""
    whole: list[str] = []
    for line in lines:
        if whole and re.search(r"[^\W\d_][-\u00ad\u2010]$", whole[-1]) and line[:1].islower():
            whole[-1] = _undivided(whole[-1], line, vocabulary)
        else:
            whole.append(line)
    return joined(whole).replace("\u00ad", "")


def _undivided(first: str, second: str, vocabulary: Counter[str]) -> str:
    """Two lines joined in a word, which keeps its hyphen where the rest of the text writes it with one."""
    head = re.search(r"([^\W\d_]+(?:-[^\W\d_]+)*)[-\u00ad\u2010]$", first)
    tail = re.match(r"[^\W\d_]+(?:-[^\W\d_]+)*", second)
    bare = first[:-1]
    if head is None or tail is None or first.endswith("\u00ad"):
        return bare + second
    before, after = head[1].lower(), tail[0].lower()
    closed, hyphened = vocabulary[before + after], vocabulary[f"{before}-{after}"]
    keeps = hyphened > closed or (not closed and ("-" in before or before in _COMPOUND))
    return f"{bare}-{second}" if keeps else bare + second
