"""The index: a disposable SQLite file made from the content, read-only when commands use it.

Tables: `entry` and `term` hold each item's dictionary as JSON beside the columns that lists filter
and sort by; `name` and `term_name` map every name of an entry or term to it; `search` is a full-text
index (FTS5) over both, whose row ids are the items' positions; `vocabulary` holds the words that typing
errors are compared with; `page` holds the topics, the tracks, the named paths and the method page.
"""

import dataclasses
import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ailearn.catalog import folding, records
from ailearn.catalog.documents import Document
from ailearn.catalog.model import Entry, Term
from ailearn.catalog.source import Library

# A private-use character is a word to the tokenizer, so no phrase matches across it.
_BREAK = " \ue000 "
# A word long enough that a typing error in it can be told from another word.
_LATIN_WORD = re.compile(f"[^\\W_{folding.HAN}]{{4,}}")
KIND_ORDER = ("paper", "essay", "course", "book", "tool")

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE page (name TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE entry (
    position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, kind_order INTEGER NOT NULL,
    date TEXT, year INTEGER, level INTEGER NOT NULL, minutes INTEGER NOT NULL, title TEXT NOT NULL,
    venue TEXT NOT NULL, summary TEXT NOT NULL, document TEXT NOT NULL
);
CREATE TABLE term (position INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL);
CREATE TABLE topic (topic TEXT NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (topic, entry)) WITHOUT ROWID;
CREATE TABLE track (track TEXT NOT NULL, entry TEXT NOT NULL, step INTEGER NOT NULL,
    PRIMARY KEY (track, entry)) WITHOUT ROWID;
CREATE TABLE card (key TEXT PRIMARY KEY, entry TEXT NOT NULL, number INTEGER NOT NULL, answer TEXT NOT NULL,
    document TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE requirement (entry TEXT NOT NULL, needs TEXT NOT NULL, PRIMARY KEY (entry, needs)) WITHOUT ROWID;
CREATE TABLE name (key TEXT NOT NULL, entry TEXT NOT NULL, rank INTEGER NOT NULL, shown TEXT NOT NULL,
    PRIMARY KEY (key, entry)) WITHOUT ROWID;
CREATE TABLE term_name (key TEXT NOT NULL, position INTEGER NOT NULL,
    PRIMARY KEY (key, position)) WITHOUT ROWID;
CREATE TABLE vocabulary (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE VIRTUAL TABLE search USING fts5(
    names, title, one_liner, authors, body, content='', tokenize='porter unicode61 remove_diacritics 2'
);
"""


def write(library: Library, path: Path, fingerprint: str) -> None:
    """Compile `library` into an SQLite file at `path`, which is empty or not there yet."""
    connection = sqlite3.connect(path)
    try:
        fill(connection, library, fingerprint)
    finally:
        connection.close()


def fill(connection: sqlite3.Connection, library: Library, fingerprint: str) -> None:
    """Compile `library` into an empty database."""
    connection.executescript(_TABLES)
    with connection:
        _write_pages(connection, library)
        vocabulary: set[str] = set()
        position = 0
        memberships = _memberships(library)
        for entry in library.entries:
            position += 1
            entry = library.complete(entry)
            _write_entry(connection, position, entry, memberships.get(entry.id, []))
            _write_search(connection, position, _entry_columns(entry), vocabulary)
        for term in library.terms:
            position += 1
            document = json.dumps(records.term_document(term), ensure_ascii=False)
            connection.execute("INSERT INTO term VALUES (?, ?, ?)", (position, term.id, document))
            keys = {folding.name_key(name) for name in (term.term.en, term.term.zh, *term.aliases)}
            connection.executemany(
                "INSERT INTO term_name VALUES (?, ?)", ((key, position) for key in sorted(keys - {""}))
            )
            _write_search(connection, position, _term_columns(term), vocabulary)
        connection.executemany("INSERT INTO vocabulary VALUES (?)", ((word,) for word in sorted(vocabulary)))
        findings = _one_for_each_file(library)
        connection.executemany(
            "INSERT INTO meta VALUES (?, ?)",
            (
                ("fingerprint", fingerprint),
                ("findings", json.dumps(findings, ensure_ascii=False)),
            ),
        )
    connection.execute("INSERT INTO search(search) VALUES ('optimize')")
    connection.commit()
    connection.execute("VACUUM")


def _one_for_each_file(library: Library) -> list[dict[str, Any]]:
    """The first error of every file that was left out, and how many more it has."""
    found: dict[str, dict[str, Any]] = {}
    for finding in library.findings:
        if finding.severity != "error":
            continue
        if finding.path in found:
            found[finding.path]["more"] += 1
        else:
            words = {"en": finding.message("en"), "zh": finding.message("zh")}
            found[finding.path] = {"path": finding.path, "line": finding.line, "more": 0, **words}
    return list(found.values())


def _memberships(library: Library) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for track in library.tracks:
        for step in track.steps:
            found.setdefault(step.id, []).append(track.id)
    return found


def _write_pages(connection: sqlite3.Connection, library: Library) -> None:
    pages: dict[str, Any] = {
        "topics": [dataclasses.asdict(topic) for topic in library.topics],
        "tracks": [dataclasses.asdict(track) for track in library.tracks],
        "paths": [dataclasses.asdict(path) for path in library.paths],
        "guide": dataclasses.asdict(library.guide) if library.guide else None,
    }
    connection.executemany(
        "INSERT INTO page VALUES (?, ?)",
        ((name, json.dumps(page, ensure_ascii=False)) for name, page in pages.items()),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO track VALUES (?, ?, ?)",
        (
            (track.id, step.id, number)
            for track in library.tracks
            for number, step in enumerate(track.steps, start=1)
        ),
    )


def _write_entry(connection: sqlite3.Connection, position: int, entry: Entry, tracks: list[str]) -> None:
    document = records.entry_document(entry, tracks)
    connection.execute(
        "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            position,
            entry.id,
            entry.kind,
            KIND_ORDER.index(entry.kind),
            entry.date,
            document["year"],
            entry.level,
            entry.minutes,
            folding.fold(entry.title.en),
            folding.fold(entry.venue or ""),
            json.dumps(records.summary_of(document), ensure_ascii=False),
            json.dumps(document, ensure_ascii=False),
        ),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO card VALUES (?, ?, ?, ?, ?)",
        (
            (
                f"{entry.id}/{card['id']}",
                entry.id,
                number,
                _digest(card),
                json.dumps(card, ensure_ascii=False),
            )
            for number, card in enumerate(document["cards"])
        ),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO topic VALUES (?, ?)", ((topic, entry.id) for topic in entry.topics)
    )
    connection.executemany(
        "INSERT OR IGNORE INTO requirement VALUES (?, ?)",
        ((entry.id, needed.id) for needed in entry.requires),
    )
    connection.executemany(
        "INSERT OR IGNORE INTO name VALUES (?, ?, ?, ?)",
        ((key, entry.id, rank, shown) for key, rank, shown in _names(entry)),
    )


def _digest(card: Document) -> str:
    """A short mark of a card's answer, by which a changed one is noticed."""
    answer = f"{card['a']['en']}\n{card['a']['zh']}"
    return hashlib.blake2b(answer.encode(), digest_size=6).hexdigest()


def _names(entry: Entry) -> Iterator[tuple[str, int, str]]:
    """Every name of an entry with its rank: 0 id, 1 what people say, 2 alias and identifier, 3 title."""
    ranked = [
        (0, (entry.id,)),
        (1, (entry.short.en, entry.short.zh)),
        (2, entry.aliases),
        (2, tuple(name for name in (entry.arxiv, entry.doi, entry.isbn) if name)),
        (3, (entry.title.en, entry.title.zh)),
    ]
    for rank, shown_names in ranked:
        for shown in shown_names:
            key = folding.name_key(shown)
            if key:
                yield key, rank, shown


def _write_search(
    connection: sqlite3.Connection, position: int, columns: tuple[str, ...], vocabulary: set[str]
) -> None:
    connection.execute(
        "INSERT INTO search(rowid, names, title, one_liner, authors, body) VALUES (?, ?, ?, ?, ?, ?)",
        (position, *columns),
    )
    for column in columns:
        vocabulary.update(_LATIN_WORD.findall(column))


def _entry_columns(entry: Entry) -> tuple[str, ...]:
    identifiers = [name for name in (entry.arxiv, entry.doi, entry.isbn, entry.venue) if name]
    return (
        _joined([entry.id, entry.short.en, entry.short.zh, *entry.aliases, *identifiers]),
        _joined([entry.title.en, entry.title.zh]),
        _joined([entry.one_liner.en, entry.one_liner.zh]),
        _joined([*entry.authors, *entry.authors_zh.values(), (entry.date or "")[:4]]),
        _joined(_strings(tuple(getattr(entry, name) for name in BODY_FIELDS))),
    )


BODY_FIELDS = (
    "problem", "motivation", "intuition", "mechanism", "formula", "evidence", "limits", "legacy",
    "requires", "questions", "cards", "course", "book", "tool",
)  # fmt: skip
# Parts of the body that are keys and not read: ids, types of cards, codes of languages and regions.
NO_PROSE = frozenset({"id", "type", "languages", "not_offered_in"})


def _term_columns(term: Term) -> tuple[str, ...]:
    return (
        _joined([term.id, *term.aliases]),
        _joined([term.term.en, term.term.zh]),
        _joined([term.meaning.en, term.meaning.zh]),
        "",
        "",
    )


def _joined(parts: Iterable[str]) -> str:
    """One column of the full-text index. Parts are folded one by one, for most need no more than a look."""
    return _BREAK.join(map(folding.spaced, parts))


def _strings(value: Any) -> Iterator[str]:
    """Every piece of prose inside a part of the model, in order; ids and the types of cards are none."""
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.name not in NO_PROSE:
                yield from _strings(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from _strings(item)
