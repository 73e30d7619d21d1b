"""Searching the guide in two languages: exact words first, then what comes near them.

Near are beginnings of words, other names from the glossary, corrected typing errors, the parts of unbroken
Chinese, and in the end entries that hold only some of the words.

Answers are ranked by where all words stand (names over titles over one-liners over the rest), and within
such a tier by BM25 as FTS5 computes it.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from ailearn.catalog import filters, folding, names, query
from ailearn.catalog.documents import SUMMARY_KEYS, Document
from ailearn.catalog.excerpt import Piece, find_piece
from ailearn.catalog.study import Study
from ailearn.errors import UsageError
from ailearn.language import Language

# How much a word in each column of the index weighs: names, title, one-liner, authors, body.
WEIGHTS = "20.0, 10.0, 5.0, 4.0, 1.0"
_TIERS = ("{names}", "{names title}", "{names title one_liner}", "{names title one_liner authors}")


# With fewer answers than this, words that only begin like those of the query are looked at as well.
_FEW = 3
_LONG = 4
# How many answers that hold only some of the words are weighed at all.
_MOST = 50
# What parts a Chinese question into its subjects, and characters that link two of them.
ASKING = (
    "是什么|什么是|为什么|怎么样|怎么办|怎么|怎样|如何|有哪些|哪些|哪个|什么|多少|有没有|是不是|能不能|请问|我想"
    "|应该|可以|之间|以及|还是|或者|关于|有关|[的了吗呢吧啊]"
)
_LINKING = frozenset("是很和与让把被")
# Words of the query any one of which will do; every group must match.
Groups = tuple[tuple[query.Condition, ...], ...]


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
    study: Study,
    text: str,
    language: Language,
    kinds: tuple[str, ...] = (),
    limit: int = 20,
    statuses: Mapping[str, Collection[str]] | None = None,
) -> SearchResult:
    """The entries and glossary terms that match the query `text`.

    `statuses` are the ids of the entries in each status of the reader's, for `status:`. Raises UsageError
    for a query that cannot be meant. When nothing matches, `nearest` names the entries that come closest.
    """
    conditions = filters.with_statuses(meant(study, text, kinds), statuses or {})
    words = query.subject(conditions)
    rest = filters.without_words(conditions)
    first = _named_outright(study, text, words, conditions)
    groups: Groups = tuple((one,) for one in words)
    found = dict.fromkeys(first, groups) | _exactly(study, groups, conditions, rest)
    corrected = None
    if words and not found:
        found = _nearly(study, words, rest)
        used = next(iter(found.values()), ())
        corrected = " ".join("/".join(one.text for one in group) for group in used) or None
    hits = tuple(_hit(study, position, by, language) for position, by in list(found.items())[:limit])
    return SearchResult(hits, len(found), corrected, () if hits else _near(study, words))


def meant(study: Study, text: str, kinds: tuple[str, ...] = ()) -> tuple[query.Condition, ...]:
    """The conditions of the query `text`; a title in which a colon stands is a phrase and not a field.

    Raises UsageError for a query that cannot be meant.
    """
    try:
        conditions = query.parse(text)
    except UsageError:
        if len(text) > query.MAX_LENGTH or not names.candidates(study, text):
            raise
        conditions = (query.Condition(text=text, phrase=True),)
    return (*conditions, query.Condition("kind", names=kinds)) if kinds else conditions


def _exactly(
    study: Study, groups: Groups, conditions: tuple[query.Condition, ...], rest: tuple[query.Condition, ...]
) -> dict[int, Groups]:
    """What holds every word that carries meaning, and for each answer what it was found by.

    If hardly anything does, then also words that begin so, and words of the same meaning.
    """
    typed = tuple(one for one in conditions if one.field is None and not one.negated)
    whole = " ".join(one.text for one in typed) if len(typed) > len(groups) else None
    positions = _positions(study, [_expression(group) for group in groups], rest, whole)
    if groups and len(positions) < _FEW:
        long = [one for (one,) in groups if len(one.text) >= _LONG]
        begun = [_expression(group, prefix=not positions or group[0] in long) for group in groups]
        positions = list(dict.fromkeys(positions + _positions(study, begun, rest)))
    found = dict.fromkeys(positions, groups)
    if positions and len(positions) < _FEW:
        same = _with_same_meaning(study, tuple(one for (one,) in groups))
        for position in _positions(study, [_expression(group) for group in same], rest):
            found.setdefault(position, same)
    return found


def _nearly(
    study: Study, words: tuple[query.Condition, ...], rest: tuple[query.Condition, ...]
) -> dict[int, Groups]:
    """Answers to a query that has none as it stands, and for each what it was found by instead.

    In this order until there are a few: words of the same meaning from the glossary; corrected spellings
    and the parts of unbroken Chinese, of which all must match; the best of what matches only some of them.
    """
    parts = tuple(part for one in words for part in _known_parts(study, one))
    found: dict[int, Groups] = {}
    if not parts:
        return found
    spelled: Groups = tuple((one,) for one in parts)
    for groups in (_with_same_meaning(study, words), spelled, _with_same_meaning(study, parts)):
        for position in _positions(study, [_expression(group) for group in groups], rest):
            found.setdefault(position, groups)
        if len(found) >= _FEW:
            return found
    for position in _best(study, parts, rest):
        found.setdefault(position, (parts,))
    return found


def _named_outright(
    study: Study, text: str, words: tuple[query.Condition, ...], conditions: tuple[query.Condition, ...]
) -> list[int]:
    """The positions of the entries whose very name the query is, whole or without function words."""
    filtered = any(one.field is not None or one.negated for one in conditions)
    if filtered and names.identifier(text) is None:
        return []
    found = names.candidates(study, text) or names.candidates(study, " ".join(one.text for one in words))
    return [_position(study, one.id) for one in found]


def _position(study: Study, entry_id: str) -> int:
    row = study.connection.execute("SELECT position FROM entry WHERE id = ?", (entry_id,)).fetchone()
    return int(row[0])


def _positions(
    study: Study, expressions: list[str], rest: tuple[query.Condition, ...], whole: str | None = None
) -> list[int]:
    """The positions of all matching items, best first; by date when no words rank them.

    `whole` is the query as it was typed: what is called so comes before everything else.
    """
    if not expressions:
        where = filters.where(study, rest)
        sql = f"SELECT e.position FROM entry AS e WHERE {where.sql} ORDER BY e.date IS NULL, e.date, e.title"
        found = [row[0] for row in study.connection.execute(sql, where.values)]
        return found + _all_terms(study, rest)
    wanted = " AND ".join(f"({one})" for one in expressions)
    tiers = [f"{{names title}} : ({filters.expression(whole, True)})"] if whole else []
    tiers += [f"{tier} : ({wanted})" for tier in _TIERS]
    cases = " ".join(
        f"WHEN s.rowid IN (SELECT rowid FROM search WHERE search MATCH ?) THEN {number}"
        for number in range(len(tiers))
    )
    matching, values = _matching(study, wanted, rest)
    sql = f"""
        SELECT s.rowid, CASE {cases} ELSE {len(tiers)} END AS tier {matching}
        ORDER BY tier, e.id IS NULL, bm25(s.search, {WEIGHTS}), s.rowid"""
    rows = study.connection.execute(sql, (*tiers, *values))
    return [row[0] for row in rows]


def _all_terms(study: Study, rest: tuple[query.Condition, ...]) -> list[int]:
    """Every glossary term, when nothing but the kind was asked for and the kind was `term`."""
    if not _admits_terms(rest) or not any(one.field == "kind" and not one.negated for one in rest):
        return []
    if any(one.field is None for one in rest):
        return []
    return [row[0] for row in study.connection.execute("SELECT position FROM term ORDER BY id")]


def _admits_terms(rest: tuple[query.Condition, ...]) -> bool:
    """Whether glossary terms, which have no fields but their kind, meet the conditions on fields."""
    fields = [one for one in rest if one.field is not None]
    return all(
        one.field == "kind" and ("term" in map(filters.kind, one.names)) != one.negated for one in fields
    )


def _matching(study: Study, wanted: str, rest: tuple[query.Condition, ...]) -> tuple[str, tuple[object, ...]]:
    """The SQL for everything that matches the expression `wanted` and meets `rest`, and its values."""
    absent = [filters.expression(one.text, one.phrase) for one in rest if one.field is None]
    where = filters.where(study, tuple(one for one in rest if one.field is not None))
    expression = f"({wanted}) NOT ({' OR '.join(absent)})" if absent else wanted
    admitted = (
        f"(e.id IS NULL OR ({where.sql}))" if _admits_terms(rest) else f"e.id IS NOT NULL AND ({where.sql})"
    )
    sql = f"""
        FROM search AS s LEFT JOIN entry AS e ON e.position = s.rowid
        WHERE s.search MATCH ? AND {admitted}"""
    return sql, (expression, *where.values)


def _with_same_meaning(study: Study, words: tuple[query.Condition, ...]) -> Groups:
    return tuple((one, *_same_meaning(study, one)) for one in words)


def _same_meaning(study: Study, condition: query.Condition) -> Iterator[query.Condition]:
    """The other names of the glossary term that a word or phrase of the query names."""
    rows = study.connection.execute(
        "SELECT t.document FROM term_name AS n JOIN term AS t USING (position) WHERE n.key = ?",
        (folding.name_key(condition.text),),
    )
    for row in rows:
        term = json.loads(row[0])
        for name in dict.fromkeys((term["term"]["en"], term["term"]["zh"], *term["aliases"])):
            if folding.name_key(name) != folding.name_key(condition.text):
                yield query.Condition(text=name, phrase=True)


def _known_parts(study: Study, condition: query.Condition) -> Iterator[query.Condition]:
    """`condition` if the guide knows it, or else the parts of it that the guide knows, spelled as there."""
    if _exists(study, filters.expression(condition.text, condition.phrase)):
        yield condition
        return
    loose = [query.Condition(text=word) for word in folding.words(condition.text)]
    for one in query.subject(tuple(loose)):
        if folding.is_han(one.text):
            yield from (query.Condition(text=piece) for piece in _pieces(study, one.text))
        else:
            nearest = nearest_word(study, one.text) or _two_words(study, one.text)
            if nearest is not None:
                yield query.Condition(text=nearest, phrase=" " in nearest)


def _pieces(study: Study, run: str) -> Iterator[str]:
    """A run of Han characters cut into pieces that the guide knows, without function words."""
    for part in filter(None, re.split(ASKING, run)):
        yield from _cut(study, part)


def _cut(study: Study, part: str) -> tuple[str, ...]:
    """The cut of `part` into known pieces that leaves out the fewest characters, in the fewest pieces.

    A character is a piece only where it stands alone between characters that link.
    """
    # The best cut of the rest from each place on: twice the characters left out, pieces made, the pieces.
    best: list[tuple[int, int, tuple[str, ...]]] = [(0, 0, ())] * (len(part) + 1)
    for at in range(len(part) - 1, -1, -1):
        left_out, made, pieces = best[at + 1]
        if part[at] in _LINKING:
            best[at] = (left_out, made, pieces)
        elif _alone(part, at) and _exists(study, filters.expression(part[at])):
            best[at] = (left_out + 1, made + 1, (part[at], *pieces))
        else:
            best[at] = (left_out + 2, made, pieces)
        for end in range(at + 2, len(part) + 1):
            if not _exists(study, filters.expression(part[at:end])):
                break
            left_out, made, pieces = best[end]
            best[at] = min(best[at], (left_out, made + 1, (part[at:end], *pieces)))
    return best[0][2]


def _alone(part: str, at: int) -> bool:
    before, after = part[at - 1 : at], part[at + 1 : at + 2]
    return (not before or before in _LINKING) and (not after or after in _LINKING)


def _best(study: Study, parts: tuple[query.Condition, ...], rest: tuple[query.Condition, ...]) -> list[int]:
    """What holds the most and the rarest of `parts`: all that scores at least half of the best answer."""
    matching, values = _matching(study, _expression(parts), rest)
    sql = f"""
        SELECT s.rowid, -bm25(s.search, {WEIGHTS}) AS score {matching}
        ORDER BY score DESC, s.rowid LIMIT {_MOST}"""
    rows = study.connection.execute(sql, values).fetchall()
    return [position for position, score in rows if score * 2 >= rows[0][1]]


def _expression(group: tuple[query.Condition, ...], *, prefix: bool = False) -> str:
    """The FTS5 expression for any one of `group`."""
    return " OR ".join(f"({filters.expression(one.text, one.phrase, prefix=prefix)})" for one in group)


def _exists(study: Study, expression: str) -> bool:
    sql = "SELECT 1 FROM search WHERE search MATCH ? LIMIT 1"
    return study.connection.execute(sql, (expression,)).fetchone() is not None


def nearest_word(study: Study, word: str) -> str | None:
    """The word of the guide that differs from `word` by the fewest slips of the finger, or None.

    A slip is an insertion, deletion, substitution or swap of neighbours (optimal string alignment).
    """
    if _exists(study, f'"{word}"'):
        return word
    if len(word) < 4:
        return None
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    allowed = 1 if len(word) < 8 else 2
    known = study.connection.execute(
        "SELECT word FROM vocabulary WHERE length(word) BETWEEN ? AND ?",
        (len(word) - allowed, len(word) + allowed),
    )
    found = process.extractOne(word, [row[0] for row in known], scorer=OSA.distance, score_cutoff=allowed)
    return str(found[0]) if found else None


def _two_words(study: Study, word: str) -> str | None:
    """`word` in two, when the guide has it so or hyphenated."""
    for at in range(3, len(word) - 2):
        if _exists(study, filters.expression(f"{word[:at]} {word[at:]}", True)):
            return f"{word[:at]} {word[at:]}"
    return None


def _near(study: Study, words: tuple[query.Condition, ...]) -> tuple[str, ...]:
    """Ids worth suggesting when nothing matches: what the words find without the filters, or like names."""
    positions = _positions(study, [_expression(words)], ()) if words else []
    found = [_hit(study, position, (), "en").document["id"] for position in positions[:3]]
    return tuple(found) or names.nearest(study, " ".join(one.text for one in words))


def _hit(study: Study, position: int, by: Groups, language: Language) -> Hit:
    row = study.connection.execute(
        "SELECT summary, document FROM entry WHERE position = ?", (position,)
    ).fetchone()
    words = [word for group in by for one in group for word in folding.words(one.text)]
    wanted = [*words, *(part for word in words for part in folding.parted(word) if part != word)]
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
    searched = {"title": term["term"], "aliases": term["aliases"], "meaning": term["meaning"]}
    piece = find_piece(searched, wanted, language) if wanted else None
    return Hit(summary | lists | named, piece)
