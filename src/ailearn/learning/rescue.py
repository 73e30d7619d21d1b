"""When the journal is damaged: what is wrong with it, and the way back to the last backup."""

import contextlib
import itertools
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ailearn.errors import ProgressError
from ailearn.learning import backups, storage
from ailearn.learning.clock import Moment
from ailearn.learning.journal import renewed
from ailearn.learning.soundness import first_fault
from ailearn.replacing import beside

# What SQLite keeps beside its file. One that stayed behind would be applied to the restored file.
_BESIDE = ("-wal", "-journal")


class Integrity(NamedTuple):
    """What can be said of the journal: `fault` is empty for a sound one, `backup` the newest copy.

    `most` is how many events that copy holds.
    """

    path: Path
    exists: bool
    fault: str
    events: int
    backup: Path | None
    backups: int
    form: int
    most: int

    @property
    def lost(self) -> bool:
        """Whether the journal is missing or empty though a backup holds events."""
        return self.most > 0 and not self.events and not self.fault and not self.newer

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
    with contextlib.suppress(OSError):
        copies = backups.copies(folder)
    try:
        exists = path.exists()
        if exists:
            with contextlib.closing(storage.connect_to_read(path)) as journal:
                form = journal.execute("PRAGMA user_version").fetchone()[0]
                if 0 < form <= storage.SCHEMA:
                    fault = first_fault(journal, state=form == storage.SCHEMA)
                    events = journal.execute("SELECT count(*) FROM event").fetchone()[0]
                    if form < storage.SCHEMA and not fault:
                        renewed(journal).close()
                elif form <= 0 and journal.execute("SELECT 1 FROM sqlite_master").fetchone():
                    fault = f"file is no journal (form {form})"
    except backups.UNREADABLE as error:
        fault = fault or str(error)
    most = copies[0].events if copies else 0
    return Integrity(path, exists, fault, events, copies[0].path if copies else None, len(copies), form, most)


def damage(folder: Path) -> ProgressError | None:
    """What to say of a journal that is damaged; None of any other."""
    journal = integrity(folder)
    return storage.damaged(journal.path, journal.fault) if journal.exists and journal.fault else None


def restore(folder: Path | None, moment: Moment) -> Restored:
    """Bring back the sound backup with the most events; the present file is kept under another name.

    At any moment there is the old journal with its log or the new one. Only in place of a file that SQLite
    cannot read there may be none, which the next command says. Raises ProgressError when there is no sound
    backup, another program writes to the journal, or the data folder cannot be written.
    """
    if folder is None:
        raise ProgressError("error.no-data-folder", hint="hint.home")
    # A link to the journal stays, and SQLite keeps the log where it leads to.
    path = Path(os.path.realpath(folder / storage.FILE))
    with storage.guarded(path), contextlib.ExitStack() as opened:
        copy, journal = _sound_copy(folder)
        opened.callback(journal.close)
        replaced = _free_name(path, moment)
        whole = opened.enter_context(_held(path)) and _copied(path, replaced)
        with beside(path, private=True) as temporary:
            _write(journal, temporary)
            there = whole or _set_aside(path, replaced)
            for ending in (*_BESIDE, "-shm"):
                Path(f"{path}{ending}").unlink(missing_ok=True)
    return Restored(copy.path, copy.events, copy.last, replaced if there else None)


def _sound_copy(folder: Path) -> tuple[backups.Copy, sqlite3.Connection]:
    """The sound copy with the most events, and what it holds, in memory with all state derived anew.

    Raises ProgressError when there is none.
    """
    for copy in backups.copies(folder):
        with contextlib.suppress(*backups.UNREADABLE), backups.opened(copy.path, finished=True) as connection:
            if copy.form <= storage.SCHEMA and not first_fault(connection, state=False):
                return copy, renewed(connection)
    raise ProgressError("error.no-backup", hint="hint.no-backup", path=folder / backups.FOLDER)


@contextlib.contextmanager
def _held(path: Path) -> Iterator[bool]:
    """The file holds all that its log held, and nobody writes to it meanwhile.

    False when there is none or SQLite cannot do that. Raises sqlite3.Error when another program writes.
    """
    connection = None
    try:
        if path.exists():
            # Opened to be written, SQLite throws away a log with which it can do nothing.
            storage.connect_to_read(path).close()
            connection = _folded(path)
    # A damaged file may make SQLite complain in bytes that are no text.
    except (sqlite3.Error, UnicodeDecodeError) as error:
        if storage.is_busy(error):
            raise
    try:
        yield connection is not None
    finally:
        if connection is not None:
            connection.close()


def _folded(path: Path) -> sqlite3.Connection:
    """A connection that keeps others from writing, after the log was taken into the file.

    Raises sqlite3.Error, and ProgressError when others never stop.
    """
    log, deadline = Path(f"{path}-wal"), time.monotonic() + storage.BUSY_SECONDS
    with contextlib.ExitStack() as on_failure:
        connection = storage.connect_to_write(path)
        on_failure.callback(connection.close)
        while True:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("BEGIN IMMEDIATE")
            if not log.exists() or log.stat().st_size == 0:
                on_failure.pop_all()
                return connection
            connection.execute("ROLLBACK")
            if time.monotonic() > deadline:
                raise ProgressError("error.progress-locked", hint="hint.progress-locked", path=path)


def _copied(path: Path, replaced: Path) -> bool:
    """Copy a journal that SQLite can read; says whether it could."""
    with contextlib.suppress(sqlite3.Error, UnicodeDecodeError), backups.opened(path) as journal:
        with beside(replaced, private=True) as copy:
            _write(journal, copy)
        return True
    return False


def _write(journal: sqlite3.Connection, path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as new:
        new.execute("PRAGMA journal_mode = OFF")
        journal.backup(new)


def _set_aside(path: Path, replaced: Path) -> bool:
    """Give a file that SQLite cannot read, and what is beside it, another name; says whether there is one.

    All are copied before the first is removed, and the file goes first, so that it never stands without
    its log.
    """
    endings = [ending for ending in (*_BESIDE, "") if Path(f"{path}{ending}").exists()]
    for ending in endings:
        with beside(Path(f"{replaced}{ending}"), private=True) as copy:
            shutil.copyfile(f"{path}{ending}", copy)
    path.unlink(missing_ok=True)
    return "" in endings


def _free_name(path: Path, moment: Moment) -> Path:
    """A name beside the journal, with the time, that nothing has yet."""
    stamp = moment.at[:19].replace(":", "")
    for number in itertools.count(1):
        name = path.with_name(f"progress-replaced-{stamp}{f'-{number}' if number > 1 else ''}.sqlite")
        if not any(Path(f"{name}{ending}").exists() for ending in (*_BESIDE, "")):
            break
    return name
