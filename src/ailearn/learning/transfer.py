"""Events on their way to other devices: as lines of JSON, in a file or in a folder that is synced.

In a synced folder every device writes one file of its own and reads those of the others, so that
nothing that carries the folder (git, Syncthing, a network drive) ever has to merge a file.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from ailearn.errors import ProgressError
from ailearn.learning.events import Event, from_line, to_line
from ailearn.learning.journal import Journal, merge

ENDING = ".jsonl"


class SyncResult(NamedTuple):
    """How many events are new in the folder, how many are new here, and from how many other devices."""

    sent: int
    received: int
    devices: int


class Imported(NamedTuple):
    """How many events a file held, and how many of them were new."""

    events: int
    new: int


def export(journal: Journal) -> Iterator[str]:
    """All events as lines of JSON without their ends, in the one order that all devices agree on."""
    return map(to_line, journal.events())


def import_lines(journal: Journal, lines: Iterable[str], name: str) -> int:
    """Add the events on `lines` of the file `name`; returns how many were new.

    Every line is checked before anything is written. Raises ProgressError, naming file and line, for one
    that is no event or that only a newer program knows.
    """
    return merge(journal, list(_events(lines, name)))


def import_bytes(journal: Journal, content: bytes, name: str) -> Imported:
    """Add the events of a whole file called `name`; raises as `import_lines`."""
    lines = [line.decode("utf-8", "surrogateescape") for line in content.split(b"\n")]
    return Imported(sum(bool(line.strip()) for line in lines), import_lines(journal, lines, name))


def export_file(journal: Journal, path: Path) -> int:
    """Write all events into a file, all or nothing; returns how many. Raises OSError."""
    lines = [f"{line}\n" for line in export(journal)]
    _replace(path, "".join(lines).encode())
    return len(lines)


def _events(lines: Iterable[str], name: str) -> Iterator[Event]:
    for number, line in enumerate(lines, 1):
        text = line.lstrip("\ufeff") if number == 1 else line
        if text.strip():
            yield from_line(text.strip(), f"{name}:{number}")


def sync(journal: Journal, folder: Path) -> SyncResult:
    """Exchange events with the other devices through `folder`, which is made when it is not there.

    The journal's own file is read as well: after a backup was restored it gives back what is missing.
    A last line that is still on its way is left for the next time. Raises ProgressError, and changes
    nothing, when a file holds anything else that is no event, or the folder cannot be used.
    """
    device = journal.device()
    own = folder / f"{device}{ENDING}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(folder.glob(f"*{ENDING}"))
        found = {path: list(_events(_whole_lines(path.read_bytes()), str(path))) for path in files}
        received = merge(journal, [event for events in found.values() for event in events])
        lines = [to_line(event) for event in _to_send(journal, device, found)]
        _replace(own, "".join(f"{line}\n" for line in lines).encode())
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProgressError(
            "error.sync-folder", hint="hint.sync-folder", path=folder, reason=reason
        ) from error
    others = {event.device for events in found.values() for event in events} - {device}
    return SyncResult(len(lines) - len(found.get(own, ())), received, len(others))


def _whole_lines(content: bytes) -> list[str]:
    """The lines of a file, but for a last one that has no end yet; what is no text is no event either."""
    *lines, _ = content.split(b"\n")
    return [line.decode("utf-8", "surrogateescape") for line in lines]


def _to_send(journal: Journal, device: str, found: dict[Path, list[Event]]) -> Iterator[Event]:
    """The device's own events, and those of devices that have no file there, as one that was imported."""
    elsewhere = {path.stem for path in found} - {device}
    return (event for event in journal.events() if event.device not in elsewhere)


def _replace(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it, unless it holds `content` already."""
    if path.exists() and path.read_bytes() == content:
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
