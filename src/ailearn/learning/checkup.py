"""`doctor` for the journal."""

from pathlib import Path

from ailearn.catalog.diagnosis import Diagnosis, Line
from ailearn.learning.rescue import integrity


def with_journal(found: Diagnosis, folder: Path | None) -> Diagnosis:
    """`found` with what is to be said of the journal in the data folder: path, events, faults, backups."""
    if folder is None:
        return found
    journal = integrity(folder)
    facts = f"{journal.path} ({journal.events})" if journal.exists else "–"
    if journal.newer:
        facts = f"{journal.path}: schema {journal.form}, newer than this ailearn"
    elif journal.fault:
        facts = f"{journal.path}: {journal.fault}"
    backup = f"{journal.backup} ({journal.backups})" if journal.backup else "–"
    lines = (
        Line("error" if journal.fault or journal.newer else "ok", "journal", facts),
        Line("ok", "backup", backup),
    )
    return Diagnosis((*found.lines, *lines))
