"""A device is a machine and a home on it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest
from tests.learning.steps import at, set_status

from ailearn.errors import NothingFound
from ailearn.learning import device
from ailearn.learning.journal import open_to_read, open_to_write, undo


@pytest.fixture(params=["machine id", "none"])
def machine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that holds the id of the machine; on some there is none."""
    path = tmp_path / "machine-id"
    if request.param == "machine id":
        path.write_text("3d1219c7c4c5404aaa1f6d2a48adfda4\n")
    monkeypatch.setattr(device, "_MACHINE_IDS", (tmp_path / "nowhere", path))
    return path


def name(folder: Path) -> str:
    """The name under which something is recorded there."""
    journal = open_to_write(folder, at().day)
    set_status(journal, "read", "resnet")
    found = list(journal.events())[-1].device
    assert found == journal.device()
    journal.close()
    return found


@pytest.mark.usefixtures("machine")
def test_a_copy_takes_a_new_name_at_its_first_write_and_keeps_it(tmp_path: Path) -> None:
    first = name(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    shutil.copytree(tmp_path / "one", tmp_path / "three")
    looked = open_to_read(tmp_path / "two")
    assert looked.device() == first, "looking changes nothing"
    looked.close()

    others = [name(tmp_path / "two"), name(tmp_path / "three")]

    assert len({first, *others}) == 3
    assert [name(tmp_path / other) for other in ("one", "two", "three")] == [first, *others]
    journal = open_to_write(tmp_path / "two", at().day)
    for _ in range(2):
        undo(journal, at())
    with pytest.raises(NothingFound):
        undo(journal, at())
    assert journal.statuses() == {"resnet": "read"}, "the event from before the copy is another device's"
    journal.close()


def test_another_machine_is_another_device_and_a_shared_home_has_one_name_for_each(
    machine: Path, tmp_path: Path
) -> None:
    if not machine.exists():
        pytest.skip("no machine has an id here")
    first = name(tmp_path / "home")
    machine.write_text("another\n")
    second = name(tmp_path / "home")

    assert second != first
    assert name(tmp_path / "home") == second
    machine.write_text("3d1219c7c4c5404aaa1f6d2a48adfda4\n")
    assert name(tmp_path / "home") == first


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_an_id_that_says_nothing_is_none(machine: Path, tmp_path: Path, content: bytes) -> None:
    machine.write_bytes(content)
    first = name(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "two")

    assert name(tmp_path / "two") != first
    assert name(tmp_path / "one") == first


@pytest.mark.skipif(sys.platform == "win32", reason="links want rights there")
@pytest.mark.usefixtures("machine")
def test_the_same_home_by_another_way_is_the_same_device(tmp_path: Path) -> None:
    first = name(tmp_path / "home" / "data")
    (tmp_path / "link").symlink_to(tmp_path / "home")

    assert name(tmp_path / "link" / "data") == first


@pytest.mark.usefixtures("machine")
def test_the_id_of_the_machine_is_not_written_down(machine: Path, tmp_path: Path) -> None:
    journal = open_to_write(tmp_path / "home", at().day)
    written = str(journal.connection.execute("SELECT * FROM meta").fetchall())
    journal.close()

    assert not machine.exists() or machine.read_text().strip() not in written
