"""What passes between the reader and her tutor, for programs."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from ailearn.language import Language, say
from ailearn.tutor.citations import cite
from ailearn.view.machine_guide import Record, one_cell


def _request(result: Any, language: Language) -> Iterator[Record]:
    yield ("url", result.url)
    yield ("body", json.dumps(result.body, ensure_ascii=False))


def _request_data(result: Any) -> Any:
    endpoint = result.endpoint
    return {
        "url": result.url or None,
        "model": endpoint.model if endpoint else None,
        "local": endpoint.local if endpoint else None,
        "body": result.body,
    }


def _answer_data(result: Any) -> Any:
    return {**result._asdict(), "passages": [_passage(one) for one in result.passages]}


def _passage(passage: Any) -> dict[str, Any]:
    return {"cite": cite(passage), **passage._asdict()}


def _grounds(result: Any, language: Language) -> Iterator[Record]:
    for one in result.passages:
        yield cite(one), one_cell(one.text, language), one.source


def _grounds_data(result: Any) -> Any:
    """The keys of an answer, for a program that asks need not know whether a model is connected."""
    return {
        "question": result.question,
        "entry": result.entry,
        **dict.fromkeys(("answer", "model", "provider", "ending")),
        "citations": [],
        "unknown_citations": [],
        "passages": [_passage(one) for one in result.passages],
        "conversation": "",
        "nearest": list(result.nearest),
    }


def _history(result: Any, language: Language) -> Iterator[Record]:
    for one in result.found:
        told = _found(one)
        names = ("number", "id", "last", "job", "entry", "questions", "title")
        yield (*(told[name] for name in names), one.piece.text if one.piece else "")


def _found(found: Any) -> dict[str, Any]:
    one = found.conversation
    return {
        "number": found.number,
        "id": one.id,
        "started": one.started,
        "last": one.last_at,
        "job": one.job,
        "entry": one.entry,
        "questions": len(one.questions),
        "title": one.title,
        "matched": found.piece.text if found.piece else None,
    }


def _conversation(result: Any, language: Language) -> Iterator[Record]:
    for turn in result.turns:
        for line in turn.text.splitlines():
            yield turn.at, turn.role, line


def _conversation_data(result: Any) -> Any:
    return {**result._asdict(), "turns": [turn._asdict() for turn in result.turns]}


def _assessments(result: Any, language: Language) -> Iterator[Record]:
    for one in result.answers:
        proposal = one.proposal
        yield one.number, "grade", proposal.grade, proposal.reason
        for judged in proposal.points:
            point = one_cell(judged.point, language)
            yield one.number, "point", judged.verdict, point, judged.quote, judged.reason
        if proposal.misconception:
            yield one.number, "misconception", proposal.misconception


def _assessments_data(result: Any) -> Any:
    told = []
    for one in result.answers:
        points = [judged._asdict() for judged in one.proposal.points]
        told.append({**one._asdict(), "proposal": {**one.proposal._asdict(), "points": points}})
    return {"entry": result.entry, "answers": told}


def _connection(result: Any, language: Language) -> Iterator[Record]:
    for one in result.jobs:
        place = one.service
        if place is None:
            yield one.job, "", "", "", "", "", say(one.problem.key, language, **one.problem.values)
        else:
            key = "missing" if place.missing else place.key
            yield one.job, one.model, place.provider, place.url, key, _consent(place), ""


def _consent(place: Any) -> str:
    return "local" if place.local else "agreed" if place.agreed else "not agreed"


def _connection_data(result: Any) -> Any:
    return [
        {
            "job": one.job,
            "model": one.model or None,
            "provider": one.service.provider if one.service else None,
            "url": one.service.url if one.service else None,
            "local": one.service.local if one.service else None,
            "key": (one.service.key or None) if one.service else None,
            "key_missing": one.service.missing if one.service else None,
            "agreed": one.service.agreed if one.service else None,
            "problem": _both(one.problem) if one.problem else None,
        }
        for one in result.jobs
    ]


def _both(problem: Any) -> dict[str, str]:
    return {
        "en": say(problem.key, "en", **problem.values),
        "zh": say(problem.key, "zh", **problem.values),
    }


def _offered(result: Any, language: Language) -> Iterator[Record]:
    for name, jobs in result.models:
        yield name, ",".join(jobs)


def _offered_data(result: Any) -> Any:
    return [{"model": name, "provider": result.provider, "jobs": list(jobs)} for name, jobs in result.models]


def _translation_data(result: Any) -> Any:
    pairs = zip(result.document.blocks, result.translations, strict=False)
    return [
        {
            "source": block.source.strip("\ufeff\r\n"),
            "translation": None if text is None else text.replace("\x1f", " | "),
            "kind": block.kind,
        }
        for block, text in pairs
        if block.source.strip("\ufeff \t\r\n")
    ]


def _suggestions(result: Any, language: Language) -> Iterator[Record]:
    for one in result.cards:
        yield one.type, one_cell(one.q, language), one_cell(one.a, language), one.excerpt, one.source


def _suggestions_data(result: Any) -> Any:
    cards = [one._asdict() for one in result.cards]
    return {**result._asdict(), "cards": cards, "refused": result.refused._asdict()}


RECORDS: dict[str, Callable[[Any, Language], Iterator[Record]]] = {
    "ShownRequest": _request,
    "Grounds": _grounds,
    "Connection": _connection,
    "Offered": _offered,
    "Assessments": _assessments,
    "Suggestions": _suggestions,
    "History": _history,
    "Conversation": _conversation,
}
DATA: dict[str, Callable[[Any], Any]] = {
    "Translation": _translation_data,
    "ShownRequest": _request_data,
    "Grounds": _grounds_data,
    "Connection": _connection_data,
    "Offered": _offered_data,
    "Assessments": _assessments_data,
    "Suggestions": _suggestions_data,
    "Answer": _answer_data,
    "Prompt": lambda result: result._asdict(),
    "History": lambda result: [_found(one) for one in result.found],
    "Conversation": _conversation_data,
}
