"""Which entry a reader means: by id, alias, short name, title, arXiv id, DOI, ISBN or pasted address."""

import re
from typing import NamedTuple

from ailearn.catalog import folding
from ailearn.catalog.study import Study
from ailearn.errors import NoSuchEntry

# Patterns are compiled when they are first needed; most commands need none of them.
_ARXIV = (
    r"(?i)(?:https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html)/|https?://alphaxiv\.org/abs/|arxiv:\s*)?"
    r"(\d{4}\.\d{4,5})(?:v\d+)?(?:\.pdf)?/?(?:[?#].*)?"
)
_DOI = r"(?i)(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+?)/?"
# The DOIs that arXiv itself gives out hold the arXiv id.
_ARXIV_DOI = r"(?i)10\.48550/arxiv\.(\d{4}\.\d{4,5})"


class Candidate(NamedTuple):
    """An entry that a name may stand for, and the name under which it was found."""

    id: str
    shown: str


def identifier(text: str) -> str | None:
    """The bare arXiv id or DOI that `text` is or leads to, or None when it is neither."""
    text = text.strip()
    found = re.fullmatch(_ARXIV, text)
    if found:
        return found[1]
    found = re.fullmatch(_DOI, text)
    if found is None:
        return None
    own = re.fullmatch(_ARXIV_DOI, found[1])
    return own[1] if own else found[1]


def candidates(study: Study, name: str) -> tuple[Candidate, ...]:
    """The entries that `name` stands for exactly, those for which it is the strongest name first."""
    key = folding.name_key(identifier(name) or name)
    rows = study.connection.execute(
        "SELECT entry, shown, rank FROM name WHERE key = ? ORDER BY rank, entry", (key,)
    ).fetchall()
    strongest = [row for row in rows if row[2] == rows[0][2]]
    return tuple(Candidate(row[0], row[1]) for row in strongest)


def resolve(study: Study, name: str) -> str:
    """The id of the one entry called `name`.

    Raises NoSuchEntry when there is none (with the nearest three) or more than one (with all).
    """
    found = candidates(study, name)
    if len(found) == 1:
        return found[0].id
    if found:
        raise NoSuchEntry(
            "error.several-entries",
            hint="hint.candidates",
            name=name,
            names=", ".join(one.id for one in found),
        )
    near = nearest(study, name)
    raise NoSuchEntry(
        "error.no-entry",
        hint="hint.did-you-mean" if near else "hint.search-instead",
        name=name,
        names=", ".join(near),
    )


def nearest(study: Study, name: str, limit: int = 3) -> tuple[str, ...]:
    """The ids of the entries with the names most like `name`, best first; empty when none is like it."""
    from rapidfuzz import fuzz, process

    key = folding.name_key(name)
    rows = study.connection.execute("SELECT key, entry FROM name").fetchall()
    scored = process.extract(key, [row[0] for row in rows], scorer=fuzz.ratio, limit=20, score_cutoff=60)
    within = [index for index, row in enumerate(rows) if len(key) > 1 and key in row[0]]
    found = dict.fromkeys([rows[index][1] for _, _, index in scored] + [rows[index][1] for index in within])
    return tuple(found)[:limit]
