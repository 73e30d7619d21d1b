"""The piece of an entry that a query matched: the sentence, and where the words stand in it."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ailearn.catalog import folding
from ailearn.catalog.documents import Document
from ailearn.language import Language

FIELDS = (
    "title", "short", "aliases", "meaning", "one_liner", "authors", "authors_zh", "problem", "motivation",
    "intuition", "mechanism", "evidence", "limits", "legacy", "formula", "questions", "cards", "requires",
    "venue", "course", "book", "tool",
)  # fmt: skip
_SENTENCE = re.compile(r"[^.!?。！？]+(?:[.!?](?!\s|$)[^.!?。！？]*)*[.!?。！？]*[”’」』)）]*\s*")


class Piece(NamedTuple):
    """A sentence of `field`; `marks` are the start and end of every word that matched."""

    field: str
    text: str
    marks: tuple[tuple[int, int], ...]


def find_piece(document: Document, wanted: list[str], language: Language) -> Piece | None:
    """The first sentence that holds all the folded words `wanted`, or else the one that holds most.

    Sentences in the reader's own language win over the same ones in the other language.
    """
    best: Piece | None = None
    most = 0
    for field in FIELDS:
        for text in _texts(document.get(field), language):
            for sentence in _SENTENCE.finditer(text):
                marks = _marks(sentence[0].rstrip(), wanted)
                found = len({number for number, _, _ in marks})
                if found > most:
                    most = found
                    places = tuple(sorted((start, end) for _, start, end in marks))
                    best = Piece(field, sentence[0].rstrip(), places)
                if most == len(set(wanted)):
                    return best
    return best


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
            for item in value.values():
                yield from _texts(item, language)


def _marks(sentence: str, wanted: list[str]) -> list[tuple[int, int, int]]:
    """Number of the wanted word, start and end, for every word of `sentence` that is like one of them."""
    found = []
    for token in re.finditer(folding.WORD, sentence):
        word = folding.fold(token[0])
        for number, sought in enumerate(dict.fromkeys(wanted)):
            if folding.is_han(sought):
                at = word.find(sought)
                if at >= 0:
                    found.append((number, token.start() + at, token.start() + at + len(sought)))
            elif alike(word, sought):
                found.append((number, token.start(), token.end()))
    return found


def alike(word: str, sought: str) -> bool:
    """Whether two Latin words would share a stem; a rough guess that only decides what is marked."""
    if word == sought or (len(sought) > 2 and word.startswith(sought)):
        return True
    shared = min(len(word), len(sought)) - 3
    return shared >= 4 and word[:shared] == sought[:shared] and abs(len(word) - len(sought)) <= 4
