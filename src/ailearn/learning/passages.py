"""What explains an answer: the passage of the guide that says most of it."""

import math
from collections import Counter
from collections.abc import Iterable

from ailearn.catalog import folding
from ailearn.catalog.cutting import of_term, passages_of, pieces
from ailearn.catalog.documents import Document
from ailearn.language import BothLanguages

# A passage that shares less with an answer does not explain it.
_SLIGHT = 0.2
# The sections that explain something; the others ask, or say how to go about it.
_EXPLAINING = ("problem", "motivation", "intuition", "limits", "legacy", "mechanism", "evidence")


def _both_pieces(text: BothLanguages) -> set[str]:
    return pieces(text["en"]) | pieces(text["zh"])


def explained(
    entry: Document, card: Document, terms: Iterable[Document]
) -> tuple[tuple[BothLanguages, ...], str, str]:
    """What explains the answer of a card, the section where it stands, and where that was read.

    It is the passage of the entry that shares most with the answer, or else the glossary's word on a term
    of the question; where neither is there, the card has to do.
    """
    passages = [one for one in passages_of(entry) if one.section in _EXPLAINING]
    held = [_both_pieces(passage.text) for passage in passages]
    common = Counter(piece for one in held for piece in one)
    # A word that every passage holds tells nothing about which of them is meant.
    weights = {one: math.log((len(passages) + 1) / (common[one] + 0.5)) for one in _both_pieces(card["a"])}
    fits = [
        sum(weights.get(piece, 0) for piece in one) * (1.2 if passage.section == card["type"] else 1)
        for one, passage in zip(held, passages, strict=True)
    ]
    best = max(range(len(passages)), key=fits.__getitem__)
    if fits[best] >= _SLIGHT * sum(weights.values()):
        return (passages[best].text,), passages[best].section, passages[best].source
    term = _term(card, terms)
    if term is not None:
        return (of_term(term).text,), "", f"glossary/{term['id']}"
    return (), "cards", ""


def _term(card: Document, terms: Iterable[Document]) -> Document | None:
    """The term with the longest name that the question or the answer of a card holds."""
    text = f" {' '.join(folding.words(card['q']['en'] + ' ' + card['a']['en']))} "
    held = [term for term in terms if f" {' '.join(folding.words(term['term']['en']))} " in text]
    return max(held, key=lambda term: len(term["term"]["en"]), default=None)
