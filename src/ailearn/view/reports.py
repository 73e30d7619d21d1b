"""What the program says about itself: settings, diagnosis, content folders, findings of a check."""

from rich.cells import cell_len

from ailearn.catalog.checks import CheckReport
from ailearn.catalog.diagnosis import Diagnosis
from ailearn.catalog.places import ContentPlaces
from ailearn.configuration import Configuration
from ailearn.view.canvas import Canvas
from ailearn.view.wrap import pad, wrap

_DIAGNOSED = 16
_STATE_ROLES = {"ok": ("✓", "ok"), "warn": ("!", "warn"), "error": ("✗", "error")}
# Lines of as many cells as the ruler, in characters that some terminals draw one cell wide and others two.
_RULER = "1234567890" * 2
_RULED = ("“”‘’—…·×±§" * 2, "●○◐◆✓├└┌▶→" * 2, "一二三四五六七八九十")


def draw_configuration(configuration: Configuration, canvas: Canvas) -> None:
    """One line a setting: its value and where it comes from. What is not set of the tutor is left out."""
    shown = [one for one in configuration.settings if one.value or not one.key.startswith("tutor.")]
    names = max(10, *(cell_len(one.key) + 1 for one in shown))
    for setting in shown:
        value = setting.value or "–"
        if names + max(cell_len(value), 24) + 2 + cell_len(setting.source) <= canvas.width:
            canvas.line((pad(setting.key, names), "id"), pad(value, 24), "  ", (setting.source, "muted"))
        else:
            canvas.paragraph(value, indent=names, first=setting.key, lead="id")
            canvas.line(" " * names, (setting.source, "muted"))
    if configuration.path:
        canvas.blank()
        canvas.paragraph(configuration.path, indent=0, role="path")


def draw_diagnosis(diagnosis: Diagnosis, canvas: Canvas) -> None:
    """One line for each thing looked at, then a ruler for characters of doubtful width."""
    for line in diagnosis.lines:
        mark, role = _STATE_ROLES[line.state]
        name = pad(canvas.say(f"doctor.{line.name}"), 14)
        first, *rest = wrap(line.value, canvas.width - _DIAGNOSED)
        canvas.line((f"{mark} ", role), (name, "title"), first)
        for more in rest:
            canvas.line(" " * _DIAGNOSED, more)
    canvas.heading(canvas.say("doctor.ruler"))
    canvas.paragraph(canvas.say("doctor.ruler-help"))
    canvas.line("  ", (_RULER, "muted"), "|")
    for text in _RULED:
        canvas.line("  ", text, "|")


def draw_checkreport(report: CheckReport, canvas: Canvas) -> None:
    """Every finding: rule and place, what is wrong, what to do."""
    language = "zh" if canvas.language == "zh" else "en"
    for finding in report.findings:
        place = f"{finding.path}:{finding.line}" if finding.line else finding.path
        role = "error" if finding.severity == "error" else "warn"
        canvas.paragraph(place, indent=6, first=finding.rule, lead=role, role="path")
        canvas.paragraph(finding.message(language), indent=6)
        canvas.paragraph(finding.hint(language), indent=6, role="hint")


def draw_contentplaces(places: ContentPlaces, canvas: Canvas) -> None:
    """Where content comes from, what is laid over what, and what was made from it."""
    for place in places.places:
        count = canvas.say("place.files" if place.what != "index" else "place.entries", count=place.entries)
        name = canvas.say(f"place.{place.what}")
        canvas.paragraph(place.path, indent=12, first=name, lead="title", role="path")
        canvas.line(" " * 12, (count, "muted"))
