"""What is loaded to answer: the start is the product, so nothing heavy may stand on the way of a read."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "rich", "yaml", "pydantic", "pydantic_core", "httpx", "rapidfuzz", "tomlkit", "platformdirs", "asyncio",
    "httpcore", "pypdf", "markdown_it", "prompt_toolkit", "keyring",
    "importlib.metadata", "importlib.resources", "logging", "http", "ssl", "fsrs",
}  # fmt: skip
LIGHT = [
    "--help",
    "--version",
    "papers --help --lang zh",
    "papers --plain",
    "papers --since 2015 --topic attention --json",
    "list --author 何恺明 --plain",
    "show transformer --json",
    "show transformer --plain",
    "show 残差网络 --section intuition --plain",
    "show https://arxiv.org/abs/1706.03762v5 --plain",
    "search 残差 --plain",
    "search 残差 --json",
    "glossary 软目标 --plain",
    "path lora --json",
    "timeline --plain",
    "topics --json",
    "open-link resnet --print",
    "next --plain",
    "next --json",
    "progress --plain",
    "progress --json",
    "review --json",
    "review resnet --plain",
    "completion bash",
    "ask 什么是软目标 --plain",
    "ask 什么是软目标 --json",
]


# `-X importtime` would not show what importlib.import_module brings in by name.
WATCHED = """
import atexit, sys
atexit.register(lambda: print(*sys.modules, sep="\\n", file=sys.stderr))
from ailearn.__main__ import entry_point
entry_point()
"""


def loaded(*arguments: str) -> set[str]:
    """The names of all modules that a process holds when it has answered."""
    command = [sys.executable, "-c", WATCHED, *arguments]
    found = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    assert found.stdout
    return set(found.stderr.splitlines())


@pytest.fixture(autouse=True)
def warm_cache() -> None:
    """The index of a checkout is compiled on first use, which needs everything; that is not measured."""
    loaded("papers", "--plain")


@pytest.mark.parametrize("command", LIGHT)
def test_a_read_loads_nothing_heavy(command: str) -> None:
    names = loaded(*command.split())

    assert "ailearn.cli.app" in names, "the modules are seen at all"
    assert names & HEAVY == set()


@pytest.mark.parametrize("command", ["--help", "--version"])
def test_what_needs_no_entry_opens_no_database(command: str) -> None:
    assert "sqlite3" not in loaded(*command.split())


def test_only_the_module_of_the_command_is_loaded() -> None:
    names = loaded("papers", "--plain")

    assert "ailearn.cli.lists" in names
    others = {f"ailearn.cli.{name}" for name in ("finding", "reading", "overview", "content", "program")}
    assert names & others == set()


def test_a_drawing_loads_rich_but_neither_yaml_nor_pydantic() -> None:
    names = loaded("papers", "--color", "always")

    assert "rich" in names
    assert names & (HEAVY - {"rich", "logging"}) == set()
    assert not any(name.startswith(("rich.markdown", "pygments")) for name in names)
