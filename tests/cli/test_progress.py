"""`progress` and its commands, what `doctor` says of the journal, and every way in which it can fail."""

from __future__ import annotations

import gc
import json
import os
import shutil
import sqlite3
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from ailearn.learning import storage

if TYPE_CHECKING:
    from tests.cli.conftest import Program
    from tests.conftest import Result, Run

NOW = "2026-05-10T20:00:00+08:00"
NOBODY = 65534
DAY_SIGNS = "·░▒█"


@pytest.fixture
def data(own_folders: Path) -> Path:
    return own_folders / "ailearn" / "data"


@pytest.fixture
def journal(run: Run, data: Path) -> Path:
    """A journal of two study days, so that there is one backup; it has one event more than that."""
    run("read", "alexnet", AILEARN_NOW="2026-05-08T20:00:00+08:00")
    run("skip", "ppo", AILEARN_NOW="2026-05-09T20:00:00+08:00")
    # A process that ends lets go of the journal; these commands ran in one that goes on.
    gc.collect()
    return data / "progress.sqlite"


def shown(run: Run, *arguments: str, width: int = 80) -> Result:
    found = run("progress", *arguments, terminal=True, NO_COLOR="1", COLUMNS=str(width), AILEARN_NOW=NOW)
    assert found.exit == 0
    return found


def overview(run: Run, now: str = NOW) -> dict[str, Any]:
    found: dict[str, Any] = run("progress", "--json", AILEARN_NOW=now).json
    return found


def statuses(run: Run) -> dict[str, str]:
    found = run("list", "--json").json
    return {one["id"]: one["progress"]["status"] for one in found}


# The overview


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize("language", ["en", "zh", "both"])
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal(run: Run, language: str, width: int) -> None:
    assert max(cell_len(line) for line in shown(run, "--lang", language, width=width).splitlines()) <= width


@pytest.mark.usefixtures("journal")
def test_every_track_and_topic_has_a_bar_with_its_counts(run: Run) -> None:
    lines = shown(run, "--lang", "zh").splitlines()

    found = overview(run)
    assert len(found["tracks"]) >= 2
    for one in (*found["tracks"], *found["topics"]):
        (line,) = [line for line in lines if line.startswith(f"  {one['name']['zh']} ")]
        assert f"{one['learnt']}/{one['entries']}" in line
        assert sum(line.count(sign) for sign in "█▒░") == 20
        assert (line.count("█") > 0) == (one["learnt"] > 0)
        assert ("跳过" in line) == (one["skipped"] > 0) == ("▒" in line)


@pytest.mark.usefixtures("journal")
def test_what_is_skipped_stands_apart_and_is_never_learnt(run: Run) -> None:
    models = next(one for one in overview(run)["tracks"] if one["id"] == "models")

    assert (models["learnt"], models["skipped"]) == (1, 1)


def calendar(text: str, signs: str = DAY_SIGNS) -> list[str]:
    """The seven rows of the year without their margins."""
    lines = text.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("  Mon "))
    return [line[6:] for line in lines[start : start + 7]]


@pytest.mark.usefixtures("journal")
@pytest.mark.parametrize("width", [60, 80])
def test_the_year_has_a_column_for_every_week_and_a_row_for_every_day(run: Run, width: int) -> None:
    rows = calendar(shown(run, width=width))

    assert [len(row) for row in rows] == [53] * 7, "the tenth of May is a Sunday"
    # Friday and Saturday of the last week.
    assert (rows[4][-1], rows[5][-1]) == ("░", "░")
    assert sum(sign != "·" for row in rows for sign in row) == 2


def test_a_narrow_terminal_shows_the_last_weeks_that_fit(run: Run, journal: Path) -> None:
    rows = calendar(shown(run, width=40))

    assert [len(row) for row in rows] == [34] * 7
    assert rows[4][-1] == "░"


def test_days_to_come_are_left_empty(run: Run, journal: Path) -> None:
    found = run("progress", terminal=True, NO_COLOR="1", AILEARN_NOW="2026-05-08T23:00:00+08:00")

    assert [len(row.rstrip()) for row in calendar(found)] == [53, 53, 53, 53, 53, 52, 52]


def test_more_study_has_another_sign_without_colour(run: Run, journal: Path) -> None:
    for number in range(12):
        run("note", "alexnet", str(number), AILEARN_NOW=NOW)
    for number in range(31):
        run("note", "alexnet", str(number), AILEARN_NOW="2026-05-07T20:00:00+08:00")

    rows = calendar(shown(run))

    assert [row[-1] for row in rows] == ["·", "·", "·", "█", "░", "░", "▒"]
    plain = calendar(shown(run, "--ascii"))
    assert len({row[-1] for row in plain}) == 4


def test_ascii_draws_nothing_but_ascii(run: Run, journal: Path) -> None:
    found = shown(run, "--ascii")

    assert [character for character in found if not character.isascii()] == []


def test_plain_and_json_say_the_same(run: Run, journal: Path) -> None:
    found = overview(run)
    rows = run("progress", "--plain", AILEARN_NOW=NOW).rows

    named: dict[str, list[list[str]]] = {}
    for kind, *rest in rows:
        named.setdefault(kind, []).append(rest)
    assert [row[:5] for row in named["track"]] == [
        [one["id"], *map(str, (one["learnt"], one["entries"], one["skipped"], one["minutes_left"]))]
        for one in found["tracks"]
    ]
    assert len(named["topic"]) == len(found["topics"])
    assert named["day"] == [["2026-05-08", "1"], ["2026-05-09", "1"]]
    assert found["days"] == {"2026-05-08": 1, "2026-05-09": 1}
    assert [day for day, _ in named["due"]] == [one["day"] for one in found["due"]]
    assert found["due"][0]["day"] == "2026-05-10"
    assert len(found["due"]) == 14
    assert [row[:2] for row in named["retention"]] == [["30", ""], ["365", ""]]
    assert {one["share"] for one in found["retention"]} == {None}
    assert {row[0]: row[1] for row in named["cards"]} == {
        name: str(count) for name, count in found["cards"].items()
    }
    assert found["today"] == "2026-05-10"


def test_too_few_reviews_are_a_dash(run: Run, journal: Path) -> None:
    line = next(line for line in shown(run).splitlines() if "last 30 days" in line)

    assert line.split()[3] == "–"


def test_after_a_break_one_friendly_sentence_is_offered(run: Run, journal: Path) -> None:
    assert overview(run)["catch_up"] is None
    later = "2026-06-10T20:00:00+08:00"

    found = run("progress", terminal=True, NO_COLOR="1", AILEARN_NOW=later)

    assert overview(run, later)["catch_up"]["away"] == 32
    assert found.startswith("Welcome back")
    assert not any(word in found.lower() for word in ("streak", "missed", "overdue", "lost"))


# Export and import


def test_an_export_can_be_imported_and_twice_changes_nothing(run: Run, journal: Path, tmp_path: Path) -> None:
    file = str(tmp_path / "progress.jsonl")
    exported = run("progress", "export", file)
    assert (exported, exported.exit) == ("", 0)
    assert "2" in exported.err
    new = {"AILEARN_HOME": str(tmp_path / "new")}

    first = run("progress", "import", file, "--json", **new)
    again = run("progress", "import", file, **new)

    assert first.json == {"events": 2, "new": 2, "kinds": []}
    assert again.rows == [["2", "0"]]
    assert "New: 0" in again.err
    assert run("progress", "export", **new) == Path(file).read_text("utf-8")
    models = run("progress", "--json", **new, AILEARN_NOW=NOW).json
    assert models == overview(run)


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_stdout_gets_one_event_a_line(run: Run, journal: Path, arguments: tuple[str, ...]) -> None:
    found = run("progress", "export", *arguments)

    assert [json.loads(line)["subject"] for line in found.splitlines()] == ["alexnet", "ppo"]
    assert "Events written to stdout: 2." in found.err


def test_events_can_come_through_stdin(run: Run, journal: Path, tmp_path: Path) -> None:
    exported = run("progress", "export")

    found = run("progress", "import", "-", typed=exported, AILEARN_HOME=str(tmp_path / "new"))

    assert found.rows == [["2", "2"]]


def test_a_reader_without_a_journal_exports_nothing(run: Run, data: Path) -> None:
    found = run("progress", "export")

    assert (found, found.exit) == ("", 0)
    assert not data.exists()


@pytest.mark.parametrize("bad", ["{", '{"uuid": "x"}', "null", '"\\ud800"'])
def test_one_bad_line_imports_nothing(run: Run, journal: Path, tmp_path: Path, bad: str) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(f"{run('progress', 'export')}{bad}\n", "utf-8")
    new = {"AILEARN_HOME": str(tmp_path / "new")}

    found = run("progress", "import", str(file), **new)

    assert (found, found.exit) == ("", 5)
    assert f"{file}:3" in found.err
    assert run("progress", "export", **new) == ""


def test_a_file_that_cannot_be_used_is_named(run: Run, journal: Path, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "progress.jsonl"

    for command in ("import", "export"):
        found = run("progress", command, str(missing))
        assert found.exit == 5
        assert str(missing) in found.err
        assert "hint: " in found.err


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
@pytest.mark.parametrize("command", ["export", "import"])
def test_a_pipe_without_another_end_is_refused_and_not_waited_for(
    program: Program, journal: Path, tmp_path: Path, command: str
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    found = program("progress", command, str(pipe))

    assert (found.stdout, found.returncode) == (b"", 5)
    assert str(pipe).encode() in found.stderr
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
@pytest.mark.parametrize("place", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_events_are_written_straight_into_a_pipe(
    program: Program, run: Run, journal: Path, place: str
) -> None:
    if not Path(place).exists():
        pytest.skip("this system has no such name")
    assert program("progress", "export", place).stdout.decode() == run("progress", "export")


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
def test_events_go_through_pipes_and_links(run: Run, journal: Path, tmp_path: Path) -> None:
    exported, new = run("progress", "export"), {"AILEARN_HOME": str(tmp_path / "new")}
    pipe, file, link = (tmp_path / name for name in ("pipe", "file", "link"))
    os.mkfifo(pipe)
    link.symlink_to(file)
    file.touch(mode=0o600)

    reading = threading.Thread(target=lambda: read.append(pipe.read_text("utf-8")))
    read: list[str] = []
    reading.start()
    time.sleep(0.2)
    assert run("progress", "export", str(pipe)).exit == 0
    reading.join(30)
    assert read == [exported]
    writing = os.open(pipe, os.O_RDWR)
    os.write(writing, exported.encode())
    threading.Timer(0.5, os.close, [writing]).start()
    assert run("progress", "import", str(pipe), **new).rows == [["2", "2"]]
    assert run("progress", "export", str(link)).exit == 0
    assert link.is_symlink()
    assert file.read_text("utf-8") == exported
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="there are no such files")
@pytest.mark.parametrize("place", ["/dev/zero", "/dev/null", "/dev/random", "."])
def test_only_files_and_pipes_are_imported(program: Program, journal: Path, place: str) -> None:
    found = program("progress", "import", place)

    assert (found.stdout, found.returncode) == (b"", 5)
    assert f"{place} cannot be used".encode() in found.stderr


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root makes devices")
def test_a_device_stays_a_device(run: Run, journal: Path, tmp_path: Path) -> None:
    null = tmp_path / "null"
    try:
        os.mknod(null, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("not in this container")

    found = run("progress", "export", str(null))

    assert stat.S_ISCHR(null.stat().st_mode)
    assert (found.exit, f"Events written to {null}: 2." in found.err) == (0, True)


@pytest.mark.parametrize("bytes_", [b"\0" * (3 << 20), b"[" * (3 << 20), b"\xff\n"])
def test_an_import_of_what_is_no_text_is_refused(
    run: Run, journal: Path, tmp_path: Path, bytes_: bytes
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(bytes_)

    found = run("progress", "import", str(file))

    assert (found, found.exit) == ("", 5)
    assert f"{file}:1" in found.err


# What can be wrong with the journal, through the command


WRITING = (("read", "resnet"), ("undo",), ("note", "resnet", "text"))
LOOKING = (("progress",), ("next",), ("progress", "export"))


def content(path: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in path.parent.rglob("*.sqlite")}


def refused(run: Run, journal: Path, *arguments: str, language: str = "en") -> str:
    """What a command says that fails because of the journal, which it leaves as it was."""
    before = content(journal)
    found = run(*arguments, "--lang", language, AILEARN_NOW="2026-05-20T20:00:00+08:00")
    assert (found, found.exit) == ("", 5)
    assert content(journal) == before
    assert str(journal) in found.err
    return found.err


@contextmanager
def locked(path: Path) -> Iterator[None]:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@pytest.mark.parametrize("arguments", WRITING)
def test_a_locked_journal_is_said_to_be_in_use(
    run: Run, journal: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setattr(storage, "BUSY_SECONDS", 0.05)
    with locked(journal):
        told = refused(run, journal, *arguments)
        assert run("progress").exit == 0, "who only looks need not wait"

    assert "is in use" in told
    assert "hint: Try again" in told
    assert run("read", "resnet").exit == 0


@pytest.mark.parametrize("arguments", [*WRITING, *LOOKING])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_damaged_journal_is_left_and_the_backup_named(
    run: Run, journal: Path, arguments: tuple[str, ...], language: str
) -> None:
    journal.write_bytes(b"no database at all, " * 400)

    told = refused(run, journal, *arguments, language=language)

    assert "ailearn progress restore" in told
    assert "progress-2026-05-09.sqlite" in told


def test_restore_brings_the_backup_back(run: Run, journal: Path) -> None:
    damaged = b"no database at all, " * 400
    journal.write_bytes(damaged)

    found = run("progress", "restore", "--json", AILEARN_NOW=NOW)

    assert found.exit == 0
    assert found.json["events"] == 1
    assert Path(found.json["replaced"]).read_bytes() == damaged
    assert found.json["replaced"] in found.err
    assert "Restored " in found.err
    assert (statuses(run)["alexnet"], statuses(run)["ppo"]) == ("read", "unread")
    assert run("read", "resnet").exit == 0


def test_there_is_nothing_to_restore_without_a_backup(run: Run, data: Path) -> None:
    found = run("progress", "restore")

    assert found.exit == 5
    assert "ailearn sync FOLDER" in found.err


@pytest.mark.parametrize("arguments", [*WRITING, *LOOKING])
def test_a_journal_of_a_newer_program_is_refused(run: Run, journal: Path, arguments: tuple[str, ...]) -> None:
    connection = sqlite3.connect(journal)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    told = refused(run, journal, *arguments)

    assert "newer ailearn (format 99)" in told
    assert "Update ailearn." in told


@pytest.fixture
def rights(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Folders in which rights count: the tests may run as root, who may do everything."""
    home = Path(tempfile.mkdtemp())
    shutil.copytree(own_folders / "ailearn" / "cache", home / "cache")
    (home / "data").mkdir()
    monkeypatch.setenv("AILEARN_HOME", str(home))
    root = os.geteuid() == 0
    if root:
        for path in (home, *home.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        os.seteuid(NOBODY)
    try:
        yield home / "data"
    finally:
        if root:
            os.seteuid(0)
        shutil.rmtree(home)


@pytest.mark.skipif(os.name == "nt", reason="rights are another thing there")
def test_a_folder_that_cannot_be_written_is_refused_and_can_be_read(run: Run, rights: Path) -> None:
    for day, entry in ((8, "alexnet"), (9, "resnet")):
        assert run("read", entry, AILEARN_NOW=f"2026-05-{day:02}T20:00:00+08:00").exit == 0
    gc.collect()
    rights.chmod(0o500)
    try:
        told = refused(run, rights / "progress.sqlite", "read", "lora")
        assert "progress-2026-05-09.sqlite" in told
        assert overview(run)["days"] == {"2026-05-08": 1, "2026-05-09": 1}
    finally:
        rights.chmod(0o700)


def test_a_data_folder_that_is_a_file_is_refused(run: Run, data: Path) -> None:
    data.write_text("")

    found = run("read", "resnet")

    assert found.exit == 5
    assert "cannot be used" in found.err


# doctor


def examined(run: Run) -> dict[str, list[str]]:
    return {row[1]: [row[0], row[2]] for row in run("doctor", "--plain").rows}


def test_doctor_names_the_journal_its_events_and_the_backup(run: Run, journal: Path) -> None:
    found = examined(run)

    assert found["journal"] == ["ok", f"{journal} (2)"]
    assert found["backup"] == ["ok", f"{journal.parent / 'backups' / 'progress-2026-05-09.sqlite'} (1)"]
    assert "学习记录" in run("doctor", "--lang", "zh", terminal=True)


def test_doctor_is_content_without_a_journal(run: Run, data: Path) -> None:
    found = examined(run)

    assert (found["journal"], found["backup"]) == (["ok", "–"], ["ok", "–"])
    assert not data.exists()


def test_doctor_finds_damage(run: Run, journal: Path) -> None:
    journal.write_bytes(b"no database at all, " * 400)

    assert run("doctor").exit == 1
    assert examined(run)["journal"] == ["error", f"{journal}: file is not a database"]


def test_doctor_finds_a_newer_journal(run: Run, journal: Path) -> None:
    connection = sqlite3.connect(journal)
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    assert run("doctor").exit == 1
    state, told = examined(run)["journal"]
    assert state == "error"
    assert "99" in told
