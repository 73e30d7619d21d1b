"""Results for programs: records of tab-separated cells, and plain data for JSON."""

import importlib
from collections.abc import Iterator
from typing import Any

from ailearn.language import Language

_LEARNING = (
    "Quiz",
    "Questions",
    "Placement",
    "Home",
    "Marked",
    "Note",
    "Undone",
    "Queue",
    "Grades",
    "Overview",
    "Next",
    "SyncResult",
    "Imported",
    "Restored",
)
_PROGRAM = ("CheckReport", "Configuration", "Diagnosis", "ContentPlaces")
_TUTOR = (
    "Translation",
    "Prompt",
    "Connection",
    "Offered",
    "Assessments",
    "Suggestions",
    "ShownRequest",
    "Grounds",
    "Answer",
    "History",
    "Conversation",
)
_GROUPS = {"learning": _LEARNING, "program": _PROGRAM, "tutor": _TUTOR}


def records(result: Any, language: Language) -> Iterator[tuple[object, ...]]:
    """The records of a result, one a line; `both` puts both languages into one cell, ` / ` between."""
    name = type(result).__name__
    told: Iterator[tuple[object, ...]] = _module(name).RECORDS[name](result, language)
    return told


def plain_data(result: Any) -> Any:
    """What `--json` prints: a list for lists, an object for one thing, both languages everywhere."""
    name = type(result).__name__
    return _module(name).DATA[name](result)


def _module(name: str) -> Any:
    """The module that knows results of the class `name`; only that one is loaded."""
    group = next((group for group, names in _GROUPS.items() if name in names), "guide")
    return importlib.import_module(f"ailearn.view.machine_{group}")
