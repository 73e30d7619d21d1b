"""The start page: the tracks, and an entry to begin with."""

from typing import NamedTuple

from ailearn.catalog import browse
from ailearn.catalog.documents import Document
from ailearn.catalog.study import Study


class Suggestion(NamedTuple):
    """An entry to read next; `opens` counts the entries that rest on it."""

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
    """The entry of a track that needs nothing first and on which the most entries rest, however far."""
    rows = study.connection.execute("SELECT entry, needs FROM requirement").fetchall()
    needing: dict[str, set[str]] = {}
    for entry, needs in rows:
        needing.setdefault(needs, set()).add(entry)
    has_needs = {entry for entry, _ in rows}
    open_now = [
        (step["entry"], track) for track in tracks for step in track["steps"] if step["id"] not in has_needs
    ]
    if not open_now:
        return None

    def rests_on(entry_id: str) -> set[str]:
        found: set[str] = set()
        waiting = [entry_id]
        while waiting:
            for one in needing.get(waiting.pop(), set()) - found:
                found.add(one)
                waiting.append(one)
        return found

    ranked = [(len(rests_on(entry["id"])), entry, track) for entry, track in open_now]
    opens, entry, track = max(ranked, key=lambda one: (one[0], -one[1]["level"], -one[1]["minutes"]))
    return Suggestion(entry, track, opens)
