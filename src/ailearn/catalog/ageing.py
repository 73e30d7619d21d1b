"""How old the facts about a tool are on a given day, and whether it is still offered then."""

import re
from datetime import date

from ailearn.catalog.documents import Document

# From so many months on, models and prices have usually changed.
STALE_AFTER = 6
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def months_between(month: str, day: str) -> int:
    """How many months the month of `day` (YYYY-MM-DD) is after `month` (YYYY-MM); 0 where one is none."""
    first, second = _MONTH.fullmatch(month), _MONTH.match(day)
    if not first or not second:
        return 0
    return (int(second[1]) - int(first[1])) * 12 + int(second[2]) - int(first[2])


def aged(tool: Document, day: str) -> Document:
    """The block of a tool with its `age` in months and its `state` on `day`: offered, retiring or retired."""
    return {**tool, "age": months_between(tool["as_of"], day), "state": _state(tool["retires"], day)}


def _state(retires: str | None, day: str) -> str:
    try:
        last = date.fromisoformat(retires or "")
    except ValueError:
        # The reader's own unfinished tools are shown, too, whatever they say.
        return "offered"
    return "retired" if last <= date.fromisoformat(day) else "retiring"
