"""Content files that are anything but content; the guide and what is sound beside them still load."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.cli.conftest import OwnFolder
from tests.torture.conftest import rounds

from ailearn.catalog.study import Study
from ailearn.catalog.yaml_reader import read

if TYPE_CHECKING:
    from tests.conftest import Run
    from tests.torture.conftest import Figure

FOLDERS = ("papers", "courses", "books", "tools", "tracks", "paths", "cards", ".")
VALUES = (
    "null", "~", "[]", "{}", "''", "-1", "1e999", ".inf", ".nan", "yes", "0x7f", "9" * 5000, "'" + "字" * 9000 + "'",
    "!!python/object/apply:os.system ['true']", "!!binary aGVsbG8=", "&a [*a]", "*nowhere", "<<: {a: b}", "\"\\u202e\\x9b\"",
    "\"\\UFFFFFFFF\"", "\"\\ud800\"", "2019-02-30", "[[[[[[]]]]]]", "{en: 1, zh: [2]}", "{en: x}", "{zh: 字}", "{fr: x}", "? a",
    "|\n  text\n text", ">-\n\n", "- a\n- b", "'open", "\"open", "[open", "{open", "%TAG ! x", "@x", "`x`", "# only a comment",
    "file:///etc/passwd", "javascript:alert(1)", "https://" + "a" * 5000, "../../../etc/passwd", "\tx",
)  # fmt: skip
BYTES = (
    b"", b"\0" * 100, b"\xff\xfe\x00a", b"\xef\xbb\xbf", b"\x80abc: 1", b"a: \x1b[31m", b"---\n...\n---\n", b"[" * 100_000,
    b"a: " * 50_000, b"- " * 20_000, b"a: b\r\rb: c", b"? " * 5000, b"a: &x 1\nb: *x", b"x" * (2 * 1024 * 1024), b"a:\n" * 2,
    b"%YAML 9.9\n---\na: 1", b"{" * 30 + b"}" * 30, b"\xf0\x9f\xa4\x96: 1", b"a: \xe4\xbd", b"#" * 1000, b"id: resnet",
)  # fmt: skip


def hostile(chance: random.Random, entry: str) -> bytes:
    """A file as no author writes it: rubbish, or a sound paper in which something is not what it should be."""
    if chance.random() < 0.2:
        return chance.choice(BYTES)
    lines = entry.splitlines()
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(lines))
        name, colon, _ = lines[place].partition(":")
        lines[place] = chance.choice(
            [
                f"{name}{colon} {chance.choice(VALUES)}",
                chance.choice(VALUES),
                "",
                lines[place] * 2,
                lines[chance.randrange(len(lines))],
                f"  {lines[place]}",
                f"{lines[place]}\n{lines[place]}",
            ]
        )
    content = bytearray("\n".join(lines).encode("utf-8", "surrogatepass"))
    for _ in range(chance.choice((0, 0, 0, 1, 5))):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


@pytest.fixture
def own(tmp_path: Path) -> OwnFolder:
    """A content folder to fill."""
    return OwnFolder(tmp_path / "own")


@pytest.fixture
def paper(own: OwnFolder) -> str:
    """A sound paper as YAML, a key a line."""
    path = own.add("sound")
    fields = json.loads(path.read_text("utf-8"))
    return "\n".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items())


def test_hostile_files_are_left_out_and_the_rest_loads(
    run: Run, study: Study, own: OwnFolder, paper: str, figure: Figure
) -> None:
    chance, count = random.Random(15), rounds(500, 60)
    paths: list[Path] = []
    for number in range(count):
        path = own.path / chance.choice(FOLDERS) / f"hostile-{number}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(hostile(chance, paper.replace('"sound"', f'"hostile-{number}"')))
        paths.append(path)
        read(path)
    guide = {row[0] for row in study.connection.execute("SELECT id FROM entry")}

    listed = run("list", "--json", AILEARN_CONTENT=str(own))
    checked = run("content", "check", "--plain", AILEARN_CONTENT=str(own))

    assert listed.exit == 0, listed.err
    assert guide | {"sound"} <= {entry["id"] for entry in listed.json}
    assert checked.exit == 1
    assert "Traceback" not in listed.err + checked.err
    for entry in chance.sample(listed.json, min(len(listed.json), rounds(100, 10))):
        for form in ("--plain", "--json"):
            assert run("show", entry["id"], form, AILEARN_CONTENT=str(own)).exit == 0
    figure(f"hostile YAML: {count} files, {len(guide)} entries of the guide there, 0 tracebacks")
