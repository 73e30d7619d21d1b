"""The established terms of the guide: which of them a paragraph uses, and whether its translation does."""

import json
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from ailearn.catalog import folding
from ailearn.catalog.study import Study

Target = Literal["zh", "en"]
# English words that mean something else as often as not: they go along as a hint, but nobody is asked again
# for them.
_EVERYDAY = frozenset({
    "agent", "bias", "channel", "compute", "head", "kernel", "key", "label", "learning", "policy", "prompt",
    "rank", "reduction", "search", "stream", "teacher", "value", "weight",
})  # fmt: skip
# A single Chinese character stands in too many words to be looked for.
_SHORTEST_CHINESE = 2


class Term(NamedTuple):
    """A term as a paragraph has it, and what it is called in the language of the translation.

    Any of `accepted` in the translation will do; without any, nothing is asked for.
    """

    found: str
    wanted: str
    accepted: tuple[str, ...]


class _Name(NamedTuple):
    """One name of a term, in the language of the paragraph."""

    words: tuple[str, ...]
    term: Term


class Terms:
    """The glossary for one direction."""

    def __init__(self, study: Study, target: Target) -> None:
        self.target = target
        rows = study.connection.execute("SELECT document FROM term ORDER BY position").fetchall()
        names = [name for row in rows for name in _names(json.loads(row[0]), target)]
        # The longest name counts: nothing in `attention mask` speaks of attention.
        self._names: dict[str, list[_Name]] = {}
        for name in sorted(names, key=lambda one: (-len(one.words), one.words)):
            self._names.setdefault(name.words[0], []).append(name)

    def used_in(self, paragraph: str) -> tuple[Term, ...]:
        """The terms in a paragraph, in the order in which they first appear."""
        words = list(_words(paragraph, self.target))
        found: dict[str, Term] = {}
        at = 0
        while at < len(words):
            name = self._name_at(words, at)
            if name is None:
                at += 1
                continue
            found.setdefault(name.term.wanted, name.term)
            at += len(name.words)
        return tuple(found.values())

    def _name_at(self, words: Sequence[str], at: int) -> _Name | None:
        beginnings = [words[at], *_singulars(words[at])] if self.target == "zh" else [words[at]]
        fitting = [
            name
            for beginning in beginnings
            for name in self._names.get(beginning, ())
            if _same(words[at : at + len(name.words)], name.words, self.target)
        ]
        return max(fitting, key=lambda name: len(name.words), default=None)

    def missing(self, terms: Sequence[Term], translation: str) -> tuple[Term, ...]:
        """Those of `terms` that a translation calls otherwise."""
        return tuple(
            term for term in terms if term.accepted and not _stands(term.accepted, translation, self.target)
        )


def _names(document: dict[str, object], target: Target) -> Iterator[_Name]:
    """Every name of a glossary entry in the language that is translated from."""
    both = document["term"]
    aliases = document["aliases"]
    assert isinstance(both, dict) and isinstance(aliases, list)
    wanted = both[target]
    chinese = [one for one in aliases if any(map(folding.is_han, one))]
    english = [one for one in aliases if one not in chinese]
    own, other = (english, chinese) if target == "zh" else (chinese, english)
    first = both["en" if target == "zh" else "zh"]
    for name in (first, *own):
        words = tuple(_words(name, target))
        # Initials may stay as they are, and so may names that both languages share.
        free = name in _EVERYDAY or (name != first and name.upper() == name) or name == wanted
        if words and len("".join(words)) >= _SHORTEST_CHINESE:
            accepted = () if free or _too_short(wanted, target) else (wanted, *other)
            yield _Name(words, Term(name, wanted, accepted))


def _too_short(wanted: str, target: Target) -> bool:
    return target == "zh" and len(wanted) < _SHORTEST_CHINESE


def _words(text: str, target: Target) -> Iterator[str]:
    """English words, or Chinese character by character, as they are compared."""
    for word in folding.words(text):
        if target == "en" and folding.is_han(word):
            yield from word
        else:
            yield word


def _same(words: Sequence[str], name: Sequence[str], target: Target) -> bool:
    """Whether words are a name; the last English one may be a plural."""
    if len(words) < len(name) or list(words[:-1]) != list(name[:-1]):
        return False
    return words[-1] == name[-1] or (target == "zh" and name[-1] in _singulars(words[-1]))


def _singulars(word: str) -> list[str]:
    """What a word may be the plural of."""
    found = [word[:-1]] if word.endswith("s") and not word.endswith("ss") else []
    if word.endswith("es"):
        found.append(word[:-2])
    if word.endswith("ies"):
        found.append(f"{word[:-3]}y")
    return found


def _stands(accepted: Sequence[str], translation: str, target: Target) -> bool:
    if target == "zh":
        said = "".join(folding.fold(translation).split())
        return any("".join(folding.fold(one).split()) in said for one in accepted)
    words = folding.words(translation)
    for one in accepted:
        name = folding.words(one)
        if any(_same(words[at : at + len(name)], name, "zh") for at in range(len(words))):
            return True
    return False
