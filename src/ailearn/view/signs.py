"""Where the reader is with an entry, as a sign before its id."""

from collections.abc import Iterable

from ailearn.catalog.documents import Document
from ailearn.view.canvas import Part
from ailearn.view.theme import SIGNS


def status(entry: Document) -> str:
    """The status of an entry; unread where nobody laid the reader's progress into it."""
    progress = entry.get("progress")
    return progress["status"] if progress else "unread"


def sign(named: str) -> Part:
    """The sign of a status and a space, in its colour; nothing for unread."""
    drawn, role = SIGNS.get(named, ("", ""))
    return (f"{drawn} ", role) if drawn else ""


def before_id(entry: Document) -> Part:
    """The sign of an entry that stands by itself."""
    return sign(status(entry))


def column(entries: Iterable[Document]) -> str:
    """What stands before ids without a sign, so that all begin in one column; nothing when none has."""
    return "  " if any(status(entry) in SIGNS for entry in entries) else ""


def in_column(entry: Document, empty: str) -> Part:
    """The sign of an entry in a list whose `column` is `empty`."""
    return before_id(entry) or empty
