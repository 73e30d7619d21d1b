"""`sync`: devices that share nothing but a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Result, Run

Device = Callable[..., "Result"]


@pytest.fixture
def device(run: Run, own_folders: Path) -> Callable[[str], Device]:
    """Makes the command of a device with folders of its own; the compiled guide is shared."""

    def make(name: str) -> Device:
        home = own_folders / name
        home.mkdir()
        (home / "cache").symlink_to(own_folders / "ailearn" / "cache")
        return lambda *arguments, **environment: run(*arguments, AILEARN_HOME=str(home), **environment)

    return make


def statuses(of: Device) -> dict[str, str]:
    return {one["id"]: one["progress"]["status"] for one in of("list", "--json").json}


def test_what_one_device_did_the_other_knows(device: Callable[[str], Device], tmp_path: Path) -> None:
    folder = str(tmp_path / "shared")
    laptop, phone = device("laptop"), device("phone")
    laptop("read", "alexnet")
    phone("skip", "ppo")

    first = laptop("sync", folder)
    second = phone("sync", folder, "--json")
    third = laptop("sync", folder, "--plain")

    assert (first.exit, first) == (0, "1\t0\t0\n")
    assert "Events sent: 1. Received: 0." in first.err
    assert second.json == {"sent": 1, "received": 1, "devices": 1}
    assert third.rows == [["0", "1", "1"]]
    assert statuses(laptop) == statuses(phone)
    assert (statuses(phone)["alexnet"], statuses(phone)["ppo"]) == ("read", "skipped")


def test_every_device_writes_only_its_own_file(device: Callable[[str], Device], tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    laptop, phone = device("laptop"), device("phone")
    laptop("read", "alexnet")
    laptop("sync", str(folder))
    (written,) = folder.iterdir()
    before = written.read_bytes()
    phone("read", "resnet")
    phone("sync", str(folder))

    assert written.read_bytes() == before
    assert len(list(folder.iterdir())) == 2


def test_syncing_again_changes_nothing(device: Callable[[str], Device], tmp_path: Path) -> None:
    laptop = device("laptop")
    laptop("read", "alexnet")
    laptop("sync", str(tmp_path / "shared"))

    assert laptop("sync", str(tmp_path / "shared"), "--plain").rows == [["0", "0", "0"]]


def test_on_a_terminal_the_counts_are_said_beside_the_data(
    device: Callable[[str], Device], tmp_path: Path
) -> None:
    found = device("laptop")("sync", str(tmp_path / "shared"), "--lang", "zh", terminal=True)

    assert found == ""
    assert "发出 0 条" in found.err


def test_a_file_that_is_no_journal_is_refused_and_nothing_taken(
    device: Callable[[str], Device], tmp_path: Path
) -> None:
    folder = tmp_path / "shared"
    laptop, phone = device("laptop"), device("phone")
    laptop("read", "alexnet")
    laptop("sync", str(folder))
    (file,) = folder.iterdir()
    file.write_text(file.read_text("utf-8") + '{"hello": 1}\n', "utf-8")

    found = phone("sync", str(folder))

    assert found.exit == 5
    assert f"{file}:2" in found.err
    assert statuses(phone)["alexnet"] == "unread"
    assert list(folder.iterdir()) == [file]


def test_a_folder_that_cannot_be_one_is_refused(device: Callable[[str], Device], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    found = device("laptop")("sync", str(tmp_path / "file"))

    assert found.exit == 5
    assert "hint: Give a folder you can read and write." in found.err
