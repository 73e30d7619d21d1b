"""What must be understood before an entry, and why."""

import json
from typing import NamedTuple

from ailearn.catalog import browse, names
from ailearn.catalog.documents import Document
from ailearn.catalog.study import Study


class Path(NamedTuple):
    """The way to an entry.

    `steps` are summaries in reading order, the goal last; `requirements` maps an entry to what it
    rests on directly, each with its reason; `minutes` is the time for all steps together.
    """

    goal: str
    steps: tuple[Document, ...]
    requirements: dict[str, list[Document]]
    minutes: int


def path(study: Study, name: str) -> Path:
    """The prerequisites of the entry called `name`, each before whatever needs it.

    Raises NoSuchEntry. Requirements that name no entry and circles, which the checks report, are
    passed over.
    """
    goal = names.resolve(study, name)
    requirements: dict[str, list[Document]] = {}
    order: list[str] = []

    def visit(entry_id: str) -> None:
        if entry_id in requirements:
            return
        requirements[entry_id] = []
        for needed in _needed(study, entry_id):
            requirements[entry_id].append(needed)
            visit(needed["id"])
        order.append(entry_id)

    visit(goal)
    steps = tuple(browse.summary(study, entry_id) for entry_id in order)
    return Path(goal, steps, requirements, sum(step["minutes"] for step in steps))


def _needed(study: Study, entry_id: str) -> list[Document]:
    row = study.connection.execute("SELECT document FROM entry WHERE id = ?", (entry_id,)).fetchone()
    rows = study.connection.execute(
        "SELECT e.id FROM requirement AS r JOIN entry AS e ON e.id = r.needs WHERE r.entry = ?", (entry_id,)
    )
    existing = {one[0] for one in rows}
    needed = [one for one in json.loads(row[0])["requires"] if one["id"] in existing]
    return sorted(needed, key=lambda one: str(browse.summary(study, one["id"])["date"]))
