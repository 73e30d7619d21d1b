"""A content folder of the reader's own, the guide as data, and the program in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Run

Program = Callable[..., subprocess.CompletedProcess[bytes]]


class OwnFolder:
    """A content folder that a test fills; JSON is YAML, so that any text can stand in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def add(self, entry_id: str, **fields: Any) -> Path:
        """Write a paper that can be loaded, with some of its fields given."""
        both = {"en": f"About {entry_id}.", "zh": f"关于 {entry_id}。"}
        entry = {
            "id": entry_id,
            "kind": "paper",
            "title": {"en": f"Title of {entry_id}", "zh": f"{entry_id} 的标题"},
            "short": {"en": entry_id.upper(), "zh": f"{entry_id} 简称"},
            "authors": ["Ada Lovelace"],
            "date": "2001-02-03",
            "topics": ["foundations"],
            "level": 1,
            "minutes": 10,
            "links": [{"kind": "page", "url": f"https://example.org/{entry_id}"}],
            **dict.fromkeys(("one_liner", "problem", "motivation", "intuition", "limits", "legacy"), both),
            "mechanism": {"en": ["One."], "zh": ["一。"]},
            "cards": [{"id": "why", "type": "why", "q": both, "a": both}],
            **fields,
        }
        return self.write(f"papers/{entry_id}.yaml", json.dumps(entry, ensure_ascii=True))

    def write(self, name: str, text: str) -> Path:
        """Write any file."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def own(tmp_path: Path) -> OwnFolder:
    """An empty content folder of the reader's own."""
    folder = OwnFolder(tmp_path / "own")
    folder.path.mkdir()
    return folder


@pytest.fixture(scope="module")
def shared_own(tmp_path_factory: pytest.TempPathFactory) -> OwnFolder:
    """One that the tests of a module share and do not change once it is read, so it is compiled once."""
    return OwnFolder(tmp_path_factory.mktemp("shared-own"))


@pytest.fixture
def another_own(tmp_path: Path) -> OwnFolder:
    """A second one."""
    folder = OwnFolder(tmp_path / "another")
    folder.path.mkdir()
    return folder


@pytest.fixture
def entries(run: Run) -> list[dict[str, Any]]:
    """All entries of the guide, as `list --json` prints them."""
    found: list[dict[str, Any]] = run("list", "--json").json
    return found


@pytest.fixture
def program() -> Program:
    """The program in a process of its own: `program("papers", LANG="C")`; None takes a variable away."""

    def start(*arguments: str, **environment: str | None) -> subprocess.CompletedProcess[bytes]:
        changed = {**os.environ, **environment}
        environ = {name: value for name, value in changed.items() if value is not None}
        command = [sys.executable, "-m", "ailearn", *arguments]
        return subprocess.run(command, env=environ, capture_output=True, timeout=60, check=False)

    return start
