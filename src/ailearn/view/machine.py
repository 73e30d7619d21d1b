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


def _status(entry: Any) -> str:
    """Where the reader is with an entry; empty for an unread one."""
    progress = entry.get("progress")
    return progress["status"] if progress and progress["status"] != "unread" else ""


def _listing(result: Any, language: Language) -> Iterator[Record]:
    for entry in result.entries:
        yield (*_summary_record(entry, language), _status(entry))


def _search(result: Any, language: Language) -> Iterator[Record]:
    for hit in result.hits:
        piece = hit.piece
        matched = (piece.field, piece.text) if piece else ("", "")
        yield (*_summary_record(hit.document, language), *matched, _status(hit.document))


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
            for record in _field_records(field, _value(entry, field), language):
                yield (entry["id"], *record) if several else record


def _value(entry: Any, field: str) -> Any:
    """The field of an entry, those too that are the reader's own."""
    if field == "note":
        return (entry.get("progress") or {}).get("note")
    if field == "status":
        return _status(entry) or None
    return entry.get(field)


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
        _status(step["entry"]),
    )


def _path(result: Any, language: Language) -> Iterator[Record]:
    for number, step in enumerate(result.steps, start=1):
        needs = result.requirements[step["id"]]
        reasons = "; ".join(f"{need['id']}: {_text(need['why'], language)}" for need in needs)
        yield number, step["id"], step["minutes"], _text(step["title"], language), reasons, _status(step)


def _path_data(result: Any) -> Any:
    return {
        "goal": result.goal,
        "minutes": result.minutes,
        "steps": [{**step, "requires": result.requirements[step["id"]]} for step in result.steps],
    }


def _named_paths(result: Any, language: Language) -> Iterator[Record]:
    for path in result.paths:
        title, about = _text(path["title"], language), _text(path["about"], language)
        yield path["id"], len(path["steps"]), path["minutes"], title, about


def _way(result: Any, language: Language) -> Iterator[Record]:
    for number, step in enumerate(result.steps, start=1):
        title, why = _text(step["title"], language), _text(step["why"], language)
        yield number, step["id"], step["minutes"], title, why, step["for"], _status(step)


def _quiz(result: Any, language: Language) -> Iterator[Record]:
    for one in result.exercises:
        explanation = " ".join(_text(line, language) for line in one.explanation)
        options = [_text(option, language) for option in one.options]
        question = _text(one.question, language)
        yield one.kind, one.entry, question, one.right + 1, explanation, one.section, one.source, *options


def _quiz_data(result: Any) -> Any:
    return {
        "seed": result.seed,
        "exercises": [{**one._asdict(), "right": one.right + 1} for one in result.exercises],
    }


def _questions(result: Any, language: Language) -> Iterator[Record]:
    for number, question in enumerate(result.questions, start=1):
        yield number, "question", _text(question["q"], language)
        points = question["points"]
        for english, chinese in zip(points["en"], points["zh"], strict=False):
            yield number, "point", _text({"en": english, "zh": chinese}, language)


def _placement(result: Any, language: Language) -> Iterator[Record]:
    for one in result.candidates:
        for card in one.cards:
            yield f"{one.entry['id']}/{card['id']}", _text(card["q"], language), _text(card["a"], language)


def _placement_data(result: Any) -> Any:
    return {
        "track": result.track["id"],
        "entries": [{"entry": one.entry, "cards": list(one.cards)} for one in result.candidates],
        "learnt": list(result.learnt),
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


def _home(result: Any, language: Language) -> Iterator[Record]:
    for track in result.tracks:
        yield "track", track["id"], _text(track["title"], language), *(step["id"] for step in track["steps"])
    for entry in (one.entry for one in result.next.proposals if one.entry):
        yield "next", entry["id"], _text(entry["title"], language), _text(entry["one_liner"], language)


def _home_data(result: Any) -> Any:
    found = next((one for one in result.next.proposals if one.entry), None)
    return {
        "tracks": list(result.tracks),
        "counts": result.counts,
        "next": {
            "entry": found.entry,
            "track": next(iter(found.entry["tracks"]), None),
            "opens": found.opens,
        }
        if found
        else None,
    }


def _marked(result: Any, language: Language) -> Iterator[Record]:
    yield from result.changes


def _undone(result: Any, language: Language) -> Iterator[Record]:
    yield from result.steps


def _note(result: Any, language: Language) -> Iterator[Record]:
    yield from ((result.id, line) for line in result.text.splitlines())


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


def _overview(result: Any, language: Language) -> Iterator[Record]:
    for kind, shares in (("track", result.tracks), ("topic", result.topics)):
        for one in shares:
            counts = one.learnt, one.entries, one.skipped, one.minutes_left
            yield (kind, one.id, *counts, _text(one.name, language))
    for name, minutes in result.minutes._asdict().items():
        yield "minutes", name, minutes
    for day, actions in result.days.items():
        yield "day", day, actions
    for day, count in result.due:
        yield "due", day, count
    for one in result.retention:
        share = None if one.share is None else f"{one.share:.3f}"
        yield "retention", one.days, share, one.reviews, one.recalled
    for name, count in result.cards._asdict().items():
        yield "cards", name, count
    for key in result.leeches:
        yield "leech", key
    if result.catch_up:
        yield ("catch-up", *result.catch_up)


def _overview_data(result: Any) -> Any:
    return {
        "today": result.today,
        "tracks": [one._asdict() for one in result.tracks],
        "topics": [one._asdict() for one in result.topics],
        "minutes": result.minutes._asdict(),
        "days": result.days,
        "due": [{"day": day, "cards": count} for day, count in result.due],
        "retention": [{**one._asdict(), "share": one.share} for one in result.retention],
        "cards": result.cards._asdict(),
        "leeches": list(result.leeches),
        "catch_up": result.catch_up._asdict() if result.catch_up else None,
    }


def _next(result: Any, language: Language) -> Iterator[Record]:
    from ailearn.view.reasons import command, reasons

    for one in result.proposals:
        name = one.entry["id"] if one.entry else None
        cards = one.cards.due + one.cards.new if one.cards else None
        yield one.kind, one.minutes, name, cards, command(one), _text(reasons(one), language)


def _next_data(result: Any) -> Any:
    from ailearn.view.reasons import command, reasons

    return [
        {
            "kind": one.kind,
            "reason": one.reason,
            "why": reasons(one),
            "minutes": one.minutes,
            "command": command(one),
            "entry": one.entry,
            "cards": {"due": one.cards.due, "new": one.cards.new} if one.cards else None,
            "since": one.since or None,
            "rests_on": [need["id"] for need in one.rests_on],
            "opens": one.opens,
        }
        for one in result.proposals
    ]


def _numbers(result: Any, language: Language) -> Iterator[Record]:
    yield tuple(result)


def _restored_data(result: Any) -> Any:
    replaced = str(result.replaced) if result.replaced else None
    return {**result._asdict(), "backup": str(result.backup), "replaced": replaced}


def _queue(result: Any, language: Language) -> Iterator[Record]:
    for one in result.cards:
        told = _queued(one)
        yield (
            *(told[name] for name in ("key", "state", "due", "overdue", "type")),
            _text(one.card["q"], language),
            _text(one.card["a"], language),
        )


def _queued(one: Any) -> dict[str, Any]:
    memory = one.state.memory
    return {
        "key": one.key,
        "entry": one.entry,
        "type": one.card["type"],
        "q": one.card["q"],
        "a": one.card["a"],
        "state": "due" if memory else "new",
        "due": memory.due if memory else None,
        "overdue": one.overdue,
        "reviews": memory.reviews if memory else 0,
        "lapses": memory.lapses if memory else 0,
        "changed": one.changed,
        "flagged": one.state.flagged,
    }


def _grades(result: Any, language: Language) -> Iterator[Record]:
    for one in result.cards:
        yield one.key, one.grade, one.due, one.interval


def _grades_data(result: Any) -> Any:
    return [
        {"key": one.key, "grade": one.grade, "due": one.due, "interval": one.interval, "leech": one.leech}
        for one in result.cards
    ]


_RECORDS: dict[str, Callable[[Any, Language], Iterator[Record]]] = {
    "Listing": _listing,
    "SearchResult": _search,
    "Shown": _shown,
    "Links": _links,
    "Topics": _topics,
    "Tracks": _tracks,
    "Timeline": _timeline,
    "Path": _path,
    "NamedPaths": _named_paths,
    "Way": _way,
    "Quiz": _quiz,
    "Questions": _questions,
    "Placement": _placement,
    "Glossary": _glossary,
    "Method": _method,
    "Start": _start,
    "Home": _home,
    "Marked": _marked,
    "Note": _note,
    "Undone": _undone,
    "Queue": _queue,
    "Grades": _grades,
    "Overview": _overview,
    "Next": _next,
    "SyncResult": _numbers,
    "Imported": _numbers,
    "Restored": _numbers,
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
    "NamedPaths": lambda result: list(result.paths),
    "Way": lambda result: {**result._asdict(), "steps": list(result.steps)},
    "Quiz": _quiz_data,
    "Questions": lambda result: {"entry": result.entry, "questions": list(result.questions)},
    "Placement": _placement_data,
    "Glossary": lambda result: list(result.terms),
    "Method": lambda result: result.guide,
    "Start": _start_data,
    "Home": _home_data,
    "Marked": lambda result: [change._asdict() for change in result.changes],
    "Note": lambda result: result._asdict(),
    "Undone": lambda result: [step._asdict() for step in result.steps],
    "Queue": lambda result: [_queued(one) for one in result.cards],
    "Grades": _grades_data,
    "Overview": _overview_data,
    "Next": _next_data,
    "SyncResult": lambda result: result._asdict(),
    "Imported": lambda result: result._asdict(),
    "Restored": _restored_data,
    "CheckReport": _report_data,
    "Configuration": _configuration_data,
    "Diagnosis": _diagnosis_data,
    "ContentPlaces": _places_data,
}
