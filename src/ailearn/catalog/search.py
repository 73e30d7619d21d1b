"""Searching the guide in two languages: exact words first, then beginnings of words, then typing errors.

Answers are ranked by where all words stand (names over titles over one-liners over the rest), and within
such a tier by BM25 as FTS5 computes it.
"""

import json
from typing import NamedTuple

from ailearn.catalog import filters, folding, names, query
from ailearn.catalog.documents import SUMMARY_KEYS, Document
from ailearn.catalog.excerpt import Piece, find_piece
from ailearn.catalog.study import Study
from ailearn.language import Language

# How much a word in each column of the index weighs: names, title, one-liner, authors, body.
_WEIGHTS = "20.0, 10.0, 5.0, 4.0, 1.0"
_TIERS = ("{names}", "{names title}", "{names title one_liner}", "{names title one_liner authors}")


class Hit(NamedTuple):
    """One answer: its summary, and the piece of text that matched."""

    document: Document
    piece: Piece | None


class SearchResult(NamedTuple):
    """The answers, best first. `total` counts all of them; `corrected` is the spelling that was used."""

    hits: tuple[Hit, ...]
    total: int
    corrected: str | None
    nearest: tuple[str, ...]


def find(
    study: Study, text: str, language: Language, kinds: tuple[str, ...] = (), limit: int = 20
) -> SearchResult:
    """The entries and glossary terms that match the query `text`.

    Raises UsageError for a query that cannot be meant. When nothing matches, `nearest` names the
    entries that come closest.
    """
    conditions = query.parse(text)
    if kinds:
        conditions += (query.Condition("kind", names=kinds),)
    first = _named_outright(study, text, conditions)
    words = tuple(one for one in conditions if one.field is None and not one.negated)
    rest = filters.without_words(conditions)
    spelled = words
    positions = _positions(study, [filters.expression(one.text, one.phrase) for one in words], rest)
    if not positions and not first and words:
        positions = _positions(
            study, [filters.expression(one.text, one.phrase, prefix=True) for one in words], rest
        )
    corrected = None
    if not positions and not first and words:
        spelled, expressions = _respelled(study, words)
        positions = _positions(study, expressions, rest) if expressions else []
        corrected = " ".join(one.text for one in spelled) if positions else None
    ordered = list(dict.fromkeys(first + positions))
    hits = tuple(_hit(study, position, spelled, language) for position in ordered[:limit])
    return SearchResult(hits, len(ordered), corrected, () if hits else _near(study, words, rest))


def _named_outright(study: Study, text: str, conditions: tuple[query.Condition, ...]) -> list[int]:
    """The positions of the entries whose very name the whole query is."""
    filtered = any(one.field is not None or one.negated for one in conditions)
    if filtered and names.identifier(text) is None:
        return []
    found = names.candidates(study, text)
    return [_position(study, one.id) for one in found]


def _position(study: Study, entry_id: str) -> int:
    row = study.connection.execute("SELECT position FROM entry WHERE id = ?", (entry_id,)).fetchone()
    return int(row[0])


def _positions(study: Study, expressions: list[str], rest: tuple[query.Condition, ...]) -> list[int]:
    """The positions of all matching items, best first; by date when no words rank them."""
    where = filters.where(study, rest)
    if not expressions:
        sql = f"SELECT e.position FROM entry AS e WHERE {where.sql} ORDER BY e.date IS NULL, e.date, e.title"
        return [row[0] for row in study.connection.execute(sql, where.values)]
    wanted = " AND ".join(f"({one})" for one in expressions)
    tiers = " ".join(
        f"WHEN s.rowid IN (SELECT rowid FROM search WHERE search MATCH ?) THEN {number}"
        for number in range(len(_TIERS))
    )
    sql = f"""
        SELECT s.rowid, CASE {tiers} ELSE {len(_TIERS)} END AS tier
        FROM search AS s LEFT JOIN entry AS e ON e.position = s.rowid
        WHERE s.search MATCH ? AND {_including_terms(rest, where.sql)}
        ORDER BY tier, e.id IS NULL, bm25(s.search, {_WEIGHTS}), s.rowid"""
    values = [f"{tier} : ({wanted})" for tier in _TIERS]
    rows = study.connection.execute(sql, (*values, wanted, *where.values))
    return [row[0] for row in rows]


def _including_terms(rest: tuple[query.Condition, ...], where: str) -> str:
    """The filter for entries, and whether glossary terms, which have no fields, may answer as well."""
    kinds = [one for one in rest if one.field == "kind"]
    others = [one for one in rest if one.field not in (None, "kind")]
    admitted = all(("term" in map(filters.kind, one.names)) != one.negated for one in kinds)
    absent = [one for one in rest if one.field is None]
    if others or not admitted or absent:
        return f"e.id IS NOT NULL AND ({where})"
    return f"(e.id IS NULL OR ({where}))"


def _respelled(
    study: Study, words: tuple[query.Condition, ...]
) -> tuple[tuple[query.Condition, ...], list[str]]:
    """The query with every word that the guide does not know replaced by what comes nearest to it."""
    spelled, expressions = [], []
    for condition in words:
        wanted = filters.expression(condition.text, condition.phrase)
        if not _exists(study, wanted):
            parts = folding.words(condition.text)
            nearer = [part if folding.is_han(part) else _nearest_word(study, part) for part in parts]
            condition = condition._replace(text=" ".join(nearer), phrase=False)
            wanted = " AND ".join(f"({_loose(part)})" for part in nearer)
        spelled.append(condition)
        expressions.append(wanted)
    return tuple(spelled), expressions


def _loose(word: str) -> str:
    """A known Latin word as it is; a run of Han characters as any two neighbours of it."""
    if not folding.is_han(word) or len(word) < 3:
        return filters.expression(word)
    return " OR ".join(f'"{word[at]} {word[at + 1]}"' for at in range(len(word) - 1))


def _exists(study: Study, expression: str) -> bool:
    sql = "SELECT 1 FROM search WHERE search MATCH ? LIMIT 1"
    return study.connection.execute(sql, (expression,)).fetchone() is not None


def _nearest_word(study: Study, word: str) -> str:
    """The word of the guide that differs from `word` by the fewest slips of the finger, or `word` itself.

    A slip is an insertion, deletion, substitution or swap of neighbours (optimal string alignment).
    """
    if len(word) < 4 or _exists(study, f'"{word}"'):
        return word
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    allowed = 1 if len(word) < 8 else 2
    known = study.connection.execute(
        "SELECT word FROM vocabulary WHERE length(word) BETWEEN ? AND ?",
        (len(word) - allowed, len(word) + allowed),
    )
    found = process.extractOne(word, [row[0] for row in known], scorer=OSA.distance, score_cutoff=allowed)
    return str(found[0]) if found else word


def _near(
    study: Study, words: tuple[query.Condition, ...], rest: tuple[query.Condition, ...]
) -> tuple[str, ...]:
    """Ids worth suggesting when nothing matches: entries with some of the words, or with a name like them."""
    some = [filters.expression(one.text) for one in words]
    positions = _positions(study, [" OR ".join(f"({one})" for one in some)], rest) if some else []
    found = [_hit(study, position, (), "en").document["id"] for position in positions[:3]]
    return tuple(found) or names.nearest(study, " ".join(one.text for one in words))


def _hit(study: Study, position: int, words: tuple[query.Condition, ...], language: Language) -> Hit:
    row = study.connection.execute(
        "SELECT summary, document FROM entry WHERE position = ?", (position,)
    ).fetchone()
    wanted = [word for one in words for word in folding.words(one.text)]
    if row is not None:
        return Hit(json.loads(row[0]), find_piece(json.loads(row[1]), wanted, language) if wanted else None)
    row = study.connection.execute("SELECT document FROM term WHERE position = ?", (position,)).fetchone()
    term: Document = json.loads(row[0])
    summary: Document = dict.fromkeys(SUMMARY_KEYS)
    lists: Document = {key: [] for key in ("authors", "links", "topics", "tracks")}
    named = {
        "id": term["id"],
        "kind": "term",
        "title": term["term"],
        "short": term["term"],
        "aliases": term["aliases"],
        "one_liner": term["meaning"],
    }
    piece = find_piece({"title": term["term"], "meaning": term["meaning"]}, wanted, language)
    return Hit(summary | lists | named, piece)
