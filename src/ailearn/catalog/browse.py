"""Reading the guide: lists, single entries, topics, tracks, the timeline, the glossary, the method."""

import itertools
import json
from typing import Literal, NamedTuple

from ailearn.catalog import filters, folding
from ailearn.catalog.ageing import aged
from ailearn.catalog.documents import Document
from ailearn.catalog.query import Condition
from ailearn.catalog.study import Study
from ailearn.errors import NothingFound
from ailearn.language import Language, label
from ailearn.messages import Names

Sort = Literal["year", "title", "level", "minutes"]
SORTS: tuple[Sort, ...] = ("year", "title", "level", "minutes")
_ORDERS = {
    "year": "e.date IS NULL, e.date {way}, e.title",
    "title": "e.title {way}",
    "level": "e.level {way}, e.date IS NULL, e.date, e.title",
    "minutes": "e.minutes {way}, e.title",
}


# How alike, in per cent, a name must be to be offered for another.
_LEAST_ALIKE = 55


class Listing(NamedTuple):
    """Entries in the order asked for; `total` counts those that a limit left out as well."""

    entries: tuple[Document, ...]
    total: int


def listing(
    study: Study,
    conditions: tuple[Condition, ...] = (),
    *,
    sort: Sort | None = None,
    reverse: bool = False,
    limit: int | None = None,
) -> Listing:
    """The summaries of the entries that meet all `conditions`.

    Without `sort` they stand by kind, and within it papers by date, everything else by level.
    Raises UsageError for an unknown topic, track or kind.
    """
    where = filters.where(study, conditions)
    way = "DESC" if reverse else "ASC"
    if sort is None:
        by_level = "CASE WHEN e.kind_order > 1 THEN e.level END"
        order = f"max(e.kind_order, 1) {way}, {by_level} {way}, " + _ORDERS["year"].format(way=way)
    else:
        order = _ORDERS[sort].format(way=way)
    rows = study.connection.execute(
        f"SELECT e.summary FROM entry AS e WHERE {where.sql} ORDER BY {order}", where.values
    ).fetchall()
    return Listing(tuple(json.loads(row[0]) for row in rows[:limit]), len(rows))


class Tools(NamedTuple):
    """The tools of a listing.

    Each dictionary also holds the `jobs` that the tool is good at, the month `as_of` which its facts hold and
    their `age` in months, and of the version it was written for the `version`, its `state` (offered, retiring
    or retired), the day on which it `retires`, and its `successor`.
    """

    entries: tuple[Document, ...]
    total: int


_OF_TOOL = ("jobs", "version", "state", "retires", "successor", "as_of", "age")


def tools(study: Study, found: Listing, day: str) -> Tools:
    """A listing of tools with what each is good at, and whether it is still offered on `day` (YYYY-MM-DD)."""
    entries = []
    for one in found.entries:
        tool = document(study, one["id"])["tool"]
        known = (
            aged(tool, day) if tool else dict.fromkeys(_OF_TOOL) | {"jobs": [], "state": "offered", "age": 0}
        )
        entries.append({**one, **{key: known[key] for key in _OF_TOOL}})
    return Tools(tuple(entries), found.total)


def entry(study: Study, name: str) -> Document:
    """Everything about the one entry called `name`. Raises NoSuchEntry."""
    from ailearn.catalog import names

    return document(study, names.resolve(study, name))


def document(study: Study, entry_id: str) -> Document:
    """Everything about the entry with the id `entry_id`, which must exist."""
    row = study.connection.execute("SELECT document FROM entry WHERE id = ?", (entry_id,)).fetchone()
    found: Document = json.loads(row[0])
    return found


def summary(study: Study, entry_id: str) -> Document:
    """The summary of the entry with the id `entry_id`, which must exist."""
    row = study.connection.execute("SELECT summary FROM entry WHERE id = ?", (entry_id,)).fetchone()
    found: Document = json.loads(row[0])
    return found


class Topics(NamedTuple):
    """The closed list of subjects; each dictionary also counts its entries."""

    topics: tuple[Document, ...]


def topics(study: Study) -> Topics:
    """All topics in the order of the list, with the number of entries that name each."""
    counts = dict(study.connection.execute("SELECT topic, count(*) FROM topic GROUP BY topic"))
    return Topics(
        tuple({**topic, "entries": counts.get(topic["id"], 0)} for topic in study.page("topics") or ())
    )


class Tracks(NamedTuple):
    """The tracks; each step is joined with the summary of its entry."""

    tracks: tuple[Document, ...]


def tracks(study: Study, name: str | None = None) -> Tracks:
    """All tracks, or the one called `name`, with the entry of every step.

    Raises UsageError for an unknown track.
    """
    wanted = filters.named(study, "tracks", name) if name else None
    found = [track for track in study.page("tracks") or () if wanted in (None, track["id"])]
    return Tracks(tuple(_with_entries(study, track) for track in found))


def _with_entries(study: Study, track: Document) -> Document:
    steps = [
        {**step, "entry": summary(study, step["id"])} for step in track["steps"] if exists(study, step["id"])
    ]
    return {**track, "steps": steps}


def exists(study: Study, entry_id: str) -> bool:
    """Whether there is an entry with the id `entry_id`."""
    return study.connection.execute("SELECT 1 FROM entry WHERE id = ?", (entry_id,)).fetchone() is not None


class Timeline(NamedTuple):
    """The steps of one or more tracks in the order of their dates, each with its track and entry."""

    tracks: tuple[Document, ...]
    steps: tuple[Document, ...]


def timeline(study: Study, name: str | None = None) -> Timeline:
    """The evolution by date: of all tracks, or of the one called `name`.

    Raises UsageError for an unknown track.
    """
    shown = tracks(study, name).tracks
    steps = [{**step, "track": track["id"]} for track in shown for step in track["steps"]]
    steps.sort(key=lambda step: step["entry"]["date"] or "9999")
    return Timeline(shown, tuple(steps))


class Glossary(NamedTuple):
    """Terms of the field in alphabetical order of their English names."""

    terms: tuple[Document, ...]


def glossary(study: Study, name: str | None = None, language: Language = "en") -> Glossary:
    """All terms, or those that `name` stands for or is part of.

    Raises NothingFound, with the nearest terms in the reader's `language`, when no term fits `name`.
    """
    rows = study.connection.execute("SELECT document FROM term").fetchall()
    terms = sorted((json.loads(row[0]) for row in rows), key=lambda term: folding.fold(term["term"]["en"]))
    if name is None:
        return Glossary(tuple(terms))
    wanted = folding.name_key(name)
    keys = [[folding.name_key(text) for text in _term_names(term)] for term in terms]
    found = [term for term, own in zip(terms, keys, strict=True) if wanted in own] or [
        term for term, own in zip(terms, keys, strict=True) if wanted and any(wanted in key for key in own)
    ]
    if found:
        return Glossary(tuple(found))
    nearest = [label(term["term"], language) for term in _nearest_terms(terms, name)]
    raise NothingFound(
        "error.no-term",
        hint="hint.did-you-mean" if nearest else "hint.glossary",
        name=name,
        names=Names(nearest),
    )


def _nearest_terms(terms: list[Document], name: str) -> list[Document]:
    """The terms with names most like `name`, best first, three at most."""
    from rapidfuzz import fuzz, process

    flat = [(text, term) for term in terms for text in _term_names(term)]
    keys = [folding.name_key(text) for text, _ in flat]
    scored = process.extract(
        folding.name_key(name), keys, scorer=fuzz.ratio, limit=20, score_cutoff=_LEAST_ALIKE
    )
    near = [flat[index] for _, _, index in scored]
    found = {term["id"]: term for text, term in near if _tells_alike(_units(name), _units(text))}
    return list(found.values())[:3]


def _units(name: str) -> list[str]:
    """The words and Han characters of a name."""
    return [unit for word in folding.words(name) for unit in (word if folding.is_han(word) else (word,))]


def _tells_alike(typed: list[str], named: list[str]) -> bool:
    """Whether two names share more than a word at their end or beginning, as two kinds of function do."""
    from rapidfuzz import fuzz

    for _ in ("the end", "the beginning"):
        typed, named = typed[::-1], named[::-1]
        same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(typed, named, strict=False))
        shared = sum(1 for _ in same)
        # A single Han character is half a word and may well be of what the name tells.
        if shared > 1 or (shared and not folding.is_han(typed[0])):
            typed, named = typed[shared:], named[shared:]
    if not typed or not named:
        return True
    if any(map(folding.is_han, typed)):
        return not set(typed).isdisjoint(named)
    return fuzz.ratio("".join(typed), "".join(named)) >= _LEAST_ALIKE


def _term_names(term: Document) -> list[str]:
    return [term["id"], term["term"]["en"], term["term"]["zh"], *term["aliases"]]


class Method(NamedTuple):
    """The method page, its tools joined with their summaries."""

    guide: Document
    tools: dict[str, Document]


def method(study: Study) -> Method:
    """How to learn AI with AI. Raises NothingFound when the content has no such page."""
    guide = study.page("guide")
    if guide is None:
        raise NothingFound("error.no-guide", hint="hint.content-path")
    named = {tool for assistant in guide["assistants"] for tool in assistant["tools"]}
    named |= {entry_id for section in guide["sections"] for entry_id in section["entries"]}
    return Method(guide, {one: summary(study, one) for one in sorted(named) if exists(study, one)})
