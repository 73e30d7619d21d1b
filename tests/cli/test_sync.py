"""`sync`: devices that share nothing but a folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
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
        return partial(run, AILEARN_HOME=str(home))

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
    assert second.json == {"sent": 1, "received": 1, "devices": 1, "left_out": [], "kinds": [], "changed": []}
    assert third.rows == [["0", "1", "1"]]
    assert statuses(laptop) == statuses(phone)
    assert (statuses(phone)["alexnet"], statuses(phone)["ppo"]) == ("read", "skipped")


def test_what_another_device_changed_here_is_named(device: Callable[[str], Device], tmp_path: Path) -> None:
    folder = str(tmp_path / "shared")
    laptop, phone = device("laptop"), device("phone")
    laptop("read", "brook", "resnet")
    laptop("note", "lora", "from the laptop")
    laptop("start", "ppo")
    phone("note", "lora", "from the phone")
    phone("know", "ppo")
    phone("note", "cot", "only here")
    laptop("sync", folder)

    found = phone("sync", folder, "--json")
    again = phone("sync", folder)

    assert found.json["changed"] == ["lora", "ppo"]
    assert "Another device has changed your note or status of: lora, ppo." in found.err
    assert "lora" not in again.err
    back = laptop("sync", folder)
    assert "changed" not in back.err


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


def test_what_is_no_event_is_left_out_and_named_and_the_rest_goes_on(
    device: Callable[[str], Device], tmp_path: Path
) -> None:
    folder = tmp_path / "shared"
    laptop, phone = device("laptop"), device("phone")
    laptop("read", "alexnet")
    laptop("sync", str(folder))
    (file,) = folder.iterdir()
    file.write_text(file.read_text("utf-8") + '{"hello": 1}\n', "utf-8")
    (folder / "folder.jsonl").mkdir()
    (folder / "link.jsonl").symlink_to(tmp_path / "nowhere")
    phone("read", "resnet")

    found = phone("sync", str(folder), "--json")

    assert found.exit == 0
    assert {one["place"]: one["reason"] for one in found.json["left_out"]} == {
        f"{file}:2": "no-event",
        str(folder / "folder.jsonl"): "not-regular",
        str(folder / "link.jsonl"): "link",
    }
    assert f"warning: left out: {file}:2: it is not an event of ailearn.\n" in found.err
    assert f"warning: left out: {folder / 'link.jsonl'}: it is a link.\n" in found.err
    assert (found.json["sent"], found.json["received"]) == (1, 1)
    assert statuses(phone)["alexnet"] == "read"
    told = phone("sync", str(folder), "--lang", "zh").err
    assert f"警告：跳过了 {file}:2：它不是 ailearn 的学习记录。\n" in told


def test_a_kind_that_only_a_newer_program_knows_is_said_once(
    device: Callable[[str], Device], tmp_path: Path
) -> None:
    folder = tmp_path / "shared"
    laptop, phone, tablet = device("laptop"), device("phone"), device("tablet")
    laptop("read", "alexnet")
    lines = laptop("progress", "export").splitlines()
    dream = lines[0].replace('"status", ', '"dream", ')
    lines += [dream.replace('"counter": 1', f'"counter": {number}') for number in (2, 3)]
    folder.mkdir()
    (folder / "other.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    (tmp_path / "other").write_text("".join(f"{line}\n" for line in lines), "utf-8")

    first, again = phone("sync", str(folder)), phone("sync", str(folder))
    imported = tablet("progress", "import", str(tmp_path / "other"))

    assert (first.exit, first.rows) == (0, [["0", "3", "1"]])
    for told in (first.err, imported.err):
        assert told.count("warning: ") == 1
        assert "(dream)" in told
    assert "warning" not in again.err
    assert phone("progress", "export").count("dream") == 2
    assert statuses(phone)["alexnet"] == "read"


@pytest.mark.parametrize("folder", ["", " ", "\t"])
def test_a_folder_without_a_name_is_wrong_usage(
    device: Callable[[str], Device], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.chdir(tmp_path)
    laptop = device("laptop")
    laptop("read", "alexnet")
    before = list(tmp_path.iterdir())

    found = laptop("sync", folder)

    assert (found, found.exit) == ("", 2)
    assert "hint: Give a folder" in found.err
    assert list(tmp_path.iterdir()) == before


# Clocks that are wrong

AHEAD, TRUE = "2026-03-10T12:10:00Z", "2026-03-10T12:02:00Z"


@pytest.mark.parametrize("ahead", ["2026-03-10T12:10:00Z", "2026-03-10T15:02:00Z", "2031-01-01T00:00:00Z"])
def test_what_is_recorded_after_a_sync_holds_whatever_the_clocks_say(
    device: Callable[[str], Device], tmp_path: Path, ahead: str
) -> None:
    folder = str(tmp_path / "shared")
    a, b = device("a"), device("b")
    a("note", "resnet", "old, from A", AILEARN_NOW=ahead)
    a("read", "resnet", AILEARN_NOW=ahead)
    a("read", "lora", AILEARN_NOW=ahead)
    a("sync", folder, AILEARN_NOW=ahead)
    b("sync", folder, AILEARN_NOW=TRUE)

    b("note", "resnet", "new, from B", AILEARN_NOW=TRUE)
    b("skip", "resnet", AILEARN_NOW=TRUE)
    b("undo", AILEARN_NOW=TRUE)
    b("know", "lora", AILEARN_NOW=TRUE)
    b("sync", folder, AILEARN_NOW=TRUE)
    a("sync", folder, AILEARN_NOW=ahead)

    for of in (a, b):
        shown = of("show", "resnet", "--json", AILEARN_NOW=TRUE).json["progress"]
        assert (shown["note"], shown["status"]) == ("new, from B", "read")
        assert statuses(of)["lora"] == "known"


def test_a_review_by_a_clock_that_was_ahead_moves_no_due_day(
    device: Callable[[str], Device], tmp_path: Path
) -> None:
    laptop, card = device("laptop"), "resnet/degradation"
    future, now = "2036-03-10T12:10:00Z", "2026-03-10T12:10:00Z"
    laptop("start", "resnet", AILEARN_NOW=future)
    laptop("review", "--grade", f"{card}=3", AILEARN_NOW=future)

    waiting = laptop("review", "--json", AILEARN_NOW=now).json
    assert card in str(waiting), "it comes back at once"
    told = laptop("next", AILEARN_NOW=now, terminal=True)
    assert "2036" not in told
    assert laptop("progress", "--json", AILEARN_NOW=now).json["due"][0]["cards"] == 1
    doctor = laptop("doctor", "--plain", AILEARN_NOW=now)
    (line,) = [row for row in doctor.rows if row[1] == "ahead"]
    assert (line[0], doctor.exit) == ("warn", 0)
    assert line[2].startswith("2 × ")
    assert "2036-03-10T12:10:00.000Z" in line[2]
    assert not [row for row in laptop("doctor", "--plain", AILEARN_NOW=future).rows if row[1] == "ahead"]

    (graded,) = laptop("review", "--grade", f"{card}=1", "--json", AILEARN_NOW=now).json
    assert graded["due"] == "2026-03-11"
    assert card in str(laptop("review", "--json", AILEARN_NOW="2026-03-11T12:10:00Z").json)


# A home that was copied


def test_a_copied_home_is_another_device_from_its_next_write_on(
    device: Callable[[str], Device], own_folders: Path, tmp_path: Path
) -> None:
    folder = str(tmp_path / "shared")
    first = device("first")
    first("read", "alexnet")
    shutil.copytree(own_folders / "first", own_folders / "second", symlinks=True)
    second = partial(first, AILEARN_HOME=str(own_folders / "second"))
    looked = {path: path.read_bytes() for path in (own_folders / "second" / "data").rglob("*.sqlite")}
    second("progress")
    assert {path: path.read_bytes() for path in looked} == looked, "looking changes nothing"
    first("note", "lora", "on the first")
    second("note", "cot", "on the second")
    for of in (first, second, first):
        told = of("sync", folder, "--plain").rows

    assert told == [["0", "1", "1"]]
    assert len(list((tmp_path / "shared").iterdir())) == 2
    assert "lora" in first("undo")
    assert "cot" in second("undo")
    assert second("undo").exit == 1, "what the first did is not undone elsewhere"
    assert "alexnet" in first("undo")
    for of in (first, second, first):
        of("sync", folder)
    assert set(statuses(first).values()) == set(statuses(second).values()) == {"unread"}


def test_a_folder_that_cannot_be_one_is_refused(device: Callable[[str], Device], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    found = device("laptop")("sync", str(tmp_path / "file"))

    assert found.exit == 5
    assert "hint: Give a folder you can read and write." in found.err
