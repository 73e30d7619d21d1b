"""Every command with wrong values, in both languages, and any command line at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.main import get_group

from ailearn.cli.app import Root, app
from ailearn.cli.commands import COMMANDS, SUBCOMMANDS
from ailearn.cli.complaints import Number

if TYPE_CHECKING:
    from tests.cli.conftest import OwnFolder
    from tests.conftest import Result, Run

# Three Latin words in a row: what a message in Chinese holds only between backticks or quotation marks.
ENGLISH = re.compile(r"[A-Za-z]{2,},? [A-Za-z]{2,},? [A-Za-z]{2,}")
COMMAND_PATHS = [
    *((name,) for name in COMMANDS if name not in SUBCOMMANDS),
    *((name, one) for name, names in SUBCOMMANDS.items() for one in names),
]


def parser_of(path: tuple[str, ...]) -> Any:
    root = get_group(app)
    assert isinstance(root, Root)
    command: Any = root.get_command(None, path[0])
    return command.commands[path[1]] if len(path) > 1 else command


def options_of(path: tuple[str, ...]) -> list[Any]:
    return [one for one in parser_of(path).params if one.param_type_name == "option"]


def required_of(path: tuple[str, ...]) -> list[str]:
    """A word for each argument that a command cannot do without."""
    needed = [one for one in parser_of(path).params if one.param_type_name == "argument" and one.required]
    return ["resnet"] * len(needed)


def is_chinese(found: Result) -> bool:
    told = re.sub("`[^`]*`|“[^”]*”", "", found.err)
    return found.err.startswith("错误：") and not ENGLISH.search(told)


def wrong_lines() -> Iterator[list[str]]:
    for path in COMMAND_PATHS:
        given = [*path, *required_of(path)]
        yield [*given, "--no-such-option"]
        yield [*path, "-Z"]
        if required_of(path):
            yield [*path]
        for option in options_of(path):
            name = option.opts[0]
            if option.is_flag:
                yield [*given, f"{name}=perhaps"]
                continue
            yield [*given, name]
            if isinstance(option.type, Number):
                for value in ("x", "2015-06", "1.5", "-1", "", "一", "9" * 5000, "1e3"):
                    yield [*given, f"{name}={value}"]
    for line in ("topics a b", "guide x y", "config get a b c", "undo it", "completion bash zsh", "next 2 3"):
        yield line.split()
    for name in SUBCOMMANDS:
        yield [name, "no-such-command"]
    yield from (
        ["content"],
        ["cards"],
        ["tutor"],
        ["no-such-command"],
        ["--no-such-option"],
        ["--json=x", "papers"],
    )


def test_the_parsers_complaints_are_in_the_readers_language(run: Run) -> None:
    odd = {}
    for line in wrong_lines():
        found = run("--lang", "zh", *line)
        if found.exit not in (0, 1, 2, 3) or (found.exit and not is_chinese(found)):
            odd[" ".join(line)[:60]] = (found.exit, found.err)

    assert odd == {}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("papers --since 2015-06", ["`--since`", '"2015-06"', "four digits"]),
        ("papers --since 15", ["`--since`", '"15"', "four digits"]),
        ("papers --until 15", ["`--until`", '"15"', "four digits"]),
        ("papers --level 9", ["`--level`", '"9"', "from 1 to 5"]),
        ("papers --limit 0", ["`--limit`", '"0"', "1 or more"]),
        ("quiz --count 9999", ["`--count`", "from 1 to 1000"]),
        ("papers --since", ["`--since` needs a value", "`--since YEAR`"]),
        ("papers --reverse=yes", ["`--reverse` takes no value"]),
        ("topics one two", ["too many arguments", "one, two"]),
        ("content", ["`ailearn content` needs a command", "check, new, schema, path"]),
    ],
)
def test_a_complaint_says_what_is_taken(run: Run, line: str, told: list[str]) -> None:
    found = run(*line.split())

    assert (found, found.exit) == ("", 2)
    assert all(one in found.err for one in told), found.err


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("papers --sort Year --plain", "papers --sort year --plain"),
        ("papers --sort ＹＥＡＲ --plain", "papers --sort year --plain"),
        ("papers --lang ZH --plain", "papers --lang zh --plain"),
        ("papers --lang=Zh --help", "papers --lang zh --help"),
        ("papers --color ALWAYS", "papers --color always"),
        ("prompt resnet --job Quiz", "prompt resnet --job quiz"),
        ("prompt resnet --job QUIZ --level Beginner", "prompt resnet --job quiz --level beginner"),
        ("open-link resnet --link PDF --print", "open-link resnet --link pdf --print"),
        ("show resnet --section Intuition", "show resnet --section intuition"),
        ("list --status READ,Unread --plain", "list --status read,unread --plain"),
        ("search residual --kind Paper --plain", "search residual --kind paper --plain"),
        ("tracks Models --plain", "tracks models --plain"),
        ("completion BASH", "completion bash"),
        ("papers --since ２０１５ --plain", "papers --since 2015 --plain"),
    ],
)
def test_values_may_differ_in_case_and_width(run: Run, line: str, same: str) -> None:
    found, wanted = run(*line.split()), run(*same.split())

    assert found.exit == 0
    assert (found, found.err) == (wanted, wanted.err)


def test_the_kind_of_a_new_entry_may_be_written_in_any_case(run: Run, own: OwnFolder) -> None:
    assert run("content", "new", "Paper", "mine", "--content", str(own)).exit == 0
    assert (own.path / "papers" / "mine.yaml").exists()


@pytest.mark.parametrize(
    ("line", "same"),
    [
        (["list", "--status", "unread, read"], ["list", "--status", "unread,read"]),
        (["list", "--status", "unread，read"], ["list", "--status", "unread,read"]),
        (["list", "--status", "未读、已读"], ["list", "--status", "unread,read"]),
        (["list", "--topic", "attention，scaling"], ["list", "--topic", "attention,scaling"]),
        (["list", "--topic", " attention , scaling ,"], ["list", "--topic", "attention,scaling"]),
        (["list", "--topic", "attention、scaling"], ["list", "--topic", "attention,scaling"]),
        (["search", "topic:attention，scaling"], ["list", "--topic", "attention,scaling"]),
        (["search", "residual", "--kind", "paper，course"], ["search", "residual", "--kind", "paper,course"]),
        (["search", "年份：２０１７"], ["search", "year:2017"]),
        (["search", "年份：２０１５～２０１７"], ["search", "year:2015..2017"]),
        (["search", "year:2015…2017"], ["search", "year:2015..2017"]),
        (["search", "year:2015-2017"], ["search", "year:2015..2017"]),
        (
            ["quiz", "--topic", "attention，scaling", "--seed", "1"],
            ["quiz", "--topic", "attention,scaling", "--seed", "1"],
        ),
        (["review", "--topic", "attention，scaling"], ["review", "--topic", "attention,scaling"]),
    ],
)
def test_lists_of_names_are_parted_by_commas_of_either_script(
    run: Run, line: list[str], same: list[str]
) -> None:
    found, wanted = run(*line, "--plain"), run(*same, "--plain")

    assert (found.exit, found.err) == (wanted.exit, wanted.err)
    assert sorted(row[0] for row in found.rows) == sorted(row[0] for row in wanted.rows)


@pytest.mark.parametrize("value", ["", ",", "unread,nonsense"])
def test_a_list_without_a_name_or_with_a_wrong_one_is_refused(run: Run, value: str) -> None:
    assert run("list", "--status", value).exit == 2


@pytest.mark.parametrize(
    "line",
    [
        "--lang zh papers --sort zzz",
        "--lang zh papers --topic zzz",
        "--lang zh show resnet --section zzz",
        "--lang zh show tranformer",
        "--lang zh glossary transfomer",
        "--lang zh search 年:去年",
        "--lang zh config get zzz",
        "--lang zh open-link resnet --link demo",
        "--lang zh completion tcsh",
        "--lang zh content new zzz x",
        "--lang zh prompt resnet --job zzz",
        "--lang zh tutor setup zzz",
        "--lang zh ask --retry --continue",
        "--lang zh review resnet --grade resnet/degradation=3",
    ],
)
def test_chinese_sentences_have_chinese_commas(run: Run, line: str) -> None:
    found = run(*line.split())

    assert found.exit
    assert ", " not in re.sub("`[^`]*`", "", found.err)


# Any command line


_VALUES = [
    "resnet", "transformer", "残差网络", "models", "attention", "2015", "year", "zh", "pdf", "-", "", " ",
    "year:2012..2015", "topic:attention，scaling", '"', "*", "🤖", "\udcff", "\x1b[2J", "a\nb", "1", "-1",
    "lang", "resnet/degradation=3", "deep learning", "1706.03762", "https://arxiv.org/abs/1512.03385",
    "paper", "bash", "ollama", "\u202e", "[a", "(", "､", "x" * 300, "9" * 30, "=", "--", "%",
]  # fmt: skip


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    path = draw(st.sampled_from([one for one in COMMAND_PATHS if one != ("tutor", "setup")]))
    options = [name for option in options_of(path) for name in option.opts] + ["--help", "-h"]
    words = st.sampled_from(_VALUES) | st.sampled_from(options) | st.text(max_size=8)
    joined = st.builds("{}={}".format, st.sampled_from(options), st.sampled_from(_VALUES))
    before = draw(
        st.lists(st.sampled_from(["--json", "--plain", "--ascii", "--lang=zh", "--no-pager"]), max_size=2)
    )
    return [*before, *path, *draw(st.lists(words | joined, max_size=5))]


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    line=command_lines(),
    terminal=st.booleans(),
    typed=st.sampled_from(["", "q\n", "1\n\n", "\n" * 9, "Why?\n", "2\n3\nq\n"]),
    columns=st.sampled_from(["1", "20", "40", "80", "300"]),
)
def test_no_command_line_is_a_bug(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    line: list[str],
    terminal: bool,
    typed: str,
    columns: str,
) -> None:
    (tmp_path / "here").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("BROWSER", "true %s")

    found = run(*line, terminal=terminal, typed=typed, COLUMNS=columns)

    assert found.exit != 70, found.err
    assert "Traceback" not in found.err


@pytest.mark.parametrize(
    "line",
    [
        "review --grade resnet/degradation={}",
        "tutor history --show {}",
        "papers --limit {}",
        "search year:{}",
    ],
)
def test_a_number_of_thousands_of_digits_is_no_bug(run: Run, line: str) -> None:
    assert run(*line.format("9" * 5000).split()).exit in (0, 1, 2)


def test_columns_that_no_terminal_has_are_passed_over(run: Run) -> None:
    assert run("papers", terminal=True, COLUMNS="9" * 5000).exit == 0


@pytest.mark.parametrize(
    "grade",
    ["resnet/degradation=3", "RESNET/Degradation=3", " resnet/degradation = 3 "],
)
def test_a_grade_may_be_typed_in_any_case_and_with_blanks(run: Run, grade: str) -> None:
    assert run("review", "--grade", grade, "--plain").rows[0][0] == "resnet/degradation"
