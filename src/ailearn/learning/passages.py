"""What explains an answer: the passage of the guide that says most of it; and texts that say the same."""

import math
from collections import Counter
from collections.abc import Iterable

from ailearn.catalog import folding
from ailearn.catalog.documents import Document
from ailearn.language import BothLanguages

# From this share of common pieces on, two texts say nearly the same.
_ALIKE = 0.4
# A passage that shares less with an answer does not explain it.
_SLIGHT = 0.2
_PROSE = ("problem", "motivation", "intuition", "limits", "legacy")

# A passage, its section, its source.
Passage = tuple[BothLanguages, str, str]


def alike(first: BothLanguages, second: BothLanguages) -> bool:
    """Whether two texts say nearly the same in either language, so that both or neither would be right."""
    return _shared(first["en"], second["en"]) or _shared(first["zh"], second["zh"])


def _shared(first: str, second: str) -> bool:
    ours, theirs = _pieces(first), _pieces(second)
    # Texts too short for pieces are compared as they are.
    if not ours or not theirs:
        return folding.name_key(first) == folding.name_key(second)
    return len(ours & theirs) >= _ALIKE * len(ours | theirs) or ours <= theirs or theirs <= ours


def _pieces(text: str) -> set[str]:
    """The words of a text, its Chinese in pairs of characters."""
    found: set[str] = set()
    for word in folding.words(text):
        if folding.is_han(word[0]):
            found.update(word[at : at + 2] for at in range(max(len(word) - 1, 1)))
        else:
            found.add(word)
    return found


def _both_pieces(text: BothLanguages) -> set[str]:
    return _pieces(text["en"]) | _pieces(text["zh"])


def explained(
    entry: Document, card: Document, terms: Iterable[Document]
) -> tuple[tuple[BothLanguages, ...], str, str]:
    """What explains the answer of a card, the section where it stands, and where that was read.

    It is the passage of the entry that shares most with the answer, or else the glossary's word on a term
    of the question; where neither is there, the card has to do.
    """
    passages = _passages(entry)
    pieces = [_both_pieces(text) for text, _, _ in passages]
    common = Counter(piece for one in pieces for piece in one)
    # A word that every passage holds tells nothing about which of them is meant.
    weights = {one: math.log((len(passages) + 1) / (common[one] + 0.5)) for one in _both_pieces(card["a"])}
    fits = [
        sum(weights.get(piece, 0) for piece in one) * (1.2 if section == card["type"] else 1)
        for one, (_, section, _) in zip(pieces, passages, strict=True)
    ]
    best = max(range(len(passages)), key=fits.__getitem__)
    if fits[best] >= _SLIGHT * sum(weights.values()):
        text, section, source = passages[best]
        return (text,), section, source
    term = _term(card, terms)
    if term is not None:
        return (_defined(term),), "", f"glossary/{term['id']}"
    return (), "cards", ""


def _passages(entry: Document) -> list[Passage]:
    found: list[Passage] = [(entry[name], name, sources(entry, name)) for name in _PROSE]
    steps = entry["mechanism"]
    source = sources(entry, "mechanism")
    found += [
        ({"en": en, "zh": zh}, "mechanism", source) for en, zh in zip(steps["en"], steps["zh"], strict=False)
    ]
    return found + [(one["claim"], "evidence", one["source"]) for one in entry["evidence"]]


def _term(card: Document, terms: Iterable[Document]) -> Document | None:
    """The term with the longest name that the question or the answer of a card holds."""
    text = f" {' '.join(folding.words(card['q']['en'] + ' ' + card['a']['en']))} "
    held = [term for term in terms if f" {' '.join(folding.words(term['term']['en']))} " in text]
    return max(held, key=lambda term: len(term["term"]["en"]), default=None)


def _defined(term: Document) -> BothLanguages:
    return {
        "en": f"{term['term']['en']}: {term['meaning']['en']}",
        "zh": f"{term['term']['zh']}：{term['meaning']['zh']}",
    }


def sources(entry: Document, field: str) -> str:
    """Where the facts of a field of an entry were read, in one line; empty where nothing is named."""
    return "; ".join(one["ref"] for one in entry["sources"] if one["field"] == field)
