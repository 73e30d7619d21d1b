"""What the learner did and does, for programs."""

from collections.abc import Callable, Iterator
from typing import Any

from ailearn.language import Language
from ailearn.view.machine_guide import Record, one_cell


def _quiz(result: Any, language: Language) -> Iterator[Record]:
    for one in result.exercises:
        explanation = " ".join(one_cell(line, language) for line in one.explanation)
        options = [one_cell(option, language) for option in one.options]
        question = one_cell(one.question, language)
        yield one.kind, one.entry, question, one.right + 1, explanation, one.section, one.source, *options


def _quiz_data(result: Any) -> Any:
    return {
        "seed": result.seed,
        "exercises": [{**one._asdict(), "right": one.right + 1} for one in result.exercises],
    }


def _questions(result: Any, language: Language) -> Iterator[Record]:
    for number, question in enumerate(result.questions, start=1):
        yield number, "question", one_cell(question["q"], language)
        points = question["points"]
        for english, chinese in zip(points["en"], points["zh"], strict=False):
            yield number, "point", one_cell({"en": english, "zh": chinese}, language)


def _placement(result: Any, language: Language) -> Iterator[Record]:
    for one in result.candidates:
        for card in one.cards:
            yield (
                f"{one.entry['id']}/{card['id']}",
                one_cell(card["q"], language),
                one_cell(card["a"], language),
            )


def _placement_data(result: Any) -> Any:
    return {
        "track": result.track["id"],
        "entries": [{"entry": one.entry, "cards": list(one.cards)} for one in result.candidates],
        "learnt": list(result.learnt),
    }


def _home(result: Any, language: Language) -> Iterator[Record]:
    for track in result.tracks:
        yield (
            "track",
            track["id"],
            one_cell(track["title"], language),
            *(step["id"] for step in track["steps"]),
        )
    for entry in (one.entry for one in result.next.proposals if one.entry):
        yield "next", entry["id"], one_cell(entry["title"], language), one_cell(entry["one_liner"], language)


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


def _overview(result: Any, language: Language) -> Iterator[Record]:
    for kind, shares in (("track", result.tracks), ("topic", result.topics)):
        for one in shares:
            counts = one.learnt, one.entries, one.skipped, one.minutes_left
            yield (kind, one.id, *counts, one_cell(one.name, language))
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
        yield one.kind, one.minutes, name, cards, command(one), one_cell(reasons(one), language)


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
    yield tuple(one for one in result if not isinstance(one, tuple))


def _synced_data(result: Any) -> Any:
    return {**result._asdict(), "left_out": [one._asdict() for one in result.left_out]}


def _restored_data(result: Any) -> Any:
    replaced = str(result.replaced) if result.replaced else None
    return {**result._asdict(), "backup": str(result.backup), "replaced": replaced}


def _queue(result: Any, language: Language) -> Iterator[Record]:
    for one in result.cards:
        told = _queued(one)
        yield (
            *(told[name] for name in ("key", "state", "due", "overdue", "type")),
            one_cell(one.card["q"], language),
            one_cell(one.card["a"], language),
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


RECORDS: dict[str, Callable[[Any, Language], Iterator[Record]]] = {
    "Quiz": _quiz,
    "Questions": _questions,
    "Placement": _placement,
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
}
DATA: dict[str, Callable[[Any], Any]] = {
    "Quiz": _quiz_data,
    "Questions": lambda result: {"entry": result.entry, "questions": list(result.questions)},
    "Placement": _placement_data,
    "Home": _home_data,
    "Marked": lambda result: [change._asdict() for change in result.changes],
    "Note": lambda result: result._asdict(),
    "Undone": lambda result: [step._asdict() for step in result.steps],
    "Queue": lambda result: [_queued(one) for one in result.cards],
    "Grades": _grades_data,
    "Overview": _overview_data,
    "Next": _next_data,
    "SyncResult": _synced_data,
    "Imported": lambda result: result._asdict(),
    "Restored": _restored_data,
}
