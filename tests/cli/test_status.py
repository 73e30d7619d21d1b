"""`start`, `read`, `know`, `skip`, `reset` and `undo`, and the signs that they leave everywhere."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ailearn.catalog.filters import STATUSES
from ailearn.learning import events
from ailearn.view.theme import ASCII_MARKS, SIGNS

if TYPE_CHECKING:
    from tests.conftest import Run

NOW = "2026-05-01T21:30:00+08:00"
MADE = {"start": "reading", "read": "read", "know": "known", "skip": "skipped"}


@pytest.fixture(autouse=True)
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock stands still."""
    monkeypatch.setenv("AILEARN_NOW", NOW)


@pytest.fixture
def begun(run: Run) -> None:
    """A reader who is in the middle of things."""
    for arguments in (("read", "alexnet"), ("know", "attention"), ("skip", "xlnet"), ("start", "resnet")):
        assert run(*arguments).exit == 0


def events_kept(home: Path) -> int:
    path = home / "ailearn" / "data" / "progress.sqlite"
    if not path.exists():
        return 0
    connection = sqlite3.connect(path)
    try:
        return int(connection.execute("SELECT count(*) FROM event").fetchone()[0])
    finally:
        connection.close()


def progress_in(found: Any) -> dict[str, Any]:
    """The id and the `progress` of everything in `found` that looks like an entry, however deep."""
    if isinstance(found, list):
        return {key: one for item in found for key, one in progress_in(item).items()}
    if not isinstance(found, dict):
        return {}
    inside = {key: one for item in found.values() for key, one in progress_in(item).items()}
    return {found["id"]: found["progress"], **inside} if "one_liner" in found else inside


@pytest.mark.parametrize(("command", "status"), MADE.items())
def test_a_command_gives_the_status_that_it_stands_for_and_says_what_was_before(
    run: Run, command: str, status: str
) -> None:
    found = run(command, "resnet", "--plain")

    assert (found.rows, found.exit) == ([["resnet", "unread", status]], 0)
    assert run("reset", "resnet", "--json").json == [{"id": "resnet", "before": status, "after": "unread"}]


def test_an_alias_in_either_language_and_an_arxiv_id_will_do(run: Run) -> None:
    assert [row[0] for row in run("read", "残差网络", "1706.03762").rows] == ["resnet", "transformer"]


def test_a_terminal_shows_the_sign_the_status_and_the_one_before(run: Run) -> None:
    assert run("read", "resnet", terminal=True, NO_COLOR="1") == "✓ resnet  read  was unread\n"
    chinese = run("skip", "resnet", "--lang", "zh", terminal=True, NO_COLOR="1")
    assert chinese == "– resnet  跳过  原来：读过\n"


def test_an_unknown_entry_among_others_keeps_all_of_them_from_being_recorded(
    run: Run, own_folders: Path
) -> None:
    found = run("read", "alexnet", "no-such-paper")

    assert (found, found.exit) == ("", 3)
    assert "no-such-paper" in found.err
    assert not (own_folders / "ailearn" / "data").exists(), "not even a journal is made"


def test_an_entry_that_has_the_status_already_is_said_and_not_recorded_again(
    run: Run, own_folders: Path
) -> None:
    run("read", "resnet")
    found = run("read", "resnet", "alexnet", "alexnet")

    assert found.rows == [["alexnet", "unread", "read"]]
    assert found.err == "`resnet` is already marked as read.\n"
    assert events_kept(own_folders) == 2


def test_several_entries_are_one_action_and_undone_together(run: Run) -> None:
    run("read", "alexnet")
    run("know", "alexnet", "resnet")

    found = run("undo", terminal=True, NO_COLOR="1")
    assert found.splitlines() == [
        "alexnet is read again (was known).",
        "resnet is unread again (was known).",
    ]
    assert run("list", "--status", "known").exit == 1


def test_undo_goes_back_step_by_step_until_nothing_is_left(run: Run) -> None:
    run("start", "resnet")
    run("read", "resnet")

    assert (
        run("undo", "--lang", "zh", terminal=True, NO_COLOR="1")
        == "resnet 已恢复为“在读”（撤销前是“读过”）。\n"
    )
    assert run("undo").rows == [["status", "resnet", "reading", "unread"]]
    last = run("undo")
    assert (last, last.exit, last.err) == ("", 1, "error: There is nothing to undo.\n")


def test_undo_without_a_journal_makes_none(run: Run, own_folders: Path) -> None:
    assert run("undo").exit == 1
    assert not (own_folders / "ailearn" / "data").exists()


@pytest.mark.parametrize(
    ("arguments", "steps"),
    [
        (("note", "resnet", "A thought."), ["The note on resnet has been removed again."]),
        (("read", "resnet"), ["resnet is unread again (was read)."]),
    ],
)
def test_undo_says_in_words_what_it_took_back(run: Run, arguments: tuple[str, ...], steps: list[str]) -> None:
    run(*arguments)

    assert run("undo", terminal=True, NO_COLOR="1").splitlines() == steps


def test_a_note_that_was_changed_comes_back(run: Run) -> None:
    run("note", "resnet", "First.")
    run("note", "resnet", "Second.")

    assert "The previous note on resnet has been restored." in run("undo", terminal=True)
    assert run("show", "resnet", "--section", "note").rows == [["note", "First."]]


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize("width", ["60", "80"])
@pytest.mark.parametrize(
    "arguments", [("papers",), ("search", "network"), ("tracks",), ("timeline",), ("path", "resnet", "--all")]
)
def test_a_sign_stands_before_the_id_wherever_it_is_drawn(
    run: Run, arguments: tuple[str, ...], width: str
) -> None:
    drawn = run(*arguments, "--no-pager", terminal=True, NO_COLOR="1", COLUMNS=width)

    assert "◐ resnet" in drawn
    if arguments[0] in ("papers", "tracks", "timeline"):
        assert "✓ alexnet" in drawn
        assert "◆ attention" in drawn
        assert "– xlnet" in drawn
    assert not any(f"{sign} transformer" in drawn for sign, _ in SIGNS.values())


@pytest.mark.usefixtures("begun")
def test_ids_stay_in_one_column_where_some_have_a_sign(run: Run) -> None:
    drawn = run("papers", "--no-pager", terminal=True, NO_COLOR="1").splitlines()

    for name in ("alexnet", "transformer", "xlnet"):
        assert [line.find(name) for line in drawn if line[2:].startswith(f"{name} ")] == [2]


def test_signs_differ_in_ascii_as_well(run: Run) -> None:
    twins = {sign.translate(ASCII_MARKS) for sign, _ in SIGNS.values()}
    assert len(twins) == len(SIGNS) == len(events.STATUSES) - 1
    assert all(twin.isascii() for twin in twins)

    run("start", "resnet")
    assert "~ resnet" in run("papers", "--ascii", "--no-pager", terminal=True, NO_COLOR="1")


@pytest.mark.usefixtures("begun")
def test_show_says_since_when(run: Run) -> None:
    assert "read 2026-05-01" in run("show", "alexnet", "--no-pager", terminal=True, NO_COLOR="1")
    assert ["status", "read"] in run("show", "alexnet").rows


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize(
    "arguments", [("list",), ("search", "network"), ("tracks",), ("timeline",), ("path", "resnet", "--all")]
)
def test_the_status_is_the_last_cell_of_a_record_and_empty_when_unread(
    run: Run, arguments: tuple[str, ...]
) -> None:
    made = {"alexnet": "read", "attention": "known", "xlnet": "skipped", "resnet": "reading"}
    rows = run(*arguments, "--plain").rows

    shown = {name: row[-1] for row in rows for name in row if name in made}
    assert shown
    assert shown == {name: made[name] for name in shown}
    assert {row[-1] for row in rows if not made.keys() & set(row)} <= {""}
    assert len({len(row) for row in rows}) == 1


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("list",),
        ("search", "resnet"),
        ("tracks",),
        ("timeline",),
        ("path", "resnet", "--all"),
        ("show", "resnet"),
    ],
)
def test_json_says_where_the_reader_is_in_every_entry(run: Run, arguments: tuple[str, ...]) -> None:
    found = progress_in(run(*arguments, "--json").json)

    assert found["resnet"] == {"status": "reading", "since": "2026-05-01", "note": None}
    others = {
        name: one for name, one in found.items() if name not in ("resnet", "alexnet", "attention", "xlnet")
    }
    assert all(one in (None, {"status": "unread", "since": None, "note": None}) for one in others.values())


@pytest.mark.usefixtures("begun")
@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        ("read", {"alexnet"}),
        ("reading,known", {"resnet", "attention"}),
        ("跳过", {"xlnet"}),
    ],
)
def test_lists_and_the_query_box_filter_by_status(run: Run, wanted: str, ids: set[str]) -> None:
    assert {row[0] for row in run("papers", "--status", wanted).rows} == ids
    assert {row[0] for row in run("list", f"status:{wanted}").rows} == ids
    assert {row[0] for row in run("search", f"状态：{wanted}").rows} == ids


@pytest.mark.usefixtures("begun")
def test_unread_is_everything_else_and_a_minus_turns_it_round(run: Run) -> None:
    unread = {row[0] for row in run("papers", "--status", "unread").rows}
    everything = {row[0] for row in run("papers").rows}

    assert unread == everything - {"resnet", "alexnet", "attention", "xlnet"}
    assert {row[0] for row in run("search", "-status:unread").rows} == everything - unread
    assert {row[0] for row in run("papers", "--status", "unread,read").rows} == unread | {"alexnet"}


@pytest.mark.parametrize("arguments", [("papers", "--status", "rread"), ("search", "status:rread")])
def test_a_status_that_does_not_exist_is_wrong_usage(run: Run, arguments: tuple[str, ...]) -> None:
    found = run(*arguments)

    assert (found, found.exit) == ("", 2)
    assert "Did you mean read" in found.err


def test_without_a_journal_everything_is_unread(run: Run) -> None:
    assert run("papers", "--status", "unread") == run("papers")
    assert run("papers", "--status", "read").exit == 1


def test_the_catalogue_and_the_journal_know_the_same_statuses() -> None:
    assert STATUSES == events.STATUSES
    assert set(SIGNS) == set(STATUSES) - {"unread"}


def test_a_path_leaves_out_what_is_read_or_known_and_says_how_much(run: Run) -> None:
    whole = run("path", "lora", "--json").json
    assert {"resnet", "transformer"} < {step["id"] for step in whole["steps"]}
    run("read", "transformer")
    found = run("path", "lora", "--json")

    assert [step["id"] for step in found.json["steps"]] == ["lora"], "what only it rests on is left out too"
    assert found.json["minutes"] < whole["minutes"]
    left_out = len(whole["steps"]) - 1
    assert found.err == f"Hidden, because already read or known: {left_out}. `--all` shows everything.\n"
    every = run("path", "lora", "--all", "--json")
    assert [step["id"] for step in every.json["steps"]] == [step["id"] for step in whole["steps"]]
    assert every.err == ""


def test_a_path_keeps_what_was_skipped_or_only_begun_and_the_goal_itself(run: Run) -> None:
    whole = [row[1] for row in run("path", "lora").rows]
    run("skip", "transformer")
    run("start", "resnet")
    run("read", "lora")

    assert [row[1] for row in run("path", "lora").rows] == whole


@pytest.mark.usefixtures("begun")
def test_the_start_page_counts_what_is_behind_the_reader_and_points_at_the_next_step(run: Run) -> None:
    page = run(terminal=True, NO_COLOR="1", COLUMNS="80")

    steps = {track["id"]: track for track in run("tracks", "--json").json}
    assert f" 2/{len(steps['models']['steps'])}\n" in page
    assert f" 0/{len(steps['infrastructure']['steps'])}\n" in page
    assert "✓ alexnet" in page
    assert "◐ resnet" in page
    assert page.count("▶ ") == 2, "one on each track"
    assert "◐ ▶" not in page
    assert "▶ ◐" not in page


@pytest.mark.usefixtures("begun")
def test_the_start_page_proposes_what_was_begun(run: Run) -> None:
    assert next(row[1] for row in run("--plain").rows if row[0] == "next") == "resnet"
    assert run("--json").json["next"]["entry"]["id"] == "resnet"


def test_the_start_page_of_a_reader_without_a_journal_counts_nothing(run: Run) -> None:
    page = run(terminal=True, NO_COLOR="1")

    assert "Start with" in page
    assert "0/" not in page


@pytest.mark.usefixtures("begun")
def test_a_damaged_journal_keeps_nobody_from_reading_but_is_told(run: Run, own_folders: Path) -> None:
    expected = [row[:7] for row in run("papers").rows]
    data = own_folders / "ailearn" / "data"
    for path in data.glob("progress.sqlite-*"):
        path.unlink()
    (data / "progress.sqlite").write_bytes(b"no database at all" * 100)

    found = run("papers")
    assert ([row[:7] for row in found.rows], found.exit) == (expected, 0)
    assert found.err.startswith("warning: ")
    assert "damaged" in found.err
    assert len(found.err.splitlines()) == 1
    assert run(terminal=True).exit == 0
    assert run("papers", "--status", "read").exit == 5, "what cannot be known is not answered"
    assert run("read", "resnet").exit == 5


WATCHED = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, sep="\\n", file=sys.stderr))
from ailearn.__main__ import entry_point
entry_point()
"""


def loaded(*arguments: str) -> set[str]:
    command = [sys.executable, "-c", WATCHED, *arguments]
    found = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert found.stdout
    return set(found.stderr.splitlines())


def test_a_reader_without_a_journal_does_not_load_it() -> None:
    names = {name for name in loaded("papers", "--plain") if name.startswith("ailearn.learning")}

    assert names == {"ailearn.learning", "ailearn.learning.standing"}


@pytest.mark.parametrize("command", ["papers --plain", "search 残差 --plain", "show resnet --json"])
def test_a_read_beside_a_journal_loads_nothing_heavy_for_it(run: Run, command: str) -> None:
    without = loaded(*command.split())
    run("start", "resnet")
    added = loaded(*command.split()) - without

    assert "ailearn.learning.journal" in added
    assert added & {"fsrs", "uuid", "hashlib", "rich", "yaml", "pydantic", "typing_extensions"} == set()
