"""Writing a file in one go."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ailearn.replacing import beside, make_private, output_file, remove_abandoned, replace_file

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextlib.contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def test_a_file_is_replaced_and_its_folder_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    for content in (b"old", b"new\n"):
        replace_file(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


@posix
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_a_private_file_and_its_new_folders_are_private_under_any_mask(tmp_path: Path, mask: int) -> None:
    path = tmp_path / "new" / "keys" / "keys.toml"
    with umask(mask), beside(path, private=True) as temporary:
        assert mode(temporary) == 0o600, "while it is written, too"
        temporary.write_bytes(b"secret")
    assert mode(path) == 0o600
    assert mode(path.parent) == mode(path.parent.parent) == 0o700


@posix
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_an_open_file_follows_the_mask_and_an_old_one_keeps_its_mode(tmp_path: Path, mask: int) -> None:
    path, old = tmp_path / "new.txt", tmp_path / "old.txt"
    old.write_bytes(b"old")
    old.chmod(0o640)
    with umask(mask):
        replace_file(path, b"new")
        replace_file(old, b"new")
    assert mode(path) == 0o666 & ~mask
    assert mode(old) == 0o640
    replace_file(old, b"newer", private=True)
    assert mode(old) == 0o600


@posix
def test_a_link_stays_and_the_file_it_leads_to_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "there" / "file.txt", tmp_path / "link.txt"
    target.parent.mkdir()
    target.write_bytes(b"old")
    link.symlink_to(target)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_what_cannot_be_replaced_stays_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(OSError, match="folder"):
        replace_file(path, b"text")
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_on_the_way_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(b"old")
    with pytest.raises(ValueError, match="on the way"), beside(path) as temporary:
        temporary.write_bytes(b"half")
        raise ValueError("on the way")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


KILLED = """
import os, sys
from pathlib import Path
from ailearn.replacing import beside
with beside(Path(sys.argv[1])) as temporary:
    for ending in ("", "-journal", "-wal"):
        Path(f"{temporary}{ending}").write_bytes(b"half")
    os._exit(9)
"""


@posix
def test_what_a_killed_process_left_is_removed_at_the_next_write(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(b"old")
    assert subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False).returncode == 9
    assert len(list(tmp_path.iterdir())) == 4
    assert path.read_bytes() == b"old"

    replace_file(path, b"new")

    assert list(tmp_path.iterdir()) == [path]


@posix
def test_what_another_process_still_writes_stays(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    with beside(path) as temporary:
        temporary.write_bytes(b"long")
        remove_abandoned(tmp_path)
        assert temporary.exists()
    assert path.read_bytes() == b"long"


def test_what_another_machine_left_is_removed_when_it_is_old(tmp_path: Path) -> None:
    young, old = (tmp_path / f".ailearn-0badcafe-4194305-{number}2345678.part" for number in (0, 1))
    other = tmp_path / ".ailearn-notes.part"
    for path in (young, old, other):
        path.write_bytes(b"half")
        os.utime(path, (time.time(), time.time() - (0 if path is young else 7200)))
    remove_abandoned(tmp_path)
    assert sorted(tmp_path.iterdir()) == [young, other]


@posix
@pytest.mark.parametrize(("before", "after"), [(0o644, 0o600), (0o777, 0o700), (0o400, 0o400)])
def test_a_file_is_made_private_and_keeps_what_its_owner_may(tmp_path: Path, before: int, after: int) -> None:
    path = tmp_path / "file"
    path.touch()
    path.chmod(before)
    make_private(path)
    assert mode(path) == after
    make_private(tmp_path / "missing")


@posix
def test_output_goes_straight_into_a_pipe_and_beside_a_file(tmp_path: Path) -> None:
    pipe, file, taken = tmp_path / "pipe", tmp_path / "file", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: taken.append(pipe.read_bytes()))
    reader.start()
    for _ in range(500):
        # Until the reader is there, nobody could take what is written.
        with contextlib.suppress(OSError), output_file(pipe) as output:
            output.write(b"text")
            break
        time.sleep(0.01)
    reader.join(timeout=10)
    assert taken == [b"text"]
    with output_file(file) as output:
        output.write(b"text")
        assert not file.exists()
    assert file.read_bytes() == b"text"


@posix
def test_a_new_output_may_be_private_and_an_old_one_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    for expected in (0o600, 0o640):
        with umask(0), output_file(path, private=True) as output:
            output.write(b"text")
        assert mode(path) == expected
        path.chmod(0o640)
