"""`config`, `doctor`, `completion`, the version and the help pages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
from rich.cells import cell_len

from ailearn import __version__
from ailearn.catalog.model import LinkKind
from ailearn.catalog.shown import SECTIONS
from ailearn.cli.commands import COMMANDS, SUBCOMMANDS

if TYPE_CHECKING:
    from tests.cli.conftest import OwnFolder, Program
    from tests.conftest import Run

KEYS = ("lang", "content", "color", "pager", "ascii", "retention", "new_cards", "reviews", "rollover")
TUTOR = (
    "tutor.provider", "tutor.url", "tutor.model", "tutor.models.ask", "tutor.models.explain",
    "tutor.models.translate", "tutor.models.grade", "tutor.models.cards", "tutor.level", "tutor.agreed",
    "tutor.timeout",
)  # fmt: skip


@pytest.fixture
def config_file(own_folders: Path) -> Path:
    """Where the config file of a test stands, which does not exist yet; its folder does."""
    path = own_folders / "ailearn" / "config" / "config.toml"
    path.parent.mkdir()
    return path


@pytest.mark.parametrize("command", ["config", "config show"])
def test_config_shows_every_setting_with_its_value_and_source(run: Run, command: str) -> None:
    rows = run(*command.split(), "--plain", AILEARN_LANG="zh", PAGER=None).rows

    assert {row[0]: row[1:] for row in rows} == {
        "lang": ["zh", "AILEARN_LANG"],
        "content": ["", "default"],
        "color": ["auto", "default"],
        "pager": ["", "default"],
        "ascii": ["false", "default"],
        "retention": ["0.9", "default"],
        "new_cards": ["10", "default"],
        "reviews": ["100", "default"],
        "rollover": ["4", "default"],
        **{name: ["", "default"] for name in TUTOR},
    }


def test_config_in_json_names_the_file(run: Run, config_file: Path) -> None:
    config_file.write_text('lang = "both"\nascii = true\n', encoding="utf-8")

    found = run("config", "--json").json

    assert found["path"] == str(config_file)
    assert set(found["settings"]) == {*KEYS, *TUTOR}
    assert found["settings"]["lang"] == {"value": "both", "source": "config.toml"}
    assert found["settings"]["ascii"] == {"value": "true", "source": "config.toml"}


def test_config_on_a_terminal_shows_the_same(run: Run, config_file: Path) -> None:
    config_file.write_text('color = "never"\n', encoding="utf-8")

    found = run("config", terminal=True)

    assert all(key in found for key in KEYS)
    assert "config.toml" in found
    assert str(config_file)[:60] in found


def test_config_path_is_where_set_writes(run: Run, config_file: Path) -> None:
    assert run("config", "path") == f"{config_file}\n"
    assert not config_file.exists()

    run("config", "set", "lang", "zh")

    assert config_file.exists()


@pytest.mark.parametrize(
    ("key", "value", "written"),
    [
        ("lang", "both", "both"),
        ("color", "never", "never"),
        ("pager", "less -R", "less -R"),
        ("ascii", "TRUE", True),
        ("ascii", "false", False),
    ],
)
def test_what_is_set_is_written_and_read_again(
    run: Run, config_file: Path, key: str, value: str, written: object
) -> None:
    found = run("config", "set", key, value)

    assert (found, found.exit) == ("", 0)
    assert str(config_file) in found.err
    assert tomllib.loads(config_file.read_text(encoding="utf-8")) == {key: written}
    shown = value.lower() if key == "ascii" else value
    assert run("config", "get", key, PAGER=None) == f"{shown}\n"


def test_content_folders_are_set_as_absolute_paths(
    run: Run, config_file: Path, own: OwnFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    own.add("mine")
    monkeypatch.chdir(own.path.parent)

    run("config", "set", "content", own.path.name)

    assert tomllib.loads(config_file.read_text(encoding="utf-8")) == {"content": [str(own)]}
    assert run("config", "get", "content") == f"{own}\n"
    assert run("show", "mine", "--json").json["id"] == "mine"


def test_setting_one_key_keeps_comments_and_other_lines(run: Run, config_file: Path) -> None:
    config_file.write_text('# my settings\nlang = "en"  # for now\n\ncolor = "never"\n', encoding="utf-8")

    run("config", "set", "lang", "zh")

    assert config_file.read_text(encoding="utf-8") == (
        '# my settings\nlang = "zh"  # for now\n\ncolor = "never"\n'
    )


def test_an_empty_value_takes_a_setting_out(run: Run, config_file: Path) -> None:
    config_file.write_text('lang = "zh"\nascii = true\n', encoding="utf-8")

    for key in KEYS:
        assert run("config", "set", key, "").exit == 0

    assert tomllib.loads(config_file.read_text(encoding="utf-8")) == {}
    assert list(config_file.parent.iterdir()) == [config_file], "nothing temporary is left over"


@pytest.mark.parametrize(
    ("key", "value"), [("lang", "fr"), ("color", "pink"), ("ascii", "maybe"), ("lnag", "zh"), ("Lang", "zh")]
)
def test_what_cannot_be_set_is_refused_and_changes_nothing(
    run: Run, config_file: Path, key: str, value: str
) -> None:
    config_file.write_text('lang = "en"\n', encoding="utf-8")

    found = run("config", "set", key, value)

    assert (found, found.exit) == ("", 6)
    assert str(config_file) in found.err
    assert f"`{key}`" in found.err
    assert config_file.read_text(encoding="utf-8") == 'lang = "en"\n'


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('lnag = "zh"\n', ["`lnag`", "lang"]),
        ('theme = "dark"\n', ["`theme`", *KEYS]),
        ('lang = "fr"\n', ["`lang`", "fr", "both"]),
        ("lang = 3\n", ["`lang`", "3"]),
        ('ascii = "yes"\n', ["`ascii`", "true"]),
        ("content = [1, 2]\n", ["`content`"]),
        ('color = "pink"\n', ["`color`", "auto"]),
        ("pager = false\n", ["`pager`"]),
        ("lang = zh\n", ["TOML", "config.toml:1 "]),
        ('lang = "zh"\nlang = "en"\n', ["TOML", "config.toml:2 "]),
    ],
)
@pytest.mark.parametrize("command", ["papers", "config", "config get lang", "config set lang en", ""])
def test_a_config_file_that_cannot_be_meant_is_named_with_its_key(
    run: Run, config_file: Path, command: str, text: str, named: list[str]
) -> None:
    config_file.write_text(text, encoding="utf-8")

    found = run(*command.split())

    assert (found, found.exit) == ("", 6)
    assert str(config_file) in found.err
    assert all(one in found.err for one in named)
    assert config_file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("content", [b"lang = '\xff'", b"\xff\xfel\x00"])
def test_a_config_file_that_is_not_utf_8_is_named(run: Run, config_file: Path, content: bytes) -> None:
    config_file.write_bytes(content)

    found = run("papers")

    assert found.exit == 6
    assert str(config_file) in found.err


def test_a_config_file_that_is_a_folder_is_named(run: Run, config_file: Path) -> None:
    config_file.mkdir()

    assert run("papers").exit == 6
    assert str(config_file) in run("config", "set", "lang", "zh").err


def test_an_unknown_key_gets_the_nearest_or_all(run: Run) -> None:
    near, far = run("config", "get", "langg"), run("config", "get", "qqq")

    assert (near.exit, far.exit) == (6, 6)
    assert near.err.split("hint:")[1].strip() == "Did you mean lang?"
    assert all(key in far.err for key in KEYS)


@pytest.mark.parametrize("broken", ["lnag = 1", "not toml"])
def test_help_can_be_read_whatever_the_config_file_says(run: Run, config_file: Path, broken: str) -> None:
    config_file.write_text(broken, encoding="utf-8")

    assert run("config", "--help").exit == 0
    assert run("--version").exit == 0


def test_doctor_looks_at_everything_the_program_rests_on(run: Run, own_folders: Path) -> None:
    found = run("doctor", "--json")

    lines = {one["name"]: one for one in found.json}
    assert found.exit == 0
    assert {one["state"] for one in lines.values()} <= {"ok", "warn"}
    assert lines["version"]["value"] == __version__
    assert sys.executable in lines["python"]["value"]
    assert "FTS5" in lines["sqlite"]["value"]
    for name in ("config", "data", "cache", "state"):
        assert lines[name]["value"] == str(own_folders / "ailearn" / name)
    assert "33" in lines["index"]["value"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_doctor_draws_a_ruler_on_a_terminal(run: Run, language: str) -> None:
    found = run("doctor", "--lang", language, terminal=True, NO_COLOR="1")

    ruler = found.splitlines()[-4:]
    assert "1234567890" in ruler[0]
    assert "“" in ruler[1]
    assert len({cell_len(line) for line in ruler}) == 1
    assert sum(line.startswith("✓") for line in found.splitlines()) > 5


def test_doctor_warns_of_content_that_could_not_be_loaded(run: Run, own: OwnFolder) -> None:
    own.write("papers/broken.yaml", "id: [")

    found = run("doctor", "--content", str(own), "--plain")

    assert [row[0] for row in found.rows if row[1] == "index"] == ["warn"]
    assert found.exit == 0


def test_doctor_finds_a_guide_that_cannot_be_opened_and_still_reports(run: Run, tmp_path: Path) -> None:
    found = run("doctor", "--content", str(tmp_path / "missing"), "--plain")

    assert [row[0] for row in found.rows if row[1] == "index"] == ["error"]
    assert found.exit == 1
    assert "missing" in found.err


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_the_version_is_one_line(run: Run, option: str) -> None:
    found = run(option)

    assert (found, found.err, found.exit) == (f"ailearn {__version__}\n", "", 0)


PAGES = [
    (),
    *((name,) for name in COMMANDS),
    *((name, second) for name, names in SUBCOMMANDS.items() for second in names),
]


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_every_command_explains_itself_examples_first(run: Run, page: tuple[str, ...], option: str) -> None:
    english = run(*page, option)
    chinese = run(*page, option, "--lang", "zh")
    early = run("--lang", "zh", *page, option)

    command = " ".join(("ailearn", *page))
    for found, examples, usage in ((english, "Examples:", "Usage: "), (chinese, "例子：", "用法：")):
        assert (found.exit, found.err) == (0, "")
        assert re.search(rf"^{examples}\n  ailearn", found, re.MULTILINE)
        assert found.index(examples) < found.index(usage + command)
        assert found.count("--lang") >= 1
    assert not re.search("[\u4e00-\u9fff]", english.splitlines()[0])
    assert re.search("[\u4e00-\u9fff]", chinese.splitlines()[0])
    assert early == chinese


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_every_example_of_a_help_page_is_understood(run: Run, page: tuple[str, ...]) -> None:
    text = run(*page, "--help")
    examples = text.split("Examples:\n")[1].split("\n\n")[0].splitlines()

    assert examples
    for example in examples:
        words = example.split()
        named = words[1]
        assert words[0] == "ailearn"
        assert named in COMMANDS
        assert not page or words[1 : 1 + len(page)] == list(page)
        known = run(*([named] if named not in SUBCOMMANDS else words[1:3]), "--help")
        for option in re.findall(r" (--[a-z-]+)", example):
            assert f"{option}" in known


@pytest.mark.parametrize("page", [page for page in PAGES if page in ((), ("config",), ("content",))])
def test_a_group_lists_all_its_commands(run: Run, page: tuple[str, ...]) -> None:
    found = run(*page, "--help")

    names = SUBCOMMANDS[page[0]] if page else tuple(COMMANDS)
    assert all(re.search(rf"^  {name} +\S", found, re.MULTILINE) for name in names)


@pytest.mark.parametrize("name", SUBCOMMANDS)
def test_the_environment_sets_the_language_of_help(run: Run, name: str) -> None:
    assert run(name, "--help", LANG="zh_CN.UTF-8") == run(name, "--help", "--lang", "zh")


# Completion


Complete = Callable[..., list[str]]
bash = shutil.which("bash")


@pytest.fixture
def completion_home(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A cache in which nothing but the guide was ever compiled, shared by the tests of completion."""
    monkeypatch.setenv("AILEARN_HOME", str(tmp_path_factory.getbasetemp() / "completion-home"))


@pytest.fixture
def complete(completion_home: None, run: Run, tmp_path: Path) -> Complete:
    """What bash offers for a command line, with a Python on the PATH that must not be started."""
    if bash is None:
        pytest.skip("bash is not installed")
    run("papers")  # the ids are written when the index is compiled
    script = tmp_path / "ailearn.bash"
    script.write_text(run("completion", "bash"), encoding="utf-8")
    started = tmp_path / "started"
    traps = tmp_path / "traps"
    traps.mkdir()
    for name in ("python", "python3", "ailearn", Path(sys.executable).name):
        trap = traps / name
        trap.write_text(f"#!/bin/sh\necho {name} >> '{started}'\nexit 1\n", encoding="utf-8")
        trap.chmod(0o755)

    def offered(*words: str) -> list[str]:
        line = " ".join(f"'{word}'" for word in ("ailearn", *words))
        commands = (
            f"source '{script}'; COMP_WORDS=({line}); COMP_CWORD={len(words)}; _ailearn; "
            'printf "%s\\n" "${COMPREPLY[@]}"; complete -p ailearn >&2'
        )
        environ = {**os.environ, "PATH": f"{traps}{os.pathsep}{os.environ['PATH']}"}
        found = subprocess.run(
            [str(bash), "--norc", "-c", commands], env=environ, capture_output=True, text=True, check=True
        )
        assert "-F _ailearn ailearn" in found.stderr
        assert not started.exists(), started.read_text(encoding="utf-8")
        return found.stdout.split()

    return offered


@pytest.mark.parametrize("command", ["show", "open-link", "start", "note"])
def test_bash_completes_the_ids_of_entries(
    complete: Complete, entries: list[dict[str, str]], command: str
) -> None:
    assert sorted(complete(command, "")) == sorted(entry["id"] for entry in entries)
    assert complete(command, "trans") == ["transformer"]
    assert complete(command, "--lang", "zh", "trans") == ["transformer"]
    assert set(complete("--lang", "zh", command, "deeps")) == {"deepseek", "deepseek-r1"}


def test_ids_of_the_readers_own_folders_are_completed(
    run: Run, own: OwnFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AILEARN_HOME", str(tmp_path / "home"))
    own.add("mine-alone")
    run("papers", "--content", str(own))

    names = (tmp_path / "home" / "cache" / "names.txt").read_text(encoding="utf-8").splitlines()

    assert "mine-alone\tpaper" in names
    assert "resnet\tpaper" in names
    assert str(tmp_path / "home" / "cache" / "names.txt") in run("completion", "bash")


def test_bash_completes_commands(complete: Complete) -> None:
    assert complete("") == list(COMMANDS)
    assert complete("to") == ["tools", "topics"]
    for name, names in SUBCOMMANDS.items():
        assert complete(name, "") == list(names)
    assert complete("completion", "") == ["bash", "zsh", "fish"]


@pytest.mark.parametrize("page", PAGES, ids=" ".join)
def test_bash_offers_exactly_the_long_options_of_each_command(
    run: Run, complete: Complete, page: tuple[str, ...]
) -> None:
    options = set(re.findall(r"^  (?:-\w, )?(--[a-z-]+)", run(*page, "--help"), re.MULTILINE))

    assert set(complete(*page, "--")) == options


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["papers", "--topic", "att"], ["attention"]),
        (["papers", "--track", ""], ["infrastructure", "models"]),
        (["timeline", ""], ["infrastructure", "models"]),
        (["tracks", "m"], ["models"]),
        (["papers", "--lang", ""], ["en", "zh", "both"]),
        (["papers", "--color", "a"], ["auto", "always"]),
        (["papers", "--sort", ""], ["year", "title", "level", "minutes"]),
        (["open-link", "resnet", "--link", ""], [*get_args(LinkKind)]),
        (["show", "resnet", "--section", ""], [*SECTIONS]),
        (["papers", "--level", ""], ["1", "2", "3", "4", "5"]),
        (["explain", "resnet", "--level", ""], ["beginner", "student", "expert"]),
        (["prompt", "resnet", "--job", "q"], ["quiz"]),
        (["prompt", "resnet", "--for", "gem"], ["gemini"]),
        (["translate", "--to", ""], ["zh", "en"]),
    ],
)
def test_bash_completes_the_values_of_options(
    complete: Complete, words: list[str], offered: list[str]
) -> None:
    assert sorted(complete(*words)) == sorted(offered)


def test_bash_offers_nothing_where_there_are_no_names_yet(run: Run, tmp_path: Path) -> None:
    if bash is None:
        pytest.skip("bash is not installed")
    script = run("completion", "bash", AILEARN_HOME=str(tmp_path / "it's new"))

    commands = f"{script}\nCOMP_WORDS=(ailearn show ''); COMP_CWORD=2; _ailearn; echo ${{#COMPREPLY[@]}}"
    found = subprocess.run([bash, "--norc", "-c", commands], capture_output=True, text=True, check=True)

    assert (found.stdout, found.stderr) == ("0\n", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_names_every_command_and_no_python(run: Run, shell: str) -> None:
    found = run("completion", shell)

    assert found.exit == 0
    assert all(re.search(rf"(?<![\w-]){name}(?![\w-])", found) for name in COMMANDS)
    assert "python" not in found.replace(sys.prefix, "").replace(str(Path(__file__).parents[2]), "")
    assert "names.txt" in found


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_valid_to_its_shell(run: Run, tmp_path: Path, shell: str) -> None:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(run("completion", shell), encoding="utf-8")

    checked = subprocess.run([found, "-n", str(script)], capture_output=True, check=False)

    assert (checked.returncode, checked.stderr) == (0, b"")


def test_the_zsh_script_closes_its_blocks(run: Run) -> None:
    found = run("completion", "zsh")

    assert found.startswith("#compdef ailearn\n")
    assert found.count('case "') == found.count("esac") > 0
    assert found.count("{") == found.count("}")


def test_the_fish_script_is_made_of_complete_lines(run: Run) -> None:
    body = run("completion", "fish").split("end\n", 1)[1].splitlines()

    assert all(line.startswith("complete -c ailearn ") for line in body)
    assert all(line.count("'") % 2 == 0 and line.count('"') % 2 == 0 for line in body)


@pytest.mark.parametrize("shell", ["tcsh", "", "bash zsh"])
def test_an_unknown_shell_is_wrong_usage_and_names_the_known_ones(run: Run, shell: str) -> None:
    found = run("completion", shell)

    assert (found, found.exit) == ("", 2)
    assert "bash, zsh, fish" in found.err


def test_the_installed_command_answers(program: Program) -> None:
    found = program("--version")

    assert (found.returncode, found.stdout.decode().split()) == (0, ["ailearn", __version__])
