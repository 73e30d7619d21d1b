"""When the journal is damaged: what is wrong with it, and the way back to the last backup."""

import contextlib
import itertools
import os
import shutil
from pathlib import Path
from typing import NamedTuple

from ailearn.errors import ProgressError
from ailearn.learning import backups, storage
from ailearn.learning.clock import Moment

# What SQLite keeps beside its file. A log that stayed behind would be applied to the restored file.
_BESIDE = ("-wal", "-shm")


class Integrity(NamedTuple):
    """What can be said of the journal: `fault` is empty for a sound one, `backup` the newest copy."""

    path: Path
    exists: bool
    fault: str
    events: int
    backup: Path | None
    backups: int
    form: int = 0

    @property
    def newer(self) -> bool:
        """Whether a newer program wrote it."""
        return self.form > storage.SCHEMA


class Restored(NamedTuple):
    """The backup that was brought back, what it holds, and where the file that it replaced is now."""

    backup: Path
    events: int
    last: str
    replaced: Path | None


def integrity(folder: Path) -> Integrity:
    """Look through the whole journal in the data folder `folder`; never raises and changes nothing."""
    path = folder / storage.FILE
    fault, events, form, exists, copies = "", 0, 0, False, []
    try:
        copies = backups.copies(folder)
        exists = path.exists()
        if exists:
            with contextlib.closing(storage.connect_to_read(path)) as journal:
                fault = backups.first_fault(journal)
                form = journal.execute("PRAGMA user_version").fetchone()[0]
                if form:
                    events = journal.execute("SELECT count(*) FROM event").fetchone()[0]
    except backups.UNREADABLE as error:
        fault = fault or str(error)
    return Integrity(path, exists, fault, events, copies[0].path if copies else None, len(copies), form)


def restore(folder: Path | None, moment: Moment) -> Restored:
    """Bring back the newest backup that is sound; the present file is kept beside it under another name.

    Raises ProgressError when there is no sound backup or the data folder cannot be written.
    """
    if folder is None:
        raise ProgressError("error.no-data-folder", hint="hint.home")
    path = folder / storage.FILE
    with storage.guarded(path):
        copy = _sound_copy(folder)
        if copy is None:
            raise ProgressError("error.no-backup", hint="hint.no-backup", path=folder / backups.FOLDER)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
        try:
            _copy(copy.path, temporary)
            replaced = _set_aside(path, moment)
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    return Restored(copy.path, copy.events, copy.last, replaced)


def _sound_copy(folder: Path) -> backups.Copy | None:
    for copy in backups.copies(folder):
        with contextlib.suppress(*backups.UNREADABLE), backups.opened(copy.path, finished=True) as connection:
            if copy.form <= storage.SCHEMA and not backups.first_fault(connection):
                return copy
    return None


def _copy(source: Path, target: Path) -> None:
    """Copy a file and wait until it is on the disk."""
    with source.open("rb") as old, target.open("wb") as new:
        shutil.copyfileobj(old, new)
        new.flush()
        os.fsync(new.fileno())


def _set_aside(path: Path, moment: Moment) -> Path | None:
    """Give the journal, and what is beside it, a name with the time; returns it."""
    if not path.exists():
        return None
    stamp = moment.at[:19].replace(":", "")
    replaced = path.with_name(f"progress-replaced-{stamp}.sqlite")
    for number in itertools.count(2):
        if not replaced.exists():
            break
        replaced = path.with_name(f"progress-replaced-{stamp}-{number}.sqlite")
    for ending in (*_BESIDE, ""):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{path}{ending}", f"{replaced}{ending}")
    return replaced
