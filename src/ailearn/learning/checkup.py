"""`doctor` for the journal."""

import contextlib
from pathlib import Path

from ailearn.catalog.diagnosis import Diagnosis, Line
from ailearn.errors import ProgressError
from ailearn.learning.clock import Moment
from ailearn.learning.journal import open_to_read
from ailearn.learning.rescue import integrity


def with_journal(found: Diagnosis, folder: Path | None, moment: Moment) -> Diagnosis:
    """`found` with what is to be said of the journal in the data folder.

    That is its path, events and faults, the backups, and how many events of which device lie more than a
    day after `moment`.
    """
    if folder is None:
        return found
    journal = integrity(folder)
    facts = f"{journal.path} ({journal.events})" if journal.exists else "–"
    if journal.newer:
        facts = f"{journal.path}: schema {journal.form}, newer than this ailearn"
    elif journal.fault:
        facts = f"{journal.path}: {journal.fault}"
    elif journal.lost:
        facts = f"{journal.path}: {'empty' if journal.exists else 'missing'}; the backup holds {journal.most}"
    elif journal.events < journal.most:
        facts = f"{facts}; the backup holds {journal.most}"
    backup = f"{journal.backup} ({journal.backups})" if journal.backup else "–"
    unusable = bool(journal.fault or journal.newer or journal.lost)
    lines = (
        Line("error" if unusable else "warn" if journal.events < journal.most else "ok", "journal", facts),
        Line("ok", "backup", backup),
        *(() if unusable else _ahead(folder, moment)),
    )
    return Diagnosis((*found.lines, *lines))


def _ahead(folder: Path, moment: Moment) -> tuple[Line, ...]:
    """Devices whose clock was ahead, or this one's is behind: they look the same."""
    try:
        with contextlib.closing(open_to_read(folder)) as journal:
            found = journal.ahead(moment)
    except ProgressError:
        # What is wrong with the journal is said in its own line.
        return ()
    return tuple(Line("warn", "ahead", f"{count} × {device}, … {last}") for device, count, last in found)
