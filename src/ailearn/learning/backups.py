"""Copies of the journal: one a study day and one before every change of its form, seven kept."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ailearn.learning import BACKUPS
from ailearn.learning.soundness import first_fault
from ailearn.replacing import beside, make_private, remove_abandoned

FOLDER = BACKUPS
KEPT = 7
# A damaged file may make SQLite complain in bytes that are no text.
UNREADABLE = (sqlite3.Error, OSError, UnicodeDecodeError)


class Copy(NamedTuple):
    """A copy that can be read: how many events it holds, when the last happened, and its form."""

    path: Path
    events: int
    last: str
    form: int


def keep(path: Path, label: str, *, state: bool = True) -> Path | None:
    """Copy the journal at `path` under `label`; None when that copy exists already.

    Without `state` only its events have to be sound, as for one whose state is derived anew next. A copy
    makes room for a newer one only when the journal holds all its events. Raises OSError or sqlite3.Error
    when nothing can be written or the journal is not sound, which leaves the copies there are as they are.
    """
    folder = path.parent / FOLDER
    copy = folder / f"progress-{label}.sqlite"
    if copy.exists():
        return None
    remove_abandoned(path.parent)
    with opened(path) as journal:
        fault = first_fault(journal, "quick_check", state=state)
        if fault:
            raise sqlite3.DatabaseError(fault)
        with beside(copy, private=True) as temporary, contextlib.closing(sqlite3.connect(temporary)) as new:
            new.execute("PRAGMA journal_mode = OFF")
            journal.backup(new)
        make_private(folder)
        _make_room(journal, copy)
    return copy


def _make_room(journal: sqlite3.Connection, newest: Path) -> None:
    """Delete the copies with the fewest events beyond those that are kept, and those that are spoilt."""
    folder = newest.parent.parent
    paths = [path for path in _paths(folder) if path != newest]
    for path in paths:
        make_private(path)
    if len(paths) < KEPT:
        return
    good = [copy.path for copy in copies(folder) if copy.path != newest]
    superfluous = [path for path in good if _holds_all(journal, path)]
    superfluous += sorted(set(paths) - set(good))
    for path in superfluous[KEPT - 1 :]:
        path.unlink(missing_ok=True)


def _holds_all(journal: sqlite3.Connection, copy: Path) -> bool:
    """Whether the journal holds every event of a copy; what nobody can tell is no."""
    with contextlib.suppress(sqlite3.Error):
        journal.execute("ATTACH ? AS copy", (_address(copy, finished=True),))
        try:
            lacking = "SELECT 1 FROM copy.event WHERE uuid NOT IN (SELECT uuid FROM main.event) LIMIT 1"
            return journal.execute(lacking).fetchone() is None
        finally:
            journal.execute("DETACH copy")
    return False


def copies(folder: Path) -> list[Copy]:
    """The copies below `folder` that can be read, the newest first. Raises OSError when nobody may look.

    The newest is the one with the most events: labels and times follow a clock that may have been wrong.
    """
    readable = []
    for path in _paths(folder):
        with contextlib.suppress(*UNREADABLE), opened(path, finished=True) as copy:
            events, last = copy.execute("SELECT count(*), max(at) FROM event").fetchone()
            form = copy.execute("PRAGMA user_version").fetchone()[0]
            readable.append(Copy(path, events, str(last or ""), form))
    return sorted(readable, key=lambda copy: (copy.events, copy.path.name), reverse=True)


def _paths(folder: Path) -> list[Path]:
    """The files below `folder` that are called as copies are. Raises OSError when nobody may look."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder / FOLDER) as files:
        return [Path(file.path) for file in files if file.is_file() and _is_copy(file.name)]
    return []


def _is_copy(name: str) -> bool:
    return name.startswith("progress-") and name.endswith(".sqlite")


@contextlib.contextmanager
def opened(path: Path, *, finished: bool = False) -> Iterator[sqlite3.Connection]:
    """An SQLite file opened to be read; one that is `finished` has no log beside it and gets none."""
    connection = sqlite3.connect(_address(path, finished=finished), uri=True, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def _address(path: Path, *, finished: bool) -> str:
    return f"{path.absolute().as_uri()}?{'immutable=1' if finished else 'mode=ro'}"
