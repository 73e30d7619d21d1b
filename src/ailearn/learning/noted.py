"""Search that looks into the reader's own notes as well."""

import contextlib
import sqlite3
from collections.abc import Mapping

from ailearn.catalog import browse, filters, folding, query
from ailearn.catalog.excerpt import Piece, find_piece
from ailearn.catalog.search import Hit, SearchResult, find, meant
from ailearn.catalog.study import Study
from ailearn.language import Language

# Words are those of the guide's own index (`catalog.index`).
_RULES = "tokenize='porter unicode61 remove_diacritics 2'"
# Words of so many letters may go on in the note.
_LONG = 4


def find_with_notes(
    study: Study,
    notes: Mapping[str, str],
    text: str,
    language: Language,
    kinds: tuple[str, ...] = (),
    limit: int = 20,
    statuses: Mapping[str, list[str]] | None = None,
) -> SearchResult:
    """What `catalog.search.find` finds, then the entries whose note holds the words of the query.

    `notes` are the reader's own, by the id of the entry. A note holds what was typed, so it is preferred to
    entries that only come near. Raises UsageError for a query that cannot be meant.
    """
    found = find(study, text, language, kinds, limit, statuses)
    conditions = filters.with_statuses(meant(study, text, kinds), statuses or {})
    noted = _noted(study, notes, conditions, language)
    if noted and (found.corrected is not None or not found.hits):
        return SearchResult(noted[:limit], len(noted), None, ())
    if noted and len(found.hits) < found.total:
        found = find(study, text, language, kinds, found.total, statuses)
    there = {hit.document["id"] for hit in found.hits}
    hits = (*found.hits, *(hit for hit in noted if hit.document["id"] not in there))
    total = found.total + len(hits) - len(found.hits)
    return found._replace(hits=hits[:limit], total=total)


def _noted(
    study: Study, notes: Mapping[str, str], conditions: tuple[query.Condition, ...], language: Language
) -> tuple[Hit, ...]:
    """The entries that meet `conditions` but for the words, which stand in their notes; best first."""
    words = query.subject(conditions)
    ids = _matching(notes, words, [one for one in conditions if one.field is None and one.negated])
    if not ids:
        return ()
    among = query.Condition("among", names=tuple(ids))
    found = browse.listing(study, (*filters.without_words(conditions), among)).entries
    wanted = [word for one in words for word in folding.words(one.text)]
    return tuple(
        Hit(entry, _piece(notes[entry["id"]], wanted, language))
        for entry in sorted(found, key=lambda entry: ids.index(entry["id"]))
    )


def _piece(note: str, wanted: list[str], language: Language) -> Piece:
    """The sentence that matched, or how the note begins where the words have too different forms."""
    return find_piece({"note": note}, wanted, language) or Piece("note", note.splitlines()[0], ())


def _matching(
    notes: Mapping[str, str], words: tuple[query.Condition, ...], absent: list[query.Condition]
) -> list[str]:
    """The ids of the notes that hold all `words` and none that is to be `absent`, best first."""
    if not words:
        return []
    expressions = [filters.expression(one.text, one.phrase, prefix=len(one.text) >= _LONG) for one in words]
    wanted = " AND ".join(f"({one})" for one in expressions)
    if absent:
        unwanted = " OR ".join(f"({filters.expression(one.text, one.phrase)})" for one in absent)
        wanted = f"({wanted}) NOT ({unwanted})"
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"CREATE VIRTUAL TABLE note USING fts5 (id UNINDEXED, text, {_RULES})")
        rows = ((one, folding.spaced(text)) for one, text in notes.items())
        connection.executemany("INSERT INTO note VALUES (?, ?)", rows)
        found = connection.execute(
            "SELECT id FROM note WHERE note MATCH ? ORDER BY bm25(note), id", (wanted,)
        ).fetchall()
    return [row[0] for row in found]
