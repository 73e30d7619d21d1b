"""A folder that others write into too: whatever lies there, the rest goes on, nothing outside is touched."""

from __future__ import annotations

import json
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.learning.steps import at, set_status

from ailearn.errors import ProgressError
from ailearn.learning.events import NOTE, STATUS, Event, to_line
from ailearn.learning.journal import Journal, open_to_write, record, replay, undo
from ailearn.learning.transfer import LeftOut, Reason, SyncResult, export, sync

Devices = Callable[[], Journal]
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


@pytest.fixture
def new_device(tmp_path: Path) -> Iterator[Devices]:
    """Makes journals, each with a data folder of its own."""
    opened: list[Journal] = []

    def make() -> Journal:
        opened.append(open_to_write(tmp_path / f"device-{len(opened)}", at().day))
        return opened[-1]

    yield make
    for journal in opened:
        journal.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "shared"
    path.mkdir()
    return path


@pytest.fixture
def one(new_device: Devices) -> Journal:
    """A journal with something in it."""
    journal = new_device()
    set_status(journal, "read", "resnet", "lora")
    return journal


def line_of(**changes: object) -> bytes:
    event = {
        "uuid": "u", "action": "a", "device": "elsewhere", "at": at().at, "day": at().day, "kind": STATUS,
        "subject": "clip", "payload": {"status": "known"}, "counter": 1, **changes,
    }  # fmt: skip
    return f"{json.dumps(event)}\n".encode()


def synced(journal: Journal, folder: Path) -> SyncResult:
    """The result of a sync that must not hang."""
    found: list[SyncResult] = []
    thread = threading.Thread(target=lambda: found.append(sync_again(journal, folder)), daemon=True)
    thread.start()
    thread.join(60)
    assert found, "it hangs"
    return found[0]


def sync_again(journal: Journal, folder: Path) -> SyncResult:
    """SQLite wants a connection of its own in each thread."""
    assert journal.path is not None
    again = open_to_write(journal.path.parent, at().day)
    try:
        return sync(again, folder)
    finally:
        again.close()


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3 << 30)


FILES: dict[str, tuple[Callable[[Path], object], Reason]] = {
    "folder": (Path.mkdir, "not-regular"),
    "dangling link": (lambda path: path.symlink_to("nowhere"), "link"),
    "link to itself": (lambda path: path.symlink_to(path), "link"),
    "link to a device": (lambda path: path.symlink_to("/dev/zero"), "link"),
    "link to a file": (lambda path: path.symlink_to(path.parent.parent / "outside"), "link"),
    "pipe": (lambda path: os.mkfifo(path), "not-regular"),
    "sparse": (sparse, "large"),
}


@posix
@pytest.mark.parametrize("what", FILES)
@pytest.mark.parametrize("own", [False, True])
def test_what_is_no_file_of_events_is_left_out_and_named(
    one: Journal, folder: Path, tmp_path: Path, what: str, own: bool
) -> None:
    make, reason = FILES[what]
    (tmp_path / "outside").write_bytes(line_of(uuid="outside"))
    (folder / "good.jsonl").write_bytes(line_of())
    path = folder / (f"{one.device()}.jsonl" if own else "bad.jsonl")
    make(path)
    if own and what == "folder":
        with pytest.raises(ProgressError) as caught:
            sync(one, folder)
        assert str(path) in str(caught.value)
        assert one.statuses()["clip"] == "known", "what could be read is there"
        return

    found = synced(one, folder)

    assert found.left_out == (LeftOut(str(path), reason),)
    assert (found.sent, found.received) == (2, 1)
    assert one.statuses()["clip"] == "known"
    assert (tmp_path / "outside").read_bytes() == line_of(uuid="outside")
    mine = folder / f"{one.device()}.jsonl"
    assert stat.S_ISREG(mine.lstat().st_mode)
    assert len(mine.read_bytes().splitlines()) == 2


@posix
def test_a_file_that_may_not_be_read_is_left_out(
    one: Journal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "bad.jsonl").write_bytes(line_of())
    real = os.open

    def refuse(path: object, *arguments: int) -> int:
        if str(path).endswith("bad.jsonl"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)

    assert sync(one, folder).left_out == (LeftOut(str(folder / "bad.jsonl"), "system", "Permission denied"),)


@pytest.mark.parametrize(
    "name", ["._x.jsonl", ".#x.jsonl", ".x.jsonl.5f3a", "x.jsonl~", "x.json", "notes.txt"]
)
def test_hidden_and_foreign_names_are_passed_over(one: Journal, folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\x00\x05\x16\x07")

    assert sync(one, folder) == SyncResult(2, 0, 0)


LINES: dict[str, tuple[bytes, Reason]] = {
    "text": (b"oops\n", "no-event"),
    "bytes": (b"\xff\xfe\n", "no-event"),
    "zeros": (b"\0" * 4096 + b"\n", "no-event"),
    "many zeros": (b"\0" * (5 << 20) + b"\n", "long"),
    "overflow": (line_of(payload={"status": "read"}).replace(b'"read"', b'"read", "n": 1e999'), "no-event"),
    "nested": (b"[" * 100_000 + b"\n", "no-event"),
    "deep": (line_of().replace(b'"known"', b'"known", "n": ' + b"[" * 50 + b"]" * 50), "no-event"),
    "year 3000": (line_of(at="3000-01-01T00:00:00.000Z"), "no-event"),
    "no day": (line_of(day="2026-02-30"), "no-event"),
    "long": (line_of(payload={"status": "read", "n": "x" * (2 << 20)}), "long"),
    "far ahead": (line_of(counter=1 << 40), "ahead"),
    "farthest ahead": (line_of(counter=1 << 62), "ahead"),
    "too far": (line_of(counter=10**30), "no-event"),
    "below zero": (line_of(counter=-1), "no-event"),
    "half": (b'{"uuid": "', "unfinished"),
}


@pytest.mark.parametrize("what", LINES)
@pytest.mark.parametrize("own", [False, True])
def test_a_line_that_is_no_event_is_left_out_and_the_others_are_not(
    one: Journal, new_device: Devices, folder: Path, what: str, own: bool
) -> None:
    line, reason = LINES[what]
    reader = one if own else new_device()
    sync(one, folder)
    path = folder / f"{one.device()}.jsonl"
    first, second = path.read_bytes().splitlines(keepends=True)
    after = line_of() if line.endswith(b"\n") else b""
    path.write_bytes(first + after + line + (second if after else b""))

    found = sync(reader, folder)

    assert found.left_out == (LeftOut(f"{path}:{2 + bool(after)}", reason),)
    assert ("clip" in reader.statuses()) == bool(after)
    record(reader, at(), NOTE, {"clip": {"text": "after it"}})
    sync(reader, folder)
    # The owner writes its file anew, and everybody can read it.
    sync(one, folder)
    other = new_device()
    assert sync(other, folder).left_out == ()
    assert list(export(other)) == list(export(one))
    assert other.notes() == {"clip": "after it"}


def test_of_many_bad_lines_some_are_named_and_the_rest_is_counted(one: Journal, folder: Path) -> None:
    path = folder / "bad.jsonl"
    path.write_bytes(b"{}\n" * 40 + line_of())
    hopeless = folder / "hopeless.jsonl"
    hopeless.write_bytes(b"{}\n" * 5000 + line_of(subject="never"))
    far = folder / "far.jsonl"
    far.write_bytes(b"".join(line_of(counter=(1 << 40) + number) for number in range(50)))

    found = sync(one, folder)

    assert [one for one in found.left_out if one.place.startswith(str(path))] == [
        *(LeftOut(f"{path}:{number}", "no-event") for number in range(1, 6)),
        LeftOut(str(path), "more", "35"),
    ]
    assert LeftOut(str(hopeless), "rest", "1000") in found.left_out
    assert [one.place for one in found.left_out if one.reason == "ahead"] == [
        f"{far}:{number}" for number in range(1, 6)
    ]
    assert found.left_out[-1] == LeftOut(str(folder), "more", "45")
    assert len(found.left_out) < 20
    assert one.statuses().keys() == {"resnet", "lora", "clip"}


def test_lines_in_another_form_are_the_same_events(one: Journal, new_device: Devices, folder: Path) -> None:
    sync(one, folder)
    path = folder / f"{one.device()}.jsonl"
    lines = [json.loads(line) for line in path.read_bytes().splitlines()]
    shuffled = [json.dumps(dict(reversed(line.items())), separators=(",", ":")) for line in lines]
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(shuffled).encode())
    other = new_device()

    assert sync(other, folder) == SyncResult(0, 2, 1)
    assert sync(other, folder) == SyncResult(0, 0, 1)
    assert list(export(other)) == list(export(one))


@pytest.mark.parametrize("spoil", [b"", b"\0" * 4096, b"conflict\n", None])
def test_what_no_file_holds_any_more_is_sent_by_whoever_has_it(
    one: Journal, new_device: Devices, folder: Path, spoil: bytes | None
) -> None:
    second, third, fourth = new_device(), new_device(), new_device()
    set_status(second, "known", "clip")
    for journal in (one, second, third):
        sync(journal, folder)
    lost = folder / f"{one.device()}.jsonl"
    if spoil is None:
        lost.unlink()
    else:
        lost.write_bytes(spoil)

    assert sync(second, folder).sent == 2
    sync(third, folder)
    sync(second, folder)
    assert sync(second, folder).sent == 0
    assert sync(fourth, folder).received == 3
    assert list(export(fourth)) == list(export(second))


@posix
def test_links_where_files_are_written_lead_nowhere(one: Journal, folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("mine")
    (folder / f"{one.device()}.jsonl").symlink_to(outside)
    for process in (os.getpid(), os.getpid() + 1):
        (folder / f".{one.device()}.jsonl.{process}.part").symlink_to(outside)

    sync(one, folder)

    assert outside.read_text() == "mine"
    assert not (folder / f"{one.device()}.jsonl").is_symlink()


@posix
def test_the_mode_of_the_own_file_is_kept(one: Journal, folder: Path) -> None:
    sync(one, folder)
    path = folder / f"{one.device()}.jsonl"
    path.chmod(0o600)
    set_status(one, "known", "clip")
    sync(one, folder)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes().splitlines()) == 3


# What others may write there


def test_a_uuid_that_was_taken_first_hides_nothing(one: Journal, new_device: Devices, folder: Path) -> None:
    early, late = new_device(), new_device()
    record(one, at(), NOTE, {"resnet": {"text": "mine"}})
    (note,) = [event for event in one.events() if event.kind == NOTE]
    forged = [
        note._replace(payload={"text": "forged"}),
        note._replace(payload={"text": "forged"}, counter=1),
        note._replace(subject="lora", payload={"text": "forged"}, counter=1),
        note._replace(kind=STATUS, payload={"status": "skipped"}, device="evil"),
    ]
    (folder / "evil.jsonl").write_text("".join(f"{to_line(event)}\n" for event in forged[1:]), "utf-8")
    sync(early, folder)
    sync(one, folder)
    for journal in (early, late, one):
        sync(journal, folder)

    assert [journal.notes()["resnet"] for journal in (early, late, one)] == ["mine"] * 3
    lines = [list(export(journal)) for journal in (early, late, one)]
    assert lines[0] == lines[1] == lines[2]
    assert len(lines[0]) == 6
    (folder / "evil.jsonl").write_text(f"{to_line(forged[0])}\n", "utf-8")
    for journal in (late, one, early):
        sync(journal, folder)
    lines = [list(export(journal)) for journal in (early, late, one)]
    assert lines[0] == lines[1] == lines[2]
    assert len({journal.notes()["resnet"] for journal in (early, late, one)}) == 1


def test_no_device_undoes_what_another_did(one: Journal, new_device: Devices, folder: Path) -> None:
    other = new_device()
    action = next(one.events()).action
    undone = Event("u1", "u1", "evil", at().at, at().day, "undo", action, {}, 3)
    joined = Event("u2", action, "evil", at().at, at().day, STATUS, "clip", {"status": "read"}, 2)
    (folder / "evil.jsonl").write_text("".join(f"{to_line(event)}\n" for event in (joined, undone)), "utf-8")

    for journal in (one, other, one):
        sync(journal, folder)

    for journal in (one, other):
        assert journal.statuses() == {"resnet": "read", "lora": "read"}
        replay(journal)
        assert journal.statuses() == {"resnet": "read", "lora": "read"}
    assert [event.subject for event in undo(one, at())] == ["resnet", "lora"], "its own are still its own"


def test_a_counter_as_large_as_may_be_leaves_room_above_it(
    one: Journal, new_device: Devices, folder: Path
) -> None:
    other = new_device()
    for number in range(1, 40):
        (folder / "evil.jsonl").write_bytes(line_of(uuid=f"u{number}", counter=number << 32))
        assert sync(one, folder).left_out == ()

    record(one, at(), STATUS, {"clip": {"status": "skipped"}})
    for journal in (one, other):
        assert sync(journal, folder).left_out == ()
    assert other.statuses()["clip"] == "skipped"
    assert other.counter() == (39 << 32) + 1


def test_two_devices_that_both_hold_a_lost_one_do_not_both_let_go(
    one: Journal, new_device: Devices, folder: Path
) -> None:
    second, third = new_device(), new_device()
    for journal in (one, second, third):
        sync(journal, folder)
    (folder / f"{one.device()}.jsonl").unlink()
    sync(second, folder)
    shared = (folder / f"{second.device()}.jsonl").read_bytes()
    (folder / f"{second.device()}.jsonl").unlink()
    sync(third, folder)
    (folder / f"{second.device()}.jsonl").write_bytes(shared)

    for journal in (second, third):
        assert sync(journal, folder).sent == 0
        assert len((folder / f"{journal.device()}.jsonl").read_bytes().splitlines()) == 2
