"""What must be understood before an entry, and why."""

import json
from collections.abc import Collection
from typing import NamedTuple

from ailearn.catalog import browse, names
from ailearn.catalog.documents import Document
from ailearn.catalog.study import Study


class Path(NamedTuple):
    """The way to an entry.

    `steps` are summaries in reading order, the goal last; `requirements` maps an entry to what it
    rests on directly, each with its reason; `minutes` is the time for all steps together. `left_out`
    counts the steps that the reader has behind her.
    """

    goal: str
    steps: tuple[Document, ...]
    requirements: dict[str, list[Document]]
    minutes: int
    left_out: int = 0


def path(study: Study, name: str, learnt: Collection[str] = ()) -> Path:
    """The prerequisites of the entry called `name`, each before whatever needs it.

    The entries with the ids `learnt` are left out, and with them what only they rest on. Raises
    NoSuchEntry. Requirements that name no entry and circles, which the checks report, are passed over.
    """
    goal = names.resolve(study, name)
    requirements = _requirements(study, goal, learnt)
    whole = _requirements(study, goal, ()) if learnt else requirements
    steps = tuple(browse.summary(study, entry_id) for entry_id in requirements)
    minutes = sum(step["minutes"] for step in steps)
    return Path(goal, steps, requirements, minutes, len(whole) - len(requirements))


def _requirements(study: Study, goal: str, learnt: Collection[str]) -> dict[str, list[Document]]:
    """What the entry `goal` and everything under it rests on, in reading order."""
    found: dict[str, list[Document]] = {}
    ordered: dict[str, list[Document]] = {}
    # What is still to be visited; functions that call themselves could not go down a long chain.
    pending = [goal]
    while pending:
        entry_id = pending[-1]
        if entry_id in found:
            ordered.setdefault(pending.pop(), found[entry_id])
            continue
        needs = [one for one in needs_of(study, entry_id) if one["id"] not in learnt]
        found[entry_id] = needs
        pending += [one["id"] for one in reversed(needs) if one["id"] not in found]
    return ordered


def needs_of(study: Study, entry_id: str) -> list[Document]:
    """What the entry with the id `entry_id` rests on directly, oldest first, each with its reason."""
    row = study.connection.execute("SELECT document FROM entry WHERE id = ?", (entry_id,)).fetchone()
    rows = study.connection.execute(
        "SELECT e.id FROM requirement AS r JOIN entry AS e ON e.id = r.needs WHERE r.entry = ?", (entry_id,)
    )
    existing = {one[0] for one in rows}
    needed = [one for one in json.loads(row[0])["requires"] if one["id"] in existing]
    return sorted(needed, key=lambda one: str(browse.summary(study, one["id"])["date"]))
