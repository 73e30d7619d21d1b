"""Copies of the journal: one a study day and one before every change of its form, seven kept."""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDER = "backups"
KEPT = 7
# A damaged file may make SQLite complain in bytes that are no text.
UNREADABLE = (sqlite3.Error, OSError, UnicodeDecodeError)


class Copy(NamedTuple):
    """A copy that can be read: how many events it holds, when the last happened, and its form."""

    path: Path
    events: int
    last: str
    form: int


def keep(path: Path, label: str) -> Path | None:
    """Copy the journal at `path` under `label`; None when that copy exists already.

    Raises OSError or sqlite3.Error when nothing can be written or the journal is damaged, which leaves
    the copies there are as they are.
    """
    folder = path.parent / FOLDER
    copy = folder / f"progress-{label}.sqlite"
    if copy.exists():
        return None
    folder.mkdir(exist_ok=True)
    temporary = copy.with_name(f"{copy.name}.{os.getpid()}.part")
    try:
        with opened(path) as old, contextlib.closing(sqlite3.connect(temporary)) as new:
            fault = first_fault(old, "quick_check")
            if fault:
                raise sqlite3.DatabaseError(fault)
            old.backup(new)
        os.replace(temporary, copy)
    finally:
        temporary.unlink(missing_ok=True)
    good = [one.path for one in copies(path.parent)]
    spoilt = sorted(set(folder.glob("progress-*.sqlite")) - set(good))
    for old_copy in [*good, *spoilt][KEPT:]:
        old_copy.unlink(missing_ok=True)
    return copy


def copies(folder: Path) -> list[Copy]:
    """The copies below `folder` that can be read, the newest first.

    The newest is the one with the most events: labels and times follow a clock that may have been wrong.
    """
    found = []
    for path in (folder / FOLDER).glob("progress-*.sqlite"):
        with contextlib.suppress(*UNREADABLE), opened(path, finished=True) as copy:
            events, last = copy.execute("SELECT count(*), max(at) FROM event").fetchone()
            form = copy.execute("PRAGMA user_version").fetchone()[0]
            found.append(Copy(path, events, last or "", form))
    return sorted(found, key=lambda copy: (copy.events, copy.path.name), reverse=True)


@contextlib.contextmanager
def opened(path: Path, *, finished: bool = False) -> Iterator[sqlite3.Connection]:
    """An SQLite file opened to be read; one that is `finished` has no log beside it and gets none."""
    options = "immutable=1" if finished else "mode=ro"
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True)
    try:
        yield connection
    finally:
        connection.close()


def first_fault(connection: sqlite3.Connection, check: str = "integrity_check") -> str:
    """What SQLite finds wrong with a file first; empty for a sound one."""
    answer = str(connection.execute(f"PRAGMA {check}(1)").fetchone()[0])
    return "" if answer == "ok" else " ".join(answer.split())
