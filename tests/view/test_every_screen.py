"""What must hold for every screen of the real guide, whatever its texts say."""

import io
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import pytest
from rich.cells import cell_len

from ailearn.catalog import browse, paths, prerequisites, shown, start
from ailearn.catalog.study import Study
from ailearn.language import LANGUAGES, Language
from ailearn.learning import exercises
from ailearn.settings import load
from ailearn.view.canvas import Canvas
from ailearn.view.screen import Screen, Streams

if TYPE_CHECKING:
    from tests.conftest import Run

WIDTHS = (40, 60, 80, 120)
# Arrows, boxes, blocks and geometric shapes: what a terminal without them cannot draw.
DRAWN = re.compile("[\u2190-\u21ff\u2500-\u25ff\u2022\u2713\u2717\u27f5-\u27ff]")
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
RAILS = "│├└┌●"


# The day on which tools are looked at.
DAY = "2026-11-28"


class Drawn(NamedTuple):
    """A screen as text without colours; `figures` are the lines of its pictures."""

    name: str
    text: str
    figures: frozenset[str]


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def screen(language: Language, width: int, *, ascii_only: bool = False) -> Screen:
    environ = {"COLUMNS": str(width), "NO_COLOR": "1", "AILEARN_HOME": "/nowhere"}
    settings = load(environ, language=language, ascii_only=ascii_only)
    return Screen(settings, Streams(Terminal(), Terminal(), Terminal(), environ))


def results(study: Study) -> Iterator[tuple[str, object]]:
    """Every result that has a screen, for everything in the guide."""
    entries = browse.listing(study).entries
    yield "start", start.start(study)
    yield "list", browse.listing(study)
    tools = tuple(one for one in entries if one["kind"] == "tool")
    yield "tools", browse.tools(study, browse.Listing(tools, len(tools)), DAY)
    yield "topics", browse.topics(study)
    yield "tracks", browse.tracks(study)
    yield "timeline", browse.timeline(study)
    for track in browse.tracks(study).tracks:
        yield f"timeline {track['id']}", browse.timeline(study, track["id"])
    yield "paths", paths.named_paths(study)
    for path in study.page("paths"):
        yield f"named {path['id']}", paths.find(study, path["id"])
    for track in browse.tracks(study).tracks:
        yield f"along {track['id']}", paths.track_path(study, track["id"])
    yield "quiz", exercises.quiz(study, 1, 60)
    yield "glossary", browse.glossary(study)
    yield "guide", browse.method(study)
    for entry in entries:
        yield f"show {entry['id']}", shown.on_day(shown.show(study, (entry["id"],)), DAY)
        yield f"show {entry['id']} --brief", shown.on_day(shown.show(study, (entry["id"],), brief=True), DAY)
        yield f"show {entry['id']} --cards", shown.show(study, (entry["id"],), cards=True)
        if entry["kind"] in ("paper", "essay"):
            yield f"questions {entry['id']}", exercises.questions(study, entry["id"])
        yield f"path {entry['id']}", prerequisites.path(study, entry["id"])


def figure_lines(result: object) -> frozenset[str]:
    if not isinstance(result, shown.Shown):
        return frozenset()
    figures = [entry.get("figure") or {} for entry in result.entries]
    return frozenset(line for figure in figures for text in figure.values() for line in text.splitlines())


@cache
def drawn(study: Study, language: Language, width: int, ascii_only: bool = False) -> tuple[Drawn, ...]:
    """All screens; drawn once for all tests."""
    on = screen(language, width, ascii_only=ascii_only)
    return tuple(
        Drawn(f"{name} --lang {language} at {width}", on.draw(result), figure_lines(result))
        for name, result in results(study)
    )


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The real guide, opened once for this module."""
    from ailearn.catalog.study import open_study

    cache_folder = tmp_path_factory.getbasetemp() / "shared-home" / "cache"
    return open_study((), cache_folder)


everywhere = pytest.mark.parametrize(
    ("language", "width"), [(language, width) for language in LANGUAGES for width in WIDTHS]
)


@everywhere
def test_no_line_is_wider_than_the_terminal(guide: Study, language: Language, width: int) -> None:
    too_wide = [
        (one.name, line)
        for one in drawn(guide, language, width)
        for line in one.text.splitlines()
        if cell_len(line) > width
    ]
    assert too_wide == []


@everywhere
def test_lines_have_no_trailing_blanks_and_no_control_characters(
    guide: Study, language: Language, width: int
) -> None:
    screens = drawn(guide, language, width)
    lines = [(one.name, line) for one in screens for line in one.text.split("\n")]
    assert [one for one in lines if one[1] != one[1].rstrip()] == []
    assert [one for one in lines if CONTROLS.search(one[1])] == []


@everywhere
def test_nothing_is_drawn_with_two_blank_lines_together_or_at_its_ends(
    guide: Study, language: Language, width: int
) -> None:
    for one in drawn(guide, language, width):
        assert one.text.strip("\n") + "\n" == one.text, one.name
        assert "\n\n\n" not in one.text, one.name


@everywhere
def test_nothing_but_titles_in_columns_and_pictures_is_cut_off(
    guide: Study, language: Language, width: int
) -> None:
    """An ellipsis at the end of a line is the content's own, or stands for part of a title or a picture."""
    for one in drawn(guide, language, width):
        for line in one.text.splitlines():
            if not line.endswith("…") or line.endswith("……"):
                continue
            in_a_column = width >= 76 and one.name.split()[0] in ("list", "tools", "tracks", "show")
            in_a_picture = any(line[2:-1].rstrip() in figure for figure in one.figures)
            assert in_a_column or in_a_picture, (one.name, line)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_word_of_a_summary_is_on_its_screen(guide: Study, language: Language, width: int) -> None:
    on = screen(language, width)
    for summary in browse.listing(guide).entries:
        found = shown.on_day(shown.show(guide, (summary["id"],)), DAY)
        text = "".join(on.draw(found).split())
        entry = found.entries[0]
        wanted = [link["url"] for link in entry["links"]] + [entry["formula"] or ""]
        for one in ("en", "zh") if language == "both" else (language,):
            wanted += [entry[field][one] for field in shown.BRIEF]
            wanted += [*entry["mechanism"][one], *(item["claim"][one] for item in entry["evidence"])]
        for words in wanted:
            assert "".join(words.split()) in text, (summary["id"], language, width, words)


@everywhere
def test_the_rails_of_the_timeline_stay_in_their_columns(
    guide: Study, language: Language, width: int
) -> None:
    lanes = len(browse.tracks(guide).tracks)
    timeline = next(one for one in drawn(guide, language, width) if one.name.startswith("timeline --lang"))
    columns = {6 + 2 * lane for lane in range(lanes)}
    stops = 0
    for line in timeline.text.splitlines():
        rails = {at for at, character in enumerate(line[: 6 + 2 * lanes]) if character in RAILS}
        assert rails <= columns, line
        assert line[:4].strip() == "" or re.fullmatch(r"\d{4}  ", line[:6]), line
        stops += "●" in line[: 6 + 2 * lanes]
    assert stops == len(browse.timeline(guide).steps)


@everywhere
def test_a_rail_of_the_timeline_runs_without_a_gap_from_the_first_stop_to_the_last(
    guide: Study, language: Language, width: int
) -> None:
    timeline = next(one for one in drawn(guide, language, width) if one.name.startswith("timeline --lang"))
    for lane in range(len(browse.tracks(guide).tracks)):
        column = "".join(line.ljust(20)[6 + 2 * lane] for line in timeline.text.splitlines())
        # Above it stand the titles of the tracks to the left.
        assert re.fullmatch(r"┌[│●]*● *", column[lane:]), column


@everywhere
def test_the_branches_of_a_path_hang_together(guide: Study, language: Language, width: int) -> None:
    """Under every branch that goes on there is a rail, and every joint hangs from something above it."""
    for one in drawn(guide, language, width):
        if not one.name.startswith("path "):
            continue
        lines = one.text.split("\n\n")[0].splitlines()
        margins = [re.match(r"[│├└─ ]*", line) for line in lines]
        rows = [margin[0] if margin else "" for margin in margins]
        for above, line, row in zip(rows, lines[1:], rows[1:], strict=False):
            for at, character in enumerate(row):
                if character in "│├└" and at < len(above):
                    assert above[at] in "│├ " or above[at : at + 1] == "", (one.name, line)
                if at < len(above) and above[at] == "├":
                    assert row[at : at + 1] in "│├└", (one.name, line)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [40, 80])
def test_ascii_screens_are_drawn_without_boxes_arrows_and_bullets(
    guide: Study, language: Language, width: int
) -> None:
    for one in drawn(guide, language, width, True):
        assert not DRAWN.search(one.text), (one.name, DRAWN.findall(one.text))
        assert all(cell_len(line) <= width for line in one.text.splitlines()), one.name


def test_ascii_screens_keep_the_letters_and_signs_of_the_texts(guide: Study) -> None:
    text = screen("en", 80, ascii_only=True).draw(shown.show(guide, ("transformer",)))
    assert "O(n²·d)" in text
    assert "Łukasz Kaiser" in text


def test_shapes_that_no_text_of_the_guide_has_yet_are_drawn_in_ascii_too() -> None:
    canvas = Canvas("en", 80, ascii_only=True, colored=False)
    canvas.picture("⇄ ↔ ╳ ╬ ┠ ▐ ▁ ◆ ◇ → ● ▶")
    assert canvas.text().isascii()


def test_help_and_errors_have_no_box_characters_either(run: "Run") -> None:
    for arguments in (("--help",), ("show", "--help"), ("show", "tranformer"), ("nonsense",)):
        found = run(*arguments, "--ascii", terminal=True)
        assert not DRAWN.search(found + found.err), arguments
