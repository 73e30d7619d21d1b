"""Command lines made of all that the program knows, and of what it does not, in any order."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.torture.conftest import rounds
from typer._click.core import Context
from typer.main import get_group

from ailearn.cli.app import app

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Run
    from tests.torture.conftest import Figure

WORDS = (
    "resnet", "transformer", "lora", "残差", "注意力", "1512.03385", "resnet/degradation", "infrastructure", "from-zero", "bias",
    "", " ", "-", "--", "-1", "0", "1", "3", "2015", "2015..2017", "99999999999999999999", "1e9", "nan", "２０１７", "zh", "en", "both",
    "read", "unread", "paper", "a b", "a\tb", "a\nb", "\x1b[31m", "\u202e", "🤖", "é", "%s", "{0}", "$HOME", "~", "~nobody-here/x", "/",
    "/dev/null", "*", "?", "[x]", "'", '"', "topic:attention", "year:2015..", "author:何", "-kind:paper", "((", "NOT", "x" * 3000,
    "\udcff", "file:///etc/passwd", "https://arxiv.org/abs/1706.03762", "resnet/degradation=3", "=", "a=b", "id=", "--lang", "--json",
)  # fmt: skip
# What would leave the process, wait for somebody or take long.
LEFT_OUT = {"chat", "tutor setup", "sync"}


def commands(
    command: Any, context: Context, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Every command with the names of its options."""
    yield path, [name for option in command.params for name in option.opts if name.startswith("-")]
    for name in command.list_commands(context) if hasattr(command, "list_commands") else ():
        below = command.get_command(context, name)
        yield from commands(below, Context(below, parent=context, info_name=name), (*path, name))


@pytest.fixture(scope="module")
def known() -> list[tuple[tuple[str, ...], list[str]]]:
    root = get_group(app)
    found = commands(root, Context(root, info_name="ailearn"), ())
    return [(path, options) for path, options in found if " ".join(path) not in LEFT_OUT]


def test_no_command_line_is_too_much(
    run: Run,
    known: list[tuple[tuple[str, ...], list[str]]],
    own_folders: Path,
    monkeypatch: pytest.MonkeyPatch,
    figure: Figure,
) -> None:
    chance, count = random.Random(16), rounds(5000, 150)
    monkeypatch.chdir(own_folders)
    codes: dict[int, int] = {}
    for _ in range(count):
        path, options = chance.choice(known)
        line = [*path]
        for _ in range(chance.choice((0, 1, 1, 2, 3, 6))):
            line.append(chance.choice(options) if options and chance.random() < 0.5 else chance.choice(WORDS))
        if chance.random() < 0.1:
            chance.shuffle(line)
        if "--copy" in line or {"chat", "sync"} & {*line} or ("tutor" in line and "setup" in line):
            continue
        result = run(
            *line, BROWSER="true %s", EDITOR="true", COLUMNS=chance.choice(("80", "60", "20", "1", "x"))
        )
        codes[result.exit] = codes.get(result.exit, 0) + 1
        assert result.exit in (0, 1, 2, 3, 4, 5, 6, 7), (line, result.err)
        assert "Traceback" not in result.err, line
    figure(f"command lines: {count}, exit codes {dict(sorted(codes.items()))}, none 70")
