"""The text of a PDF file as paragraphs, as far as a format that only knows marks on pages gives it away.

Lines are joined to paragraphs, words that were divided are made whole, page numbers and running heads left
out where they are certain (`running_heads`). Where pypdf takes two columns one after the other, so does this.
"""

import io
import logging
import re
import struct
import time
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError

from ailearn.controls import safe
from ailearn.errors import ContentError
from ailearn.tutor.bibliography import begins_entry, begins_references, end_of_entry, is_entry, is_prose
from ailearn.tutor.documents import Block, Document, Kind, joined
from ailearn.tutor.running_heads import SENTENCE_END, without_running_heads

# What pypdf raises on files that are not what they should be.
_BROKEN = (
    PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError, AssertionError,
    NotImplementedError, OverflowError, OSError, zlib.error, struct.error,
)  # fmt: skip
# A page may take so many bytes of instructions and so many seconds; all pages so many characters and seconds.
_MOST_CONTENT = 8_000_000
_PAGE_SECONDS = 30.0
_MOST_CHARACTERS = 20_000_000
_SECONDS = 300.0
# What pypdf may make of a stream: bytes by one filter, bytes by all of them, and words of instructions.
_LIMITS = Configuration(
    zlib_maximum_output_length=3 * _MOST_CONTENT,
    lzw_maximum_output_length=3 * _MOST_CONTENT,
    run_length_maximum_output_length=3 * _MOST_CONTENT,
    brotli_maximum_output_length=3 * _MOST_CONTENT,
    array_based_stream_maximum_output_length=3 * _MOST_CONTENT,
    stream_decoding_work_maximum_length=5 * _MOST_CONTENT,
    stream_parsing_work_maximum_count=1_500_000,
)
# Fewer letters than this on a page, on average, and it is a picture of one.
_LEAST_LETTERS = 20
# A line shorter than this share of a full one ends its paragraph, if its sentence ends there.
_FULL = 0.85
# No line in the middle of a sentence is shorter than this share.
_SHORT = 0.6
_LIGATURES = re.compile("[\ufb00-\ufb06]")
_NUMBERED = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[A-H](?:\.\d{1,2}){0,2}\.?|[IVX]{1,5}\.|第[一二三四五六七八九十\d]+[章节])"
    r"\s+(?=[A-Z\u4e00-\u9fff])"
)
_NAMED = re.compile(
    r"(?:abstract|introduction|background|related work|(?:(?:materials? and |online |experimental )?methods?"
    r"|methods summary|methodology)|experiments?|results(?: and discussion)?|discussion"
    r"|conclusions?(?: and \w+ work)?|future work|summary|acknowledge?ments?|limitations"
    r"|appendix(?: [A-H\d](?:[.:–—-]? (?-i:[A-Z]).{2,60})?)?|appendices"
    r"|(?:data|code|materials)(?: and (?:data|code|materials))? availability"
    r"|availability(?: of data and \w+)?"
    r"|author contributions|(?:conflicts? of|competing(?: financial)?) interests?|additional information"
    r"|reporting summary|extended data|ethics(?: (?:statement|approval|declarations?))?|funding|declarations"
    r"|broader impacts?|supplement(?:s|ary(?: (?:information|materials?|methods|notes?|text|data))?)?"
    r"|摘要|引言|绪论|方法|实验|结果|讨论|结论|致谢|附录\w?|数据可用性(?:声明)?|作者贡献"
    r"|利益冲突(?:声明)?|补充材料)\W?",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"(?:chapter|part|lecture|lesson|unit|module) (?:\d{1,3}|[IVXLC]{1,6}|[A-H])"
    r"(?:[.:–—-]? (?-i:[A-Z]).{2,60})?",
    re.IGNORECASE,
)
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


class _Piece(NamedTuple):
    """A block, and whether it was kept because it is a reference."""

    block: Block
    reference: bool = False


def is_pdf(data: bytes) -> bool:
    """Whether a file says that it is a PDF; some have something before that (ISO 32000-1, annex H)."""
    return b"%PDF-" in data[:1024]


def read_pdf(data: bytes, name: str) -> Document:
    """The text of a PDF as a document whose blocks are its paragraphs. `name` is what errors call it.

    Raises ContentError for a file that is encrypted, broken, beyond all measure, or holds pictures of text
    alone.
    """
    # pypdf tells a log what it mends, which nobody here can do anything about.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages, title = _pages(data, name)
    body = without_running_heads(pages)
    lines = [line for page in body.pages for line in page]
    letters = sum(map(str.isalpha, "".join(lines)))
    if letters < _LEAST_LETTERS * max(len(pages), 1):
        raise ContentError("error.pdf-no-text", hint="hint.pdf-no-text", name=name)
    pieces = list(_blocks(lines))
    blocks = tuple(piece.block for piece in pieces)
    first = next((block.text for block in blocks if block.kind == "heading"), "")
    return Document(
        title or first,
        blocks,
        "markdown",
        running_heads=body.left_out,
        bibliography=sum(piece.reference for piece in pieces),
    )


def _pages(data: bytes, name: str) -> tuple[list[list[str]], str]:
    try:
        with apply_configuration(_LIMITS):
            reader = PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise ContentError("error.pdf-encrypted", hint="hint.pdf-encrypted", name=name)
            pages = [_lines(text) for text in _texts(reader)]
            named = reader.metadata.title if reader.metadata else None
    except FileNotDecryptedError as error:
        raise ContentError("error.pdf-encrypted", hint="hint.pdf-encrypted", name=name) from error
    except DependencyError as error:
        raise ContentError("error.pdf-cipher", hint="hint.pdf-cipher", name=name) from error
    except (LimitReachedError, MemoryError) as error:
        raise ContentError("error.pdf-too-much", hint="hint.pdf-too-much", name=name) from error
    except _BROKEN as error:
        reason = safe(" ".join(str(error).split())).removesuffix(".") or type(error).__name__
        raise ContentError("error.pdf-broken", hint="hint.pdf-broken", name=name, reason=reason) from error
    return pages, safe(named).strip() if isinstance(named, str) else ""


def _texts(reader: PdfReader) -> Iterator[str]:
    """The text of every page. Raises LimitReachedError where it takes too much time or room."""
    end = time.monotonic() + _SECONDS
    left = _MOST_CHARACTERS
    for page in reader.pages:
        contents = page.get_contents()
        if contents is not None and len(contents.get_data()) > _MOST_CONTENT:
            raise LimitReachedError
        text = page.extract_text(visitor_operand_before=_hurry(min(end, time.monotonic() + _PAGE_SECONDS)))
        left -= len(text)
        if left < 0:
            raise LimitReachedError
        yield text


def _hurry(end: float) -> Callable[[object, object, object, object], None]:
    """What pypdf calls before every step, and what ends it after the time `end`."""

    def check(*_: object) -> None:
        if time.monotonic() > end:
            raise LimitReachedError

    return check


def _lines(text: str) -> list[str]:
    text = _LIGATURES.sub(lambda one: unicodedata.normalize("NFKC", one[0]), safe(text))
    return [" ".join(line.split()) for line in text.replace("\u00a0", " ").splitlines() if line.strip()]


def _blocks(lines: list[str]) -> Iterator[_Piece]:
    """Paragraphs, headings and what is neither; references are kept, what follows them is text again."""
    full = _full_length(lines)
    vocabulary = _vocabulary(lines)
    body = _front_length(lines)
    for block in _front(lines[:body], full):
        yield _Piece(block)
    after_references, reference = False, False
    for kind, part in _parts(lines[body:], full):
        text = _whole(part, vocabulary)
        if kind == "heading" and not (after_references and begins_entry(text)):
            after_references = reference = begins_references(text)
        elif after_references and kind != "kept":
            own = end_of_entry(part)
            entry = _whole(part[:own], vocabulary)
            reference = kind == "heading" or is_entry(entry) or (reference and not is_prose(entry))
            if reference:
                yield _Piece(Block("kept", "\n".join(part[:own]) + "\n\n"), reference=True)
                if own == len(part):
                    continue
                text = _whole(part[own:], vocabulary)
                reference = False
        if kind == "kept":
            yield _Piece(Block("kept", "\n".join(part) + "\n\n"))
            continue
        bullet = _BULLET.match(text) if kind == "paragraph" else None
        if bullet:
            text = text[bullet.end() :]
            yield _Piece(Block("item", f"- {text}\n", text, "  "))
        else:
            yield _Piece(Block(kind, f"## {text}\n" if kind == "heading" else f"{text}\n", text))
        yield _Piece(Block("kept", "\n"))


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
    open_sentence = bool(part) and not SENTENCE_END.search(part[-1]) and len(part[-1]) >= _FULL * full
    # A sentence that went on would fill this line, or end in it.
    open_sentence = open_sentence and not (len(line) < _SHORT * full and following[:1].isupper())
    short = len(line) <= min(_LONGEST_HEADING, int(full * 0.9)) and not line.endswith((".", ",", ";", ":"))
    if short and (
        _NAMED.fullmatch(line)
        or begins_references(line)
        or (not open_sentence and _COUNTED.fullmatch(line))
        or (not open_sentence and _NUMBERED.match(line) and _title_like(line))
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
    return bool(SENTENCE_END.search(last)) and len(last) < _FULL * full


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
