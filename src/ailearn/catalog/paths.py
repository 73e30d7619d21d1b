"""Named paths: entries in an order to read them in, with the reason for each; and a track read that way."""

from typing import NamedTuple

from ailearn.catalog import browse, folding, prerequisites
from ailearn.catalog.documents import Document
from ailearn.catalog.study import Study
from ailearn.errors import NoSuchEntry
from ailearn.language import BothLanguages
from ailearn.messages import Names


class NamedPaths(NamedTuple):
    """All named paths; each dictionary holds its steps and counts its `minutes` as well."""

    paths: tuple[Document, ...]


class Way(NamedTuple):
    """A named path, or a track as one.

    Each step is the summary of its entry with `why` it stands there, and `for`: the step that needs it,
    where it was put in for one. `minutes` is the time for all steps together.
    """

    id: str
    title: BothLanguages
    about: BothLanguages
    steps: tuple[Document, ...]
    minutes: int


def named_paths(study: Study) -> NamedPaths:
    """Every named path of the content, in the order of their files."""
    ways = [_way(study, path) for path in study.page("paths") or ()]
    return NamedPaths(tuple({**way._asdict(), "steps": list(way.steps)} for way in ways))


def find(study: Study, name: str) -> Way | None:
    """The path called `name`, by its id or its title in either language; None when there is none."""
    wanted = folding.name_key(name)
    for path in study.page("paths") or ():
        if wanted in map(folding.name_key, (path["id"], path["title"]["en"], path["title"]["zh"])):
            return _way(study, path)
    return None


def check_name(study: Study, name: str) -> None:
    """Raises NoSuchEntry when `name`, which stands for nothing, is nearly the id of a path."""
    import difflib

    known = [str(path["id"]) for path in study.page("paths") or ()]
    near = difflib.get_close_matches(folding.fold(name), known, 3, 0.75)
    if near:
        names = Names(near)
        raise NoSuchEntry("error.no-entry-or-path", hint="hint.did-you-mean", name=name, names=names)


def _way(study: Study, path: Document) -> Way:
    steps = [
        _step(study, step["id"], step["why"], None)
        for step in path["steps"]
        if browse.exists(study, step["id"])
    ]
    return Way(path["id"], path["title"], path["about"], tuple(steps), _minutes(steps))


def _step(study: Study, entry_id: str, why: BothLanguages, needed_for: str | None) -> Document:
    return {**browse.summary(study, entry_id), "why": why, "for": needed_for}


def _minutes(steps: list[Document]) -> int:
    return sum(step["minutes"] for step in steps)


def track_path(study: Study, name: str) -> Way:
    """The steps of the track called `name` in their order, and before each what it needs from outside.

    The reason of a step is what it took over. Raises UsageError for an unknown track.
    """
    track = browse.tracks(study, name).tracks[0]
    placed = {step["id"] for step in track["steps"]}
    steps: list[Document] = []

    def prepare(entry_id: str) -> None:
        for need in prerequisites.needs_of(study, entry_id):
            if need["id"] not in placed:
                placed.add(need["id"])
                prepare(need["id"])
                steps.append(_step(study, need["id"], need["why"], entry_id))

    for step in track["steps"]:
        prepare(step["id"])
        steps.append(_step(study, step["id"], step["took_over"], None))
    return Way(track["id"], track["title"], track["about"], tuple(steps), _minutes(steps))
