"""Writing a file in one go."""

import os
import stat
import sys
from pathlib import Path

import pytest

from ailearn.replacing import replace_file


def test_a_file_is_replaced_and_its_folder_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    for content in (b"old", b"new\n"):
        replace_file(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_a_private_file_is_private_even_where_an_open_one_was_left_half_written(tmp_path: Path) -> None:
    path = tmp_path / "keys.toml"
    left = tmp_path / f"keys.toml.{os.getpid()}.part"
    left.write_text("half", encoding="utf-8")
    left.chmod(0o644)
    replace_file(path, b"secret", private=True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not left.exists()


def test_what_cannot_be_replaced_stays_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(OSError, match="folder"):
        replace_file(path, b"text")
    assert list(tmp_path.iterdir()) == [path]
