"""Results for programs: records of tab-separated cells, and plain data for JSON."""

from collections.abc import Callable, Iterator
from typing import Any

from ailearn.language import BothLanguages, Language

Record = tuple[object, ...]


def records(result: Any, language: Language) -> Iterator[Record]:
    """The records of a result, one a line; `both` puts both languages into one cell, ` / ` between."""
    return _RECORDS[type(result).__name__](result, language)


def plain_data(result: Any) -> Any:
    """What `--json` prints: a list for lists, an object for one thing, both languages everywhere."""
    return _DATA[type(result).__name__](result)


def _text(text: BothLanguages, language: Language) -> str:
    if language == "both" and text["en"] != text["zh"]:
        return f"{text['en']} / {text['zh']}"
    return text["zh" if language == "zh" else "en"]


def _summary_record(entry: Any, language: Language) -> Record:
    return (
        entry["id"],
        entry["kind"],
        entry["date"],
        entry["level"],
        entry["minutes"],
        _text(entry["title"], language),
        _text(entry["one_liner"], language),
    )


def _listing(result: Any, language: Language) -> Iterator[Record]:
    for entry in result.entries:
        yield _summary_record(entry, language)


def _search(result: Any, language: Language) -> Iterator[Record]:
    for hit in result.hits:
        piece = hit.piece
        yield (*_summary_record(hit.document, language), *((piece.field, piece.text) if piece else ("", "")))


def _search_data(result: Any) -> Any:
    return [
        {
            **hit.document,
            "matched": {"field": hit.piece.field, "text": hit.piece.text} if hit.piece else None,
        }
        for hit in result.hits
    ]


def _shown(result: Any, language: Language) -> Iterator[Record]:
    several = len(result.entries) > 1
    for entry in result.entries:
        for field in result.fields:
            for record in _field_records(field, entry.get(field), language):
                yield (entry["id"], *record) if several else record


def _field_records(field: str, value: Any, language: Language) -> Iterator[Record]:
    """One line for each string in a field, named by the path to it."""
    if value is None or value == [] or value == {}:
        return
    if isinstance(value, dict) and value.keys() == {"en", "zh"}:
        yield from _bilingual_records(field, value, language)
    elif isinstance(value, dict):
        if all(isinstance(one, str) or one is None for one in value.values()) and "id" not in value:
            yield (field, *(one for one in value.values() if one is not None))
        else:
            for name, one in value.items():
                yield from _field_records(f"{field}.{name}", one, language)
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        yield (field, *value)
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            named = one.get("id") if isinstance(one, dict) else None
            yield from _field_records(f"{field}.{named or number}", one, language)
    else:
        for line in str(value).splitlines():
            yield (field, line)


def _bilingual_records(field: str, value: Any, language: Language) -> Iterator[Record]:
    languages = ("en", "zh") if language == "both" else ("zh" if language == "zh" else "en",)
    for one in languages:
        named = f"{field}.{one}" if language == "both" else field
        if isinstance(value[one], list):
            for number, item in enumerate(value[one], start=1):
                yield (f"{named}.{number}", item)
        else:
            for line in value[one].splitlines():
                yield (named, line)


def _shown_data(result: Any) -> Any:
    return list(result.entries) if result.several else result.entries[0]


def _links(result: Any, language: Language) -> Iterator[Record]:
    for link in result.links:
        yield (link["url"],)


def _topics(result: Any, language: Language) -> Iterator[Record]:
    for topic in result.topics:
        yield topic["id"], topic["entries"], _text(topic["name"], language), _text(topic["about"], language)


def _tracks(result: Any, language: Language) -> Iterator[Record]:
    for track in result.tracks:
        for number, step in enumerate(track["steps"], start=1):
            yield (track["id"], number, *_step(step, language))


def _timeline(result: Any, language: Language) -> Iterator[Record]:
    for step in result.steps:
        yield (step["track"], *_step(step, language))


def _step(step: Any, language: Language) -> Record:
    return (
        step["id"],
        step["entry"]["date"],
        _text(step["took_over"], language),
        _text(step["left_open"], language),
    )


def _path(result: Any, language: Language) -> Iterator[Record]:
    for number, step in enumerate(result.steps, start=1):
        needs = result.requirements[step["id"]]
        reasons = "; ".join(f"{need['id']}: {_text(need['why'], language)}" for need in needs)
        yield number, step["id"], step["minutes"], _text(step["title"], language), reasons


def _path_data(result: Any) -> Any:
    return {
        "goal": result.goal,
        "minutes": result.minutes,
        "steps": [{**step, "requires": result.requirements[step["id"]]} for step in result.steps],
    }


def _glossary(result: Any, language: Language) -> Iterator[Record]:
    for term in result.terms:
        names = term["term"]
        yield term["id"], names["en"], names["zh"], _text(term["meaning"], language), term["entry"]


def _method(result: Any, language: Language) -> Iterator[Record]:
    yield from _field_records("title", result.guide["title"], language)
    yield from _field_records("intro", result.guide["intro"], language)
    for section in result.guide["sections"]:
        yield from _field_records(f"{section['id']}.title", section["title"], language)
        yield from _field_records(section["id"], section["paragraphs"], language)
    for assistant in result.guide["assistants"]:
        yield assistant["job"], ",".join(assistant["tools"]), _text(assistant["advice"], language)


def _start(result: Any, language: Language) -> Iterator[Record]:
    for track in result.tracks:
        yield "track", track["id"], _text(track["title"], language), *(step["id"] for step in track["steps"])
    if result.suggestion:
        entry = result.suggestion.entry
        yield "next", entry["id"], _text(entry["title"], language), _text(entry["one_liner"], language)


def _start_data(result: Any) -> Any:
    suggestion = result.suggestion
    return {
        "tracks": list(result.tracks),
        "counts": result.counts,
        "next": {
            "entry": suggestion.entry,
            "track": suggestion.track["id"],
            "opens": suggestion.opens,
        }
        if suggestion
        else None,
    }


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


_RECORDS: dict[str, Callable[[Any, Language], Iterator[Record]]] = {
    "Listing": _listing,
    "SearchResult": _search,
    "Shown": _shown,
    "Links": _links,
    "Topics": _topics,
    "Tracks": _tracks,
    "Timeline": _timeline,
    "Path": _path,
    "Glossary": _glossary,
    "Method": _method,
    "Start": _start,
    "CheckReport": _report,
    "Configuration": _configuration,
    "Diagnosis": _diagnosis,
    "ContentPlaces": _places,
}
_DATA: dict[str, Callable[[Any], Any]] = {
    "Listing": lambda result: list(result.entries),
    "SearchResult": _search_data,
    "Shown": _shown_data,
    "Links": lambda result: list(result.links),
    "Topics": lambda result: list(result.topics),
    "Tracks": lambda result: list(result.tracks),
    "Timeline": lambda result: list(result.steps),
    "Path": _path_data,
    "Glossary": lambda result: list(result.terms),
    "Method": lambda result: result.guide,
    "Start": _start_data,
    "CheckReport": _report_data,
    "Configuration": _configuration_data,
    "Diagnosis": _diagnosis_data,
    "ContentPlaces": _places_data,
}
