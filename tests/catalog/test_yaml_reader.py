"""What the reader makes of good files, and how it refuses bad ones: in their line, quickly and quietly."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import yaml  # noqa: TID251  (the parsers themselves are compared here)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ailearn.catalog import yaml_reader
from ailearn.catalog.yaml_reader import MAX_BYTES, MAX_DEPTH, read

quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(params=["libyaml", "python"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both parsers of PyYAML must give the same answers."""
    if request.param == "python":
        monkeypatch.setattr(yaml_reader, "_LOADER", yaml.SafeLoader)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.yaml"


def refusal(file: Path, content: str | bytes) -> tuple[str, int | None]:
    """The rule and the line of the one finding with which `content` is refused."""
    file.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    reading = read(file)
    assert reading.document is None
    (finding,) = reading.findings
    assert finding.path == str(file)
    assert finding.message("en")
    assert finding.message("zh")
    return finding.rule, finding.line


def test_every_scalar_stays_text(file: Path) -> None:
    file.write_text(
        "year: 2019\nanswer: No\narxiv: 1512.03385\nday: 2015-12-10\nlist: [1e3, yes, 0x1F, 1:30]\n"
        "quoted: '~'\n"
        "block: >\n  one\n  two\nliteral: |\n  one\n   two\n",
        encoding="utf-8",
    )
    reading = read(file)
    assert reading.findings == ()
    assert reading.document is not None
    assert reading.document.data == {
        "year": "2019",
        "answer": "No",
        "arxiv": "1512.03385",
        "day": "2015-12-10",
        "list": ["1e3", "yes", "0x1F", "1:30"],
        "quoted": "~",
        "block": "one two\n",
        "literal": "one\n two\n",
    }


def test_only_plain_nothing_is_none(file: Path) -> None:
    file.write_text("a:\nb: ~\nc: null\nd: ''\ne: 'null'\nf: Null\n", encoding="utf-8")
    document = read(file).document
    assert document is not None
    assert document.data == {"a": None, "b": None, "c": None, "d": "", "e": "null", "f": "Null"}


def test_lines_lead_to_keys_and_items(file: Path) -> None:
    file.write_text(
        "# a comment\nid: x\ntitle:\n  en: A\n  zh: 甲\n"
        "cards:\n  - id: one\n    q:\n      en: >\n        B\n  - {id: two}\n",
        encoding="utf-8",
    )
    document = read(file).document
    assert document is not None
    expected = {
        ("id",): 2,
        ("title",): 3,
        ("title", "zh"): 5,
        ("cards",): 6,
        ("cards", 0): 7,
        ("cards", 0, "q", "en"): 9,
        ("cards", 1): 11,
        ("cards", 1, "id"): 11,
    }
    assert {path: document.lines[path] for path in expected} == expected
    assert document.line(("cards", 0, "a", "zh")) == 7
    assert document.line(("nothing", "here")) == 2


@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        ("", "C110", None),
        ("# only a comment\n", "C110", None),
        ("---\n", "C110", None),
        ("\n- a\n- b\n", "C111", 2),
        ("just text\n", "C111", 1),
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", "C112", 5),
        ("a: 1\nb: &name x\n", "C113", 2),
        ("a: 1\nb: *name\n", "C113", 2),
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", "C114", 2),
        ("a: !!str 1\n", "C114", 1),
        ("a: !local {b: c}\n", "C114", 1),
        ("a: 1\n---\nb: 2\n", "C115", 2),
        ("a: 1\nb: " + "[" * 30 + "]" * 30 + "\n", "C116", 2),
        ("a: 1\n? [b, c]\n: d\n", "C117", 2),
        ("a: 1\n~: d\n", "C117", 2),
        ("a: 1\nb: c: d\n", "C109", 2),
        ("a: 1\nb:\n\tc: d\n", "C109", 3),
        ("a: 1\nb: 'never closed\n\n\n", "C109", 2),
        ("a: 1\nb: \x1b[31m\n", "C108", 2),
        ("a: 1\nb: \x85\n", "C108", 2),
        ("a: 1\nb: \ufeff\n", "C108", 2),
        (b"a: 1\nb: \xff\n", "C106", 2),
        (b"a: 1\nb: \xe6\xae\n", "C106", 2),
        ("a: 字\n".encode("gbk"), "C106", 1),
        ("a: 1\n".encode("utf-16"), "C106", 1),
        ("a: 1\n".encode("utf-16-be"), "C108", 1),
        (b"\x00" * 100, "C108", 1),
    ],
)
def test_a_bad_file_is_refused_with_its_line(
    file: Path, content: str | bytes, rule: str, line: int | None
) -> None:
    assert refusal(file, content) == (rule, line)


def test_all_duplicate_keys_are_reported_at_once_and_each_once(file: Path) -> None:
    file.write_text("a: 1\na: 2\nb: {c: 1, c: 2}\na: 3\n", encoding="utf-8")
    reading = read(file)
    assert reading.document is None
    assert [(one.rule, one.line, one.values["key"]) for one in reading.findings] == [
        ("C112", 2, "a"),
        ("C112", 3, "c"),
    ]


def test_nesting_up_to_the_limit_is_read(file: Path) -> None:
    file.write_text("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1), encoding="utf-8")
    assert read(file).document is not None


def test_a_byte_order_mark_is_read_over_and_reported(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    reading = read(file)
    assert reading.document is not None
    assert reading.document.data == {"a": "1"}
    assert [(one.rule, one.line, one.severity) for one in reading.findings] == [("C107", 1, "warning")]


def test_windows_line_ends_are_read(file: Path) -> None:
    file.write_bytes(b"a: 1\r\nb: |\r\n  one\r\n  two\r\n")
    document = read(file).document
    assert document is not None
    assert document.data == {"a": "1", "b": "one\ntwo\n"}


def test_a_huge_file_is_refused_unread(file: Path) -> None:
    file.touch()
    os.truncate(file, 50 * 1024 * 1024)
    start = time.perf_counter()
    (finding,) = read(file).findings
    assert time.perf_counter() - start < 1
    assert finding.rule == "C105"


def test_a_file_of_exactly_the_limit_is_read(file: Path) -> None:
    file.write_bytes(b"a: 1\n#" + b"x" * (MAX_BYTES - 6))
    assert read(file).document is not None
    file.write_bytes(b"a: 1\n#" + b"x" * (MAX_BYTES - 5))
    assert read(file).document is None


def test_billion_laughs_are_refused_at_the_first_anchor(file: Path) -> None:
    lines = ["a0: &a0 [ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    start = time.perf_counter()
    assert refusal(file, "\n".join(lines)) == ("C113", 1)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("depth", [30, 900, 1001, 100_000])
@pytest.mark.parametrize("level", ["[", "{a: ", "- ", "{a: [", "[{a: "])
def test_a_deep_file_is_refused_quickly(file: Path, level: str, depth: int) -> None:
    start = time.perf_counter()
    assert refusal(file, "a:\n  " + level * depth) == ("C116", 2)
    assert time.perf_counter() - start < 1


def test_escapes_beyond_unicode_do_no_harm(file: Path) -> None:
    assert refusal(file, 'a: 1\nb: "\\UFFFFFFFF"\n')[0] == "C109"


def test_what_is_no_regular_file_is_never_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    folder = tmp_path / "folder.yaml"
    folder.mkdir()
    for path in (pipe, folder, Path("/dev/zero")):
        assert [one.rule for one in read(path).findings] == ["C104"]


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    dangling = tmp_path / "dangling.yaml"
    dangling.symlink_to(tmp_path / "nowhere")
    loop = tmp_path / "loop.yaml"
    loop.symlink_to(loop)
    for path in (dangling, loop, tmp_path / "missing.yaml", tmp_path / "nul\0.yaml", tmp_path / ("x" * 300)):
        assert [one.rule for one in read(path).findings] == ["C102"]


def test_a_finding_is_one_safe_line(tmp_path: Path) -> None:
    path = tmp_path / "bad\x1b[31m\n.yaml"
    path.write_text('"a\\e[2J\\n": 1\n"a\\e[2J\\n": 2\n', encoding="utf-8")
    (finding,) = read(path).findings
    shown = finding.path + finding.message("en") + finding.message("zh") + finding.hint("xx")
    assert "\x1b" not in shown
    assert "\n" not in shown
    assert "\ufffd[2J" in shown


@quick
@given(content=st.binary(max_size=300))
def test_no_bytes_make_the_reader_raise(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    reading = read(file)
    assert reading.document is not None or reading.findings


@quick
@given(content=st.text(max_size=200) | st.text("ab:-[]{}&*!|>'\"%@`#?, \n\t\\x1U~\u2028字", max_size=80))
def test_no_text_makes_the_reader_raise(file: Path, content: str) -> None:
    file.write_bytes(content.encode("utf-8", "surrogatepass"))
    reading = read(file)
    if reading.document is None:
        assert reading.findings
        return
    last = content.count("\n") + len(content.splitlines()) + 1
    assert all(1 <= line <= last for line in reading.document.lines.values())


@quick
@given(
    data=st.dictionaries(
        st.text("abc字 :#", min_size=1, max_size=5),
        st.recursive(
            st.text("abc字 :#'\"\n-", max_size=8), lambda inner: st.lists(inner, max_size=3), max_leaves=8
        ),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_is_read_back(file: Path, data: dict[str, object]) -> None:
    written = yaml.safe_dump(data, allow_unicode=True, default_style='"')
    file.write_text(written, encoding="utf-8")
    document = read(file).document
    assert document is not None
    assert document.data == data
