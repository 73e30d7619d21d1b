"""The file of the journal: its tables, how it is opened and upgraded, and what can go wrong with it."""

import contextlib
import errno
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from ailearn.errors import ProgressError
from ailearn.learning import JOURNAL, backups
from ailearn.replacing import make_private, make_private_folder

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
# What SQLite says where there is no place for the index of its log.
_PLACELESS = (
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL,
)  # fmt: skip
# The log of a file and the index of that log.
BESIDE = ("-wal", "-shm")
_ATTEMPTS = 100


class Place(NamedTuple):
    """Which file stands at a path: the device it lies on, its number there, and the bytes it has at least.

    The file of a journal never becomes smaller.
    """

    device: int
    number: int
    size: int


@contextlib.contextmanager
def guarded(path: Path | None) -> Iterator[None]:
    """Turns what SQLite and the system complain about into errors that name the file and the way out."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        elsewhere = error.filename not in (None, str(path), path)
        raise _unusable(path, f"{reason} ({error.filename})" if elsewhere else reason) from error
    except UnicodeDecodeError as error:
        raise damaged(path, str(error)) from error
    except (sqlite3.ProgrammingError, sqlite3.IntegrityError):
        raise
    except sqlite3.Error as error:
        # The lowest byte is the error, the others say more about it; Python's own errors have none.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF
        if is_busy(error):
            raise ProgressError("error.progress-locked", hint="hint.progress-locked", path=path) from error
        if code in _DAMAGED:
            raise damaged(path, str(error)) from error
        raise _unusable(path, str(error)) from error


def is_busy(error: Exception) -> bool:
    """Whether SQLite complains that another program holds the file."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF in _BUSY


def _last_copy(path: Path | None) -> Path | None:
    """The newest copy that this program can read; None as well when nobody may look for one."""
    copies = []
    with contextlib.suppress(OSError):
        copies = backups.copies(path.parent) if path else []
    return next((copy.path for copy in copies if copy.form <= SCHEMA), None)


def _unusable(path: Path | None, reason: str) -> ProgressError:
    copy = _last_copy(path)
    hint = "hint.progress-unusable" if copy else "hint.progress-unusable-no-backup"
    return ProgressError("error.progress-unusable", hint=hint, path=path, reason=reason, backup=copy)


def damaged(path: Path | None, reason: str) -> ProgressError:
    """What to say of a damaged journal: the last copy, and the way back to it."""
    copy = _last_copy(path)
    hint = "hint.progress-restore" if copy else "hint.progress-no-backup"
    return ProgressError("error.progress-damaged", hint=hint, path=path, reason=reason, backup=copy)


def form_of(connection: sqlite3.Connection, path: Path | None) -> int:
    """The form of an opened journal, 0 for an empty file.

    Raises ProgressError for one from a newer program, a file that is no journal, and one without events
    beside backups that hold some.
    """
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    form = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if form > SCHEMA:
        copy = _last_copy(path)
        hint = "hint.progress-newer" if copy else "hint.progress-newer-no-backup"
        raise ProgressError("error.progress-newer", hint=hint, path=path, form=form, backup=copy)
    if form < 0 or (form == 0 and tables):
        raise damaged(path, f"file is no journal (form {form})")
    if form == 0 or connection.execute("SELECT 1 FROM event LIMIT 1").fetchone() is None:
        refuse_loss(path, "error.progress-empty")
    return form


def refuse_loss(path: Path | None, key: str = "error.progress-missing") -> None:
    """Raises ProgressError when there are backups with events: nobody begins anew without knowing it."""
    copies = backups.copies(path.parent) if path else []
    if copies and copies[0].events:
        raise ProgressError(
            key,
            hint="hint.progress-lost",
            path=path,
            events=copies[0].events,
            backup=copies[0].path,
            folder=copies[0].path.parent,
        )


def place_of(path: Path) -> Place:
    """Which file stands at `path`. Raises OSError."""
    there = path.stat()
    return Place(there.st_dev, there.st_ino, there.st_size)


def require_place(path: Path | None, place: Place | None) -> None:
    """Raises ProgressError when the file that was opened is no longer the one at its path."""
    if path is None or place is None:
        return
    with contextlib.suppress(OSError):
        there = place_of(path)
        if there[:2] == place[:2] and there.size >= place.size:
            return
    raise ProgressError("error.progress-moved", hint="hint.progress-moved", path=path)


def prepare(path: Path) -> Place:
    """Make the file when there is none, let nobody but the user read it, and say which file it is.

    Raises OSError, and ProgressError when it is missing beside backups.
    """
    make_private_folder(path.parent)
    if not path.exists():
        refuse_loss(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    for ending in ("", *BESIDE):
        make_private(Path(f"{path}{ending}"))
    return place_of(path)


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing. Raises sqlite3.Error and OSError."""
    _require_regular(path)
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        with contextlib.ExitStack() as on_failure:
            connection = sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
            on_failure.callback(connection.close)
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
            on_failure.pop_all()
        return connection
    except sqlite3.OperationalError as error:
        unfinished = Path(f"{path}-journal").exists()
        if error.sqlite_errorcode & 0xFF not in _PLACELESS or unfinished:
            raise
    return _connect_in_memory(path)


def _connect_in_memory(path: Path) -> sqlite3.Connection:
    """A connection to what file and log hold together. Raises sqlite3.Error and OSError."""
    from ailearn.learning.write_ahead_log import with_log

    log = Path(f"{path}-wal")
    for _ in range(_ATTEMPTS):
        before = _written(path), _written(log)
        content = path.read_bytes(), log.read_bytes() if before[1] else b""
        if (_written(path), _written(log)) == before:
            connection = sqlite3.connect(":memory:", isolation_level=None)
            connection.deserialize(with_log(*content))
            return connection
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))


def _written(path: Path) -> tuple[int, int] | None:
    """What tells a file from the same one after it was written to; None when there is none."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return None
    return there.st_size, there.st_mtime_ns


def _require_regular(path: Path) -> None:
    """Raises OSError for what is no regular file, such as a pipe, which would be waited for."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))


def connect_to_write(path: Path) -> sqlite3.Connection:
    """A connection to a file that is there; nothing is written yet. Raises sqlite3.Error and OSError."""
    _require_regular(path)
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
            if not is_busy(error) or time.monotonic() > deadline:
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
    for statement in (*statements, f"PRAGMA user_version = {SCHEMA}"):
        connection.execute(statement)
    clear_state(connection)
    return True


def clear_state(connection: sqlite3.Connection) -> None:
    """Make the tables of what is derived anew and empty, within a transaction."""
    for statement in _DERIVED.split(";"):
        connection.execute(statement)


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
