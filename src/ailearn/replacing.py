"""Writing a file so that at any moment there is the old one or the new one, and never half of either."""

import contextlib
import errno
import os
import re
import stat
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

# What everybody may read, as far as the user's mask lets them; and what only the user may.
_OPEN, _PRIVATE = 0o666, 0o600
_BINARY = getattr(os, "O_BINARY", 0)
# Our unfinished files name the machine and the process that writes them; SQLite keeps some of its own beside.
_UNFINISHED = re.compile(r"\.ailearn-([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.part(?:-journal|-wal|-shm)?")
# The age in seconds from which one was left by a crash, whoever wrote it.
_ABANDONED = 3600.0
# The names under which a program's own open files can be reached.
_DESCRIPTOR = re.compile(r"/dev/(?:std(?P<name>out|err)|fd/(?P<number>\d+))|/proc/self/fd/(?P<process>\d+)")


@contextlib.contextmanager
def beside(path: Path, *, private: bool = False, trusted: bool = True) -> Iterator[Path]:
    """An empty file beside `path` to be written by whoever asked; it takes its place when all went well.

    Links are followed: the file they lead to is replaced, and they stay. The mode of the old file is kept,
    unless the new one is `private`, which nobody else can read at any time. Folders that are missing are
    made, private ones for a private file. In a folder that is not `trusted`, because others may write into
    it, whatever is at `path` is replaced, and nothing that a link leads to is touched. Raises OSError, and
    leaves nothing half done behind, when `path` is something other than a regular file, may not be written,
    or cannot be.
    """
    target = Path(os.path.realpath(path)) if trusted else path
    if private:
        make_private_folder(target.parent)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
    odd = not trusted and (path.is_symlink() or not path.is_file())
    mode = None if odd else _mode_of_regular(target)
    remove_abandoned(target.parent)
    temporary = target.with_name(f".ailearn-{_machine()}-{os.getpid()}-{os.urandom(4).hex()}.part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY
    try:
        descriptor = os.open(temporary, flags, _PRIVATE if private or mode is not None else _OPEN)
        os.close(descriptor)
        yield temporary
        if mode is not None and not private:
            temporary.chmod(mode)
        _to_disk(temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes, *, private: bool = False, trusted: bool = True) -> None:
    """Write `content` beside its place and rename it, as `beside` does; raises OSError."""
    with beside(path, private=private, trusted=trusted) as temporary:
        temporary.write_bytes(content)


@contextlib.contextmanager
def output_file(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """The file that the reader named for output, opened for bytes.

    A regular one is written beside its place (see `beside`) and keeps its mode; a new one may be made
    `private`. A pipe, a device or one of the program's own open files is written straight into. Raises
    OSError; a pipe that nobody reads is an error too, for opening it would wait for ever.
    """
    own = _DESCRIPTOR.fullmatch(str(path))
    if own:
        number = {"out": 1, "err": 2}.get(own["name"]) or int(own["number"] or own["process"] or 0)
        with os.fdopen(os.dup(number), "wb") as file:
            yield file
        return
    kind = stat.S_IFMT(path.stat().st_mode) if path.exists() else stat.S_IFREG
    if kind in (stat.S_IFIFO, stat.S_IFCHR):
        descriptor = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
        os.set_blocking(descriptor, True)
        with os.fdopen(descriptor, "wb") as file:
            yield file
        return
    new = not path.exists()
    with beside(path, private=private and new) as temporary, temporary.open("wb") as file:
        yield file
        file.flush()


def _mode_of_regular(path: Path) -> int | None:
    """The permissions of the file at `path`, None when there is none yet.

    Raises OSError for what is no regular file and for one that may not be written.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    return stat.S_IMODE(found.st_mode)


def _to_disk(path: Path) -> None:
    """Wait until the file's content is on the disk: renamed before, it could be empty after a power cut."""
    descriptor = os.open(path, os.O_RDWR | _BINARY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_private_folder(folder: Path) -> None:
    """Make `folder`, and those above it that are missing, for the user alone. Raises OSError."""
    if not folder.is_dir():
        make_private_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def make_private(path: Path) -> None:
    """Let nobody else read or write a file or folder that is there and is the user's own."""
    with contextlib.suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            path.chmod(mode & ~0o077)


def remove_abandoned(folder: Path) -> None:
    """Remove what a crash left unfinished in `folder`; what another process may still write stays."""
    before = time.time() - _ABANDONED
    with contextlib.suppress(OSError), os.scandir(folder) as files:
        for file in files:
            name = _UNFINISHED.fullmatch(file.name)
            if name is None:
                continue
            with contextlib.suppress(OSError):
                ended = name[1] == _machine() and not _runs(int(name[2]))
                if ended or file.stat(follow_symlinks=False).st_mtime < before:
                    Path(file.path).unlink()


def _machine() -> str:
    """A short name for this machine, as a folder may be shared with others."""
    return f"{zlib.crc32(os.uname().nodename.encode()) if hasattr(os, 'uname') else 0:08x}"


def _runs(process: int) -> bool:
    """Whether a process of this machine with that number runs; where nobody can tell, it does."""
    if not hasattr(os, "uname"):
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
