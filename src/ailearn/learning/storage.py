"""The file of the journal: its tables, how it is opened and upgraded, and what can go wrong with it."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from ailearn.errors import ProgressError
from ailearn.learning import JOURNAL, backups

FILE = JOURNAL
SCHEMA = 2
BUSY_SECONDS = 10.0

_META = "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);"
_EVENT = """
CREATE TABLE event (
    position INTEGER PRIMARY KEY, uuid TEXT NOT NULL, action TEXT NOT NULL, device TEXT NOT NULL,
    at TEXT NOT NULL, day TEXT NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, payload TEXT NOT NULL,
    counter INTEGER NOT NULL, digest BLOB NOT NULL UNIQUE
);
CREATE INDEX event_subject ON event (subject, counter);
CREATE INDEX event_action ON event (action);
CREATE INDEX event_day ON event (day, kind);
CREATE INDEX event_device ON event (device, counter);
CREATE INDEX event_counter ON event (counter);
"""
_OLD_INDEXES = ("event_subject", "event_action", "event_day", "event_device")
# From the form that is the key to the next one, statements for `meta` and `event`; the rest is derived anew.
# The events of the first form are set aside as `former`, for the journal to take over one by one.
MIGRATIONS: dict[int, tuple[str, ...]] = {
    1: (
        "ALTER TABLE event RENAME TO former",
        *(f"DROP INDEX IF EXISTS {name}" for name in _OLD_INDEXES),
        *_EVENT.split(";"),
    )
}
_DERIVED = """
DROP TABLE IF EXISTS undone;
DROP TABLE IF EXISTS entry;
DROP TABLE IF EXISTS card;
CREATE TABLE undone (device TEXT, action TEXT, PRIMARY KEY (device, action)) WITHOUT ROWID;
CREATE TABLE entry (
    id TEXT PRIMARY KEY, status TEXT NOT NULL, since TEXT NOT NULL, note TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE card (
    key TEXT PRIMARY KEY, entry TEXT NOT NULL, stability REAL, difficulty REAL, last TEXT, due TEXT,
    reviews INTEGER NOT NULL, lapses INTEGER NOT NULL, introduced TEXT NOT NULL, suspended INTEGER NOT NULL,
    leech INTEGER NOT NULL, flagged INTEGER NOT NULL, answer TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX card_due ON card (due);
"""
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
# A table that is missing or holds what is no text is damage too, though SQLite calls it another error.
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH)


@contextlib.contextmanager
def guarded(path: Path | None) -> Iterator[None]:
    """Turns what SQLite and the system complain about into errors that name the file and the way out."""
    try:
        yield
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise _damaged(path, str(error)) from error
    except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
        raise
    except sqlite3.Error as error:
        # The lowest byte is the error, the others say more about it; Python's own errors have none.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if code in _BUSY:
            raise ProgressError("error.progress-locked", hint="hint.progress-locked", path=path) from error
        if code in _DAMAGED:
            raise _damaged(path, str(error)) from error
        raise _unusable(path, str(error)) from error


def _last_copy(path: Path | None) -> Path | None:
    """The newest copy that this program can read."""
    found = backups.copies(path.parent) if path else []
    return next((copy.path for copy in found if copy.form <= SCHEMA), None)


def _unusable(path: Path | None, reason: str) -> ProgressError:
    copy = _last_copy(path)
    hint = "hint.progress-unusable" if copy else "hint.progress-unusable-no-backup"
    return ProgressError("error.progress-unusable", hint=hint, path=path, reason=reason, backup=copy)


def _damaged(path: Path | None, reason: str) -> ProgressError:
    copy = _last_copy(path)
    hint = "hint.progress-restore" if copy else "hint.progress-no-backup"
    return ProgressError("error.progress-damaged", hint=hint, path=path, reason=reason, backup=copy)


def form_of(connection: sqlite3.Connection, path: Path | None) -> int:
    """The form of an opened journal, 0 for an empty file.

    Raises ProgressError for one from a newer program.
    """
    form = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if form > SCHEMA:
        copy = _last_copy(path)
        hint = "hint.progress-newer" if copy else "hint.progress-newer-no-backup"
        raise ProgressError("error.progress-newer", hint=hint, path=path, form=form, backup=copy)
    return form


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing. Raises sqlite3.Error."""
    address = path.absolute().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
        # In a folder that cannot be written, write-ahead mode has no place for its index.
        return sqlite3.connect(f"{address}?immutable=1", uri=True, isolation_level=None)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def connect_to_write(path: Path) -> sqlite3.Connection:
    """A connection to a file that is made when it is not there; nothing is written yet."""
    return sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)


def write_ahead(connection: sqlite3.Connection) -> None:
    """Write-ahead mode with full synchronisation: readers and a writer do not wait for each other."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            break
        except sqlite3.OperationalError as error:
            # Two terminals may make the journal at once; SQLite does not wait by itself here.
            if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
    connection.execute("PRAGMA synchronous = FULL")


def upgrade(connection: sqlite3.Connection) -> bool:
    """Give the file the present form, within a transaction; says whether state must be derived anew."""
    form = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if form == SCHEMA:
        return False
    statements = [_META, *_EVENT.split(";")] if form == 0 else []
    statements += [line for old in range(form or SCHEMA, SCHEMA) for line in MIGRATIONS[old]]
    statements += [*_DERIVED.split(";"), f"PRAGMA user_version = {SCHEMA}"]
    for statement in statements:
        connection.execute(statement)
    return True


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, waiting for other terminals before anything is read."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk makes SQLite roll back by itself.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
