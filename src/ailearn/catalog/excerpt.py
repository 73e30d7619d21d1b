"""The piece of an entry that a query matched: the sentence, and where the words stand in it."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ailearn.catalog import folding
from ailearn.catalog.documents import Document
from ailearn.language import Language

FIELDS = (
    "title", "short", "aliases", "meaning", "one_liner", "authors", "authors_zh", "problem", "motivation",
    "intuition", "mechanism", "evidence", "limits", "legacy", "formula", "questions", "cards", "requires",
    "venue", "course", "book", "tool", "note",
)  # fmt: skip
_SENTENCE = r"[^.!?。！？]+(?:[.!?](?!\s|$)[^.!?。！？]*)*[.!?。！？]*[”’」』)）]*\s*"
# Two words whose beginnings differ within so many letters have different stems.
_SHARED = 4


class Piece(NamedTuple):
    """A sentence of `field`; `marks` are the start and end of every word that matched."""

    field: str
    text: str
    marks: tuple[tuple[int, int], ...]


# Keys of parts of an entry that are not read.
_NO_PROSE = frozenset({"id", "type", "languages"})


def find_piece(document: Document, wanted: list[str], language: Language) -> Piece | None:
    """The first sentence that holds all the folded words `wanted`, or else the one that holds most.

    Sentences in the reader's own language win over the same ones in the other language.
    """
    best: Piece | None = None
    most = 0
    sought = tuple(dict.fromkeys(wanted))
    # No sentence holds a word whose beginning its text does not hold; most texts are ruled out so.
    beginnings = [word if folding.is_han(word) else word[:_SHARED] for word in sought]
    for field in FIELDS:
        for text in _texts(document.get(field), language):
            folded = folding.fold(text)
            if sum(beginning in folded for beginning in beginnings) <= most:
                continue
            for sentence in re.finditer(_SENTENCE, text):
                shown = sentence[0].rstrip()
                marks = _marks(shown, sought)
                found = len({number for number, _, _ in marks})
                if found > most:
                    most = found
                    best = Piece(field, shown, _merged((start, end) for _, start, end in marks))
            if most == len(sought):
                return best
    return best


def _merged(places: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """`places` in order, those that touch or overlap made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _texts(value: object, language: Language) -> Iterator[str]:
    """Every string inside `value`, with the texts of the reader's language before the other ones."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, language)
    elif isinstance(value, dict):
        if "en" in value and "zh" in value:
            first, second = ("zh", "en") if language == "zh" else ("en", "zh")
            yield from _texts(value[first], language)
            yield from _texts(value[second], language)
        else:
            for key, item in value.items():
                if key not in _NO_PROSE:
                    yield from _texts(item, language)


def _marks(sentence: str, sought: tuple[str, ...]) -> list[tuple[int, int, int]]:
    """Number in `sought`, start and end, for every word of `sentence` that is like one of them."""
    found = []
    for begin, token in folding.tokens(sentence):
        span = (begin, begin + len(token))
        word = folding.fold(token)
        for number, one in enumerate(sought):
            if not folding.is_han(one):
                places = [span] if alike(word, one) else []
            elif len(word) == len(token):
                starts = (place.start() + begin for place in re.finditer(re.escape(one), word))
                places = [(start, start + len(one)) for start in starts]
            else:
                # A sign that folds to several characters; where exactly the word stands is not known.
                places = [span] if one in word else []
            found += [(number, start, end) for start, end in places]
    return found


def alike(word: str, sought: str) -> bool:
    """Whether two Latin words would share a stem; a rough guess that only decides what is marked."""
    if word == sought or (len(sought) > 2 and word.startswith(sought)):
        return True
    shared = min(len(word), len(sought)) - 3
    return shared >= _SHARED and word[:shared] == sought[:shared] and abs(len(word) - len(sought)) <= 4
