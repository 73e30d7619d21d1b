"""Pictures of the main screens over a small fixed guide: look at a changed one as a reader would.

`pytest tests/view/test_screens.py --snapshot-update` draws them anew.
"""

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from ailearn.catalog.checks import check
from ailearn.catalog.content_files import ContentFolder

if TYPE_CHECKING:
    from tests.conftest import Result, Run

SCREENS = {
    "start": (),
    "papers": ("papers",),
    "tools": ("tools",),
    "show-transformer": ("show", "transformer"),
    "show-attention-brief": ("show", "attention", "--brief"),
    "show-claude": ("show", "claude"),
    "search-chinese": ("search", "残差"),
    "search-phrase": ("search", '"soft targets"'),
    "timeline": ("timeline",),
    "path-cot": ("path", "cot"),
    "glossary-attention": ("glossary", "attention"),
    "tracks": ("tracks",),
    "topics": ("topics",),
    "guide": ("guide",),
    "config": ("config",),
    "open-link-print": ("open-link", "resnet", "--print"),
    "error-no-such-entry": ("show", "tranformer"),
}
DAY = "2026-11-28"
IN_BOTH = ("show-attention-brief", "show-transformer", "search-chinese", "timeline", "path-cot")
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
every_screen = pytest.mark.parametrize("screen", SCREENS)


@pytest.fixture(autouse=True)
def fixed(small_guide: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test here reads the small guide, on a day on which its tools were fresh."""
    monkeypatch.setenv("AILEARN_NOW", f"{DAY}T12:00:00+00:00")


def pictured(result: "Result") -> str:
    """What a reader sees, and the exit code if it is not 0."""
    parts = [ESCAPES.sub("", result)]
    if result.err:
        parts.append(f"--- stderr ---\n{result.err}")
    if result.exit:
        parts.append(f"--- exit {result.exit} ---\n")
    return "".join(parts)


def shortened(value: Any) -> Any:
    """JSON with its long texts cut, so that a picture of it shows keys and kinds of values."""
    if isinstance(value, str):
        return value if len(value) <= 24 else f"{value[:23]}…"
    if isinstance(value, list):
        return [shortened(one) for one in value]
    return {name: shortened(one) for name, one in value.items()} if isinstance(value, dict) else value


def environment(screen: str) -> dict[str, str]:
    """Paths in a picture must be the same on every machine."""
    return {"AILEARN_HOME": "/nowhere/ailearn"} if screen == "config" else {}


def test_the_small_guide_keeps_all_rules(small_guide: Path) -> None:
    report = check([ContentFolder(small_guide, own=False)], date.fromisoformat(DAY))
    assert [(one.rule, one.path, one.line) for one in report.findings] == []
    assert report.entries == 10


@every_screen
@pytest.mark.parametrize("width", [80, 60])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_screen_looks_as_it_did(
    run: "Run", snapshot: SnapshotAssertion, screen: str, language: str, width: int
) -> None:
    found = run(
        *SCREENS[screen], "--lang", language, terminal=True, COLUMNS=str(width), **environment(screen)
    )
    assert pictured(found) == snapshot


@pytest.mark.parametrize("screen", IN_BOTH)
def test_a_screen_in_both_languages_looks_as_it_did(
    run: "Run", snapshot: SnapshotAssertion, screen: str
) -> None:
    assert pictured(run(*SCREENS[screen], "--lang", "both", terminal=True)) == snapshot


@pytest.mark.parametrize("screen", ["start", "search-chinese"])
def test_a_screen_has_the_colours_that_it_had(run: "Run", snapshot: SnapshotAssertion, screen: str) -> None:
    found = run(*SCREENS[screen], terminal=True)
    assert "\x1b[" in found
    assert found.replace("\x1b", "␛") == snapshot


@every_screen
@pytest.mark.parametrize("language", ["en", "zh"])
def test_records_are_as_they_were(
    run: "Run", snapshot: SnapshotAssertion, screen: str, language: str
) -> None:
    found = run(*SCREENS[screen], "--plain", "--lang", language, terminal=True, **environment(screen))
    assert pictured(found) == snapshot


@every_screen
def test_json_has_the_keys_that_it_had(run: "Run", snapshot: SnapshotAssertion, screen: str) -> None:
    found = run(*SCREENS[screen], "--json", **environment(screen))
    if screen.startswith("error"):
        assert pictured(found) == snapshot
    else:
        assert shortened(found.json) == snapshot


@pytest.mark.parametrize("screen", [one for one in SCREENS if one not in ("config", "error-no-such-entry")])
def test_json_is_the_same_in_every_language(run: "Run", screen: str) -> None:
    # The sentence that search quotes is the one thing that is chosen for the reader.
    def without_quotes(found: Any) -> Any:
        return [{**hit, "matched": None} for hit in found] if screen.startswith("search") else found

    english, chinese = (run(*SCREENS[screen], "--json", "--lang", one).json for one in ("en", "zh"))
    assert without_quotes(english) == without_quotes(chinese)


def test_a_brief_summary_fits_a_terminal_of_24_lines(run: "Run") -> None:
    for language in ("en", "zh"):
        assert run("show", "attention", "--brief", "--lang", language, terminal=True).count("\n") < 24


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", ["40", "80"])
def test_the_width_ruler_ends_in_one_column_where_characters_have_the_widths_that_are_assumed(
    run: "Run", language: str, width: str
) -> None:
    lines = run("doctor", "--lang", language, terminal=True, COLUMNS=width, NO_COLOR="1").splitlines()
    ruler = next(number for number, line in enumerate(lines) if "1234567890" in line and line.endswith("|"))
    assert len(lines[ruler:]) == 4
    assert {cell_len(line) for line in lines[ruler:]} == {cell_len(lines[ruler])}
    assert all(line.endswith("|") for line in lines[ruler:])
