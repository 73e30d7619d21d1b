"""What stands at the edges of pages and is no part of the text: page numbers, running heads and feet.

A line is left out only where something proves that it is one. A number proves nothing by itself: sections are
numbered as their page, chapters begin on new pages, sentences end with `Table 3` at the end of page 3.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import takewhile
from typing import Literal, NamedTuple

# Heads and feet are among so many lines at either end of a page, and on so many pages at least.
_DEPTH = 2
_REPEATED = 3
# A head that does not part a sentence is one when it stands on so much of all pages, or of every second one.
_COVERED = 0.75
# A line of the text is about as long as others of its column.
_FULL = (0.85, 1.15)
# A line that its sentence goes on from is no heading, and at least so long.
_UNFINISHED = 0.7
# Of the places where a head stands, at least this share is in the middle of a sentence.
_PARTED = 1 / 3

SENTENCE_END = re.compile(r"[.!?:。！？：…][\"'”’)\]）」』]*(?:\s*\[[\d, –\-]+\])?[\d∗*†‡]{0,2}$")
_STAMP = re.compile(r"arXiv:\S+\s+\[[\w.\-]+\]\s+\d{1,2} \w{3} \d{4}")
_ROMAN = r"m{0,3}(?:c[md]|d?c{0,3})(?:x[cl]|l?x{0,3})(?:i[xv]|v?i{0,3})"
# A number that is said to be a page's, and one that stands there alone.
_SAID_PAGE = re.compile(
    r"(?:page|p\.|seite) ?\d{1,4}(?: ?(?:/|of|von) ?\d{1,4})?|第 ?\d{1,4} ?页(?:[ ，,/]*共 ?\d{1,4} ?页)?"
    r"|[-–—] ?\d{1,4} ?[-–—]|\d{1,4} ?\| ?p ?a ?g ?e",
    re.IGNORECASE,
)
_LONE = re.compile(rf"(?P<number>\d{{1,4}})(?: ?(?:/|of) ?\d{{1,4}})?|(?P<roman>(?=[mdclxvi]){_ROMAN})")
_NUMBER = re.compile(
    rf"(?<![\w.,:/–-])(?:(?P<number>\d{{1,4}})|(?P<roman>(?=[clxvi]){_ROMAN}))(?![\w.,:;/)%–-])"
)
# Words that count what they name, so that a number after them is theirs and not the page's.
_COUNTS = re.compile(
    r"(?:(?<![^\W\d_])(?:chapter|section|part|volume|vol|lecture|lesson|unit|module|week|day|session|appendix|annex"
    r"|exercises?|problems?|questions?|answers?|solutions?|examples?|theorem|lemma|definition|corollary|proposition"
    r"|remark|proof|algorithm|listing|figure|fig|table|tab|equation|eq|step|stage|phase|study|experiment|test|quiz"
    r"|exam|task|homework|assignment|set|lab|scenario|round|rule|act|scene|item|box|plate|slide|sheet|no|nr|number"
    r"|version|kapitel|abschnitt|teil|abbildung|tabelle|beispiel|aufgabe)"
    r"|章|节|讲|课|回|卷|篇|部分|单元|图|表|式|例|题|练习|实验|附录|版本|第)[.:]?\s*\Z",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\s*[章节讲课回卷篇周天部单题条例步]")
# A page's number stands at an end of its line or behind a bar; amid words it counts what they name.
_APART = re.compile(r"^#|#$|[|·•] ?#|# ?[|·•]")
# Numbers that are rather years; no journal's page is worth a chronicle's headings.
_YEARS = range(1900, 2100)
# A heading that may stand on many pages, each time for another text.
_HEADING = re.compile(r"[\dIVXA-H][\d.]*\.?\s+\S|第[一二三四五六七八九十\d]", re.ASCII)
# What a publisher, not the author, puts at the head of the first page.
_PUBLISHED = re.compile(
    r"\b(?:published|preprint|under review|submitted|manuscript|draft|proceedings|conference|journal"
    r"|transactions|letters|workshop|vol\.|volume|issn|doi|arxiv|copyright|confidential)\b|©|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)

_Edge = Literal["top", "bottom"]


class Body(NamedTuple):
    """The text of all pages, a list of lines for each, and how many lines were `left_out`."""

    pages: list[list[str]]
    left_out: int


class _Place(NamedTuple):
    """A line at an edge: `at` counts from the beginning of its page, `depth` from the edge."""

    page: int
    at: int
    edge: _Edge
    depth: int
    line: str


class _Head(NamedTuple):
    """What alike lines have in common: their words; `#` in these is a number so far `ahead` of the page."""

    words: str
    edge: _Edge | None
    ahead: int | None = None


def without_running_heads(pages: Sequence[Sequence[str]]) -> Body:
    """The pages without numbers, heads and feet that are certain to be no part of the text."""
    edges = [list(_edges(number, page)) for number, page in enumerate(pages)]
    places = [place for page in edges for place in page]
    numbers = _page_numbers(places)
    certain = numbers | _Heads(pages, places, numbers).certain()
    left_out = {(place.page, place.at) for page in edges for place in _outermost(page, certain)}
    left_out |= {(0, at) for page in pages[:1] for at, line in enumerate(page) if _STAMP.fullmatch(line)}
    kept = [
        [line for at, line in enumerate(page) if (number, at) not in left_out]
        for number, page in enumerate(pages)
    ]
    return Body(kept, len(left_out))


def _edges(number: int, page: Sequence[str]) -> Iterator[_Place]:
    """Where on a page heads and feet may stand; every line belongs to the nearer edge."""
    for at, line in enumerate(page):
        below = len(page) - 1 - at
        edge: _Edge = "top" if at <= below else "bottom"
        if min(at, below) < _DEPTH:
            yield _Place(number, at, edge, min(at, below), line)


def _outermost(page: Sequence[_Place], certain: Collection[_Place]) -> Iterator[_Place]:
    """Of the certain ones on a page, those that nothing but such stands before, up to the edge."""
    for edge in ("top", "bottom"):
        inwards = sorted((place for place in page if place.edge == edge), key=lambda place: place.depth)
        yield from takewhile(certain.__contains__, inwards)


def _page_numbers(places: Sequence[_Place]) -> set[_Place]:
    """The lines that hold a page's number alone, one on a page.

    Either it says so, or another page has one that fits.
    """
    said = {place for place in places if _SAID_PAGE.fullmatch(place.line)}
    done = {place.page for place in said}
    lone: dict[tuple[str, _Edge, int], set[_Place]] = defaultdict(set)
    for place in places:
        found = _LONE.fullmatch(place.line)
        if found and place.page not in done:
            value = int(found["number"]) if found["number"] else _roman(found["roman"])
            lone[("arabic" if found["number"] else "roman", place.edge, value - place.page)].add(place)
    # Numbers stand below more often than above.
    for group in sorted(
        lone.values(), key=lambda one: (len(one), next(iter(one)).edge == "bottom"), reverse=True
    ):
        fresh = {place for place in group if place.page not in done}
        if len({place.page for place in fresh}) >= 2:
            said |= fresh
            done |= {place.page for place in fresh}
    return said


def _roman(numeral: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}[one] for one in numeral]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


class _Heads:
    """The lines that are alike on several pages, and what proves that they are heads."""

    def __init__(
        self, pages: Sequence[Sequence[str]], places: Sequence[_Place], numbers: Collection[_Place]
    ) -> None:
        self._pages = pages
        self._numbered = {place.page for place in numbers}
        self._alike: dict[_Head, dict[int, _Place]] = defaultdict(dict)
        for place in places:
            if place not in numbers:
                for head in _heads(place):
                    self._alike[head].setdefault(place.page, place)
        edges = {(place.page, place.at) for place in places}
        inner = [
            line
            for page, lines in enumerate(pages)
            for at, line in enumerate(lines)
            if (page, at) not in edges
        ]
        self._inner = {line.casefold() for line in inner}
        lengths = sorted(len(line) for page in pages for line in page if len(line) > 20)
        self._full = lengths[len(lengths) * 3 // 4] if lengths else 80
        maybe = {
            place
            for head, alike in self._alike.items()
            for place in alike.values()
            if len(alike) >= (_REPEATED if head.ahead is None else 2)
            and (head.ahead is not None or not self._fills(place.line))
        }
        gone = {(place.page, place.at) for place in maybe | set(numbers)}
        self._bodies = [
            [line for at, line in enumerate(page) if (number, at) not in gone]
            for number, page in enumerate(pages)
        ]

    def certain(self) -> set[_Place]:
        """All lines that are certain to be heads or feet."""
        certain: set[_Place] = set()
        ahead: dict[int, set[int]] = defaultdict(set)
        for head, alike in self._alike.items():
            if head.ahead is not None and len(alike) >= 2:
                ahead[head.ahead] |= set(alike)
        for head, alike in self._alike.items():
            if head.ahead is None:
                certain |= self._same(alike)
            elif len(alike) >= 2 and len(ahead[head.ahead]) >= _REPEATED and self._bears_number(head, alike):
                certain |= set(alike.values())
        return certain

    def _bears_number(self, head: _Head, alike: dict[int, _Place]) -> bool:
        """Whether lines that are alike but for a number have that of their page."""
        if self._parts_sentences(alike):
            return True
        # `2 Exercises` on page 2 may be a section, `Talk 2` a talk; no page needs its number twice.
        return (
            self._numbered.isdisjoint(alike)
            and _words(head.words) >= 2
            and _APART.search(head.words) is not None
            and head.ahead not in _YEARS
        )

    def _same(self, alike: dict[int, _Place]) -> set[_Place]:
        """Those of lines that are wholly alike which are heads: none of a text's, nor its headings."""
        if len(alike) < _REPEATED:
            return set()
        line = next(iter(alike.values())).line
        if line[:1].islower() or line.endswith((",", ";", ":")) or self._fills(line):
            return set()
        parts = self._parts_sentences(alike)
        covers = self._covers(alike)
        like_text = (
            SENTENCE_END.search(line) or line.casefold() in self._inner or self._begins_sentences(alike)
        )
        if not parts and (not covers or like_text or _HEADING.match(line) or _words(line) < 2):
            return set()
        places = [alike[page] for page in sorted(alike)]
        # The title may be the head of all pages, and a section's name the head of its own.
        first_is_text = not covers or (places[0].page == 0 and not _PUBLISHED.search(line))
        return set(places[1:] if first_is_text and line.casefold() not in self._inner else places)

    def _covers(self, alike: dict[int, _Place]) -> bool:
        """Whether lines stand on most pages after the first, or on most of every second one."""
        later = range(1, len(self._pages))
        groups = (later, [page for page in later if page % 2], [page for page in later if not page % 2])
        return any(
            len(group) >= 2 and sum(page in alike for page in group) >= _COVERED * len(group)
            for group in groups
        )

    def _fills(self, line: str) -> bool:
        """Whether a line is as long as those of the text."""
        low, high = _FULL
        return low * self._full <= len(line) <= high * self._full

    def _parts_sentences(self, alike: dict[int, _Place]) -> bool:
        """Whether sentences go on before and after such lines."""
        return sum(map(self._goes_on, _breaks(alike))) > _PARTED * len(alike)

    def _begins_sentences(self, alike: dict[int, _Place]) -> bool:
        """Whether sentences go on after such lines and not before them, so that they must begin there."""
        begun = sum(self._continues(page) and not self._goes_on(page) for page in _breaks(alike))
        return begun > _PARTED * len(alike)

    def _goes_on(self, page: int) -> bool:
        """Whether a sentence goes on from the page before `page`."""
        if not self._continues(page) or not self._bodies[page - 1]:
            return False
        last = self._bodies[page - 1][-1]
        return len(last) >= _UNFINISHED * self._full and not SENTENCE_END.search(last)

    def _continues(self, page: int) -> bool:
        """Whether a page seems to begin in the middle of a sentence."""
        if not 0 < page < len(self._pages) or not self._bodies[page]:
            return False
        before, first = self._bodies[page - 1][-1:], self._bodies[page][0][0]
        wide = any("\u4e00" <= line[-1] <= "\u9fff" or line[-1] in "，、" for line in before)
        return first.islower() or (wide and "\u4e00" <= first <= "\u9fff")


def _breaks(alike: dict[int, _Place]) -> list[int]:
    """The pages at whose beginning such lines stand, or before which."""
    return [place.page + (place.edge == "bottom") for place in alike.values()]


def _heads(place: _Place) -> Iterator[_Head]:
    """What a line could have in common with those of other pages."""
    line = place.line.casefold()
    if not any(map(str.isalpha, line)):
        return
    yield _Head(line, place.edge)
    for found in _NUMBER.finditer(line):
        value = int(found["number"]) if found["number"] else _roman(found["roman"])
        before = line[: found.start()]
        if not _COUNTS.search(before) and not _COUNTED.match(line, found.end()):
            yield _Head(f"{before}#{line[found.end() :]}", None, value - place.page)


def _words(text: str) -> int:
    """How many words a line has, two Chinese characters being one."""
    return len(re.findall(r"[^\W\d_\u4e00-\u9fff]{2,}", text)) + len(re.findall("[\u4e00-\u9fff]{2}", text))
