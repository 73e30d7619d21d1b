"""The name of a device, which belongs to one machine and one home on it."""

import hashlib
import os
import sqlite3
from pathlib import Path

from ailearn.learning.storage import transaction

# Where systems with systemd or D-Bus keep the id of the machine; others are told apart by the folder itself.
_MACHINE_IDS = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


def name_device(connection: sqlite3.Connection, folder: Path) -> None:
    """Give the device of the journal in `folder` a name that belongs to this machine and this folder alone.

    A copied folder brings the name of another device along, and takes a new one. Names are kept, for a
    folder on a network drive may be written to from several machines in turn. Raises OSError and
    sqlite3.Error.
    """
    home = f"device {_home(folder)}"
    known = _names(connection, home)
    if home in known and known.get("device") == known[home]:
        return
    with transaction(connection):
        known = _names(connection, home)
        if home not in known:
            fresh = os.urandom(6).hex()
            # A journal from before homes were told apart belongs to the first that writes.
            taken = connection.execute("SELECT 1 FROM meta WHERE key LIKE 'device _%'").fetchone()
            known[home] = fresh if taken else known.get("device", fresh)
        pairs = ((home, known[home]), ("device", known[home]))
        connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", pairs)


def _names(connection: sqlite3.Connection, home: str) -> dict[str, str]:
    return dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('device', ?)", (home,)))


def _home(folder: Path) -> str:
    """A digest of this machine and the place of `folder` on it."""
    text = f"{_machine_id() or folder.stat().st_ino}\n{os.path.realpath(folder)}"
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _machine_id() -> str:
    for path in _MACHINE_IDS:
        try:
            found = path.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        if found:
            return found
    return ""
