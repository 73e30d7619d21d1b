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
    elif journal.lost:
        facts = f"{journal.path}: {'empty' if journal.exists else 'missing'}; the backup holds {journal.most}"
    elif journal.events < journal.most:
        facts = f"{facts}; the backup holds {journal.most}"
    backup = f"{journal.backup} ({journal.backups})" if journal.backup else "–"
    broken = journal.fault or journal.newer or journal.lost
    lines = (
        Line("error" if broken else "warn" if journal.events < journal.most else "ok", "journal", facts),
        Line("ok", "backup", backup),
    )
    return Diagnosis((*found.lines, *lines))
