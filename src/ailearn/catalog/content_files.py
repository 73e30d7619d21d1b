"""Which files a content folder holds, and a fingerprint that changes whenever one of them does.

The fingerprint is taken at every start of the program, so this module imports neither yaml nor pydantic,
and its inner loop makes no object per file but two strings: with 10,000 files that halves the time.
"""

import contextlib
import hashlib
import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ENTRY_FOLDERS = ("papers", "courses", "books", "tools")
TRACK_FOLDER = "tracks"
PATH_FOLDER = "paths"
CARD_FOLDER = "cards"
CONTENT_FOLDERS = (*ENTRY_FOLDERS, TRACK_FOLDER, PATH_FOLDER, CARD_FOLDER)
CONTENT_SUFFIXES = (".yaml", ".yml")
# So many folders may be reached through links; one to a whole disk would keep every start waiting.
MOST_LINKED_FOLDERS = 2000
_SYSTEM = ("/proc/", "/sys/", "/dev/")


@dataclass(frozen=True, slots=True)
class ContentFolder:
    """A folder of content; `own` tells the reader's own folders from the guide's."""

    path: Path
    own: bool


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A folder inside a content folder ("" for itself) that could not be listed, and why.

    `too_far` is a link that is not followed, or was not to its end.
    """

    relative: str
    reason: str
    missing: bool
    too_far: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """What a content folder holds: the relative paths of its YAML files in the order of names.

    `ignored` are the top-level folders that are no part of a guide.
    """

    files: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]
    ignored: tuple[str, ...]


def scan(folder: Path) -> Scan:
    """List the YAML files at the top of `folder` and at any depth of the folders a guide is made of.

    Hidden names are skipped. A symbolic link is followed unless it leads to a file or folder that was already
    found, so that loops end and nothing is read twice, to a folder around this one, or to more than
    MOST_LINKED_FOLDERS. A dangling link counts as a file, for reading it tells what is wrong. Never raises:
    what cannot be listed, or is too much, is in `unreadable`.
    """
    walk = _Walk(os.fspath(folder))
    walk.run()
    return Scan(tuple(sorted(walk.files)), tuple(walk.unreadable), tuple(sorted(walk.ignored)))


def fingerprint(folders: Sequence[ContentFolder]) -> str:
    """A hash (BLAKE2b, 32 hex digits) of the name, size and time of change of every content file."""
    digest = hashlib.blake2b(digest_size=16)
    for folder in folders:
        walk = _Walk(os.fspath(folder.path))
        walk.run()
        walk.stamps.sort()
        problems = [f"{problem.relative}\0{problem.reason}" for problem in walk.unreadable]
        # No name holds a NUL, so neither files nor folders can run into one another.
        stamps = "\0\0".join(("own" if folder.own else "guide", *problems, *walk.stamps, "\0"))
        digest.update(stamps.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


class _Walk:
    """One walk through a content folder; `stamps` holds name, size and time of change (ns) of each file."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.files: list[str] = []
        self.stamps: list[str] = []
        self.unreadable: list[Unreadable] = []
        self.ignored: list[str] = []
        self.folders = [""]
        self.links: list[str] = []
        self.links_to_files: list[str] = []
        self.seen: set[tuple[int, int]] = set()
        self.around: frozenset[tuple[int, int]] = frozenset()

    def run(self) -> None:
        while self.folders:
            self.list_folder(self.folders.pop())
        # Links wait until everything real is known: only then is it clear which lead to something new.
        links, self.links = sorted(self.links), []
        if links:
            self.around = _around(Path(self.root))
        for link in links:
            self.follow_all(link)
        if self.links_to_files:
            self.add_linked_files()

    def follow_all(self, link: str) -> None:
        """Follow a link and those behind it, or leave all of it out when it is too much."""
        self.links.append(link)
        seen = set(self.seen)
        count = 0
        while (self.links or self.folders) and count <= MOST_LINKED_FOLDERS:
            if self.folders:
                count += 1
                self.list_folder(self.folders.pop())
            else:
                self.links.sort(reverse=True)
                self.follow(self.links.pop())
        if count > MOST_LINKED_FOLDERS:
            self.seen = seen
            self.folders.clear()
            self.links.clear()
            inside = f"{link}/"
            self.unreadable = [one for one in self.unreadable if not one.relative.startswith(inside)]
            for found in (self.files, self.stamps, self.links_to_files):
                found[:] = [name for name in found if not name.startswith(inside)]
            self.leave_out(link)

    def list_folder(self, relative: str) -> None:
        prefix = f"{relative}/" if relative else ""
        path = os.path.join(self.root, relative) if relative else self.root
        files, stamps = self.files, self.stamps
        try:
            identity = _identity(os.stat(path))
            if identity in self.seen:
                return
            self.seen.add(identity)
            with os.scandir(path) as items:
                for item in items:
                    name = item.name
                    if name[0] == ".":
                        continue
                    if item.is_symlink():
                        self.links.append(prefix + name)
                    elif name.endswith(CONTENT_SUFFIXES) and not item.is_dir():
                        status = item.stat()
                        relative_name = prefix + name
                        files.append(relative_name)
                        stamps.append(f"{relative_name}\0{status.st_size}\0{status.st_mtime_ns}")
                    elif item.is_dir():
                        self.add_folder(prefix + name)
        except OSError as error:
            missing = isinstance(error, FileNotFoundError)
            self.unreadable.append(Unreadable(relative, error.strerror or str(error), missing))

    def add_folder(self, relative: str) -> None:
        if "/" in relative or relative in CONTENT_FOLDERS:
            self.folders.append(relative)
        else:
            self.ignored.append(relative)

    def follow(self, relative: str) -> None:
        status = self.status(relative)
        if status is not None and stat.S_ISDIR(status.st_mode):
            identity = _identity(status)
            if identity in self.around - self.seen:
                self.seen.add(identity)
                self.leave_out(relative)
            elif _leads_to_system(os.path.join(self.root, relative)):
                self.leave_out(relative)
            else:
                self.add_folder(relative)
        elif relative.endswith(CONTENT_SUFFIXES):
            self.links_to_files.append(relative)

    def leave_out(self, link: str) -> None:
        self.unreadable.append(Unreadable(link, "", missing=False, too_far=True))

    def add_linked_files(self) -> None:
        known = {_identity(status) for relative in self.files if (status := self.status(relative))}
        for relative in self.links_to_files:
            status = self.status(relative)
            if status is None:
                self.files.append(relative)
                self.stamps.append(f"{relative}\0dangling")
            elif _identity(status) not in known:
                known.add(_identity(status))
                self.files.append(relative)
                self.stamps.append(f"{relative}\0{status.st_size}\0{status.st_mtime_ns}")

    def status(self, relative: str) -> os.stat_result | None:
        try:
            return os.stat(os.path.join(self.root, relative))
        except OSError:
            return None


def _around(root: Path) -> frozenset[tuple[int, int]]:
    """The folders that the one at `root` lies in, as it is named and as it is reached through links."""
    identities = set()
    for folder in {*root.absolute().parents, *root.resolve().parents}:
        with contextlib.suppress(OSError):
            identities.add(_identity(folder.stat()))
    return frozenset(identities)


def _leads_to_system(path: str) -> bool:
    """Whether a link leads to what the system shows as files, which is other at every start."""
    return f"{os.path.realpath(path)}/".startswith(_SYSTEM)


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino
