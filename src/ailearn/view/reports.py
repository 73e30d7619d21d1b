"""What the program says about itself: settings, diagnosis, content folders, findings of a check."""

from ailearn.catalog.checks import CheckReport
from ailearn.catalog.diagnosis import Diagnosis
from ailearn.catalog.places import ContentPlaces
from ailearn.configuration import Configuration
from ailearn.view.canvas import Canvas
from ailearn.view.wrap import pad

_STATE_ROLES = {"ok": ("✓", "ok"), "warn": ("!", "warn"), "error": ("✗", "error")}
# Characters that some terminals draw one cell wide and others two.
_AMBIGUOUS = "“”‘’—…·●○→×±"


def draw_configuration(configuration: Configuration, canvas: Canvas) -> None:
    """One line a setting: its value and where it comes from."""
    for setting in configuration.settings:
        canvas.line(
            (pad(setting.key, 10), "id"), (pad(setting.value or "–", 24), ""), "  ", (setting.source, "muted")
        )
    if configuration.path:
        canvas.blank()
        canvas.line((configuration.path, "path"))


def draw_diagnosis(diagnosis: Diagnosis, canvas: Canvas) -> None:
    """One line for each thing looked at, then a ruler for characters of doubtful width."""
    for line in diagnosis.lines:
        mark, role = _STATE_ROLES[line.state]
        canvas.line((f"{mark} ", role), (pad(canvas.say(f"doctor.{line.name}"), 14), "title"), line.value)
    canvas.heading(canvas.say("doctor.ruler"))
    canvas.paragraph(canvas.say("doctor.ruler-help"))
    canvas.line("  ", ("1234567890" * 3, "muted"))
    for text in (
        "ab" * len(_AMBIGUOUS),
        *(f"{character}│" * 2 for character in _AMBIGUOUS[::4]),
        _AMBIGUOUS,
        "中文" * 4,
    ):
        canvas.line("  ", text, "│")


def draw_checkreport(report: CheckReport, canvas: Canvas) -> None:
    """Every finding: rule and place, what is wrong, what to do."""
    language = "zh" if canvas.language == "zh" else "en"
    for finding in report.findings:
        place = f"{finding.path}:{finding.line}" if finding.line else finding.path
        role = "error" if finding.severity == "error" else "warn"
        canvas.line((finding.rule, role), "  ", (place, "path"))
        canvas.paragraph(finding.message(language), indent=6)
        canvas.paragraph(finding.hint(language), indent=6, role="hint")


def draw_contentplaces(places: ContentPlaces, canvas: Canvas) -> None:
    """Where content comes from, what is laid over what, and what was made from it."""
    for place in places.places:
        count = canvas.say("place.files" if place.what != "index" else "place.entries", count=place.entries)
        canvas.line(
            (pad(canvas.say(f"place.{place.what}"), 16), "title"),
            (place.path, "path"),
            "  ",
            (count, "muted"),
        )
