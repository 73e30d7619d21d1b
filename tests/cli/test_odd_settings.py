"""Settings, variables and paths that lead nowhere: named with what helps, and never a traceback."""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ailearn.configuration import set_values
from ailearn.errors import ConfigurationError
from ailearn.language import meant
from ailearn.settings import read_config

if TYPE_CHECKING:
    from tests.cli.conftest import Program
    from tests.conftest import Run

NOBODY = "~no-such-user/x"
LONG, NAME, DEEP = "/" + "a" * 5000, "/tmp/" + "b" * 300, "/tmp" + "/c" * 2000
NOWHERE = [NOBODY, "~no-such-user", LONG, NAME, DEEP]
COMMANDS = ["papers", "next", "note resnet hello", "config show", "doctor", "content check", "sync /tmp/none"]
BOM = "\ufeff"


@pytest.fixture
def config(own_folders: Path) -> Path:
    """The config file, in a folder that exists."""
    path = own_folders / "ailearn" / "config" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


# Choices


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("color", "Always", "always"),
        ("color", " NEVER ", "never"),
        ("tutor.provider", "DeepSeek", "deepseek"),
        ("tutor.provider", "Llama.cpp", "llama.cpp"),
        ("tutor.level", "Expert", "expert"),
    ],
)
def test_a_choice_may_be_typed_in_any_case(
    run: Run, config: Path, key: str, written: str, value: str
) -> None:
    assert run("config", "set", key, written).exit == 0
    assert run("config", "get", key) == f"{value}\n"

    table, _, name = key.rpartition(".")
    config.write_text(f'[{table}]\n{name} = "{written}"' if table else f'{name} = "{written}"')
    assert run("config", "get", key) == f"{value}\n"
    assert run("papers").exit == 0


@pytest.mark.parametrize("written", ["Always", "NEVER", " auto"])
def test_the_variable_for_colours_may_be_written_in_any_case(run: Run, written: str) -> None:
    assert run("papers", AILEARN_COLOR=written).exit == 0


# Encodings, line feeds and grammar


@pytest.mark.parametrize(
    ("text", "line"),
    [("lang = “en”", 1), ('lang = "en"\n\nx = \n', 3), ('a = "b"\nlang = [', 2), ("x", 1), ('lang = """', 1)],
)
@pytest.mark.parametrize(
    ("asked", "named"),
    [("--lang=zh", "不是合法的 TOML。"), ("--lang=ZH", "。"), ("--lang=en", "is not valid TOML.")],
)
@pytest.mark.parametrize("variable", ["zh_CN", "en", "nonsense"])
def test_what_is_wrong_in_a_config_file_is_said_in_her_language(
    run: Run, config: Path, text: str, line: int, asked: str, named: str, variable: str
) -> None:
    config.write_text(text)
    for arguments, environ in (["papers", asked], {"AILEARN_LANG": variable}), (["papers", asked], {}):
        found = run(*arguments, **environ)
        assert (found, found.exit) == ("", 6)
        if variable != "nonsense" or not environ:
            first = found.err.splitlines()[0]
            assert f"{config}:{line} " in first
            assert first.endswith(named)

    first = run("papers", AILEARN_LANG=variable).err.splitlines()[0]
    assert first.startswith("错误：" if variable == "zh_CN" else "error: ")


@pytest.mark.parametrize("encoding", ["utf-16", "gbk", "utf-32"])
@pytest.mark.parametrize(("language", "named"), [("en", "is not UTF-8 text"), ("zh", "不是 UTF-8 文本")])
def test_a_config_file_in_another_encoding_is_named(
    run: Run, config: Path, encoding: str, language: str, named: str
) -> None:
    config.write_bytes('# 语言\nlang = "en"\n'.encode(encoding))
    found = run("papers", AILEARN_LANG=language)

    assert (found, found.exit) == ("", 6)
    assert named in found.err
    assert str(config) in found.err
    assert "codec" not in found.err


def test_what_ends_the_lines_of_the_config_file_stays(run: Run, config: Path) -> None:
    config.write_bytes(b'# mine\r\nlang = "en"\r\n')
    for setting in ("lang=zh", "color=never", "tutor.level=expert", "color="):
        assert run("config", "set", *setting.split("=")).exit == 0

    text = config.read_bytes().decode()
    assert text.count("\n") == text.count("\r\n") > 3
    assert text.startswith('# mine\r\nlang = "zh"\r\n')


# Paths


@pytest.mark.parametrize("value", NOWHERE)
@pytest.mark.parametrize("variable", ["AILEARN_HOME", "AILEARN_CONTENT"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_variable_that_leads_nowhere_is_a_setting_that_is_wrong(
    run: Run, variable: str, value: str, language: str
) -> None:
    for command in COMMANDS:
        found = run(*command.split(), "--lang", language, **{variable: value})
        assert (found, found.exit) == ("", 6), command
        assert value[:50] in found.err
        assert len(found.err) < 600

    assert run("--help", **{variable: value}).exit == 0
    assert run("--version", **{variable: value}).exit == 0


@pytest.mark.parametrize("value", NOWHERE)
def test_what_the_config_file_says_may_lead_nowhere(run: Run, config: Path, value: str) -> None:
    for content in (f'"{value}"', f'["/tmp", "{value}"]'):
        config.write_text(f"content = {content}\n", encoding="utf-8")
        assert run("papers").exit == 6


@pytest.mark.parametrize("value", NOWHERE)
@pytest.mark.parametrize(
    "variable", ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"]
)
def test_no_folder_of_the_system_is_too_odd(program: Program, variable: str, value: str) -> None:
    for command in ("papers", "next", "doctor"):
        found = program(*command.split(), AILEARN_HOME=None, **{variable: value})
        assert found.returncode in (0, 5, 6), found.stderr.decode()


@pytest.mark.parametrize("value", NOWHERE)
@pytest.mark.parametrize(
    "command",
    [
        "papers --content PATH",
        "next --content PATH",
        "content new paper foo --content PATH",
        "content check --content PATH",
        "sync PATH",
        "progress import PATH",
        "progress export PATH",
        "cards suggest resnet --from PATH",
        "config set content PATH",
    ],
)
def test_a_path_on_the_command_line_may_lead_nowhere(
    run: Run, config: Path, command: str, value: str
) -> None:
    config.write_text('[tutor]\nurl = "http://127.0.0.1:9/v1"\nmodel = "m"\n', encoding="utf-8")

    found = run(*(value if word == "PATH" else word for word in command.split()))
    assert found.exit in (2, 6)
    assert value[:50] in found.err
    assert "hint: " in found.err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder that somebody is in")
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("config set content rel", 6),
        ("config set content rel:other", 6),
        ("config set content .", 6),
        ("papers --content rel", 2),
        ("sync rel", 2),
        ("papers", 0),
        ("config set content /tmp", 0),
    ],
)
def test_a_folder_that_is_gone_is_said(
    run: Run, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, code: int
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    found = run(*command.split())
    assert found.exit == code
    assert not code or "current folder no longer exists" in found.err
    monkeypatch.chdir(tmp_path)


@pytest.mark.skipif(os.pathsep != ":", reason="Windows parts folders otherwise")
def test_a_folder_with_a_colon_in_its_name_is_one(
    run: Run, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two", "a:b", "一 二"):
        (tmp_path / name).mkdir()
    for text, folders in (
        ("/x/我的 笔记: 2", ["/x/我的 笔记: 2"]),
        ("/x/a:b/c", ["/x/a:b/c"]),
        (f"{tmp_path}/a:b", [f"{tmp_path}/a:b"]),
        ("a:b", [f"{tmp_path}/a:b"]),
        ("/x:/y", ["/x", "/y"]),
        ("/x:~/y:", ["/x", f"{Path.home()}/y"]),
        ("one:two", [f"{tmp_path}/one", f"{tmp_path}/two"]),
        ("one", [f"{tmp_path}/one"]),
        ("new", [f"{tmp_path}/new"]),
        ("一 二", [f"{tmp_path}/一 二"]),
    ):
        assert run("config", "set", "content", text).exit == 0
        assert tomllib.loads(config.read_text(encoding="utf-8"))["content"] == folders


# The file


@pytest.mark.parametrize(
    "text",
    [
        "content = " + "[" * 500,
        "content = " + "[" * 500 + "]" * 500,
        "x = " + "{a=" * 900 + "1" + "}" * 900,
        "rollover = " + "9" * 5000,
        "rollover = -" + "9" * 5000,
        "rollover = 0x" + "f" * 9000,
        "content = [0x" + "f" * 9000 + "]",
        "retention = 0." + "9" * 5000,
        "retention = 1e999",
        "retention = nan",
        "lang = 2026-13-45",
        "lang = 1979-05-27T07:32:00Z",
        'lang = "' + "z" * 100_000 + '"',
        "z" * 100_000 + " = 1",
        ".".join(["tutor"] * 3000) + " = 1",
        'content = "a\\u0000b"',
        "[lang]\nx = 1",
        "[[content]]",
        "tutor = 1",
        "[tutor]\nmodels = 'x'",
        "[tutor]\nurl = 'https://host/v1?key=sk-secret'",
        "[tutor]\nurl = 'https://me:sk-secret@host/v1'",
        "[tutor]\ntimeout = 0x" + "f" * 9000,
        "\x00",
        "=",
    ],
    ids=lambda text: text[:20],
)
def test_no_file_is_too_odd(run: Run, config: Path, text: str) -> None:
    config.write_text(text, encoding="utf-8")

    for command in ("papers", "next", "config show", "config set lang zh", "doctor"):
        for language in ("en", "zh"):
            found = run(*command.split(), "--lang", language)
            assert found.exit == 6, found.err
            assert str(config) in found.err or "a\0b" in found.err or "�" in found.err
            assert len(found.err) < 1500
            assert "sk-secret" not in found.err
    assert run("--help").exit == 0
    assert config.read_text(encoding="utf-8") == text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("name", ["config.toml", "keys.toml"])
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
        (Path.mkdir, "s a directory"),
        (lambda path: path.write_bytes(b"#" * (1 << 20) + b"\n"), "too large"),
    ],
    ids=["pipe", "endless", "folder", "large"],
)
def test_what_would_be_waited_for_or_never_ends_is_no_file_of_settings(
    program: Program, config: Path, make: Callable[[Path], object], reason: str, name: str
) -> None:
    path = config.with_name(name)
    make(path)
    if name == "keys.toml":
        config.write_text('[tutor]\nprovider = "custom"\nurl = "http://127.0.0.1:9/v1"\nmodel = "m"\n')
        if path.is_file():
            path.chmod(0o600)
    lines = ("papers", "doctor", "config show") if name == "config.toml" else ("ask why",)

    for line in lines:
        found = program(*line.split())
        told = found.stderr.decode()
        assert (found.returncode, reason in told, str(path) in told) == (6, True, True), told
    assert program("--help").returncode == 0


_BITS = (
    "lang", "content", "[tutor]\n", "url", "models", " = ", "[", "]", "{", "}", '"', "'", "#", "\n", ",", ".",
    "true", "zh", "~nobody", "1e9", "2026-01-01", "\\u0000", BOM, "9" * 5000, "0x" + "f" * 5000,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(_BITS),
        max_size=12,
    ).map("".join)
)
def test_any_file_is_read_or_refused(config: Path, text: str) -> None:
    config.write_text(text, encoding="utf-8")

    try:
        read_config(config)
    except ConfigurationError as error:
        assert len(str(error)) < 600


def test_a_byte_order_mark_is_no_part_of_the_file(run: Run, config: Path) -> None:
    config.write_text(f'{BOM}lang = "zh"\r\n# mine\r\n', encoding="utf-8")

    assert run("config", "get", "lang").rows[0][0] == "zh"
    assert run("config", "set", "rollover", "5").exit == 0
    assert tomllib.loads(config.read_text(encoding="utf-8-sig")) == {"lang": "zh", "rollover": 5}
    assert "# mine" in config.read_text(encoding="utf-8")
    assert "doctor" not in run("doctor").err


def test_what_is_written_is_on_the_disk_before_it_counts(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def watched(name: str) -> None:
        real = getattr(os, name)

        def call(*arguments: Any) -> Any:
            done.append(name)
            return real(*arguments)

        monkeypatch.setattr(os, name, call)

    watched("fsync")
    watched("replace")
    set_values({"AILEARN_HOME": str(config.parents[1])}, {"lang": "zh"})
    assert done == ["fsync", "replace"]


# The language


@pytest.mark.parametrize(
    ("value", "language"),
    [
        ("zh", "zh"), ("ZH", "zh"), ("zh_CN", "zh"), ("zh-CN", "zh"), ("zh-Hans", "zh"), (" zh ", "zh"),
        ("zh_TW.UTF-8", "zh"), ("zh_CN.UTF-8", "zh"), ("zh.utf8", "zh"), ("zh@latin", "zh"), ("en", "en"),
        ("EN", "en"), ("en_US.UTF-8", "en"), ("en-GB", "en"), ("C", "en"), ("POSIX", "en"), ("C.UTF-8", "en"),
        ("both", "both"), ("Both", "both"), ("de_DE", None), ("zhuang", None), ("english", None), ("", None),
        ("_", None), ("ch", None),
    ],
)  # fmt: skip
def test_a_language_is_meant_by_whatever_begins_with_it(
    run: Run, config: Path, value: str, language: str | None
) -> None:
    assert meant(value) == language
    found = run("config", "get", "lang", AILEARN_LANG=value, LC_ALL="C.UTF-8")
    if language is None and value:
        assert found.exit == 6
        assert "`AILEARN_LANG`" in found.err
    else:
        assert found.rows[0][0] == (language or "en")

    written = run("config", "set", "lang", value)
    assert written.exit == (6 if language is None and value else 0)
    if language:
        assert tomllib.loads(config.read_text(encoding="utf-8")) == {"lang": language}
        config.write_text(f'lang = "{value}"\n', encoding="utf-8")
        assert run("config", "get", "lang").rows[0][0] == language


# The clock


@pytest.mark.skipif(sys.platform == "win32", reason="Windows reads no TZ")
@pytest.mark.parametrize("zone", ["UTC+0800", "UTC-0800", "UTC+25", "AAA99"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_zone_that_is_none_is_named(program: Program, zone: str, language: str) -> None:
    for command in ("next", "note resnet hello", "progress", "review"):
        found = program(*command.split(), "--lang", language, TZ=zone)
        assert found.returncode == 6, found.stderr.decode()
        assert "`TZ`" in found.stderr.decode()
    assert program("papers", TZ=zone).returncode == 0


@pytest.mark.parametrize(
    "zone", ["UTC", "UTC-8", "Asia/Shanghai", "UTC+23:59", ":", "", "Nowhere/None", "a" * 5000]
)
def test_every_other_zone_does(program: Program, zone: str) -> None:
    assert program("next", TZ=zone).returncode == 0


# The last error


@pytest.mark.skipif(sys.platform == "win32", reason="Windows wants a right for links")
def test_a_traceback_follows_no_link_among_the_temporary_files(
    run: Run, own_folders: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ailearn.cli import boundary

    def fail(_: object) -> None:
        raise ZeroDivisionError("a bug")

    shared, precious = tmp_path / "shared", tmp_path / "precious"
    (shared / "ailearn").mkdir(parents=True)
    precious.write_text("precious", encoding="utf-8")
    (shared / "ailearn" / "last-error.txt").symlink_to(precious)
    (own_folders / "ailearn" / "state").write_text("in the way", encoding="utf-8")
    monkeypatch.setattr("tempfile.tempdir", str(shared))
    monkeypatch.setattr(boundary, "run", fail)

    first, second = run("papers"), run("papers")

    assert precious.read_text(encoding="utf-8") == "precious"
    assert first.exit == second.exit == 70
    saved = sorted(shared.glob("ailearn-*/last-error.txt"))
    assert len(saved) == 2
    assert all("a bug" in one.read_text(encoding="utf-8") for one in saved)
    assert all(stat.S_IMODE(one.parent.stat().st_mode) == 0o700 for one in saved)
    assert any(str(one) in first.err for one in saved)
