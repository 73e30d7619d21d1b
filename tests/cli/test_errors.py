"""What a reader meets when something is wrong: exit codes, words in her language, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from ailearn.catalog import browse

if TYPE_CHECKING:
    from tests.cli.conftest import OwnFolder, Program
    from tests.conftest import Run


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("paprs", "papers"),
        ("shwo", "show"),
        ("open", "open-link"),
        ("serach", "search"),
        ("Papers", "papers"),
        ("config shwo", "show"),
        ("content chekc", "check"),
    ],
)
def test_a_mistyped_command_gets_the_nearest_and_is_not_run(run: Run, typed: str, meant: str) -> None:
    found = run(*typed.split())

    assert (found, found.exit) == ("", 2)
    assert f"`{typed.split()[-1]}`" in found.err
    assert meant in found.err.split("hint:")[1]


@pytest.mark.parametrize("typed", ["qqqq", "", "残差", "config qqqq"])
def test_a_command_unlike_any_other_is_sent_to_the_help(run: Run, typed: str) -> None:
    found = run(*(typed.split() or [""]))

    assert (found, found.exit) == ("", 2)
    assert "--help`" in found.err.split("hint:")[1]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("papers --sicne 2015", "--since"),
        ("papers --jsno", "--json"),
        ("--lnag zh", "--lang"),
        ("show resnet --breif", "--brief"),
        ("open-link resnet --lnk pdf", "--link"),
        ("content check --plian", "--plain"),
    ],
)
def test_a_mistyped_option_gets_the_nearest(run: Run, typed: str, meant: str) -> None:
    found = run(*typed.split())

    assert (found, found.exit) == ("", 2)
    assert meant in found.err.split("hint:")[1]


@pytest.mark.parametrize("typed", ["papers --zzz", "search --zzz x", "show -z"])
def test_an_option_unlike_any_other_is_sent_to_the_help(run: Run, typed: str) -> None:
    found = run(*typed.split())

    assert (found, found.exit) == ("", 2)
    assert f"`ailearn {typed.split()[0]} --help`" in found.err


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("papers", 0),
        ("papers --since 3000", 1),
        ("glossary zzzz", 1),
        ("search zzzzzzzz", 1),
        ("open-link resnet --link demo", 1),
        ("papers --topic zzz", 2),
        ("papers --lang xx", 2),
        ("papers --lang=", 2),
        ("papers --color pink", 2),
        ("papers --lang", 2),
        ("show", 2),
        ("content", 2),
        ("completion", 2),
        ("search", 2),
        ("search nofield:x", 2),
        ("show zzz", 3),
        ("path zzz", 3),
        ("papers --content /no/such/folder", 4),
        ("config get zzz", 6),
    ],
)
def test_the_exit_code_says_which_kind_of_failure_it_was(run: Run, command: str, code: int) -> None:
    found = run(*command.split())

    assert found.exit == code
    assert found.err.startswith("error: ") == bool(code)
    assert found.err.count("hint: ") == bool(code)
    assert "Traceback" not in found + found.err


@pytest.mark.parametrize(
    ("variable", "value"),
    [("AILEARN_LANG", "fr"), ("AILEARN_COLOR", "pink"), ("AILEARN_ASCII", "perhaps")],
)
def test_a_variable_that_cannot_be_meant_is_a_failure_of_configuration(
    run: Run, variable: str, value: str
) -> None:
    found = run("papers", **{variable: value})

    assert (found, found.exit) == ("", 6)
    assert f"`{variable}`" in found.err
    assert value in found.err


@pytest.mark.parametrize("order", [["--lang", "xx", "papers"], ["papers", "--lang", "xx"]])
def test_a_wrong_value_of_an_option_names_the_right_ones(run: Run, order: list[str]) -> None:
    found = run(*order)

    assert found.exit == 2
    assert all(one in found.err for one in ("`--lang`", "xx", "en, zh, both"))


def test_error_and_hint_are_parted_by_an_empty_line(run: Run) -> None:
    found = run("show", "tranformer")

    error, empty, hint = found.err.splitlines()
    assert error.startswith('error: No entry is called "tranformer"')
    assert empty == ""
    assert hint.startswith("hint: Did you mean transformer")


@pytest.mark.parametrize(
    "command",
    [
        "show tranformer",
        "papers --topic atention",
        "paprs",
        "papers --sicne 2",
        "show",
        "config get zzz",
        "papers --since 3000",
        "glossary zzzz",
        "papers --content /no/such/folder",
    ],
)
@pytest.mark.parametrize("where", ["before", "after", "variable"])
def test_failures_are_said_in_chinese_when_asked(run: Run, command: str, where: str) -> None:
    words = command.split()
    if where == "variable":
        found = run(*words, AILEARN_LANG="zh")
    else:
        found = run(*(["--lang", "zh", *words] if where == "before" else [*words, "--lang=zh"]))

    assert found.err.startswith("错误：")
    assert "提示：" in found.err
    assert "error:" not in found.err
    assert found.exit == run(*words).exit


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "\x1b[31mred\x07\x9b2J"],
        ["\x1b]0;title\x07"],
        ["papers", "--\x1b[31m"],
        ["papers", "--topic", "\x1b[2J"],
        ["papers", "--track", "\x9b2J"],
        ["papers", "--lang", "\x1b[2J"],
        ["papers", "--since", "\x1b[2J"],
        ["papers", "--content", "/\x1b[2J"],
        ["search", "\x1b[2Jzzzz"],
        ["search", "zzz:\x1b[2J"],
        ["glossary", "\x1b[2Jzzz"],
        ["config", "get", "\x1b[2J"],
        ["config", "set", "lang", "\x1b[2J"],
        ["completion", "\x1b[2J"],
        ["content", "new", "\x1b[2J", "x"],
        ["content", "new", "paper", "\x1b[2J"],
        ["show", "resnet", "--section", "\x1b[2J"],
        ["show", "one\nerror: two\rthree"],
    ],
)
def test_control_characters_of_the_command_line_are_not_echoed(run: Run, arguments: list[str]) -> None:
    found = run(*arguments, terminal=True)

    assert found.exit != 0
    assert found.err.startswith("error: ")
    assert not set(found.err) & {chr(code) for code in (*range(10), *range(11, 32), *range(127, 160))}
    assert len(found.err.splitlines()) in (1, 3), "error, empty line, hint"


@pytest.mark.parametrize(
    "arguments",
    [
        ["show", "\udcff"],
        ["papers", "id:\udcff"],
        ["search", "venue:\udcff"],
        ["papers", "--author", "\udcff"],
        ["papers", "--topic", "\udcff"],
        ["papers", "--content", "/\udcff"],
        ["\udcff"],
        ["glossary", "\udcff"],
        ["show", "x" * 100_000],
        ["papers", "--limit", "9" * 30],
        ["papers", "--since", "9" * 30],
        ["search", "year:" + "9" * 30],
        ["papers", '"'],
        ["papers", "AND"],
        ["papers", "NEAR(a b)"],
        ["papers", "title:*"],
        ["papers", "author:)("],
    ],
)
def test_odd_arguments_are_never_a_bug(run: Run, arguments: list[str]) -> None:
    found = run(*arguments)

    assert found.exit in (0, 1, 2, 3, 4)


# A bug, Ctrl-C, and streams that go away


def fail_with(error: BaseException) -> Any:
    def fail(*_: Any, **__: Any) -> NoReturn:
        raise error

    return fail


@pytest.fixture
def bug(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the function behind the lists."""
    monkeypatch.setattr(browse, "listing", fail_with(ZeroDivisionError("on \x1b[31mpurpose")))


@pytest.mark.parametrize(("language", "label"), [("en", "error: "), ("zh", "错误：")])
def test_a_bug_is_one_sentence_and_a_saved_traceback(
    run: Run, own_folders: Path, bug: None, language: str, label: str
) -> None:
    found = run("papers", "--lang", language)

    saved = own_folders / "ailearn" / "state" / "last-error.txt"
    assert (found, found.exit) == ("", 70)
    assert found.err.startswith(label)
    assert found.err.count("\n") == 1
    assert str(saved) in found.err
    assert "Traceback" not in found.err
    assert "\x1b" not in found.err
    assert saved.read_text(encoding="utf-8").startswith("Traceback")


def test_a_bug_is_reported_even_where_nothing_can_be_saved(
    run: Run, own_folders: Path, bug: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_folders / "ailearn" / "state").write_text("in the way", encoding="utf-8")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "file" / "x"))
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    found = run("papers")

    assert found.exit == 70
    assert "ZeroDivisionError" in found.err


def test_a_bug_with_a_broken_config_file_is_still_reported(run: Run, own_folders: Path, bug: None) -> None:
    config = own_folders / "ailearn" / "config" / "config.toml"

    def break_config(*_: Any, **__: Any) -> NoReturn:
        config.parent.mkdir()
        config.write_text("broken", encoding="utf-8")
        raise ZeroDivisionError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(browse, "listing", break_config)
        assert run("papers").exit == 70


@pytest.mark.parametrize("arguments", [["papers"], ["papers", "--json"], ["list", "--lang", "zh"]])
def test_ctrl_c_ends_quietly(run: Run, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setattr(browse, "listing", fail_with(KeyboardInterrupt()))

    found = run(*arguments)

    assert (found, found.err, found.exit) == ("", "", 130)


def test_ctrl_c_at_a_question_ends_quietly(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ailearn.view.screen.Screen.choose", fail_with(KeyboardInterrupt()))

    found = run("open-link", "transformer", terminal=True)

    assert (found, found.exit) == ("", 130)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
@pytest.mark.parametrize("command", ["list --json", "list --plain", "show transformer", "--help", "paprs"])
def test_a_closed_pipe_ends_quietly(command: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        found = subprocess.run(
            [sys.executable, "-m", "ailearn", *command.split()],
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writer)

    assert found.returncode == (2 if command == "paprs" else 0)
    assert b"Traceback" not in found.stderr
    assert b"BrokenPipe" not in found.stderr
    assert bool(found.stderr) == (command == "paprs")


@pytest.mark.skipif(sys.platform == "win32", reason="redirections of a POSIX shell")
@pytest.mark.parametrize(
    ("redirection", "command", "code"),
    [
        (">&-", "papers", 0),
        (">&-", "show", 2),
        ("2>&-", "paprs", 2),
        ("<&-", "papers", 0),
        ("2>&-", "papers", 0),
    ],
)
def test_a_stream_that_is_closed_is_no_bug(redirection: str, command: str, code: int) -> None:
    found = subprocess.run(
        ["sh", "-c", f'"$0" -m ailearn {command} {redirection}', sys.executable],
        capture_output=True,
        check=False,
    )

    assert found.returncode == code
    assert b"Traceback" not in found.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-", "2>&1 >/dev/null | head -c 0"])
@pytest.mark.parametrize(
    ("command", "code"),
    [("note resnet ''", 0), ("read resnet", 0), ("paprs", 2), ("show nothing", 3), ("config set lang fr", 6)],
)
def test_words_that_nobody_can_read_change_no_exit_code(redirection: str, command: str, code: int) -> None:
    line = f'{{ {{ "$0" -m ailearn {command}; echo $? >&3; }} {redirection}; }} 3>&1 >/dev/null'
    found = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, check=False)

    assert found.stdout.decode().split() == [str(code)]
    assert b"Traceback" not in found.stderr


def test_a_failure_leaves_stdout_empty_in_a_real_process(program: Program) -> None:
    found = program("show", "tranformer", "--json")

    assert (found.returncode, found.stdout) == (3, b"")
    assert found.stderr.decode().startswith("error: ")


def test_content_of_which_nothing_can_be_loaded_cannot_be_opened(
    run: Run, own: OwnFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.write("papers/broken.yaml", "id: [")
    monkeypatch.setattr("ailearn.catalog.study.guide_folder", lambda: own.path)

    found = run("papers")

    assert (found, found.exit) == ("", 4)
    assert "broken.yaml" in found.err
    assert "ailearn content check" in found.err
