"""Events on their way: export, import, and the synced folder."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ailearn.errors import NothingFound, ProgressError
from ailearn.learning import rescue
from ailearn.learning.clock import Moment, moment
from ailearn.learning.events import MARK, NOTE, REVIEW, STATUS, from_line
from ailearn.learning.journal import Journal, open_to_write, record, replay, undo
from ailearn.learning.transfer import Imported, LeftOut, SyncResult, export, import_lines, sync

Devices = Callable[[], Journal]


def at(days: float = 0) -> Moment:
    return moment(datetime(2026, 5, 1, 12, tzinfo=UTC) + timedelta(days=days), 4)


def state(journal: Journal) -> object:
    return journal.entries(), journal.cards(), list(journal.events())


def read(journal: Journal, entry: str, days: float = 0) -> None:
    record(journal, at(days), STATUS, {entry: {"status": "read"}})


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


@pytest.fixture
def new_device(tmp_path: Path) -> Iterator[Devices]:
    """Makes journals, each with a data folder of its own."""
    opened: list[Journal] = []

    def make() -> Journal:
        opened.append(open_to_write(tmp_path / f"device-{len(opened)}", "2026-05-01"))
        return opened[-1]

    yield make
    for journal in opened:
        journal.close()


@pytest.fixture
def one(new_device: Devices) -> Journal:
    journal = new_device()
    read(journal, "resnet")
    record(journal, at(1), NOTE, {"resnet": {"text": "捷径\u2028\n“加法”"}})
    record(journal, at(2), REVIEW, {"resnet/problem": {"grade": 3, "retention": 0.9}})
    record(journal, at(3), MARK, {"resnet/problem": {"mark": "flag"}})
    undo(journal, at(4))
    return journal


def test_an_export_is_one_event_a_line_in_order(one: Journal) -> None:
    lines = list(export(one))

    assert [json.loads(line)["kind"] for line in lines] == ["status", "note", "review", "mark", "undo"]
    assert not any("\n" in line for line in lines)
    assert [from_line(line, "") for line in lines] == list(one.events())


def test_importing_gives_the_same_state_and_twice_changes_nothing(one: Journal, new_device: Devices) -> None:
    other = new_device()
    lines = [f"{line}\r\n" for line in export(one)]

    assert import_lines(other, ["\ufeff" + lines[0], *lines[1:], "\n"], "events.jsonl").new == 5
    assert state(other) == state(one)
    assert import_lines(other, lines, "events.jsonl").new == 0
    assert state(other) == state(one)


def edited(**changes: object) -> Callable[[str], str]:
    return lambda line: json.dumps({**json.loads(line), **changes})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line[:-9],
        lambda _: "[1, 2]",
        lambda _: "null",
        lambda _: "{}",
        lambda _: "[" * 100_000,
        edited(extra=1),
        edited(uuid=""),
        edited(uuid=7),
        edited(at="2026-05-01 12:00"),
        edited(at="2026-05-01T12:00:00.000+01"),
        edited(day="9999-12-31"),
        edited(day="2026-02-30"),
        edited(payload="read"),
        edited(payload={"status": "done"}),
        edited(subject="resnet/problem"),
        edited(action="\ud800"),
        edited(counter=0),
        edited(counter=-5),
        edited(counter=True),
        edited(counter=2.0),
        edited(counter=None),
        edited(counter=1 << 40),
        edited(counter=1 << 62),
        edited(counter=10**400),
        edited(payload={"status": "read", "n": 10**300}),
        lambda line: line.replace('"read"', '"read", "n": 1e999'),
        lambda line: line.replace('"read"', '"read", "n": -1e999'),
        lambda line: line.replace('"read"', '"read", "n": Infinity'),
        lambda line: line.replace('"read"', f'"read", "n": {"9" * 5000}'),
        lambda line: line.replace('"read"', f'"read", "n": {"[" * 40}{"]" * 40}'),
        lambda line: line.replace('"read"', f'"read", "n": {"[" * 2000}{"]" * 2000}'),
        lambda line: line.replace('"read"', '"read", "\\udfff": 1'),
        lambda line: line.replace('"read"', f'"read", "n": "{"x" * (1 << 20)}"'),
        lambda line: line.replace("read", "re\udcffad"),
        lambda line: line.replace('"read"', '"read", "score": NaN'),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_written(
    one: Journal, new_device: Devices, spoil: Callable[[str], str]
) -> None:
    other = new_device()
    lines = list(export(one))
    lines = [*lines[1:], spoil(lines[0])]

    with pytest.raises(ProgressError) as caught:
        import_lines(other, lines, "events.jsonl")

    assert str(caught.value) == "events.jsonl:5 is not an event of ailearn."
    assert caught.value.exit_code == 5
    assert list(other.events()) == []


def test_a_kind_that_only_a_newer_program_knows_is_kept_and_passed_on(
    one: Journal, new_device: Devices, tmp_path: Path
) -> None:
    other, third = new_device(), new_device()
    dreams = [edited(kind="dream", counter=number)(next(export(one))) for number in (7, 8)]
    before = one.entries(), one.cards()

    assert import_lines(other, [*export(one), *dreams], "events.jsonl") == Imported(7, 7, ("dream",))
    assert (other.entries(), other.cards()) == before
    assert replay(other) == 7
    assert sync(other, tmp_path / "shared").sent == 7
    found = sync(third, tmp_path / "shared")
    assert (found.received, found.kinds) == (7, ("dream",))
    assert sync(third, tmp_path / "shared").kinds == (), "it is said once"
    assert list(export(third)) == list(export(other))
    with pytest.raises(NothingFound):
        undo(third, at(9))


def test_devices_meet_in_a_folder(one: Journal, new_device: Devices, tmp_path: Path) -> None:
    folder, other = tmp_path / "shared" / "ailearn", new_device()
    read(other, "lora")

    assert sync(one, folder) == SyncResult(5, 0, 0)
    assert sync(other, folder) == SyncResult(1, 5, 1)
    assert sync(one, folder) == SyncResult(0, 1, 1)

    assert state(one) == state(other)
    assert set(files(folder)) == {f"{one.device()}.jsonl", f"{other.device()}.jsonl"}


def test_a_device_writes_its_own_file_only_and_only_when_it_changed(
    one: Journal, new_device: Devices, tmp_path: Path
) -> None:
    other = new_device()
    read(other, "lora")
    sync(one, tmp_path / "shared")
    sync(other, tmp_path / "shared")
    before = files(tmp_path / "shared")

    assert sync(one, tmp_path / "shared").sent == 0
    assert files(tmp_path / "shared") == before
    undo(other, at(5))
    assert sync(other, tmp_path / "shared") == SyncResult(1, 0, 1)

    after = files(tmp_path / "shared")
    changed = [name for name in after if after[name] != before[name]]
    assert changed == [f"{other.device()}.jsonl"]


def test_a_half_written_file_gives_its_whole_lines_now_and_the_rest_later(
    one: Journal, new_device: Devices, tmp_path: Path
) -> None:
    folder, other = tmp_path / "shared", new_device()
    sync(one, folder)
    path = folder / f"{one.device()}.jsonl"
    whole = path.read_bytes()
    second = whole.index(b"\n") + 1
    # Cut within a character of several bytes.
    path.write_bytes(whole[: whole.index("捷".encode(), second) + 1])

    assert sync(other, folder) == SyncResult(0, 1, 1, (LeftOut(f"{path}:2", "unfinished"),))
    path.write_bytes(whole)
    assert sync(other, folder) == SyncResult(0, 4, 1)
    assert state(other) == state(one)


def test_a_restored_journal_gets_back_what_it_had_sent(one: Journal, tmp_path: Path) -> None:
    home = tmp_path / "device-0"
    open_to_write(home, "2026-05-06").close()
    read(one, "lora", 6)
    sync(one, tmp_path / "shared")
    one.close()
    rescue.restore(home, at(7))
    restored = open_to_write(home, "2026-05-08")

    assert restored.entry("lora").status == "unread"
    assert sync(restored, tmp_path / "shared") == SyncResult(0, 1, 0)
    assert restored.entry("lora").status == "read"


def test_what_was_imported_reaches_the_others_too(one: Journal, new_device: Devices, tmp_path: Path) -> None:
    old_lines, second, third = list(export(one)), new_device(), new_device()
    import_lines(second, old_lines, "old.jsonl")

    assert sync(second, tmp_path / "shared").sent == 5
    assert sync(third, tmp_path / "shared").received == 5
    assert state(third) == state(one)


def test_a_folder_that_cannot_be_used_is_named(one: Journal, tmp_path: Path) -> None:
    (tmp_path / "shared").write_text("a file")

    with pytest.raises(ProgressError) as caught:
        sync(one, tmp_path / "shared")

    assert caught.value.hint == "hint.sync-folder"
    assert str(tmp_path / "shared") in str(caught.value)


STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(("read", "review", "undo", "sync"))), max_size=20
)


@settings(max_examples=25, deadline=None)
@given(STEPS)
def test_devices_that_sync_as_it_happens_agree_in_the_end(steps: list[tuple[int, str]]) -> None:
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home, "shared")
        devices = [open_to_write(Path(home, str(number)), "2026-05-01") for number in range(3)]
        for journal in devices:
            journal.connection.execute("PRAGMA synchronous = OFF")
        for days, (number, what) in enumerate(steps):
            journal = devices[number]
            if what == "read":
                read(journal, "resnet", days)
            elif what == "review":
                record(
                    journal, at(days), REVIEW, {"resnet/problem": {"grade": 1 + days % 4, "retention": 0.9}}
                )
            elif what == "sync":
                sync(journal, folder)
            else:
                try:
                    undo(journal, at(days))
                except NothingFound:
                    continue
        for journal in (*devices, *devices):
            sync(journal, folder)
        states = [state(journal) for journal in devices]
        for journal in devices:
            journal.close()

        assert states[0] == states[1] == states[2]
