"""Translated paragraphs, kept so that nothing is asked for twice and a run that broke off goes on.

The file may go away at any time: without it everything is asked for again, and nothing else happens.
"""

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

FILE = "translations.sqlite"
# What nobody has asked for in so many days is forgotten.
_DAYS = 400


def key_of(*parts: str | Sequence[str]) -> str:
    """A name for what was asked for: it changes with anything that could change the answer."""
    told = json.dumps(parts, ensure_ascii=True)
    return hashlib.blake2b(told.encode(), digest_size=20).hexdigest()


class Cache:
    """The kept paragraphs; one that cannot be used remembers only as long as the program runs."""

    def __init__(self, folder: Path | None) -> None:
        self._memory: dict[str, str] = {}
        self._connection: sqlite3.Connection | None = None
        if folder is not None:
            with contextlib.suppress(OSError, sqlite3.Error):
                self._connection = _opened(folder / FILE)

    def get(self, key: str) -> str | None:
        """What is kept under `key`."""
        if key in self._memory:
            return self._memory[key]
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                row = self._connection.execute("SELECT text FROM paragraph WHERE key = ?", (key,)).fetchone()
                if row is not None:
                    self._memory[key] = str(row[0])
                    return self._memory[key]
        return None

    def keep(self, key: str, text: str) -> None:
        """Keep `text` from now on, whatever happens next."""
        self._memory[key] = text
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute(
                    "INSERT OR REPLACE INTO paragraph VALUES (?, ?, unixepoch())", (key, text)
                )

    @property
    def lasts(self) -> bool:
        """Whether the next run will find what this one keeps."""
        return self._connection is not None

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()


def _opened(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _prepared(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        # What is no database is no loss: it is a cache.
        path.unlink()
        return _prepared(path)


def _prepared(path: Path) -> sqlite3.Connection:
    # Every paragraph is written at once, in a transaction of its own.
    connection = sqlite3.connect(path, timeout=2.0, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS paragraph "
            "(key TEXT PRIMARY KEY, text TEXT NOT NULL, at INTEGER NOT NULL)"
        )
        connection.execute("DELETE FROM paragraph WHERE at < unixepoch() - ? * 86400", (_DAYS,))
    except sqlite3.Error:
        connection.close()
        raise
    return connection
