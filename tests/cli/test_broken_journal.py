"""A journal that is lost, damaged, or may not be looked at: what every command says, and what stays."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.conftest import AILEARN

from ailearn.learning.clock import moment
from ailearn.learning.events import STATUS
from ailearn.learning.journal import open_to_write, record

if TYPE_CHECKING:
    from tests.conftest import Run, Unprivileged

posix = pytest.mark.skipif(sys.platform == "win32", reason="rights are another thing there")
WRITING = ["read lora", "note lora thought", "undo", "review --grade resnet/degradation=3", "sync {}/folder"]
LOOKING = ["next", "progress", "progress export", "review", "list --status read"]
READING = ["papers", "show resnet", "search resnet", ""]


def command(line: str, folder: Path) -> list[str]:
    return [word.format(folder) for word in line.split()]


@pytest.fixture
def data(run: Run, own_folders: Path) -> Path:
    """A data folder after three study days, with two backups; the last holds two events."""
    for day, entry in ((1, "alexnet"), (2, "resnet"), (3, "ppo")):
        assert run("read", entry, AILEARN_NOW=f"2026-05-{day:02}T20:00:00Z").exit == 0
    # A process that ends lets go of the journal; these commands ran in one that goes on.
    gc.collect()
    return own_folders / "ailearn" / "data"


def _missing(journal: Path) -> None:
    journal.unlink()


def _empty(journal: Path) -> None:
    journal.write_bytes(b"")


def _new(journal: Path) -> None:
    with sqlite3.connect(journal) as connection:
        connection.execute("DELETE FROM event")


def _foreign(journal: Path) -> None:
    journal.unlink()
    with sqlite3.connect(journal) as connection:
        connection.execute("CREATE TABLE recipe (name TEXT)")


LOST = pytest.mark.parametrize("lose", [_missing, _empty, _new, _foreign])


def copies(data: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (data / "backups").iterdir()}


@LOST
@pytest.mark.parametrize("line", [*WRITING, *LOOKING])
def test_a_lost_journal_beside_backups_is_said_and_none_is_pushed_out(
    run: Run, data: Path, tmp_path: Path, lose: Callable[[Path], None], line: str
) -> None:
    lose(data / "progress.sqlite")
    gc.collect()
    before = copies(data)

    found = run(*command(line, tmp_path), AILEARN_NOW="2026-06-10T20:00:00Z")

    assert found.exit == 5
    assert "`ailearn progress restore`" in found.err
    assert str(data / "backups" / "progress-2026-05-03.sqlite") in found.err
    assert copies(data) == before
    if lose is _missing:
        assert not (data / "progress.sqlite").exists()
        assert f"move the folder {data / 'backups'} elsewhere" in found.err


@LOST
@pytest.mark.parametrize("line", READING)
def test_reading_the_guide_goes_on_with_a_warning(
    run: Run, data: Path, tmp_path: Path, lose: Callable[[Path], None], line: str
) -> None:
    lose(data / "progress.sqlite")

    found = run(*command(line, tmp_path), "--plain")

    assert found.exit == 0
    assert found
    assert "your progress is not shown" in found.err
    assert "`ailearn progress restore`" in found.err


@LOST
def test_doctor_names_it_and_restoring_brings_everything_back(
    run: Run, data: Path, lose: Callable[[Path], None]
) -> None:
    lose(data / "progress.sqlite")
    gc.collect()

    found = run("doctor", "--plain")
    assert found.exit == 1
    assert next(row for row in found.rows if row[1] == "journal")[0] == "error"

    assert run("progress", "restore").exit == 0
    assert run("doctor").exit == 0
    assert {row[0] for row in run("list", "--status", "read", "--plain").rows} == {"alexnet", "resnet"}


@pytest.mark.parametrize("lose", [_missing, _empty])
def test_who_wants_to_begin_anew_moves_the_backups_away(
    run: Run, data: Path, lose: Callable[[Path], None]
) -> None:
    lose(data / "progress.sqlite")
    (data / "backups").rename(data / "old")

    assert run("read", "lora").exit == 0
    assert len(run("progress", "export").splitlines()) == 1


DAMAGE = {
    "a payload that is a list": "UPDATE event SET payload = '[1]'",
    "a payload that is a number": "UPDATE event SET payload = '1'",
    "a payload cut short": "UPDATE event SET payload = substr(payload, 1, 5)",
    "a payload nested deep": f"UPDATE event SET payload = '{'[' * 3000}{']' * 3000}'",
    "a payload without its values": "UPDATE event SET payload = '{}'",
    "a payload with a number beyond all": """UPDATE event SET payload = '{"status": "read", "n": 1e999}'""",
    "a payload with no number": """UPDATE event SET payload = '{"status": "read", "n": NaN}'""",
    "a payload with half a character": r"""UPDATE event SET payload = '{"status": "read", "n": "\ud800"}'""",
    "a counter beyond all": "UPDATE event SET counter = 9223372036854775807",
    "a counter that none can follow": f"UPDATE event SET counter = {1 << 62}",
    "a text for a counter": "UPDATE event SET counter = 'many'",
    "half a counter": "UPDATE event SET counter = 1.5",
    "a day that is none": "UPDATE event SET day = '2026-02-31'",
    "bytes for a day": "UPDATE event SET day = x'ff'",
    "bytes for a time": "UPDATE event SET at = x'00ff'",
    "a status that is none": "UPDATE entry SET status = 'eaten'",
    "a day of a status that is none": "UPDATE entry SET since = 'yesterday'",
    "bytes for a note": "UPDATE entry SET note = x'ff'",
    "a due day that is none": "UPDATE card SET due = 'soon'",
    "a number for a due day": "UPDATE card SET due = 20260501",
    "a text for a stability": "UPDATE card SET stability = 'firm'",
    "a text for a count": "UPDATE card SET reviews = 'many'",
    "an introduction that is no day": "UPDATE card SET introduced = 'x'",
    "no names": "DROP TABLE meta",
    "bytes for the name": "UPDATE meta SET value = x'ff'",
    "no events": "DROP TABLE event",
    "no entries": "DROP TABLE entry",
    "no cards": "DROP TABLE card",
    "nothing undone": "DROP TABLE undone",
    "a form below all": "PRAGMA user_version = -5",
    "no form": "PRAGMA user_version = 0",
}


@pytest.fixture
def damaged(run: Run, data: Path, request: pytest.FixtureRequest) -> Path:
    """The journal of `data` with a card that was graded, and then damaged inside."""
    run("review", "--grade", "resnet/degradation=3", AILEARN_NOW="2026-05-03T21:00:00Z")
    gc.collect()
    with sqlite3.connect(data / "progress.sqlite", isolation_level=None) as connection:
        connection.execute(DAMAGE[request.param])
    connection.close()
    return data


@pytest.mark.parametrize("damaged", DAMAGE, indirect=True)
def test_damage_inside_the_journal_is_never_a_bug_and_never_a_backup(
    run: Run, damaged: Path, own_folders: Path, tmp_path: Path
) -> None:
    before = copies(damaged)
    for line in (*WRITING, *LOOKING, *READING):
        found = run(*command(line, tmp_path), "--plain", AILEARN_NOW="2026-06-10T20:00:00Z")
        expected = (5,) if line in WRITING else (0,) if line in READING else (0, 5)
        assert found.exit in expected, (line, found.err)
        if found.exit:
            assert "is damaged" in found.err
            assert "`ailearn progress restore`" in found.err
    assert copies(damaged) == before
    assert not (own_folders / "ailearn" / "state" / "last-error.txt").exists()
    found = run("doctor", "--plain")
    assert found.exit == 1
    assert str(damaged / "backups") in dict(row[1:] for row in found.rows)["backup"]

    assert run("progress", "restore").exit == 0

    assert run("doctor").exit == 0
    assert run("read", "lora", AILEARN_NOW="2026-06-10T20:00:00Z").exit == 0
    assert {row[0] for row in run("list", "--status", "read", "--plain").rows} == {
        "alexnet",
        "resnet",
        "lora",
    }


def test_doctor_tries_whether_an_older_form_can_be_brought_up_to_date(run: Run, data: Path) -> None:
    with sqlite3.connect(data / "progress.sqlite", isolation_level=None) as connection:
        connection.execute("PRAGMA user_version = 1")
    connection.close()

    found = run("doctor", "--plain")

    assert (found.exit, {row[1]: row[0] for row in found.rows}["journal"]) == (1, "error")


@posix
@pytest.mark.parametrize("mode", [0o000, 0o400, 0o600, 0o100, 0o500])
def test_a_data_folder_that_may_not_be_looked_into(unprivileged: Unprivileged, mode: int) -> None:
    for day in (1, 2):
        assert unprivileged("read", "resnet", AILEARN_NOW=f"2026-05-0{day}T20:00:00Z").exit == 0
    closed = not mode & 0o100
    unprivileged.data.chmod(mode)

    for line in (*LOOKING, *WRITING):
        found = unprivileged(*command(line, unprivileged.home))
        if closed or line in WRITING:
            assert found.exit == 5, (line, found.err)
            assert str(unprivileged.data) in found.err
    for line in READING:
        found = unprivileged(*command(line, unprivileged.home), "--plain")
        assert found.exit == 0
        assert found
        assert ("Permission denied" in found.err) == closed
    assert unprivileged("doctor").exit == closed
    assert not (unprivileged.home / "ailearn" / "state" / "last-error.txt").exists()


@posix
def test_backups_that_may_not_be_looked_at_or_are_a_file(unprivileged: Unprivileged) -> None:
    for day in (1, 2):
        unprivileged("read", "resnet", AILEARN_NOW=f"2026-05-0{day}T20:00:00Z")
    folder, journal = unprivileged.data / "backups", unprivileged.data / "progress.sqlite"
    folder.chmod(0o000)
    assert unprivileged("next").exit == 0
    found = unprivileged("read", "lora", AILEARN_NOW="2026-05-09T20:00:00Z")
    assert (found.exit, str(folder) in found.err) == (5, True)
    assert unprivileged("progress", "restore").exit == 5
    journal.rename(unprivileged.home / "away")
    for line in ("next", "read lora"):
        assert unprivileged(*line.split()).exit == 5, "nobody knows whether there are backups"
    (unprivileged.home / "away").rename(journal)
    folder.chmod(0o700)
    shutil.rmtree(folder)
    folder.touch()
    assert unprivileged("next").exit == 0
    assert unprivileged("read", "lora", AILEARN_NOW="2026-05-09T20:00:00Z").exit == 5
    assert unprivileged("progress", "restore").exit == 5


@posix
@pytest.mark.parametrize("index", [False, True])
def test_in_a_folder_that_may_not_be_written_all_is_shown_that_waits_in_the_log(
    unprivileged: Unprivileged, index: bool
) -> None:
    assert unprivileged("read", "resnet", AILEARN_NOW="2026-05-01T12:00:00Z").exit == 0
    elsewhere = unprivileged.home / "elsewhere"
    now = moment(datetime(2026, 5, 1, 12, tzinfo=UTC), 4)
    writer = open_to_write(unprivileged.data, now.day)
    record(writer, now, STATUS, {"lora": {"status": "read"}})
    shutil.copytree(unprivileged.data, elsewhere)
    writer.close()
    shutil.rmtree(unprivileged.data)
    if not index:
        (elsewhere / "progress.sqlite-shm").unlink()
    assert (elsewhere / "progress.sqlite-wal").stat().st_size > 0
    elsewhere.rename(unprivileged.data)
    unprivileged.own(unprivileged.data)
    files = [path for path in unprivileged.data.iterdir() if path.is_file()]
    before = [path.read_bytes() for path in files]
    for path in files:
        path.chmod(0o400)
    unprivileged.data.chmod(0o500)

    assert len(unprivileged("progress", "export").splitlines()) == 2
    assert {row[0] for row in unprivileged("list", "--status", "read", "--plain").rows} == {"resnet", "lora"}
    assert unprivileged("doctor").exit == 0
    assert unprivileged("read", "ppo").exit == 5
    assert sorted(path for path in unprivileged.data.iterdir() if path.is_file()) == sorted(files)
    assert [path.read_bytes() for path in files] == before


WITHOUT_ROOM = """
import resource, sys
from ailearn.cli.boundary import main
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
sys.exit(main())
"""


@posix
@pytest.mark.parametrize("line", ["progress", "next", "review", "progress export", "papers"])
def test_where_there_is_no_room_at_all_everything_can_still_be_read(run: Run, data: Path, line: str) -> None:
    journal = data / "progress.sqlite"
    shown = run(*line.split(), "--json")
    writer = sqlite3.connect(journal, isolation_level=None)
    # What only the log holds.
    writer.execute("CREATE TABLE later (text)")
    for ending in ("", "-wal"):
        shutil.copy(f"{journal}{ending}", data / f"copy{ending}")
    writer.close()
    for ending in ("", "-wal"):
        os.replace(data / f"copy{ending}", f"{journal}{ending}")
    Path(f"{journal}-shm").unlink(missing_ok=True)
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    assert before["progress.sqlite-wal"]

    found = subprocess.run(
        [sys.executable, "-c", WITHOUT_ROOM, *line.split(), "--json"], capture_output=True, check=False
    )

    assert (found.returncode, found.stdout.decode()) == (0, shown), found.stderr.decode()
    after = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    assert {**after, "progress.sqlite-shm": b""} == {**before, "progress.sqlite-shm": b""}


@posix
def test_a_pipe_where_the_journal_should_be_is_not_waited_for(run: Run, own_folders: Path) -> None:
    data = own_folders / "ailearn" / "data"
    data.mkdir()
    os.mkfifo(data / "progress.sqlite")
    for line in ("next", "read resnet", "progress restore"):
        assert run(*line.split()).exit == 5
    assert run("papers").exit == 0
    assert run("doctor").exit == 1


@posix
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_what_the_reader_recorded_is_hers_alone_to_read(own_folders: Path, mask: int) -> None:
    home = own_folders / "new" / "home"
    environ = {**os.environ, "AILEARN_HOME": str(home)}
    for day in ("2026-05-01", "2026-05-02"):
        subprocess.run(
            [AILEARN, "read", "resnet", "alexnet" if day[-1] == "1" else "ppo"],
            env={**environ, "AILEARN_NOW": f"{day}T20:00:00Z"},
            umask=mask,
            check=True,
            capture_output=True,
        )
    subprocess.run(
        [AILEARN, "config", "set", "lang", "zh"], env=environ, umask=mask, check=True, capture_output=True
    )

    for folder in (home / "data", home / "data" / "backups", home / "config"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    files = [path for path in (home / "data").rglob("*") if path.is_file()]
    assert len(files) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


@posix
def test_a_journal_that_others_could_read_is_closed_to_them_at_the_next_write(run: Run, data: Path) -> None:
    journal, (copy, *_) = data / "progress.sqlite", list((data / "backups").iterdir())
    journal.chmod(0o644)
    copy.chmod(0o664)
    assert run("next").exit == 0
    assert stat.S_IMODE(journal.stat().st_mode) == 0o644, "looking changes nothing"

    assert run("read", "lora", AILEARN_NOW="2026-05-20T20:00:00Z").exit == 0

    assert stat.S_IMODE(journal.stat().st_mode) == stat.S_IMODE(copy.stat().st_mode) == 0o600


@posix
def test_events_that_leave_the_journal_are_private_and_a_chosen_file_keeps_its_mode(
    run: Run, data: Path, tmp_path: Path
) -> None:
    chosen, new, folder = tmp_path / "chosen.jsonl", tmp_path / "new.jsonl", tmp_path / "folder"
    chosen.touch()
    chosen.chmod(0o640)
    mask = os.umask(0)
    try:
        for line in (f"progress export {chosen}", f"progress export {new}", f"sync {folder}"):
            assert run(*line.split()).exit == 0
    finally:
        os.umask(mask)
    (own,) = folder.iterdir()
    assert [stat.S_IMODE(path.stat().st_mode) for path in (chosen, new, own)] == [0o640, 0o600, 0o600]


@posix
@pytest.mark.parametrize("mode", [0o000, 0o100, 0o400, 0o500])
def test_a_cache_folder_that_may_not_be_looked_into_is_done_without(
    unprivileged: Unprivileged, mode: int
) -> None:
    (unprivileged.home / "ailearn" / "cache").chmod(mode)

    for line in ("papers", "show resnet", "progress", "note resnet word", "doctor"):
        found = unprivileged(*line.split())
        assert found.exit == 0, (line, found.err)
    assert not (unprivileged.home / "ailearn" / "state" / "last-error.txt").exists()
