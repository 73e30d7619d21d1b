"""Backups, restoring, and everything that can be wrong with the file."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ailearn.errors import PROGRESS_BROKEN, ProgressError
from ailearn.language import say
from ailearn.learning import backups, storage
from ailearn.learning.clock import Moment, moment
from ailearn.learning.events import REVIEW, STATUS
from ailearn.learning.journal import Journal, merge, open_to_read, open_to_write, record
from ailearn.learning.rescue import integrity, restore

NOBODY = 65534


def at(days: int = 0) -> Moment:
    return moment(datetime(2026, 5, 1, 12, tzinfo=UTC) + timedelta(days=days), 4)


def study(folder: Path, days: int = 0, entry: str = "resnet", status: str = "read") -> None:
    """What a command does that records one thing."""
    journal = open_to_write(folder, at(days).day)
    with contextlib.closing(journal):
        record(journal, at(days), STATUS, {entry: {"status": status}})


def spoil_an_index(path: Path) -> None:
    """Damage that only a check of the whole file finds: an index points nowhere."""
    pages = bytearray(path.read_bytes())
    leaf_of_an_index = 0x0A
    start = next(
        number
        for number in range(4096, len(pages), 4096)
        if pages[number] == leaf_of_an_index and pages[number + 3 : number + 5] != b"\0\0"
    )
    pages[start + 8 : start + 12] = b"\xff" * 4
    path.write_bytes(bytes(pages))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "backups").glob("*"))


def content(folder: Path) -> dict[str, bytes]:
    """The bytes of the journal and of every backup."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*.sqlite"))}


def complaint(error: ProgressError) -> str:
    assert error.exit_code == PROGRESS_BROKEN
    assert error.hint is not None
    for language in ("en", "zh"):
        assert say(error.key, language, **error.values)
    return f"{error}\n{say(error.hint, 'en', **error.values)}"


def refused(folder: Path) -> str:
    """What is said when something is recorded that cannot be; the files stay as they were."""
    before = content(folder)
    with pytest.raises(ProgressError) as caught:
        study(folder, days=50)
    assert content(folder) == before
    return complaint(caught.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with two study days and so one backup, of the first."""
    data = tmp_path / "data"
    study(data, 0)
    study(data, 1, "lora")
    return data


def test_a_backup_is_kept_once_a_study_day_before_anything_is_written(tmp_path: Path) -> None:
    study(tmp_path, 0)
    assert not (tmp_path / "backups").exists(), "there was nothing to keep yet"
    study(tmp_path, 1, "lora")
    study(tmp_path, 1, "clip")

    (copy,) = backups.copies(tmp_path)

    assert copy.path.name == "progress-2026-05-02.sqlite"
    assert (copy.events, copy.last) == (1, "2026-05-01T12:00:00.000Z")
    assert names(tmp_path) == ["progress-2026-05-02.sqlite"], "nothing else is left there"


def test_a_backup_holds_what_still_waits_in_the_log(tmp_path: Path) -> None:
    journal = open_to_write(tmp_path, at().day)
    record(journal, at(), STATUS, {"resnet": {"status": "read"}})

    study(tmp_path, 1, "lora")

    assert backups.copies(tmp_path)[0].events == 1
    journal.close()


def test_looking_keeps_no_backup(folder: Path) -> None:
    before = names(folder)
    open_to_read(folder).close()

    assert names(folder) == before


def test_seven_backups_are_kept(tmp_path: Path) -> None:
    for day in range(12):
        study(tmp_path, day)

    assert names(tmp_path) == [f"progress-2026-05-{day:02}.sqlite" for day in range(6, 13)]


def test_a_clock_that_was_wrong_hides_no_newer_backup(tmp_path: Path) -> None:
    for day in (0, 1, 4000, 2, 3, 4):
        study(tmp_path, day)

    newest, *_, oldest = backups.copies(tmp_path)

    assert newest.path.name == "progress-2026-05-05.sqlite"
    assert oldest.path.name == "progress-2026-05-02.sqlite"
    for day in range(5, 12):
        study(tmp_path, day)
    assert len(names(tmp_path)) == 7
    assert not any("2037" in name for name in names(tmp_path))


def test_a_damaged_journal_pushes_out_no_good_backup(tmp_path: Path) -> None:
    for day in range(9):
        study(tmp_path, day)
    path = tmp_path / storage.FILE
    pages = bytearray(path.read_bytes())
    # Every page but the first, which says that it is a journal.
    pages[4096:] = b"\xa5" * (len(pages) - 4096)
    path.write_bytes(bytes(pages))
    before = content(tmp_path)

    for day in range(9, 20):
        with pytest.raises(ProgressError) as caught:
            study(tmp_path, day)
        assert "progress-2026-05-09.sqlite" in complaint(caught.value)

    assert content(tmp_path) == before


def test_damage_that_nothing_has_met_yet_is_not_copied(folder: Path) -> None:
    spoil_an_index(folder / storage.FILE)

    assert "is damaged" in refused(folder)
    assert integrity(folder).fault != ""


def test_a_spoilt_backup_goes_before_a_good_one(folder: Path) -> None:
    (folder / "backups" / "progress-2026-12-31.sqlite").write_bytes(b"spoilt")
    for day in range(2, 9):
        study(folder, day)

    assert names(folder) == [f"progress-2026-05-{day:02}.sqlite" for day in range(3, 10)]


def test_a_change_of_form_keeps_a_backup_and_derives_state_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_to_write(folder, at(1).day)
    record(journal, at(1), REVIEW, {"resnet/problem": {"grade": 3, "retention": 0.9}})
    before = journal.entries(), journal.cards()
    journal.connection.execute("UPDATE entry SET status = 'known'")
    journal.close()
    monkeypatch.setattr(storage, "SCHEMA", 3)
    monkeypatch.setattr(storage, "MIGRATIONS", {2: ("ALTER TABLE event ADD COLUMN mood TEXT",)})
    untouched = content(folder)

    looking = open_to_read(folder)
    assert (looking.entries(), looking.cards()) == before
    assert content(folder) == untouched, "looking changes no form"
    migrated = open_to_write(folder, at(1).day)

    assert (migrated.entries(), migrated.cards()) == before
    assert migrated.connection.execute("SELECT mood FROM event").fetchall() == [(None,)] * 3
    assert migrated.connection.execute("PRAGMA user_version").fetchone() == (3,)
    assert names(folder) == ["progress-2026-05-02-schema-2.sqlite", "progress-2026-05-02.sqlite"]
    assert backups.copies(folder)[0].form == 2
    record(migrated, at(1), STATUS, {"clip": {"status": "read"}})
    assert "clip" in migrated.statuses()


def test_a_migration_that_fails_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "SCHEMA", 4)
    monkeypatch.setattr(storage, "MIGRATIONS", {2: ("DELETE FROM event",), 3: ("DELETE FROM nowhere",)})

    with pytest.raises(ProgressError):
        open_to_write(folder, at(1).day)

    monkeypatch.undo()
    assert len(open_to_read(folder).statuses()) == 2


def test_a_journal_of_a_newer_program_is_left_alone(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / storage.FILE)) as connection:
        connection.execute("PRAGMA user_version = 99")

    said = refused(folder)

    assert "newer ailearn (format 99)" in said
    assert str(folder / "backups" / "progress-2026-05-02.sqlite") in said
    with pytest.raises(ProgressError) as caught:
        open_to_read(folder)
    assert complaint(caught.value) == said
    shutil.rmtree(folder / "backups")
    assert "Update ailearn" in refused(folder)


@pytest.mark.parametrize("spoilt", [b"garbage " * 4000, b"SQLite format 3\0" + b"\xff" * 9000])
def test_garbage_is_named_with_the_backup_and_left_as_it_is(folder: Path, spoilt: bytes) -> None:
    (folder / storage.FILE).write_bytes(spoilt)

    said = refused(folder)

    assert "is damaged" in said
    assert "`ailearn progress restore`" in said
    assert str(folder / "backups" / "progress-2026-05-02.sqlite") in said
    with pytest.raises(ProgressError, match="is damaged"):
        open_to_read(folder)
    shutil.rmtree(folder / "backups")
    assert "there is no backup" in refused(folder)


def test_a_file_cut_short_is_damaged_on_the_same_day_too(folder: Path) -> None:
    path = folder / storage.FILE
    path.write_bytes(path.read_bytes()[: 5 * 4096 + 100])
    before = content(folder)

    with pytest.raises(ProgressError, match="is damaged") as caught:
        study(folder, 1)
    complaint(caught.value)
    assert content(folder) == before
    with pytest.raises(ProgressError, match="is damaged"):
        open_to_read(folder).statuses()


def test_an_event_that_cannot_be_read_is_damage(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / storage.FILE)) as connection:
        connection.execute("UPDATE event SET payload = '{'")
        connection.commit()

    with pytest.raises(ProgressError, match="is damaged"):
        list(open_to_read(folder).events())


def test_an_empty_file_is_an_empty_journal(tmp_path: Path) -> None:
    (tmp_path / storage.FILE).touch()

    assert open_to_read(tmp_path).statuses() == {}
    study(tmp_path)
    assert open_to_read(tmp_path).statuses() == {"resnet": "read"}


def test_another_program_that_holds_the_journal_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "BUSY_SECONDS", 0.05)
    with contextlib.closing(sqlite3.connect(folder / storage.FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO meta VALUES ('a', 'b')")
        with pytest.raises(ProgressError, match="in use by another program") as caught:
            study(folder, 1)
        assert "Try again" in complaint(caught.value)
        assert len(open_to_read(folder).statuses()) == 2, "looking does not wait"
        other.execute("ROLLBACK")

    study(folder, 1, "clip")
    assert len(open_to_read(folder).statuses()) == 3


def test_a_full_disk_loses_nothing_and_is_named(folder: Path) -> None:
    journal = open_to_write(folder, at(1).day)
    pages = journal.connection.execute("PRAGMA page_count").fetchone()[0]
    journal.connection.execute(f"PRAGMA max_page_count = {pages}")
    before, known = content(folder), list(journal.events())

    with pytest.raises(ProgressError) as caught:
        record(journal, at(1), "note", {"resnet": {"text": "long " * 10_000}})

    said = complaint(caught.value)
    assert "full" in said
    assert str(folder / "backups" / "progress-2026-05-02.sqlite") in said
    assert content(folder) == before
    assert list(journal.events()) == known
    assert not journal.connection.in_transaction
    journal.connection.execute("PRAGMA max_page_count = 100000")
    record(journal, at(1), STATUS, {"clip": {"status": "read"}})
    assert len(journal.statuses()) == 3
    journal.close()


def test_no_room_for_a_backup_means_that_nothing_is_recorded(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)

    assert "No space left on device" in refused(folder)
    assert len(names(folder)) == 1


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")

    assert str(tmp_path / "data" / storage.FILE) in refused(tmp_path / "data")


def test_without_a_data_folder_nothing_is_recorded() -> None:
    with pytest.raises(ProgressError) as caught:
        open_to_write(None, "2026-05-01")

    assert "AILEARN_HOME" in complaint(caught.value)


@pytest.fixture
def plain_folder() -> Iterator[Path]:
    """A data folder in which rights count: the tests may run as root, who may do everything."""
    home = Path(tempfile.mkdtemp())
    home.chmod(0o755)
    data = home / "data"
    study(data, 0)
    study(data, 1, "lora")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root:
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield data
    finally:
        if root:
            os.seteuid(0)
        for path in (data, *data.rglob("*")):
            path.chmod(0o755)
        shutil.rmtree(home)


@pytest.mark.skipif(os.name == "nt", reason="rights are another thing there")
@pytest.mark.parametrize("what", ["folder", "file"])
def test_what_may_not_be_written_can_still_be_read(plain_folder: Path, what: str) -> None:
    if what == "folder":
        plain_folder.chmod(0o555)
    else:
        (plain_folder / storage.FILE).chmod(0o444)

    said = refused(plain_folder)

    assert str(plain_folder / storage.FILE) in said
    assert "Last backup" in said
    assert open_to_read(plain_folder).statuses() == {"resnet": "read", "lora": "read"}
    (plain_folder / storage.FILE).chmod(0o000)
    with pytest.raises(ProgressError):
        open_to_read(plain_folder)


def test_restoring_brings_back_the_newest_sound_backup_and_keeps_the_file(folder: Path) -> None:
    study(folder, 2, "clip")
    study(folder, 3, "bert")
    # The newest copy looks like one, but a page in its middle is spoilt.
    newest = folder / "backups" / "progress-2026-05-04.sqlite"
    spoil_an_index(newest)
    (folder / storage.FILE).write_bytes(b"garbage")
    (folder / f"{storage.FILE}-wal").write_bytes(b"a log that must not be applied")

    restored = restore(folder, at(4))

    assert restored.backup.name == "progress-2026-05-03.sqlite"
    assert (restored.events, restored.last) == (2, "2026-05-02T12:00:00.000Z")
    assert restored.replaced == folder / "progress-replaced-2026-05-05T120000.sqlite"
    assert restored.replaced.read_bytes() == b"garbage"
    assert Path(f"{restored.replaced}-wal").exists()
    assert not (folder / f"{storage.FILE}-wal").exists()
    assert open_to_read(folder).statuses() == {"resnet": "read", "lora": "read"}
    assert restored.backup.exists(), "it is a copy"
    study(folder, 4, "gan")
    assert len(open_to_read(folder).statuses()) == 3


def test_restoring_again_keeps_each_replaced_file(folder: Path) -> None:
    replaced = [restore(folder, at(4)).replaced for _ in range(3)]

    assert len(set(replaced)) == 3
    assert all(path is not None and path.exists() for path in replaced)
    assert not list(folder.glob("*.part"))


def test_a_journal_that_is_gone_can_be_restored(folder: Path) -> None:
    (folder / storage.FILE).unlink()

    assert restore(folder, at(4)).replaced is None
    assert open_to_read(folder).statuses() == {"resnet": "read"}


def test_without_a_sound_backup_nothing_is_restored(tmp_path: Path) -> None:
    study(tmp_path)
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "progress-2026-05-01.sqlite").write_bytes(b"spoilt")
    before = content(tmp_path)

    with pytest.raises(ProgressError, match="no intact backup") as caught:
        restore(tmp_path, at())

    complaint(caught.value)
    assert content(tmp_path) == before


def test_a_sound_journal_has_no_fault(folder: Path) -> None:
    found = integrity(folder)

    assert (found.exists, found.fault, found.events, found.backups) == (True, "", 2, 1)
    assert found.backup == folder / "backups" / "progress-2026-05-02.sqlite"
    assert found.path == folder / storage.FILE


def test_the_fault_of_a_journal_is_said_without_an_error(tmp_path: Path, folder: Path) -> None:
    (folder / storage.FILE).write_bytes(b"garbage " * 1000)

    assert "not a database" in integrity(folder).fault
    nothing = integrity(tmp_path / "nowhere")
    assert (nothing.exists, nothing.fault, nothing.events, nothing.backup) == (False, "", 0, None)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / storage.FILE).touch()
    assert integrity(empty).fault == ""


def test_a_closed_journal_leaves_one_file(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == ["backups", storage.FILE]
    assert isinstance(open_to_read(folder), Journal)


def test_a_smaller_life_pushes_out_no_events(folder: Path) -> None:
    for day in range(2, 14):
        study(folder, day)
    lost = {event.uuid for event in open_to_read(folder).events()}
    old = backups.copies(folder)[0]
    (folder / "backups").rename(folder / "away")
    (folder / storage.FILE).unlink()
    study(folder, 14)
    shutil.copytree(folder / "away", folder / "backups")

    # The new journal outgrows the old one; nothing in it makes up for what only the backups hold.
    for day in range(15, 40):
        study(folder, day)

    copies = backups.copies(folder)
    assert len(copies) == 14
    assert sum(old.events >= copy.events and copy.path.name <= old.path.name for copy in copies) == 7
    with backups.opened(folder / "backups" / old.path.name, finished=True) as connection:
        kept = {row[0] for row in connection.execute("SELECT uuid FROM event")}
    assert len(kept) == 13
    assert kept < lost


def test_copies_go_once_the_journal_has_their_events_again(folder: Path, tmp_path: Path) -> None:
    for day in range(2, 14):
        study(folder, day)
    lost = list(open_to_read(folder).events())
    (folder / "backups").rename(folder / "away")
    (folder / storage.FILE).unlink()
    study(folder, 14)
    shutil.copytree(folder / "away", folder / "backups")
    journal = open_to_write(folder, at(14).day)
    merge(journal, lost)
    journal.close()

    for day in range(15, 18):
        study(folder, day)

    assert len(names(folder)) == 7


KILLED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from ailearn.learning.clock import moment
from ailearn.learning import rescue
left = int(sys.argv[2])
def counted(call):
    def counting(*given, **named):
        global left
        left -= 1
        if left == 0:
            os._exit(9)
        return call(*given, **named)
    return counting
for name in ("replace", "rename", "unlink", "remove", "chmod", "fsync", "open"):
    setattr(os, name, counted(getattr(os, name)))
rescue.restore(Path(sys.argv[1]), moment(datetime(2026, 5, 20, 12, tzinfo=UTC), 4))
"""


def waiting_in_the_log(folder: Path) -> None:
    """Record something and end without taking the log into the file, as a crash does."""
    journal = open_to_write(folder, at(1).day)
    record(journal, at(1), STATUS, {"clip": {"status": "read"}})
    for ending in ("", "-wal"):
        shutil.copy(folder / f"{storage.FILE}{ending}", folder / f"copy{ending}")
    journal.close()
    for ending in ("", "-wal"):
        os.replace(folder / f"copy{ending}", folder / f"{storage.FILE}{ending}")
    assert (folder / f"{storage.FILE}-wal").stat().st_size > 0


def spoilt_with_a_log(folder: Path) -> None:
    waiting_in_the_log(folder)
    (folder / storage.FILE).write_bytes(b"garbage " * 4000)


@pytest.mark.skipif(os.name == "nt", reason="POSIX ends a process so")
@pytest.mark.parametrize("before", [waiting_in_the_log, spoilt_with_a_log])
def test_restoring_may_be_killed_at_any_step(
    folder: Path, tmp_path: Path, before: Callable[[Path], None]
) -> None:
    before(folder)
    log = (folder / f"{storage.FILE}-wal").read_bytes()
    old, new = {"resnet": "read", "lora": "read", "clip": "read"}, {"resnet": "read"}
    seen = set()
    for step in range(1, 200):
        home = tmp_path / f"step-{step}"
        shutil.copytree(folder, home)
        killed = subprocess.run([sys.executable, "-c", KILLED, str(home), str(step)], check=False)
        try:
            state = open_to_read(home).statuses()
        except ProgressError as error:
            said = complaint(error)
            assert "is damaged" in said or "is missing" in said
            assert "`ailearn progress restore`" in said
            beside = [path.read_bytes() for path in (home, *home.iterdir()) if path.name.endswith("-wal")]
            assert log in beside, "the log is at its place or was set aside"
            seen.add("said")
        else:
            assert state in (old, new)
            seen.add("old" if state == old else "new")
        restore(home, at(20))
        assert open_to_read(home).statuses() == new
        study(home, 20, "gan")
        assert not [path.name for path in home.rglob(".ailearn-*")], "the next start cleans up"
        if killed.returncode == 0:
            break
        shutil.rmtree(home)
    assert killed.returncode == 0
    assert step > 6
    assert seen == ({"old", "new"} if before is waiting_in_the_log else {"said", "new"})


@pytest.mark.parametrize(
    "damage",
    [
        "DROP TABLE event",
        "DELETE FROM event WHERE position = (SELECT max(position) FROM event)",
        "UPDATE event SET payload = '[]' WHERE subject = 'lora'",
        "UPDATE event SET payload = '{\"status\": \"eaten\"}' WHERE subject = 'lora'",
        "UPDATE event SET day = '2026-05-32' WHERE subject = 'lora'",
        "UPDATE event SET kind = '' WHERE subject = 'lora'",
        "DROP TABLE meta",
    ],
)
def test_restoring_takes_the_copy_with_the_most_events_among_sound_ones(folder: Path, damage: str) -> None:
    study(folder, 2, "clip")
    study(folder, 3, "bert")
    second = folder / "backups" / "progress-2026-05-03.sqlite"
    second.rename(second.with_name("progress-2026-05-03-schema-0.sqlite"))
    with contextlib.closing(sqlite3.connect(folder / "backups" / "progress-2026-05-04.sqlite")) as copy:
        copy.execute(damage)
        copy.commit()

    restored = restore(folder, at(4))

    assert restored.events == 2
    assert "05-03-schema-0" in restored.backup.name or "DELETE" in damage
    assert open_to_read(folder).statuses() == {"resnet": "read", "lora": "read"}
    assert integrity(folder).fault == ""


def test_restoring_derives_anew_what_follows_from_the_events(folder: Path) -> None:
    with contextlib.closing(sqlite3.connect(folder / "backups" / "progress-2026-05-02.sqlite")) as copy:
        copy.execute("UPDATE entry SET status = 'eaten'")
        copy.execute("DROP TABLE card")
        copy.commit()

    restore(folder, at(4))

    assert open_to_read(folder).statuses() == {"resnet": "read"}
    assert integrity(folder).fault == ""


def test_a_log_without_its_journal_is_not_applied_to_what_is_restored(folder: Path) -> None:
    waiting_in_the_log(folder)
    (folder / storage.FILE).unlink()

    restored = restore(folder, at(4))

    assert restored.replaced is None
    assert len(list(folder.glob("progress-replaced-*-wal"))) == 1
    assert open_to_read(folder).statuses() == {"resnet": "read"}


def test_what_is_restored_is_refused_while_another_program_writes(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "BUSY_SECONDS", 0.05)
    with contextlib.closing(sqlite3.connect(folder / storage.FILE, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ProgressError, match="in use by another program"):
            restore(folder, at(4))
    assert len(open_to_read(folder).statuses()) == 2
    assert not list(folder.glob("progress-replaced-*"))
