"""What the guide holds, for programs: its entries, tracks, paths, terms and pages."""

from collections.abc import Callable, Iterator
from typing import Any

from ailearn.language import BothLanguages, Language

Record = tuple[object, ...]


def one_cell(text: BothLanguages, language: Language) -> str:
    if language == "both" and text["en"] != text["zh"]:
        return f"{text['en']} / {text['zh']}"
    return text["zh" if language == "zh" else "en"]


def summary_record(entry: Any, language: Language) -> Record:
    return (
        entry["id"],
        entry["kind"],
        entry["date"],
        entry["level"],
        entry["minutes"],
        one_cell(entry["title"], language),
        one_cell(entry["one_liner"], language),
    )


def status(entry: Any) -> str:
    """Where the reader is with an entry; empty for an unread one."""
    progress = entry.get("progress")
    return progress["status"] if progress and progress["status"] != "unread" else ""


def _listing(result: Any, language: Language) -> Iterator[Record]:
    for entry in result.entries:
        yield (*summary_record(entry, language), status(entry))


def _tools(result: Any, language: Language) -> Iterator[Record]:
    for entry in result.entries:
        yield (*summary_record(entry, language), status(entry), ",".join(entry["jobs"]), entry["state"])


def _search(result: Any, language: Language) -> Iterator[Record]:
    for hit in result.hits:
        piece = hit.piece
        matched = (piece.field, piece.text) if piece else ("", "")
        yield (*summary_record(hit.document, language), *matched, status(hit.document))


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
            for record in field_records(field, _value(entry, field), language):
                yield (entry["id"], *record) if several else record


def _value(entry: Any, field: str) -> Any:
    """The field of an entry, those too that are the reader's own."""
    if field == "note":
        return (entry.get("progress") or {}).get("note")
    if field == "status":
        return status(entry) or None
    return entry.get(field)


def field_records(field: str, value: Any, language: Language) -> Iterator[Record]:
    """One line for each string in a field, named by the path to it."""
    if value is None or value == [] or value == {}:
        return
    if isinstance(value, dict) and value.keys() == {"en", "zh"}:
        yield from bilingual_records(field, value, language)
    elif isinstance(value, dict):
        if all(isinstance(one, str) or one is None for one in value.values()) and "id" not in value:
            yield (field, *(one for one in value.values() if one is not None))
        else:
            for name, one in value.items():
                yield from field_records(f"{field}.{name}", one, language)
    elif isinstance(value, list) and all(isinstance(one, str) for one in value):
        yield (field, *value)
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            named = one.get("id") if isinstance(one, dict) else None
            yield from field_records(f"{field}.{named or number}", one, language)
    else:
        for line in str(value).splitlines():
            yield (field, line)


def bilingual_records(field: str, value: Any, language: Language) -> Iterator[Record]:
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
        yield (
            topic["id"],
            topic["entries"],
            one_cell(topic["name"], language),
            one_cell(topic["about"], language),
        )


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
        one_cell(step["took_over"], language),
        one_cell(step["left_open"], language),
        status(step["entry"]),
    )


def _path(result: Any, language: Language) -> Iterator[Record]:
    for number, step in enumerate(result.steps, start=1):
        needs = result.requirements[step["id"]]
        reasons = "; ".join(f"{need['id']}: {one_cell(need['why'], language)}" for need in needs)
        yield number, step["id"], step["minutes"], one_cell(step["title"], language), reasons, status(step)


def _path_data(result: Any) -> Any:
    return {
        "goal": result.goal,
        "minutes": result.minutes,
        "steps": [{**step, "requires": result.requirements[step["id"]]} for step in result.steps],
    }


def _named_paths(result: Any, language: Language) -> Iterator[Record]:
    for path in result.paths:
        title, about = one_cell(path["title"], language), one_cell(path["about"], language)
        yield path["id"], len(path["steps"]), path["minutes"], title, about


def _way(result: Any, language: Language) -> Iterator[Record]:
    for number, step in enumerate(result.steps, start=1):
        title, why = one_cell(step["title"], language), one_cell(step["why"], language)
        yield number, step["id"], step["minutes"], title, why, step["for"], status(step)


def _glossary(result: Any, language: Language) -> Iterator[Record]:
    for term in result.terms:
        names = term["term"]
        yield term["id"], names["en"], names["zh"], one_cell(term["meaning"], language), term["entry"]


def _method(result: Any, language: Language) -> Iterator[Record]:
    yield from field_records("title", result.guide["title"], language)
    yield from field_records("intro", result.guide["intro"], language)
    for section in result.guide["sections"]:
        yield from field_records(f"{section['id']}.title", section["title"], language)
        yield from field_records(section["id"], section["paragraphs"], language)
    for assistant in result.guide["assistants"]:
        yield assistant["job"], ",".join(assistant["tools"]), one_cell(assistant["advice"], language)


def _start(result: Any, language: Language) -> Iterator[Record]:
    for track in result.tracks:
        yield (
            "track",
            track["id"],
            one_cell(track["title"], language),
            *(step["id"] for step in track["steps"]),
        )
    if result.suggestion:
        entry = result.suggestion.entry
        yield "next", entry["id"], one_cell(entry["title"], language), one_cell(entry["one_liner"], language)


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


RECORDS: dict[str, Callable[[Any, Language], Iterator[Record]]] = {
    "Listing": _listing,
    "Tools": _tools,
    "SearchResult": _search,
    "Shown": _shown,
    "Links": _links,
    "Topics": _topics,
    "Tracks": _tracks,
    "Timeline": _timeline,
    "Path": _path,
    "NamedPaths": _named_paths,
    "Way": _way,
    "Glossary": _glossary,
    "Method": _method,
    "Start": _start,
}
DATA: dict[str, Callable[[Any], Any]] = {
    "Listing": lambda result: list(result.entries),
    "Tools": lambda result: list(result.entries),
    "SearchResult": _search_data,
    "Shown": _shown_data,
    "Links": lambda result: list(result.links),
    "Topics": lambda result: list(result.topics),
    "Tracks": lambda result: list(result.tracks),
    "Timeline": lambda result: list(result.steps),
    "Path": _path_data,
    "NamedPaths": lambda result: list(result.paths),
    "Way": lambda result: {**result._asdict(), "steps": list(result.steps)},
    "Glossary": lambda result: list(result.terms),
    "Method": lambda result: result.guide,
    "Start": _start_data,
}
