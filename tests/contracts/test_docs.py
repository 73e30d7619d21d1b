"""The documentation is the program's own."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from ailearn import errors, settings
from ailearn.cli.commands import COMMANDS

ROOT = Path(__file__).parents[2]
READMES = ("README.md", "README.zh.md")
EXIT_CODES = [value for name, value in vars(errors).items() if name.isupper() and isinstance(value, int)]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """`docs/generate.py`, which is a script and no part of a package."""
    spec = importlib.util.spec_from_file_location("generate_docs", ROOT / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["generate_docs"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", READMES)
def test_a_readme_names_every_command(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert [command for command in COMMANDS if f"ailearn {command}" not in text] == []


@pytest.mark.parametrize("name", READMES)
def test_a_readme_names_every_exit_code_and_no_other(name: str) -> None:
    rows = re.findall(r"^\| (\d+) \|", (ROOT / name).read_text("utf-8"), re.MULTILINE)
    assert sorted(map(int, rows)) == sorted(EXIT_CODES)


@pytest.mark.parametrize("name", READMES)
def test_a_readme_names_every_variable_of_the_program(name: str) -> None:
    named = set(re.findall(r"`(AILEARN_[A-Z_]+)`", (ROOT / name).read_text("utf-8")))
    assert named == set(settings.VARIABLES)


@pytest.mark.parametrize("name", [*READMES, "ARCHITECTURE.md", "STYLE.md"])
def test_every_file_that_a_page_links_to_is_there(name: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", (ROOT / name).read_text("utf-8"))
    assert [one for one in targets if "://" not in one and not (ROOT / one).exists()] == []


def test_every_variable_and_exit_code_is_in_the_reference(generator: ModuleType) -> None:
    assert generator.undocumented_variables() == set()
    assert sorted(generator.EXITS) == sorted(EXIT_CODES)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_reference_is_what_the_program_says_now(generator: ModuleType, language: str) -> None:
    suffix = "" if language == "en" else ".zh"
    written = (ROOT / "docs" / f"reference{suffix}.md").read_text("utf-8")
    assert written == generator.reference(language)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "docs" / "pictures").glob("*.svg")), ids=lambda path: path.stem
)
def test_a_picture_asks_nothing_of_the_network(path: Path) -> None:
    text = path.read_text("utf-8")
    assert re.search(r"@font-face|(?:href|src)=|url\((?!#)", text) is None


def test_the_architecture_has_a_row_for_every_folder_of_the_program() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    folders = [path.parent.name for path in (ROOT / "src" / "ailearn").glob("*/__init__.py")]
    assert [name for name in folders if f"`{name}`" not in text] == []
