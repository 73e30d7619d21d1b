"""The start page: the tracks, and an entry to begin with."""

from collections.abc import Collection
from typing import NamedTuple

from ailearn.catalog import browse
from ailearn.catalog.documents import Document
from ailearn.catalog.study import Study


class Suggestion(NamedTuple):
    """An entry to begin with, on the way along `track`; `opens` counts the entries that rest on it."""

    entry: Document
    track: Document
    opens: int


class Start(NamedTuple):
    """What `ailearn` shows by itself: the tracks, how much there is, and what to read first."""

    tracks: tuple[Document, ...]
    counts: dict[str, int]
    suggestion: Suggestion | None


def start(study: Study) -> Start:
    """The start page for a reader whose progress is not known."""
    counts = dict(study.connection.execute("SELECT kind, count(*) FROM entry GROUP BY kind").fetchall())
    counts["term"] = study.connection.execute("SELECT count(*) FROM term").fetchone()[0]
    tracks = browse.tracks(study).tracks
    return Start(tracks, counts, _suggestion(study, tracks))


def _suggestion(study: Study, tracks: tuple[Document, ...]) -> Suggestion | None:
    """What needs nothing first and has the most entries resting on it, however far.

    It is an entry of a track, or something of another kind that an entry of a track rests on.
    """
    needed: dict[str, set[str]] = {}
    needing: dict[str, set[str]] = {}
    for entry_id, needs in study.connection.execute("SELECT entry, needs FROM requirement"):
        if browse.exists(study, needs):
            needed.setdefault(entry_id, set()).add(needs)
            needing.setdefault(needs, set()).add(entry_id)
    ranked = []
    for track in tracks:
        steps = {step["id"] for step in track["steps"]}
        for entry_id in sorted(reached(steps, needed) - needed.keys()):
            entry = browse.summary(study, entry_id)
            resting = reached({entry_id}, needing)
            rank = (len(resting), -entry["level"], -entry["minutes"], len(resting & steps))
            ranked.append((rank, Suggestion(entry, track, len(resting) - 1)))
    return max(ranked, key=lambda one: one[0])[1] if ranked else None


def reached(starts: Collection[str], links: dict[str, set[str]]) -> set[str]:
    """The ids `starts` and every id that `links` lead to from them, however far."""
    found = set(starts)
    waiting = list(starts)
    while waiting:
        fresh = links.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found
