"""Where the reader stands with the entries that a verb found, laid into each of them as `progress`.

Commands that only read the guide load this module, so it imports nothing that they do not need.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from ailearn.catalog.documents import Document
    from ailearn.learning.derive import EntryState

# Learnt: what a later entry may rest on. What was skipped was not learnt.
LEARNT = ("read", "known")
Result = TypeVar("Result")
States = Mapping[str, "EntryState"]


def with_progress(result: Result, states: States) -> Result:
    """`result` with `progress` in every entry that it holds; results without entries stay as they are.

    It has the keys `status`, `since` (the study day, or None) and `note` (the reader's own, or None).
    """
    lay = _LAID.get(type(result).__name__)
    laid: Result = lay(result, states) if lay else result
    return laid


def by_status(states: States) -> dict[str, list[str]]:
    """The ids of the entries in each status; those that are nowhere are unread."""
    found: dict[str, list[str]] = {}
    for entry_id, state in states.items():
        found.setdefault(state.status, []).append(entry_id)
    return found


def _entry(entry: "Document", states: States) -> "Document":
    if entry["kind"] == "term":
        return {**entry, "progress": None}
    state = states.get(entry["id"])
    status, since, note = state if state else ("unread", "", "")
    return {**entry, "progress": {"status": status, "since": since or None, "note": note or None}}


def _entries(result: Any, states: States) -> Any:
    return result._replace(entries=tuple(_entry(one, states) for one in result.entries))


def _search(result: Any, states: States) -> Any:
    hits = (hit._replace(document=_entry(hit.document, states)) for hit in result.hits)
    return result._replace(hits=tuple(hits))


def _step(step: "Document", states: States) -> "Document":
    return {**step, "entry": _entry(step["entry"], states)}


def _tracks(result: Any, states: States) -> Any:
    tracks = ({**track, "steps": [_step(one, states) for one in track["steps"]]} for track in result.tracks)
    return result._replace(tracks=tuple(tracks))


def _timeline(result: Any, states: States) -> Any:
    return result._replace(steps=tuple(_step(one, states) for one in result.steps))


def _path(result: Any, states: States) -> Any:
    return result._replace(steps=tuple(_entry(one, states) for one in result.steps))


def _named_paths(result: Any, states: States) -> Any:
    paths = ({**path, "steps": [_entry(one, states) for one in path["steps"]]} for path in result.paths)
    return result._replace(paths=tuple(paths))


def _start(result: Any, states: States) -> Any:
    suggestion = result.suggestion
    if suggestion:
        suggestion = suggestion._replace(entry=_entry(suggestion.entry, states))
    return _tracks(result, states)._replace(suggestion=suggestion)


def _home(result: Any, states: States) -> Any:
    return _tracks(result, states)._replace(next=_next(result.next, states))


def _next(result: Any, states: States) -> Any:
    proposals = (
        one._replace(entry=_entry(one.entry, states)) if one.entry else one for one in result.proposals
    )
    return result._replace(proposals=tuple(proposals))


_LAID: dict[str, Callable[[Any, States], Any]] = {
    "Listing": _entries,
    "Tools": _entries,
    "Shown": _entries,
    "SearchResult": _search,
    "Tracks": _tracks,
    "Timeline": _timeline,
    "Path": _path,
    "Way": _path,
    "NamedPaths": _named_paths,
    "Start": _start,
    "Home": _home,
    "Next": _next,
}
