"""Which form, language, width and colour output has, and that stdout is nothing but data."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from rich.cells import cell_len

if TYPE_CHECKING:
    from tests.cli.conftest import OwnFolder, Program
    from tests.conftest import Result, Run, Unprivileged

READING = (
    "papers",
    "courses",
    "books",
    "tools",
    "list",
    "search author:hinton",
    "show resnet",
    "show resnet --cards",
    "glossary",
    "guide",
    "tracks",
    "timeline",
    "path lora",
    "topics",
    "config",
    "doctor",
    "content path",
    "",
)


def form_of(found: Result) -> str:
    """json, plain or rich, and whether it is coloured."""
    try:
        json.loads(found)
    except ValueError:
        pass
    else:
        return "json"
    drawn = all("\t" not in line for line in found.splitlines())
    return ("rich" if drawn else "plain") + (" coloured" if "\x1b[" in found else "")


@pytest.mark.parametrize(
    ("terminal", "options", "environment", "form"),
    [
        (True, "", {}, "rich coloured"),
        (False, "", {}, "plain"),
        (True, "", {"TERM": "xterm-256color"}, "rich coloured"),
        (True, "", {"TERM": "dumb"}, "plain"),
        (True, "", {"TERM": "dumb", "FORCE_COLOR": "1"}, "plain"),
        (True, "--plain", {}, "plain"),
        (True, "--plain", {"FORCE_COLOR": "1"}, "plain"),
        (False, "--plain --color always", {}, "plain"),
        (True, "--json", {}, "json"),
        (False, "--json", {"FORCE_COLOR": "1"}, "json"),
        (True, "--json --plain", {}, "json"),
        (True, "", {"NO_COLOR": "1"}, "rich"),
        (True, "", {"NO_COLOR": ""}, "rich coloured"),
        (False, "", {"FORCE_COLOR": "1"}, "rich coloured"),
        (False, "", {"FORCE_COLOR": ""}, "plain"),
        (True, "", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, "rich"),
        (True, "--color never", {}, "rich"),
        (True, "--color never", {"FORCE_COLOR": "1"}, "rich"),
        (True, "--color always", {"NO_COLOR": "1"}, "rich coloured"),
        (False, "--color always", {}, "rich coloured"),
        (False, "--color auto", {}, "plain"),
        (True, "", {"AILEARN_COLOR": "never"}, "rich"),
        (False, "", {"AILEARN_COLOR": "always"}, "rich coloured"),
        (True, "--color never", {"AILEARN_COLOR": "always"}, "rich"),
    ],
)
@pytest.mark.parametrize("order", ["before", "after"])
def test_the_form_is_chosen_by_option_terminal_and_environment(
    run: Run, terminal: bool, options: str, environment: dict[str, str], form: str, order: str
) -> None:
    words = [*options.split(), "papers"] if order == "before" else ["papers", *options.split()]

    found = run(*words, terminal=terminal, **environment)

    assert form_of(found) == form
    assert found.exit == 0


def test_the_config_file_chooses_the_colour_last(run: Run) -> None:
    run("config", "set", "color", "always")

    assert form_of(run("papers")) == "rich coloured"
    assert form_of(run("papers", AILEARN_COLOR="auto")) == "plain"


@pytest.mark.parametrize("command", READING)
def test_every_reading_command_has_three_forms_and_says_nothing_else(run: Run, command: str) -> None:
    words = command.split()
    rich, plain, data = run(*words, terminal=True), run(*words), run(*words, "--json")

    assert form_of(rich) == "rich coloured"
    assert form_of(plain) == "plain"
    assert form_of(data) == "json"
    assert "\\u" not in data
    for found in (rich, plain, data):
        assert (found.err, found.exit) == ("", 0)
        assert found.endswith("\n")


@pytest.mark.parametrize("command", READING)
@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_plain_has_no_escape_sequence_and_no_empty_record(run: Run, command: str, language: str) -> None:
    found = run(*command.split(), "--plain", "--lang", language, terminal=True, FORCE_COLOR="1")

    assert "\x1b" not in found
    assert all(line.strip() for line in found.splitlines())


@pytest.mark.parametrize("command", READING)
def test_plain_does_not_change_from_run_to_run_or_with_the_width(run: Run, command: str) -> None:
    words = command.split()

    assert run(*words, "--plain", COLUMNS="30") == run(*words, "--plain", COLUMNS="200")


@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize("command", ["papers", "show resnet", "timeline", "path lora"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_columns_sets_the_width(run: Run, command: str, language: str, width: int) -> None:
    found = run(*command.split(), "--lang", language, "--color", "never", terminal=True, COLUMNS=str(width))

    widths = [cell_len(line) for line in found.splitlines() if "://" not in line]
    assert width - 12 < max(widths) <= width


@pytest.mark.parametrize("columns", ["0", "-5", "many", "", "٣", "1"])
def test_a_width_that_cannot_be_meant_does_no_harm(run: Run, columns: str) -> None:
    found = run("papers", terminal=True, COLUMNS=columns)

    assert found.exit == 0
    assert found


@pytest.mark.parametrize(
    "asked", [{"options": ["--ascii"]}, {"environment": {"AILEARN_ASCII": "1"}}, {"config": "true"}]
)
@pytest.mark.parametrize("command", ["timeline", "path lora", "show resnet", "doctor"])
def test_ascii_draws_without_box_characters(
    run: Run, asked: dict[str, list[str] | dict[str, str] | str], command: str
) -> None:
    options, environment = asked.get("options", []), asked.get("environment", {})
    assert not isinstance(options, str)
    assert isinstance(environment, dict)
    if "config" in asked:
        run("config", "set", "ascii", "true")

    boxed = run(*command.split(), terminal=True, NO_COLOR="1")
    found = run(*command.split(), *options, terminal=True, NO_COLOR="1", **environment)

    boxes = set(map(chr, range(0x2500, 0x2600)))
    assert boxes & set(found) == set()
    if "config" not in asked:
        assert boxes & set(boxed)


@pytest.mark.skipif(sys.platform == "win32", reason="locales of POSIX")
@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C"},
        {"LANG": "C"},
        {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1:strict"},
    ],
)
@pytest.mark.parametrize("form", ["--plain", "--json", "--color=always"])
def test_chinese_is_printed_as_utf_8_whatever_the_locale(
    program: Program, environment: dict[str, str], form: str
) -> None:
    found = program("show", "resnet", "--section", "intuition", "--lang", "zh", form, **environment)

    assert found.returncode == 0, found.stderr
    text = json.loads(program("show", "resnet", "--json").stdout)["intuition"]["zh"]
    assert "".join(text.split()) in "".join(found.stdout.decode("utf-8").split())


@pytest.mark.parametrize(
    ("option", "environment", "config", "language"),
    [
        ("", {}, "", "en"),
        ("", {"LANG": "zh_CN.UTF-8"}, "", "zh"),
        ("", {"LANG": "zh_TW"}, "", "zh"),
        ("", {"LANG": "de_DE.UTF-8"}, "", "en"),
        ("", {"LANGUAGE": "zh_CN:en", "LANG": "en_US.UTF-8"}, "", "zh"),
        ("", {"LANGUAGE": "en:zh", "LANG": "zh_CN.UTF-8"}, "", "en"),
        ("", {"LC_MESSAGES": "zh_CN.UTF-8", "LANGUAGE": "en"}, "", "zh"),
        ("", {"LC_ALL": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "", "en"),
        ("", {"LC_ALL": "", "LANG": "zh_CN.UTF-8"}, "", "zh"),
        ("", {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "", "en"),
        ("", {"LC_ALL": "en_US.UTF-8"}, "zh", "zh"),
        ("", {"LC_ALL": "zh_CN.UTF-8"}, "en", "en"),
        ("", {"LC_ALL": "en_US.UTF-8"}, "both", "both"),
        ("", {"AILEARN_LANG": "zh"}, "en", "zh"),
        ("", {"AILEARN_LANG": "", "LANG": "zh_CN"}, "", "zh"),
        ("", {"AILEARN_LANG": "both"}, "zh", "both"),
        ("--lang en", {"AILEARN_LANG": "zh", "LC_ALL": "zh_CN.UTF-8"}, "zh", "en"),
        ("--lang both", {"AILEARN_LANG": "zh"}, "en", "both"),
        ("--lang zh", {"AILEARN_LANG": "nonsense"}, "", "zh"),
    ],
)
def test_the_language_is_the_first_one_named(
    run: Run, option: str, environment: dict[str, str], config: str, language: str
) -> None:
    if config:
        run("config", "set", "lang", config)

    found = run("show", "resnet", "--section", "one_liner", *option.split(), "--plain", **environment)

    text = run("show", "resnet", "--json").json["one_liner"]
    shown = {"en": ["en"], "zh": ["zh"], "both": ["en", "zh"]}[language]
    assert [row[1] for row in found.rows] == [text[one] for one in shown]


def test_both_puts_the_chinese_paragraph_under_the_english_one(run: Run) -> None:
    found = run("show", "resnet", "--section", "intuition", "--lang", "both", terminal=True, NO_COLOR="1")

    text = run("show", "resnet", "--json").json["intuition"]
    solid = "".join(found.split())
    assert "".join((text["en"] + text["zh"]).split()) in solid


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_ids_do_not_depend_on_the_language(run: Run, language: str) -> None:
    rows = run("list", "--plain", "--lang", language).rows

    assert [row[:5] for row in rows] == [row[:5] for row in run("list", "--plain").rows]


# Folders and the cache


@pytest.mark.skipif(sys.platform == "win32", reason="folders of POSIX")
def test_without_home_the_folders_of_xdg_serve(program: Program, tmp_path: Path) -> None:
    folders = {
        name: str(tmp_path / name)
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
    }

    found = program("papers", "--json", HOME=None, AILEARN_HOME=None, **folders)

    assert (found.returncode, found.stderr) == (0, b"")
    assert len(json.loads(found.stdout)) == 16
    if sys.platform != "darwin":
        assert list((tmp_path / "XDG_CACHE_HOME" / "ailearn").glob("*.sqlite"))


def test_without_any_home_folder_everything_still_answers(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> NoReturn:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", no_home)

    found = run("papers", "--json", HOME=None, AILEARN_HOME=None)

    assert (found.exit, len(found.json)) == (0, 16)
    assert len(found.err.splitlines()) == 1
    assert "warning" in found.err
    refused = run("config", "set", "lang", "zh", HOME=None, AILEARN_HOME=None)
    assert refused.exit == 6
    assert "AILEARN_HOME" in refused.err
    assert run("config", "path", HOME=None, AILEARN_HOME=None).exit == 6
    assert run("config", HOME=None, AILEARN_HOME=None).exit == 0
    assert run("completion", "bash", HOME=None, AILEARN_HOME=None).exit == 0
    assert run("doctor", "--plain", HOME=None, AILEARN_HOME=None).exit == 0


def test_a_cache_that_cannot_be_written_is_one_warning_and_no_failure(run: Run, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "cache").write_text("a file where the folder should be", encoding="utf-8")

    for _ in range(2):
        found = run("search", "残差", "--json", AILEARN_HOME=str(tmp_path / "home"))

        assert "resnet" in [one["id"] for one in found.json]
        assert found.exit == 0
        assert len(found.err.splitlines()) == 1
        assert str(tmp_path / "home" / "cache") in found.err


def test_a_read_only_cache_is_one_warning_and_no_failure(unprivileged: Unprivileged) -> None:
    cache = unprivileged.home / "ailearn" / "cache"
    shutil.rmtree(cache)
    cache.mkdir()
    unprivileged.own(cache)
    cache.chmod(0o500)

    found = unprivileged("papers", "--json")

    assert (found.exit, len(found.json), len(found.err.splitlines())) == (0, 16, 1)
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("mode", [0o000, 0o400])
def test_a_cache_that_may_not_be_looked_into_is_one_warning(unprivileged: Unprivileged, mode: int) -> None:
    cache = unprivileged.home / "ailearn" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    unprivileged.own(cache.parent)
    unprivileged("papers")
    cache.chmod(mode)

    for command in ("papers", "search residual", "next", "read resnet", "doctor"):
        found = unprivileged(*command.split(), "--plain")
        assert found.exit == 0, command
        assert found.err.count("warning:") == 1, command
    cache.chmod(0o700)


def test_what_lies_in_a_folder_that_may_not_be_looked_into(unprivileged: Unprivileged) -> None:
    closed = unprivileged.home / "closed"
    (closed / "own").mkdir(parents=True)
    (closed / "text.md").write_text("A text.")
    closed.chmod(0o700 if os.geteuid() == 0 else 0)
    commands = {
        "papers --content closed/own": 4,
        "translate closed/text.md --show-prompt": 1,
        "translate closed/none.md --show-prompt": 1,
    }
    for command, code in commands.items():
        found = unprivileged(*command.split())
        assert (found, found.exit) == ("", code), command
        assert "closed/" in found.err
    closed.chmod(0o700)


def test_a_damaged_cache_is_made_anew(run: Run, tmp_path: Path) -> None:
    home = {"AILEARN_HOME": str(tmp_path)}
    whole = run("papers", **home)
    (index,) = (tmp_path / "cache").glob("*.sqlite")
    for damage in (b"", b"this is no database" * 100):
        index.write_bytes(damage)

        found = run("papers", **home)

        assert (found, found.err, found.exit) == (whole, "", 0)
        assert index.read_bytes() != damage


def test_nothing_temporary_is_left_in_the_cache(run: Run, tmp_path: Path) -> None:
    run("papers", AILEARN_HOME=str(tmp_path))

    assert sorted(path.suffix for path in (tmp_path / "cache").iterdir()) == [".sqlite", ".txt"]


def test_an_index_that_is_current_is_not_made_again(run: Run, own: OwnFolder, tmp_path: Path) -> None:
    own.add("mine")
    home = {"AILEARN_HOME": str(tmp_path / "home"), "AILEARN_CONTENT": str(own)}
    run("papers", **home)
    (index,) = (tmp_path / "home" / "cache").glob("*.sqlite")
    made = index.stat().st_mtime_ns

    run("papers", **home)

    assert index.stat().st_mtime_ns == made


def test_the_index_is_made_again_when_a_file_changes(run: Run, own: OwnFolder) -> None:
    path = own.add("mine", minutes=11)
    home = {"AILEARN_CONTENT": str(own)}

    def minutes() -> int | None:
        found = run("list", "--json", **home).json
        return next((one["minutes"] for one in found if one["id"] == "mine"), None)

    assert minutes() == 11
    own.add("mine", minutes=2222)
    assert minutes() == 2222
    time = path.stat().st_mtime_ns
    own.add("mine", minutes=3333)
    os.utime(path, ns=(time + 1_000_000_000, time + 1_000_000_000))
    assert minutes() == 3333
    own.add("another")
    assert run("show", "another", **home).exit == 0
    path.unlink()
    assert minutes() is None


# What comes from stdin is UTF-8, whatever the locale says

LOCALES = ["C", "POSIX", "C.UTF-8", "en_US.ISO-8859-1", "zh_CN.GBK", ""]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "latin-1"])
def test_text_from_a_pipe_is_utf_8_or_refused(locale: str, encoding: str, own_folders: Path) -> None:
    text = "mÿ é" if encoding == "latin-1" else "我的笔记"
    command = [sys.executable, "-m", "ailearn", "note", "resnet", "-", "--plain"]
    environ = {**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0"}

    found = subprocess.run(
        command, input=text.encode(encoding), env=environ, capture_output=True, check=False
    )

    if encoding.startswith("utf-8"):
        assert (found.returncode, found.stdout.decode()) == (0, f"resnet\t{text}\n")
    else:
        assert (found.returncode, found.stdout) == (2, b"")
        assert b"UTF-8" in found.stderr
        assert not (own_folders / "ailearn" / "data").exists()


@pytest.mark.parametrize("typed", ["", " \n\t\n", "\ufeff"])
def test_nothing_from_a_pipe_keeps_the_note_there_is(run: Run, typed: str) -> None:
    run("note", "resnet", "A thought.")

    found = run("note", "resnet", "-", typed=typed)

    assert (found, found.exit) == ("", 2)
    assert "`ailearn note resnet ''`" in found.err
    assert "A thought." in run("show", "resnet", "--section", "note", "--plain")


@pytest.mark.parametrize(
    "command",
    [
        "note resnet -",
        "ask -",
        "ask resnet -",
        "chat",
        "questions resnet",
        "quiz resnet",
        "place models",
        "review resnet",
    ],
)
@pytest.mark.parametrize("terminal", [False, True])
@pytest.mark.parametrize("bytes_", ["笔记\n".encode("gbk"), b"\xff\xfea\x00\n", b"caf\xe9\n", b"\xc0\xaf\n"])
def test_no_reader_of_stdin_guesses_at_bytes(run: Run, command: str, terminal: bool, bytes_: bytes) -> None:
    found = run(*command.split(), typed=bytes_, terminal=terminal)

    assert found.exit != 70
    if "-" in command.split() or (terminal and command != "chat"):
        assert found.exit == 2
        assert "UTF-8" in found.err


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize("command", ["note resnet -", "ask -", "ask - resnet"])
def test_wide_letters_without_a_mark_are_no_text(
    run: Run, own_folders: Path, command: str, encoding: str
) -> None:
    found = run(*command.split(), typed="Why so?\n".encode(encoding), terminal=False)

    assert (found, found.exit) == ("", 2)
    assert "stdin is not UTF-8 text" in found.err
    assert not (own_folders / "ailearn" / "data").exists()


@pytest.mark.parametrize("command", ["note resnet", "ask"])
def test_arguments_that_are_no_text_are_refused(run: Run, own_folders: Path, command: str) -> None:
    found = run(*command.split(), "why \udcb1\udcca?")

    assert (found, found.exit) == ("", 2)
    assert "UTF-8" in found.err
    assert not (own_folders / "ailearn" / "data").exists()
