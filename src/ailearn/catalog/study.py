"""Opening the guide: which content there is, and the index that answers for it.

An installed program uses the index that was compiled into it. A checkout, or a reader with content
folders of her own, gets one compiled on first use into the cache folder and again when a file
changes; without a usable cache folder it lives in memory for one command.
"""

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ailearn.errors import ContentError

if TYPE_CHECKING:
    from ailearn.catalog.content_files import ContentFolder
    from ailearn.catalog.source import Library

PACKAGE = Path(__file__).parent.parent
PACKAGED_INDEX = PACKAGE / "guide.sqlite"
PACKAGED_NAMES = PACKAGE / "names.txt"
CACHED_NAMES = "names.txt"
# Changes whenever the compiled form does, so that an old cache is never read by a newer program.
FORMAT = "7"


class Notice(NamedTuple):
    """Something worth a line on stderr: a message of the program, or a finding in its own words."""

    key: str
    values: dict[str, str]


class Study(NamedTuple):
    """The opened guide, which every verb takes first."""

    connection: sqlite3.Connection
    origin: str
    notices: tuple[Notice, ...]

    def page(self, name: str) -> Any:
        """The topics, the tracks, the named paths or the method page, as plain data."""
        row = self.connection.execute("SELECT document FROM page WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def broken(self) -> list[dict[str, Any]]:
        """One finding for each file that could not be loaded whole.

        Keys: `path`, `line`, the message in `en` and `zh`, and how many `more` the file has.
        """
        row = self.connection.execute("SELECT value FROM meta WHERE key = 'findings'").fetchone()
        found: list[dict[str, Any]] = json.loads(row[0])
        return found


def guide_folder() -> Path:
    """Where the guide's own YAML lies: in the installed package, or at the root of a checkout."""
    packaged = PACKAGE / "content"
    return packaged if packaged.is_dir() else PACKAGE.parent.parent / "content"


def content_folders(own: tuple[Path, ...]) -> "tuple[ContentFolder, ...]":
    """The guide's folder and the reader's own over it, in the order in which they are laid."""
    from ailearn.catalog.content_files import ContentFolder

    return (
        ContentFolder(guide_folder(), own=False),
        *(ContentFolder(path, own=True) for path in own),
    )


def open_study(own: tuple[Path, ...], cache: Path | None) -> Study:
    """The guide with the reader's own folders laid over it.

    Raises ContentError when there is nothing to read or nothing in it can be loaded.
    """
    if not own and PACKAGED_INDEX.is_file():
        return Study(_connect(PACKAGED_INDEX, immutable=True), str(PACKAGED_INDEX), ())
    from ailearn.catalog.content_files import fingerprint

    folders = content_folders(own)
    for folder in folders:
        if not _is_folder(folder.path):
            raise ContentError("error.content-folder", hint="hint.content-folder", path=folder.path)
    state = f"{FORMAT} {fingerprint(folders)}"
    cached = cache / _cache_name(folders) if cache else None
    if cached is not None:
        connection = _current(cached, state)
        if connection is not None:
            return Study(connection, str(cached), ())
    return _compile(folders, state, cached)


def _is_folder(path: Path) -> bool:
    """Whether there is such a folder; one that may not be looked at is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def _connect(path: Path, *, immutable: bool = False) -> sqlite3.Connection:
    options = "mode=ro&immutable=1" if immutable else "mode=ro"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True)


def _cache_name(folders: "tuple[ContentFolder, ...]") -> str:
    import hashlib

    places = "\0".join(str(folder.path.absolute()) for folder in folders)
    return (
        f"guide-{hashlib.blake2b(places.encode(errors='surrogateescape'), digest_size=8).hexdigest()}.sqlite"
    )


def _current(cached: Path, state: str) -> sqlite3.Connection | None:
    """The cached index if it is whole and made from exactly the files that are there now."""
    try:
        if not cached.is_file():
            return None
        connection = _connect(cached)
        row = connection.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()
    except (OSError, sqlite3.Error):
        return None
    if row is not None and row[0] == state:
        return connection
    connection.close()
    return None


def _compile(folders: "tuple[ContentFolder, ...]", state: str, cached: Path | None) -> Study:
    from ailearn.catalog import index, source
    from ailearn.replacing import beside, replace_file

    library = source.load(folders)
    if not library.entries:
        first = next((finding for finding in library.findings if finding.severity == "error"), None)
        raise ContentError(
            "error.no-entries",
            hint="hint.content-check",
            reason=f"{first.path}: {first.message('en')}" if first else folders[0].path,
        )
    replaced = tuple(
        Notice("warning.replaced", {"id": one.id, "path": one.by_path}) for one in library.replaced
    )
    if cached is not None:
        with contextlib.suppress(OSError, sqlite3.Error):
            with beside(cached) as temporary:
                index.write(library, temporary, state)
            replace_file(cached.parent / CACHED_NAMES, names_text(library).encode())
            return Study(_connect(cached), str(cached), replaced)
    connection = sqlite3.connect(":memory:")
    index.fill(connection, library, state)
    place = str(cached.parent) if cached else ""
    unwritable = Notice("warning.no-cache" if cached else "warning.no-home", {"path": place})
    return Study(connection, "memory", (unwritable, *replaced))


def names_text(library: "Library") -> str:
    """What the completion scripts read: every id with what it names, tab separated, one a line."""
    named = [
        *((entry.id, entry.kind) for entry in library.entries),
        *((topic.id, "topic") for topic in library.topics),
        *((track.id, "track") for track in library.tracks),
        *((path.id, "path") for path in library.paths),
    ]
    return "".join(f"{name}\t{what}\n" for name, what in named)
