"""What the program says about itself, for programs."""

from collections.abc import Callable, Iterator
from typing import Any

from ailearn.language import Language
from ailearn.view.machine_guide import Record


def _report(result: Any, language: Language) -> Iterator[Record]:
    for finding in result.findings:
        place = f"{finding.path}:{finding.line}" if finding.line else finding.path
        yield finding.rule, place, finding.severity, finding.message(language), finding.hint(language)


def _report_data(result: Any) -> Any:
    return [
        {
            "rule": finding.rule,
            "severity": finding.severity,
            "path": finding.path,
            "line": finding.line,
            "message": {"en": finding.message("en"), "zh": finding.message("zh")},
            "hint": {"en": finding.hint("en"), "zh": finding.hint("zh")},
        }
        for finding in result.findings
    ]


def _configuration(result: Any, language: Language) -> Iterator[Record]:
    for setting in result.settings:
        yield setting.key, setting.value, setting.source


def _configuration_data(result: Any) -> Any:
    return {
        "path": result.path,
        "settings": {one.key: {"value": one.value, "source": one.source} for one in result.settings},
    }


def _diagnosis(result: Any, language: Language) -> Iterator[Record]:
    for line in result.lines:
        yield line.state, line.name, line.value


def _diagnosis_data(result: Any) -> Any:
    return [{"state": one.state, "name": one.name, "value": one.value} for one in result.lines]


def _places(result: Any, language: Language) -> Iterator[Record]:
    for place in result.places:
        yield place.what, place.path, place.entries


def _places_data(result: Any) -> Any:
    return [{"what": one.what, "path": one.path, "entries": one.entries} for one in result.places]


RECORDS: dict[str, Callable[[Any, Language], Iterator[Record]]] = {
    "CheckReport": _report,
    "Configuration": _configuration,
    "Diagnosis": _diagnosis,
    "ContentPlaces": _places,
}
DATA: dict[str, Callable[[Any], Any]] = {
    "CheckReport": _report_data,
    "Configuration": _configuration_data,
    "Diagnosis": _diagnosis_data,
    "ContentPlaces": _places_data,
}
