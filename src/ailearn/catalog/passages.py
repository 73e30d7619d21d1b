"""The passages of the guide, and those of them that answer a question.

An entry is cut into passages of one thought each: a paragraph, a step, a claim with its source. Those of the
few entries that the index offers are weighed by the words of the question they hold (see `asked`), and by
how well their section suits that kind of question: the `limits` for "What are the drawbacks?".
"""

import json
from collections.abc import Callable
from typing import NamedTuple

from ailearn.catalog import folding
from ailearn.catalog.asked import Group, Question, read_question
from ailearn.catalog.cutting import Passage, of_term, pages, passages_of, pieces
from ailearn.catalog.documents import Document
from ailearn.catalog.question_kinds import only_asks
from ailearn.catalog.search import WEIGHTS
from ailearn.catalog.study import Study
from ailearn.language import Language, label

__all__ = ["Passage", "find_passages", "passages_of"]

# So many items of the index are looked into, besides those that the question names.
_CANDIDATES = 10
# A passage that scores less than this share of the best one is not worth showing.
_SLIGHT = 0.42
# A question of which the guide knows less than this share is not about anything in it.
_COVERED = 0.32
# From this share of common pieces on, two passages say nearly the same.
_ALIKE = 0.55
# So many passages may come from one section of an entry.
_FROM_SECTION = 2
# Parts of one text come as a whole when another part scores this share of the best one.
_TOGETHER = 0.65
# How many characters of English a passage usually has.
_USUAL = 260
# How well a section answers a question that asks for nothing else in particular.
_PLAIN = {
    "cards": 0.92, "questions": 0.8, "requires": 0.7, "reading": 0.6, "facts": 0.45, "formula": 0.8,
    "legacy": 0.95, "tracks": 0.75, "paths": 0.75, "meaning": 0.9,
}  # fmt: skip
# The same for a question that holds nothing but a name: what it is comes before what it scores.
_GENERAL = _PLAIN | {
    "cards": 0.7, "questions": 0.65, "evidence": 0.8, "limits": 0.9, "legacy": 0.85, "one_liner": 1.1,
    "meaning": 1.1,
}  # fmt: skip
# What it adds to a passage that its entry was given beside the question, and what is then left of those that
# neither the reader nor the question names.
_NAMED, _BESIDE = 0.8, 0.6
# Pages that are meant by a kind of question even when they hold few of its words.
_MEANT = {"paths": "start", "guide": "start", "tools": "tools"}


class _Weighed(NamedTuple):
    """A passage with its score, how much of the question it covers, and where it stands among all of them."""

    score: float
    covered: float
    passage: Passage
    number: int


def find_passages(
    study: Study, question: str, language: Language, among: tuple[str, ...] = (), limit: int = 8
) -> tuple[Passage, ...]:
    """The passages that answer a question best, the best first; none when the guide has nothing on it.

    The question may be in either language or mix them. `language` is the one in which passages are compared,
    so that nothing is said twice. The entries `among`, given by id, come first where they have an answer.
    """
    read = read_question(study, question)
    found = _weighed(study, read, among)
    return _chosen(found, read, language, limit)


def _weighed(study: Study, read: Question, among: tuple[str, ...]) -> list[_Weighed]:
    weigh = _scale(read, among)
    entries, terms = _candidates(study, read, among)
    offered = [(passage, prior) for entry, prior in entries for passage in passages_of(entry)]
    offered += [(of_term(term), prior) for term, prior in terms]
    offered += [(passage, 1.0) for passage in pages(study)]
    found = [weigh(passage, prior, number) for number, (passage, prior) in enumerate(offered)]
    return sorted(found, key=lambda one: -one.score)


def _candidates(
    study: Study, read: Question, among: tuple[str, ...]
) -> tuple[list[tuple[Document, float]], list[tuple[Document, float]]]:
    """The entries and terms that the question may be about, with how near they come to it, up to 1."""
    near: dict[int, float] = {}
    if read.expression:
        sql = f"""
            SELECT rowid, -bm25(search, {WEIGHTS}) AS score FROM search WHERE search MATCH ?
            ORDER BY score DESC LIMIT ?"""
        rows = study.connection.execute(sql, (read.expression, _CANDIDATES)).fetchall()
        near = {position: score / rows[0][1] for position, score in rows}
    for table, ids in (("entry", (*among, *read.entries)), ("term", read.terms)):
        sql = f"SELECT position FROM {table} WHERE id IN (SELECT value FROM json_each(?))"
        near |= {row[0]: 1.0 for row in study.connection.execute(sql, (json.dumps(ids),))}
    return _loaded(study, "entry", near), _loaded(study, "term", near)


def _loaded(study: Study, table: str, near: dict[int, float]) -> list[tuple[Document, float]]:
    rows = study.connection.execute(
        f"SELECT position, document FROM {table} WHERE position IN (SELECT value FROM json_each(?))",
        (json.dumps(list(near)),),
    )
    return [(json.loads(document), near[position]) for position, document in rows]


def _scale(read: Question, among: tuple[str, ...]) -> Callable[[Passage, float, int], _Weighed]:
    """How well a passage answers the question, given how near its entry comes to it."""
    whole = read.weight or 1.0

    def weigh(passage: Passage, prior: float, number: int) -> _Weighed:
        folded = folding.fold(f"{passage.text['en']}\n{passage.text['zh']}")
        held = sum(group.weight * _share(group, passage, folded) for group in read.groups)
        if passage.entry in among:
            held += _NAMED * whole
        meant = _MEANT.get(passage.entry) in read.kinds
        if meant:
            held += 0.9 * whole
        covered = held / whole
        length = 1.0 if meant else min(max(len(passage.text["en"]) / _USUAL, 0.6), 3.0)
        score = held * (0.5 + 0.5 * min(covered, 1)) / (0.8 + 0.2 * length) * (0.8 + 0.2 * prior)
        if among and passage.entry not in among and not _is_named(passage, read):
            score *= _BESIDE
        return _Weighed(score * _suits(passage, read), covered, passage, number)

    return weigh


def _is_named(passage: Passage, read: Question) -> bool:
    """Whether the question itself names the entry or the term that a passage is about."""
    return passage.entry in read.entries or (passage.entry == "glossary" and passage.section in read.terms)


def _share(group: Group, passage: Passage, folded: str) -> float:
    """How much of a word or name of the question a passage holds, up to 1.1."""
    own = passage.entry in group.entries or (
        passage.entry.startswith("tracks/") and passage.section in group.entries
    )
    if passage.entry == "glossary" and passage.section in group.terms:
        return 1.1
    said = any(one.within(folded) for one in group.wordings)
    if not own:
        return (0.6 if group.outright else 0.9 if group.entries else 1.0) if said else 0.0
    return 1.0 if said else 0.9 if group.outright else 0.5


def _suits(passage: Passage, read: Question) -> float:
    """How well a section answers this kind of question."""
    place = passage.entry.partition("/")[0]
    section = {
        "glossary": "meaning",
        "guide": "paragraphs",
        "tracks": "tracks",
        "paths": "paths",
        "tools": "tools",
    }.get(place, passage.section)
    general = all(group.entries or group.terms or group.extra for group in read.groups)
    return read.suits.get(section, (_GENERAL if general else _PLAIN).get(section, 1.0))


def _chosen(found: list[_Weighed], read: Question, language: Language, limit: int) -> tuple[Passage, ...]:
    """The best passages, without those that say what a better one says and not too many from one place."""
    if max((one.covered for one in found), default=0) < _COVERED:
        return ()
    chosen: list[Passage] = []
    told: list[set[str]] = []
    scores: dict[str, float] = {}
    for one in found:
        if one.score < _SLIGHT * found[0].score:
            break
        passage = one.passage
        best = scores.setdefault(passage.name, one.score)
        said = _telling(passage, language)
        same = [at for at, old in enumerate(chosen) if old.name == passage.name]
        if same and _belongs_together(passage):
            if one.score >= _TOGETHER * best:
                chosen[same[0]] = _whole(passage, found)
        elif len(same) < _FROM_SECTION and len(chosen) < limit and not any(_alike(said, old) for old in told):
            chosen.append(passage)
            told.append(said)
    return tuple(chosen)


def _telling(passage: Passage, language: Language) -> set[str]:
    return {one for one in pieces(label(passage.text, language)) if not only_asks(one)}


def _alike(first: set[str], second: set[str]) -> bool:
    return len(first & second) >= _ALIKE * min(len(first), len(second))


def _belongs_together(passage: Passage) -> bool:
    """Whether the passages of this section are parts of one text, to be read in order."""
    return passage.section == "mechanism" or passage.entry == "guide"


def _whole(passage: Passage, found: list[_Weighed]) -> Passage:
    """All of the section from which `passage` is, in the order in which it was cut."""
    parts = [one for one in found if one.passage.name == passage.name]
    ordered = sorted(parts, key=lambda one: one.number)
    lines = {
        name: "\n".join(dict.fromkeys(line for one in ordered for line in one.passage.text[name].split("\n")))
        for name in ("en", "zh")
    }
    return passage._replace(text={"en": lines["en"], "zh": lines["zh"]})
