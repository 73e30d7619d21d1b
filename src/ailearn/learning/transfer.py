"""Events on their way to other devices: as lines of JSON, in a file or in a folder that is synced.

In a synced folder every device writes one file of its own and reads those of the others, so that
nothing that carries the folder (git, Syncthing, a network drive) ever has to merge a file. Whatever else
lies there, or was spoilt on its way, is left out and named.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from ailearn.errors import ProgressError
from ailearn.learning.derive import EntryState
from ailearn.learning.events import KINDS, LONGEST, Event, digest, from_line, parse, to_line
from ailearn.learning.journal import Journal, merge
from ailearn.replacing import output_file, replace_file

ENDING = ".jsonl"
# The most bytes of a file of events; enough for some millions of them.
LARGEST = 1 << 30
# No device misses so many events at once. A counter further ahead was made up, to leave no room above it.
_LEAP = 1 << 32
# Bad lines of a file: so many are named one by one, and after so many the file is no file of events.
_NAMED, _HOPELESS = 5, 1000
_MARK = b"\xef\xbb\xbf"
# Opening a pipe or a terminal must neither wait nor take it over.
_QUIETLY = sum(getattr(os, name, 0) for name in ("O_BINARY", "O_NONBLOCK", "O_NOCTTY"))

Reason = Literal[
    "link", "not-regular", "large", "long", "no-event", "unfinished", "ahead", "more", "rest", "system"
]  # fmt: skip


class LeftOut(NamedTuple):
    """A file, or a line of one (`file:line`), that was left out.

    `reason` names the message `left-out.<reason>`; `detail` says what the system said, or how many lines it
    was about.
    """

    place: str
    reason: Reason
    detail: str = ""


class SyncResult(NamedTuple):
    """How many events are new in the folder, how many are new here, and from how many other devices all are.

    `kinds` are those of new events that only a newer program knows, `changed` the entries whose note or
    status here was changed by another device.
    """

    sent: int
    received: int
    devices: int
    left_out: tuple[LeftOut, ...] = ()
    kinds: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


class Imported(NamedTuple):
    """How many events a file held, and how many of them were new; `kinds` as in `SyncResult`."""

    events: int
    new: int
    kinds: tuple[str, ...] = ()


def export(journal: Journal) -> Iterator[str]:
    """All events as lines of JSON without their ends, in the one order that all devices agree on."""
    return map(to_line, journal.events())


def export_file(journal: Journal, path: Path) -> int:
    """Write all events into a file, all or nothing, or into a pipe or device; returns how many.

    Raises OSError.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path.parent))
    count = 0
    with output_file(path, private=True) as file:
        for line in export(journal):
            file.write(f"{line}\n".encode())
            count += 1
    return count


def import_lines(journal: Journal, lines: Iterable[str], name: str) -> Imported:
    """Add the events on `lines` of the file `name`.

    Every line is checked before anything is written. Raises ProgressError, naming file and line, for one
    that is no event.
    """
    found = []
    for number, line in enumerate(lines, 1):
        text = (line.removeprefix("\ufeff") if number == 1 else line).strip()
        if text:
            place = f"{name}:{number}"
            found.append((place, from_line(text, place)))
    events, ahead = _within_reach(journal, found)
    if ahead:
        raise ProgressError("error.event-line", hint="hint.event-line", place=ahead[0].place)
    return Imported(len(events), merge(journal, events), _unknown_kinds(events))


def import_file(journal: Journal, file: BinaryIO, name: str) -> Imported:
    """Add the events of a file called `name`; raises as `import_lines`, and OSError."""
    return import_lines(journal, (line.decode("utf-8", "surrogateescape") for line in _lines(file)), name)


@contextlib.contextmanager
def opened_to_import(path: Path) -> Iterator[BinaryIO]:
    """The file or pipe at `path`, to be read. Raises OSError, also for a pipe that nobody writes into."""
    with open(path, "rb", opener=_without_waiting) as file:
        kind = stat.S_IFMT(os.fstat(file.fileno()).st_mode)
        if kind not in (stat.S_IFREG, stat.S_IFIFO):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if kind == stat.S_IFIFO:
            os.set_blocking(file.fileno(), True)
            if not file.peek(1):
                raise OSError(errno.EPIPE, "nobody writes into it", str(path))
        yield file


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | _QUIETLY)


def _without_links(path: str, flags: int) -> int:
    return os.open(path, flags | _QUIETLY | getattr(os, "O_NOFOLLOW", 0))


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines of a file with their ends; of one that is too long only so much that this can be seen.

    Raises OSError for a file that is too large.
    """
    size = 0
    while line := file.readline(LONGEST + 2):
        yield line
        while len(line) > LONGEST and not line.endswith(b"\n"):
            size += len(line)
            if size > LARGEST:
                break
            line = file.readline(LONGEST + 2)
        size += len(line)
        if size > LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))


def sync(journal: Journal, folder: Path) -> SyncResult:
    """Exchange events with the other devices through `folder`, which is made when it is not there.

    What cannot be read is left out and named. The journal's own file is read as well: after a backup was
    restored it gives back what is missing; then it is written anew from the journal. It holds the events
    of this device and those that no other file holds. Raises ProgressError when the folder cannot be used.
    """
    own = folder / f"{journal.device()}{ENDING}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        known = journal.devices()
        files = {
            path: _read(path, known)
            for path in sorted(folder.iterdir())
            if path.name.endswith(ENDING) and not path.name.startswith(".")
        }
        events, ahead = _within_reach(journal, [found for file in files.values() for found in file.found])
        before = journal.entries()
        received = merge(journal, events)
        sent = _write(journal, own, files)
    except OSError as error:
        reason = error.strerror or str(error)
        path = error.filename2 or error.filename or folder
        raise ProgressError("error.sync-folder", hint="hint.sync-folder", path=path, reason=reason) from error
    left_out = [one for file in files.values() for one in file.left_out] + ahead[:_NAMED]
    if len(ahead) > _NAMED:
        left_out.append(LeftOut(str(folder), "more", str(len(ahead) - _NAMED)))
    others = {*journal.devices().values()} - {journal.device()}
    changed = _changed(before, journal.entries())
    return SyncResult(sent, received, len(others), tuple(left_out), _unknown_kinds(events), changed)


def _changed(before: Mapping[str, EntryState], after: Mapping[str, EntryState]) -> tuple[str, ...]:
    """The entries that had a note or status, and have another now."""

    def marks(state: EntryState) -> tuple[str, str]:
        return state.status, state.note

    pairs = ((name, marks(state), marks(after.get(name, EntryState()))) for name, state in before.items())
    unset = marks(EntryState())
    return tuple(
        name
        for name, old, new in sorted(pairs)
        if any(a not in (b, nothing) for a, b, nothing in zip(old, new, unset, strict=True))
    )


class _File(NamedTuple):
    """A file of a synced folder: the digests of its lines, and the new events with their places."""

    digests: set[bytes]
    found: list[tuple[str, Event]]
    left_out: list[LeftOut]


def _read(path: Path, known: Container[bytes]) -> _File:
    """What is in a file, but for what is `known` already."""
    file = _File(set(), [], [])
    try:
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            return file._replace(left_out=[LeftOut(str(path), "link")])
        if not stat.S_ISREG(status.st_mode):
            return file._replace(left_out=[LeftOut(str(path), "not-regular")])
        if status.st_size > LARGEST:
            return file._replace(left_out=[LeftOut(str(path), "large")])
        with open(path, "rb", opener=_without_links) as content:
            _read_lines(path, content, known, file)
    except OSError as error:
        file.left_out.append(LeftOut(str(path), "system", error.strerror or str(error)))
    return file


def _read_lines(path: Path, content: BinaryIO, known: Container[bytes], file: _File) -> None:
    bad = 0
    for number, line in enumerate(_lines(content), 1):
        text = (line.removeprefix(_MARK) if number == 1 else line).strip()
        if not text:
            continue
        name = digest(text)
        if name in known:
            file.digests.add(name)
            continue
        place = f"{path}:{number}"
        try:
            event = parse(text.decode())
        except ValueError:
            bad += 1
            if bad <= _NAMED:
                long, whole = len(line) > LONGEST, line.endswith(b"\n")
                file.left_out.append(
                    LeftOut(place, "long" if long else "no-event" if whole else "unfinished")
                )
            if bad == _HOPELESS:
                file.left_out.append(LeftOut(str(path), "rest", str(bad)))
                return
            continue
        file.digests.add(name)
        file.found.append((place, event))
    if bad > _NAMED:
        file.left_out.append(LeftOut(str(path), "more", str(bad - _NAMED)))


def _within_reach(journal: Journal, found: Iterable[tuple[str, Event]]) -> tuple[list[Event], list[LeftOut]]:
    """The events of `found`, with their places, whose counters others can have led up to; and the rest."""
    reach = journal.counter()
    events, ahead = [], []
    for place, event in sorted(found, key=lambda one: one[1].counter):
        if event.counter > reach + _LEAP:
            ahead.append(LeftOut(place, "ahead"))
            continue
        reach = max(reach, event.counter)
        events.append(event)
    return events, ahead


def _unknown_kinds(events: Iterable[Event]) -> tuple[str, ...]:
    return tuple(sorted({event.kind for event in events} - {*KINDS}))


def _write(journal: Journal, own: Path, files: Mapping[Path, _File]) -> int:
    """Write the device's own file unless it is right already; returns how many events are new in the folder.

    What it holds for others it goes on holding, or two devices that see each other do so would both stop.
    """
    devices, device = journal.devices(), journal.device()
    for file in files.values():
        if not file.digests <= devices.keys():
            # Some lines of it say what they say in another form than ours.
            file.digests.update(digest(to_line(event).encode()) for _, event in file.found)
    before = files.get(own, _File(set(), [], []))
    elsewhere = set[bytes]().union(*(file.digests for path, file in files.items() if path != own))
    wanted = {
        name
        for name, of in devices.items()
        if of == device or name in before.digests or name not in elsewhere
    }
    if own not in files or before.left_out or before.digests != wanted:
        content = "".join(f"{to_line(event)}\n" for event in journal.events(wanted))
        replace_file(own, content.encode(), private=True, trusted=False)
    return len(wanted - before.digests - elsewhere)
